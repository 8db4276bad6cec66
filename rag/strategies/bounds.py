"""Yes or no by counting: whether a figure that is told is the one asked about, or within its bound.

    "did it pay more than $10 billion?" + "It paid $9 billion." -> no

A small model cannot compare figures; code can. What cannot be compared, or only by chance looks
as if it could, decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.figures import Figure, close, find_figures, order
from rag.language.negation import negative

_MORE = "more|greater|larger|bigger|higher|longer|older|later"
_LESS = "less|fewer|smaller|lower|shorter|younger|cheaper|earlier"
_HEDGE = r"(?:\s+(?:about|around|roughly|some))?\s*$"
_BOUNDS: tuple[tuple[str, frozenset[int]], ...] = (  # words before a figure -> where it may lie
    (rf"\b(?:no|not) (?:{_MORE}) than|\bat most|\bup to|\bwithin", frozenset({-1, 0})),
    (rf"\b(?:no|not) (?:{_LESS}) than|\bat least|\breach(?:es|ed)?|\bhits?", frozenset({0, 1})),
    (
        rf"\b(?:{_MORE}) than|\b(?:over|above|beyond|upwards of|north of|after)|(?<!the )\bpast"
        r"|\b(?:exceed|surpass|top|pass|cross)(?:e?s|p?ed|ing)?",
        frozenset({1}),
    ),
    (rf"\b(?:{_LESS}) than|\b(?:under|below|beneath|short of|before|as low as)", frozenset({-1})),
)
_BY = re.compile(r"\bby\s*$", re.IGNORECASE)
_ASIDE = re.compile(r"\b(?:as of|since|from|between|until)\s*$", re.IGNORECASE)
_OR_MORE = re.compile(r"\s*(?:\+|or more\b|or above\b)", re.IGNORECASE)
_KINDS = ("money", "percent", "count", "duration", "age", "date")


def decides(question: str, told: str) -> bool | None:
    """True where a figure of `told` lies within the bound that the question sets, False where it
    lies outside or is another than the one asked about; None where no figure decides. A question
    that denies ("did it not pay more than ...?") is turned round.

    >>> decides("Did it pay more than $10 billion?", "It paid $9 billion.")
    False
    """
    asked = [figure for figure in find_figures(question) if figure.kind in _KINDS]
    given = find_figures(told)
    denied = negative(question)
    if denied:  # "not by March" is about what came of it, not when
        asked = [figure for figure in asked if figure.kind != "date"]
    bounds = [(figure, bound) for figure in asked if (bound := _bound(question, figure))]
    verdicts = [_within(figure, bound, given) for figure, bound in bounds]
    if not bounds:
        values = [f for f in asked if f.kind != "date"] or asked
        verdicts = [_other(question, figure, asked, given) for figure in values]
    known = [verdict for verdict in verdicts if verdict is not None]
    return all(known) != denied if known else None


def _bound(question: str, figure: Figure) -> frozenset[int] | None:
    """Where a value may lie beside a figure of the question (-1 below, 0 at it, 1 above)."""
    before = question[: figure.start]
    for words, bound in _BOUNDS:
        if re.search(rf"(?:{words}){_HEDGE}", before, re.IGNORECASE):
            return bound
    if _OR_MORE.match(question[figure.end :]):
        return frozenset({0, 1})
    if figure.kind == "date" and _BY.search(before):
        return frozenset({-1, 0})
    return None


def _within(asked: Figure, bound: frozenset[int], given: Sequence[Figure]) -> bool | None:
    """Whether what is told lies within the bound; None where some does and some does not."""
    bare = replace(asked, approx=None, upper=None)
    ends = [
        replace(f, value=f.upper, upper=None) for f in given if f.upper is not None
    ]  # of a range both ends
    ranks = {rank for f in (*given, *ends) if (rank := order(f, bare)) is not None}
    if ranks and ranks <= bound:
        return True
    return None if not ranks or ranks & bound else False


def _other(
    question: str, figure: Figure, asked: Sequence[Figure], given: Sequence[Figure]
) -> bool | None:
    """False where the one value told of the kind is another than the only one asked about."""
    before = question[: figure.start]
    if figure.upper is not None or _ASIDE.search(before):
        return None
    if sum(f.kind == figure.kind for f in asked) > 1:
        return None
    rivals = [f for f in given if order(f, figure) is not None]
    if len(rivals) != 1 or rivals[0].upper is not None:
        return None
    if close(figure, rivals[0]) or close(rivals[0], figure) or order(rivals[0], figure) == 0:
        return None
    return False
