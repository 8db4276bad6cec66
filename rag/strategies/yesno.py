"""Yes or No: what the quotes tell of the thing asked first, then whether that is a yes.

    evidence, question -> the model copies what is told -> figures compared by code (`bounds.py`)
    -> the model's state with both before it (`llm/probes.py`), words of denial
    (`language/negation.py`) -> Yes or No

Asked outright a small model says Yes to almost anything; with the fact written out before the
question is decided it is right far more often, and the fact is what the answer says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from prompts import render
from rag.checking.borne import Unfounded
from rag.checking.check import check
from rag.checking.spoken import Spoken, quote
from rag.evidence.fit import missing_terms
from rag.evidence.prompt import asks
from rag.evidence.sentence import EvidenceSentence
from rag.language.negation import polarity
from rag.llm.probes import log_odds, odds_of
from rag.question.intent import Intent
from rag.strategies.bounds import decides
from rag.strategies.draft import NEAR, bare, checked_against

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.llm.writer import Writer

FIGURES = 3.0  # log odds that a comparison of figures is worth
DENIALS = 1.4  # and words of denial, as fitted beside the probe
MAX_TOKENS = 48


def drafted(writer: Writer, intent: Intent, user: str) -> Iterator[str]:
    """What the quotes of the prompt `user` tell, begun with Yes or No."""
    told = told_by(writer, user)
    count = writer.generated_tokens
    yield f"{'Yes' if yes(writer, user, intent.text, told) >= 0 else 'No'}, {told}"
    writer.generated_tokens = count


def said_of(
    intent: Intent, pool: Sequence[EvidenceSentence], draft: str, unfounded: Unfounded
) -> list[Spoken]:
    """The Yes or No of a draft with its sentence, else with the quote that it rests on."""
    match = re.match(r"(Yes|No), *", draft)
    if not match:
        return []
    word, rest = match[1], draft[match.end() :]
    verdict = check(draft, checked_against(pool), intent.figures)
    holds = verdict.loose or verdict.reason is None
    if holds and not bare(rest) and not unfounded(rest, verdict.cited):
        return [Spoken(verdict, word)]
    lead = next((e for e in pool if not asks(e)), pool[0])
    if verdict.cited and verdict.cited[0].score >= lead.score - NEAR:
        lead = verdict.cited[0]
    first = quote(intent, lead, short=word, word=word)
    return [first, *_opposed(intent, pool, lead, word == "Yes")]


def _opposed(
    intent: Intent, pool: Sequence[EvidenceSentence], lead: EvidenceSentence, yes: bool
) -> list[Spoken]:
    """Another article's sentence about the same that tells the opposite, said beside."""
    for e in pool[1:5]:
        if e.article.id == lead.article.id or e.score < lead.score - NEAR:
            continue
        if e.in_article < lead.in_article or missing_terms(intent, e):
            continue
        denied = polarity(intent.text, e.text, intent.relation) is False
        if denied == yes and e.cosine >= 0.6:
            return [quote(intent, e)]
    return []


def told_by(writer: Writer, user: str) -> str:
    """What the quotes of the prompt `user` tell of the very thing that its question asks."""
    begin = render("yesno.told")
    pieces = writer.write(
        render("yesno.system"), user, begin=begin, max_tokens=MAX_TOKENS, stop=["\n"]
    )
    return "".join(pieces).strip()


def yes(writer: Writer, user: str, question: str, told: str) -> float:
    """Log odds that the answer is Yes, from what is told."""
    odds = log_odds(writer, "yes", render("yesno.system"), user, _begin(told)) or 0.0
    for worth, decided in ((FIGURES, decides(question, told)), (DENIALS, polarity(question, told))):
        if decided is not None:
            odds += worth if decided else -worth
    return odds


def read(writer: Writer, user: str, told: str) -> tuple[float, NDArray[np.float32] | None]:
    """The model's own log odds of Yes and its state, for fitting."""
    return odds_of(writer, render("yesno.system"), user, _begin(told))


def _begin(told: str) -> str:
    return render("yesno.answer", told=told)
