"""TODO: what rag.checking.cite is."""

from __future__ import annotations

from collections.abc import Sequence

from rag.checking.items import Item, holds
from rag.evidence.sentence import EvidenceSentence, stems_of
from rag.figures import same
from rag.language.lexicon import content, covers
from rag.language.names import bears

MOST_CITED = 3


LEAST_OVERLAP = 0.5  # share of a sentence's meaning words that its citations must cover


def cite(
    text: str, items: Sequence[Item], pool: Sequence[EvidenceSentence]
) -> list[EvidenceSentence]:
    """Greedy cover: the sentence that holds most items first, then what holds the rest."""
    meant = content(text)

    def worth(e: EvidenceSentence, open_items: Sequence[Item]) -> tuple[float, float, float]:
        weight = sum((2.0 if item.figure else 1.0) * _weight(e, item) for item in open_items)
        own = stems_of(e.text)
        return weight, sum(covers(w, own) for w in meant) / (len(meant) or 1), e.score

    cited: list[EvidenceSentence] = []
    left = list(items)
    while len(cited) < MOST_CITED and (left or not cited):
        rest = [e for e in pool if e not in cited]
        if not rest:
            break
        best = max(rest, key=lambda e: worth(e, left))
        if worth(best, left)[0] == 0 and (cited or worth(best, left)[1] < LEAST_OVERLAP):
            break
        cited.append(best)
        left = [item for item in left if not holds(best, item)]
    return cited


def _weight(e: EvidenceSentence, item: Item) -> float:
    """1 for an item that the sentence itself holds, less for one in its article's head."""
    if not holds(e, item):
        return 0.0
    inside = (
        bears(item.text, e.text)
        if item.figure is None
        else any(same(item.figure, f) for f in e.figures)
    )
    return 1.0 if inside else 0.6
