"""Whether a piece of a page is news or what pages show around it or in its place.

    text -> words and pairs of words -> logistic regression -> how likely each kind is

The weights in `boilerplate.json` are fitted by `python -m eval.fit.boilerplate`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Literal, cast

from index.ingest.weighing import weights

Kind = Literal["news", "consent", "check", "error", "signup", "paywall"]

SURE = 0.9  # chance from which a text is no news: .06% of the news left out in fitting has it
_WORD = re.compile(r"[^\W\d_]+|[0-9]+")
_READ = 4000  # characters of a text that are weighed; not measured


def kind_of(text: str) -> tuple[Kind, float]:
    """What a text is if it is no news, and how likely it is none, 0 to 1."""
    kind, none = weights("boilerplate").kind_of(grams(text))
    return cast(Kind, kind), none


def trimmed(paragraphs: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The paragraphs at the beginning that are surely no news, the rest, and those at the end."""
    none = [kind_of(paragraph)[1] >= SURE for paragraph in paragraphs]
    first, last = 0, len(paragraphs)
    while first < last and none[first]:
        first += 1
    while last > first and none[last - 1]:
        last -= 1
    return paragraphs[:first], paragraphs[first:last], paragraphs[last:]


def grams(text: str) -> set[str]:
    """The words and pairs of words of a text in lower case; any number is `0`."""
    words: Sequence[str] = [
        "0" if word[0].isdigit() else word for word in _WORD.findall(text[:_READ].lower())
    ]
    return {*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))}
