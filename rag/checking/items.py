"""The items of a sentence that evidence must hold (figures, dates, names), and its verdict.

    sentence -> `items_of` -> items -> `holds`, with an evidence sentence -> verdict

Which evidence is cited is decided in `checking/cite.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.evidence.sentence import EvidenceSentence, figures_of
from rag.figures import Figure, find_figures, same, same_amount
from rag.language.names import bears, find_names
from rag.types import CheckKind

_CHECK_KINDS: dict[str, CheckKind] = {"percent": "percent", "money": "money", "date": "date"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a sentence that evidence must hold; `figure` is None for a name."""

    kind: CheckKind
    text: str
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be said, and on which evidence.

    `found` has one tuple for each of `items`: the indexes in `cited` of the sentences that hold it.
    `reason` is None when the sentence may be said, else one line that says why not. `text` is the
    sentence after any repair; `repaired` says whether that changed it.
    """

    text: str
    cited: tuple[EvidenceSentence, ...]
    items: tuple[Item, ...]
    found: tuple[tuple[int, ...], ...]
    reason: str | None = None
    repaired: bool = False
    loose: bool = False  # evidence holds every item and denies nothing, but has other words
    odds: float | None = None  # log odds that it is borne out, by the model's reading


def items_of(text: str, pool: Sequence[EvidenceSentence] = ()) -> list[Item]:
    """Figures, dates and names of a sentence, in order.

    A word that `pool` writes in lower case is no name at the beginning of the sentence.
    """
    figures = find_figures(text)
    items = [(f.start, Item(_kind(f), f.text, f)) for f in figures]
    small = frozenset(w for e in pool for w in re.findall(r"(?<![\w.])[a-z]+(?!\w)", e.text))
    for name in find_names(text, small):
        if not any(f.start < name.end and name.start < f.end for f in figures):
            items.append((name.start, Item("name", name.text)))
    return [item for _, item in sorted(items, key=lambda pair: pair[0])]


def verbatim(text: str, *cited: EvidenceSentence, repaired: bool = True) -> Verdict:
    """The verdict on a text that is put together from what it cites, word for word: it is said."""
    return recount(Verdict(text, cited, (), (), repaired=repaired))


def recount(verdict: Verdict) -> Verdict:
    """The verdict with its items read anew, and looked up in the sentences that it now cites."""
    items = tuple(items_of(verdict.text, verdict.cited))
    found = tuple(tuple(i for i, e in enumerate(verdict.cited) if holds(e, item)) for item in items)
    return replace(verdict, items=items, found=found)


def holds(e: EvidenceSentence, item: Item) -> bool:
    """Whether one evidence sentence, or its article's title, publisher or date, has the item.

    Figures are compared with `figures.same_amount`, names by their spelling (`names.bears`).
    """
    if item.figure is None:
        heads = (e.article.title or "", e.article.publisher or "")
        return bears(item.text, e.text) or any(bears(item.text, head) for head in heads)
    if any(same_amount(item.figure, f) for f in e.figures):
        return True
    if item.figure.kind == "version" and bears(item.text, e.text):
        return True
    around = (*figures_of(e.article.title or ""), *figures_of(_published(e)))
    return any(same(item.figure, f) for f in around)


def _published(e: EvidenceSentence) -> str:
    return (e.article.published or "")[:10]


def _kind(figure: Figure) -> CheckKind:
    return "name" if figure.kind == "version" else _CHECK_KINDS.get(figure.kind, "count")
