"""What an article says of itself: that it was retracted or corrected, or a note of its editors.

    title, first and last paragraphs -> words, pairs of words, how each opens -> logistic regression

News tells of retractions and corrections as well ("Nature retracted the study"), in nearly the same
words. The weights in `notices.json` are fitted by `python -m eval.fit.boilerplate --what notices`.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, cast

from index.ingest.hygiene.weighing import grams, weights
from index.types import Article

Kind = Literal["retraction", "correction", "note"]

# Chance from which a text is a notice. Of texts left out, it knows .82 of 171 notices, takes 2 of
# 164 sentences of news for one that were written to be near them, and none of 1,500 others.
SURE = 0.5
_ENDS = 3  # paragraphs looked at from the beginning, and from the end; not measured
_READ = 240  # characters of a paragraph that are weighed; not measured
_LABEL = re.compile(r"\W{0,2}[^\n.!?]{3,40}?[:—–\])]\s|\W{0,2}\w+ - ")
_WORD = re.compile(r"[^\W\d_]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice in an article: `quote` is its title or one of its paragraphs."""

    kind: Kind
    quote: str


@lru_cache(maxsize=512)
def notices(article: Article) -> tuple[Notice, ...]:
    """The notices of an article, each once, in the order in which they stand."""
    lines = [line for line in map(str.strip, article.text.split("\n")) if line]
    ends = lines if len(lines) <= 2 * _ENDS else [*lines[:_ENDS], *lines[-_ENDS:]]
    found = []
    for text in dict.fromkeys([article.title or "", *ends]):
        kind, chance = weights("notices").kind_of(signs(text))
        if text and chance >= SURE:
            found.append(Notice(cast(Kind, kind), text))
    return tuple(found)


def is_notice(text: str) -> bool:
    """Whether a paragraph is a notice."""
    return weights("notices").kind_of(signs(text))[1] >= SURE


def signs(text: str) -> set[str]:
    """The words, stems and pairs of both at the beginning of a text, and how it opens: its first
    stems, in brackets or not, as a label ("Correction:") or not, in capitals or not."""
    words = _stems(text[:_READ])
    first = words[0] if words else ""
    pairs = (f"{a} {b}" for a, b in itertools.pairwise(words))
    found = {f"={gram}" for gram in grams(text[:_READ])}
    found |= {*words, *pairs, f"^{first}", f"^{' '.join(words[:2])}"}
    if _LABEL.match(text):
        found |= {"label", f"label {first}"}
    if text[:1] in "([":
        found |= {"bracket", f"bracket {first}"}
    if re.match(r"\W?[A-Z]{4}", text):
        found |= {"capitals", f"capitals {first}"}
    return found


def _stems(text: str) -> list[str]:
    return ["0" if w[0].isdigit() else _stemmer().stemWord(w) for w in _WORD.findall(text.lower())]


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")
