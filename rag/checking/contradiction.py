"""Whether evidence bears a sentence's claims out, beyond holding its figures and names.

    the sentence -> the evidence sentence that tells the same (most of its words and names)
    what the one has that the other has not, of the same sort -> another value, another subject
    the same verb -> told as far along, denied or not
    the same two names -> in the same places

Every rule needs something in the evidence that says otherwise: what is merely absent is the
business of `checks.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.checking.roles import exchanged, other_name
from rag.checking.states import (
    denies_more,
    not_yet,
    other_outcome,
    other_polarity,
    other_state,
)
from rag.checking.values import crossed, other_date, other_figure
from rag.evidence.sentence import EvidenceSentence, meant_of, stems_of
from rag.language.claims import claims_of
from rag.language.lexicon import covers

LEAST_SHARED = 0.4  # of a sentence's meaning words, for an evidence sentence to tell the same


def nearest(text: str, pool: Sequence[EvidenceSentence]) -> EvidenceSentence | None:
    """The sentence that tells the same as `text`: most of its meaning words, then shortest."""
    meant = meant_of(text)
    if not meant or not pool:
        return None

    def shared(e: EvidenceSentence) -> tuple[float, float]:
        own = stems_of(e.text)
        exact = sum(w in own for w in meant)
        loose = sum(covers(w, own) for w in meant)
        return (exact + loose) / (2 * len(meant)), -abs(len(meant_of(e.text)) - len(meant))

    best = max(pool, key=shared)
    return best if shared(best)[0] >= LEAST_SHARED else None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What the evidence says otherwise; `value` where it is a figure, a date or a name, so that
    what the sentence gives is wrong and not only how it is told."""

    reason: str
    value: bool = False


def contradiction(
    text: str, pool: Sequence[EvidenceSentence], cited: Sequence[EvidenceSentence]
) -> Otherwise | None:
    """What the evidence of one article says otherwise than `text`, or None."""
    told = nearest(text, pool)
    own = claims_of(text)
    if told is not None:
        reason = (
            other_figure(text, told)
            or other_date(text, told)
            or other_name(text, told, cited)
            or exchanged(own, claims_of(told.text))
            or crossed(text, told.text)
        )
        if reason:
            return Otherwise(reason, value=True)
    near = [told] if told else []
    rest = [e for e in cited if e is not told]
    reason = (
        other_state(own, near, rest)
        or other_outcome(text, own, told)
        or not_yet(text, own, cited)
        or other_polarity(own, near or rest)
        or denies_more(text, told)
    )
    return Otherwise(reason) if reason else None


# -- figures and dates ---------------------------------------------------------------------------


# -- names ---------------------------------------------------------------------------------------
