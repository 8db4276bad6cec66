"""Yes or no by counting: whether a figure that is told is the one asked about, or within its bound.

    "did it pay more than $10 billion?" + "It paid $9 billion." -> no

A small model cannot compare figures; code can. What cannot be compared decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.figures import Figure, find_figures, order, same

_OVER = re.compile(
    r"\b(?:(?:more|greater|larger|bigger|higher|longer|older|later) than(?: the)?|over|above|beyond"
    r"|past|upwards of|north of|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|top(?:s|ped)|at least"
    r"|(?:no|not) (?:less|fewer) than|after)\s*$",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"\b(?:(?:less|fewer|smaller|lower|shorter|younger|cheaper|earlier) than|under|below"
    r"|beneath|short of|at most|(?:no|not) (?:more|later) than|before|as low as|up to)\s*$",
    re.IGNORECASE,
)
_BY = re.compile(r"\b(?:by|until)\s*$", re.IGNORECASE)
_KINDS = ("money", "percent", "count", "duration", "age", "date")
_DENIED = re.compile(r"(?i)\b(?:not|never|no longer)\b|n['’]t\b")


def decides(question: str, told: str) -> bool | None:
    """True where a figure of `told` lies within the bound that the question sets, False where it
    lies outside or is another than the one asked about; None where no figure decides. A question
    that denies ("did it not pay more than ...?") is turned round.

    >>> decides("Did it pay more than $10 billion?", "It paid $9 billion.")
    False
    """
    asked, given = find_figures(question), find_figures(told)
    denied = bool(_DENIED.search(question))
    # of two dates it is a span, or two events; "not by March" is about what came of it, not when
    undated = denied or sum(figure.kind == "date" for figure in asked) > 1
    verdicts = [
        verdict
        for figure in asked
        if figure.kind in _KINDS and not (undated and figure.kind == "date")
        if (verdict := _verdict(question[: figure.start], figure, given)) is not None
    ]
    if not verdicts:
        return None
    return all(verdicts) != denied


def _verdict(before: str, asked: Figure, given: Sequence[Figure]) -> bool | None:
    """For one figure of the question, with what stands before it."""
    bare = replace(asked, approx=None)
    ranks = {rank for figure in given if (rank := order(figure, bare)) is not None}
    if not ranks:
        return None
    if _OVER.search(before) or asked.approx == "over":
        return _within(ranks, {1})
    if _UNDER.search(before) or asked.approx in ("under", "upto"):
        return _within(ranks, {-1})
    if asked.kind == "date" and _BY.search(before):
        return _within(ranks, {-1, 0})
    told = any(same(asked, figure) or same(figure, asked) for figure in given)
    return None if told else False


def _within(ranks: set[int], wanted: set[int]) -> bool | None:
    """Whether all of what is told lies within the bound; None where some does and some does not."""
    if ranks <= wanted:
        return True
    return None if ranks & wanted else False
