"""Whether quotes bear a sentence out, by the model's state after it has read both.

    quotes, sentence -> prompt -> hidden state -> the probe "borne" -> log odds -> verdict

Figures, dates and names are looked up by code (`check.py`): a sentence that is said must have them
from its quotes. What stands between them (who, whom, whether, how many of them) is language, and no
table of words can tell whether it follows. Drafts are not judged by it yet, only claims in
`eval.claims`: of drafts it does not tell right from wrong, as wrong ones are mostly true sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prompts import render
from rag.checking.check import check
from rag.checking.items import Verdict
from rag.evidence.prompt import plain
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.span import widened
from rag.llm.probes import log_odds
from rag.llm.writer import Writer

# Log odds from which a sentence counts as borne out: of the rows left out of the probe .94 of the
# true ones pass then, and .75 of the others are caught (`python -m eval.fit.claims` prints it).
LEAST = -1.2


def claim_prompt(text: str, quotes: Sequence[str]) -> tuple[str, str]:
    """What is said to the model (system, user) of a sentence and its quotes."""
    told = " ".join(plain(quote) for quote in quotes)
    return render("claim.system"), render("claim.user", quotes=told, claim=plain(text))


def borne_out(writer: Writer, text: str, cited: Sequence[EvidenceSentence]) -> float | None:
    """Natural log odds that the cited sentences say what `text` says; None for a model that cannot
    tell."""
    quotes = [widened(e).text for e in cited]
    return log_odds(writer, "borne", *claim_prompt(text, quotes), render("claim.begin"), True)


def judged(writer: Writer | None, text: str, pool: Sequence[EvidenceSentence]) -> Verdict:
    """Whether the evidence of `pool` bears a sentence out; by code alone where no model can tell.

    The verdict's `found` says which figures, dates and names stand in the evidence as written.
    """
    verdict = check(text, pool)
    odds = borne_out(writer, text, verdict.cited or pool) if writer else None
    if odds is None:
        return verdict
    reason = None if odds >= LEAST else "the cited sentences do not say this"
    return replace(verdict, reason=reason, odds=odds)
