"""Which evidence sentences a sentence cites: the fewest that together hold all its items.

    sentence, its items, evidence of one article -> `cite` -> at most `MOST_CITED` sentences

Whether that is enough is decided in `checking/check.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.checking.items import Item, holds
from rag.evidence.sentence import EvidenceSentence, stems_of
from rag.figures import same_amount
from rag.language.lexicon import content, covers
from rag.language.names import bears

MOST_CITED = 3  # not measured
LEAST_OVERLAP = 0.5  # share of a sentence's meaning words that citations must cover; not measured
_FIGURE = 2.0  # weight of a figure, where a name has 1; not measured
_IN_HEAD = 0.6  # weight of an item that only the title, publisher or date has; not measured


def cite(
    text: str, items: Sequence[Item], pool: Sequence[EvidenceSentence]
) -> list[EvidenceSentence]:
    """Greedy set cover: the sentence that holds most items first, then those that hold the rest.

    Between equals the sentence that covers more of the meaning words goes first, then the better
    evidence score. Empty where no sentence holds an item or covers `LEAST_OVERLAP` of the words.
    """
    meant = content(text)

    def worth(e: EvidenceSentence, open_items: Sequence[Item]) -> tuple[float, float, float]:
        weight = sum((_FIGURE if item.figure else 1.0) * _weight(e, item) for item in open_items)
        stems = stems_of(e.text)
        return weight, sum(covers(w, stems) for w in meant) / (len(meant) or 1), e.score

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
    """1 for an item in the sentence, `_IN_HEAD` for one in its article's head, 0 for neither."""
    if not holds(e, item):
        return 0.0
    inside = (
        bears(item.text, e.text)
        if item.figure is None
        else any(same_amount(item.figure, f) for f in e.figures)
    )
    return 1.0 if inside else _IN_HEAD
