"""TODO: what rag.checking.values is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.evidence.sentence import EvidenceSentence, figures_of
from rag.figures import Figure, same
from rag.language.claims import claims_of
from rag.language.money import role
from rag.language.names import one_name

_GAPPED = re.compile(r" (?:about |around |nearly |over |roughly |some |another |[$€£])*")


def _sort(figure: Figure, text: str) -> tuple[str, str | None] | None:
    """What a figure may be exchanged with: its kind, and for a sum what sort of sum it is."""
    if figure.kind == "money" or (figure.kind == "count" and figure.unit is None):
        return "money", role(figure, text)
    if figure.kind in ("date", "version", "ordinal"):
        return None
    return figure.kind, figure.unit


def other_figure(text: str, told: EvidenceSentence) -> str | None:
    """A figure that the nearest sentence gives otherwise."""
    mine, theirs = figures_of(text), told.figures
    for figure in mine:
        sort = _sort(figure, text)
        held = [f for f in theirs if same(figure, f)]
        if sort is None or any(_sort(f, told.text) == sort for f in held):
            continue
        if held and sort[0] != "money":
            continue
        for other in theirs:
            if _sort(other, told.text) == sort and not any(
                same(f, other) or same(other, f) for f in mine
            ):
                return f"{other.text}, not {figure.text}, stands in the sentence that tells this"
    return None


def other_date(text: str, told: EvidenceSentence) -> str | None:
    """A date that the nearest sentence gives otherwise: its article's own day is no match then."""
    mine = [f for f in figures_of(text) if f.kind == "date"]
    theirs = [f for f in told.figures if f.kind == "date"]
    for figure in mine:
        if any(same(figure, f) for f in theirs):
            continue
        if any(not any(same(f, g) or same(g, f) for f in mine) for g in theirs):
            return f"the sentence that tells this has another date than {figure.text}"
    return None


def crossed(text: str, told: str) -> str | None:
    """A figure told of another subject or another date than the sentence with several tells."""
    for sort in ("money", "percent", "count"):
        theirs = [f for f in figures_of(told) if f.kind == sort]
        if len(theirs) < 2:
            continue
        mine = [f for f in figures_of(text) if f.kind == sort]
        for figure in mine:
            held = [g for g in theirs if same(figure, g)]
            if len(held) != 1:
                continue
            others = [g for g in theirs if g is not held[0] and not same(figure, g)]
            name, right = _owner(text, figure), _owner(told, held[0])
            if name and right and not one_name(name, right):
                owners = [owner for g in others if (owner := _owner(told, g))]
                if any(one_name(name, owner) for owner in owners):
                    return f"{figure.text} is told of {right}, not of {name}"
            day, rightly = _day(text, figure, mine), _day(told, held[0], theirs)
            if day and rightly and not same(day, rightly) and not same(rightly, day):
                for g in others:
                    other = _day(told, g, theirs)
                    if other and same(day, other):
                        return f"{figure.text} is told of {rightly.text}, not of {day.text}"
    return None


def _owner(text: str, figure: Figure) -> str | None:
    """The name that a figure is told of: the subject before it, or the name right before it."""
    before = [p for p in claims_of(text).parts if p.start < figure.start]
    for part in reversed(before):
        gap = text[part.start + len(part.name) : figure.start]
        joined = re.search(r"(?:\band|,|\bwhile) $", text[: part.start])
        if part.place == "subject" or (joined and _GAPPED.fullmatch(gap)):
            return part.name
    return None


def _day(text: str, figure: Figure, alike: Sequence[Figure]) -> Figure | None:
    """The date that goes with a figure: the next one before another such figure, else the last."""
    dates = [f for f in figures_of(text) if f.kind == "date"]
    following = min((f.start for f in alike if f.start > figure.start), default=len(text))
    preceding = max((f.end for f in alike if f.end < figure.start), default=0)
    after = [d for d in dates if figure.end <= d.start < following]
    before = [d for d in dates if preceding <= d.start < figure.start]
    return after[0] if after else before[-1] if before else None
