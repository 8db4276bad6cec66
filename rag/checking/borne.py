"""Whether quotes bear a sentence out, by the model's state after it has read both.

    quotes, sentence -> prompt -> hidden state -> the probe "borne" -> log odds -> verdict

Figures, dates and names are looked up by code (`check.py`): a sentence that is said must have them
from its quotes. What stands between them (who, whom, whether, how many of them) is language, and no
table of words can tell whether it follows. Whether a sentence answers the question is another
matter (`abstain/`): wrong answers are mostly true sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from prompts import render
from rag.checking.check import check
from rag.checking.items import Verdict
from rag.evidence.prompt import plain
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.span import widened
from rag.llm.probes import log_odds
from rag.llm.writer import Writer
from rag.question.intent import Intent

# Log odds from which a sentence counts as borne out: of the claims left out of the probe about as
# many true ones are refused (.19) as contradicted ones pass (.18) there; .97 of the unstated ones
# are caught (`python -m eval.fit.claims` prints it). One refused wrongly gives way to its quote.
LEAST = 0.3
# The same of the draft of an explanation, which condenses what was read and is not said itself.
LEAST_OF_REASONS = -0.5
# Of a sentence and the evidence that it cites: why it may not be said, or None.
Unfounded = Callable[[str, Sequence[EvidenceSentence]], str | None]
UNTOLD = "the cited sentences do not say this"


def claim_prompt(text: str, quotes: Sequence[str]) -> tuple[str, str]:
    """What is said to the model (system, user) of a sentence and its quotes."""
    told = " ".join(plain(quote) for quote in quotes)
    return render("claim.system"), render("claim.user", quotes=told, claim=plain(text))


def borne_out(writer: Writer, text: str, cited: Sequence[EvidenceSentence]) -> float | None:
    """Natural log odds that the cited sentences say what `text` says; None for a model that cannot
    tell."""
    quotes = [widened(e).text for e in cited]
    return log_odds(writer, "borne", *claim_prompt(text, quotes), render("claim.begin"), True)


def least_for(intent: Intent) -> float:
    """Log odds from which a draft of the question counts as borne out."""
    return LEAST_OF_REASONS if intent.explains else LEAST


def not_told(
    writer: Writer, text: str, cited: Sequence[EvidenceSentence], least: float = LEAST
) -> str | None:
    """Why a sentence of the model's own may not be said, or None; nothing is asked of one that
    stands in its quotes word for word."""
    said = plain(text).rstrip(" .!?")
    if any(said in plain(e.text) for e in cited):
        return None
    odds = borne_out(writer, text, cited)
    return UNTOLD if odds is not None and odds < least else None


def judged(writer: Writer | None, text: str, pool: Sequence[EvidenceSentence]) -> Verdict:
    """Whether the evidence of `pool` bears a sentence out; by code alone where no model can tell.

    The verdict's `found` says which figures, dates and names stand in the evidence as written.
    """
    verdict = check(text, pool)
    odds = borne_out(writer, text, verdict.cited or pool) if writer else None
    if odds is None:
        return verdict
    reason = None if odds >= LEAST else UNTOLD
    return replace(verdict, reason=reason, odds=odds)
