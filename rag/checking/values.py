"""Contradiction by value: another figure or date, or one of another subject.

    sentence, source -> `other_figure`, `other_date`, `crossed` -> the contradiction in one line

Each gives None where there is no contradiction. The source is the evidence sentence that tells the
same, found in `checking/contradiction.py`.
"""

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
    """What makes two figures comparable: their kind and unit, or the role of a sum of money.

    None for dates, versions and ordinals, which are not compared here.
    """
    if figure.kind == "money" or (figure.kind == "count" and figure.unit is None):
        return "money", role(figure, text)
    if figure.kind in ("date", "version", "ordinal"):
        return None
    return figure.kind, figure.unit


def other_figure(text: str, source: EvidenceSentence) -> str | None:
    """A figure of the sentence in whose place the source has another of the same sort.

    A sum of money is right where the source has it with the same role (a price as a price), any
    other figure where the source has it at all. A figure of the source that the sentence has too
    stands in no other's place.
    """
    claimed, given = figures_of(text), source.figures
    for figure in claimed:
        sort = _sort(figure, text)
        held = [f for f in given if same(figure, f)]
        if sort is None or any(_sort(f, source.text) == sort for f in held):
            continue
        if held and sort[0] != "money":
            continue
        for other in given:
            if _sort(other, source.text) == sort and not any(
                same(f, other) or same(other, f) for f in claimed
            ):
                return f"{other.text}, not {figure.text}, stands in the sentence that tells this"
    return None


def other_date(text: str, source: EvidenceSentence) -> str | None:
    """A date of the sentence that the source lacks, while it has one that the sentence lacks.

    The day on which the article was published is then no evidence for the date.
    """
    claimed = [f for f in figures_of(text) if f.kind == "date"]
    given = [f for f in source.figures if f.kind == "date"]
    for figure in claimed:
        if any(same(figure, f) for f in given):
            continue
        if any(not any(same(f, g) or same(g, f) for f in claimed) for g in given):
            return f"the sentence that tells this has another date than {figure.text}"
    return None


def crossed(text: str, source: str) -> str | None:
    """A figure that the source, which has several of its kind, gives to another subject or date."""
    for sort in ("money", "percent", "count"):
        given = [f for f in figures_of(source) if f.kind == sort]
        if len(given) < 2:
            continue
        claimed = [f for f in figures_of(text) if f.kind == sort]
        for figure in claimed:
            held = [g for g in given if same(figure, g)]
            if len(held) != 1:
                continue
            others = [g for g in given if g is not held[0] and not same(figure, g)]
            name, given_name = _owner(text, figure), _owner(source, held[0])
            if name and given_name and not one_name(name, given_name):
                owners = [owner for g in others if (owner := _owner(source, g))]
                if any(one_name(name, owner) for owner in owners):
                    return f"{figure.text} is told of {given_name}, not of {name}"
            day, given_day = _day(text, figure, claimed), _day(source, held[0], given)
            if day and given_day and not same(day, given_day) and not same(given_day, day):
                for g in others:
                    other = _day(source, g, given)
                    if other and same(day, other):
                        return f"{figure.text} is told of {given_day.text}, not of {day.text}"
    return None


def _owner(text: str, figure: Figure) -> str | None:
    """The name that a figure belongs to: the subject before it, or the name right before it."""
    before = [p for p in claims_of(text).parts if p.start < figure.start]
    for part in reversed(before):
        gap = text[part.start + len(part.name) : figure.start]
        joined = re.search(r"(?:\band|,|\bwhile) $", text[: part.start])
        if part.place == "subject" or (joined and _GAPPED.fullmatch(gap)):
            return part.name
    return None


def _day(text: str, figure: Figure, alike: Sequence[Figure]) -> Figure | None:
    """The date of a figure: the next date before another figure of `alike`, else the last one
    after the figure of `alike` before it."""
    dates = [f for f in figures_of(text) if f.kind == "date"]
    following = min((f.start for f in alike if f.start > figure.start), default=len(text))
    preceding = max((f.end for f in alike if f.end < figure.start), default=0)
    after = [d for d in dates if figure.end <= d.start < following]
    before = [d for d in dates if preceding <= d.start < figure.start]
    return after[0] if after else before[-1] if before else None
