"""Whether a piece of a page is news or what pages show around it or in its place.

    text -> words and pairs of words -> logistic regression -> how likely each kind is

The weights in `boilerplate.json` are fitted by `python -m eval.fit.boilerplate`.
"""

from __future__ import annotations

from typing import Literal, cast

from index.ingest.hygiene.notices import is_notice
from index.ingest.hygiene.weighing import grams, weights

Kind = Literal["news", "consent", "check", "error", "signup", "paywall"]

SURE = 0.9  # chance from which a text is no news: .06% of the news left out in fitting has it


def kind_of(text: str) -> tuple[Kind, float]:
    """What a text is if it is no news, and how likely it is none, 0 to 1."""
    kind, none = weights("boilerplate").kind_of(grams(text))
    return cast(Kind, kind), none


def trimmed(paragraphs: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The paragraphs at the beginning that are surely no news, the rest, and those at the end."""
    none = [kind_of(part)[1] >= SURE and not is_notice(part) for part in paragraphs]
    first, last = 0, len(paragraphs)
    while first < last and none[first]:
        first += 1
    while last > first and none[last - 1]:
        last -= 1
    return paragraphs[:first], paragraphs[first:last], paragraphs[last:]
