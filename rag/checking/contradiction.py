"""Whether the evidence contradicts a sentence: `contradiction`.

    sentence -> the evidence sentence that tells the same (`telling_the_same`): the source
    sentence, source -> another value or subject (`checking/values.py`)
                     -> another name, or two names exchanged (`checking/roles.py`)
                     -> another state of the event, another outcome, a denial (`checking/states.py`)

Every rule needs something in the evidence that says otherwise. What the evidence merely lacks is
checked in `checking/check.py`.
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

# Share of a sentence's meaning words that an evidence sentence must have, to tell the same.
LEAST_SHARED = 0.4  # not measured by itself; `python -m eval.mutants` measures the checks together


def telling_the_same(text: str, pool: Sequence[EvidenceSentence]) -> EvidenceSentence | None:
    """The sentence of `pool` that tells the same as `text`, or None.

    It has the largest share of the meaning words of `text`, at least `LEAST_SHARED`: a word counts
    1 where the sentence has it, .45 where it has another word of its group. Between equals it is
    the sentence whose number of meaning words is nearest to that of `text`.
    """
    meant = meant_of(text)
    if not meant or not pool:
        return None

    def shared(e: EvidenceSentence) -> tuple[float, float]:
        stems = stems_of(e.text)
        exact = sum(w in stems for w in meant)
        loose = sum(covers(w, stems) for w in meant)
        return (exact + loose) / (2 * len(meant)), -abs(len(meant_of(e.text)) - len(meant))

    best = max(pool, key=shared)
    return best if shared(best)[0] >= LEAST_SHARED else None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What the evidence says otherwise, in one line (`reason`).

    `value`: whether it gives another figure, date or name, so that a value of the sentence is
    wrong, and not only the state or denial of its event.
    """

    reason: str
    value: bool = False


def contradiction(
    text: str, pool: Sequence[EvidenceSentence], cited: Sequence[EvidenceSentence]
) -> Otherwise | None:
    """How the evidence of one article (`pool`) contradicts `text`, or None where it does not."""
    source = telling_the_same(text, pool)
    claims = claims_of(text)
    if source is not None:
        reason = (
            other_figure(text, source)
            or other_date(text, source)
            or other_name(text, source, cited)
            or exchanged(claims, claims_of(source.text))
            or crossed(text, source.text)
        )
        if reason:
            return Otherwise(reason, value=True)
    near = [source] if source else []
    rest = [e for e in cited if e is not source]
    reason = (
        other_state(claims, near, rest)
        or other_outcome(text, claims, source)
        or not_yet(text, claims, cited)
        or other_polarity(claims, near or rest)
        or denies_more(text, source)
    )
    return Otherwise(reason) if reason else None
