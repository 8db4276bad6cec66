"""From scored candidates to the list of hits: every part of the question served, no copies.

    scored candidates -> best first, a penalty for each earlier hit of the same article, source or
    clause -> copies of an earlier hit folded into it

A passage is a copy when nearly all its words agree with the other's, and every figure, date, name
and word of state does too. A near copy that reports another amount is news.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.ranking.bm25 import Floats

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z]\w+")
_MONTH = (
    "january february march april may june july august september october november december"
    " monday tuesday wednesday thursday friday saturday sunday"
)
_STATE = (
    "no not never denied denies deny rejected rejects cancelled canceled cancels dropped abandoned"
    " withdrawn withdrew completed complete closed closes agreed agrees announced plans planned"
    " planning expected expects may might could would will has had talks considering reported"
    " approved approves blocked paused delayed delays postponed failed fails ended resigned fired"
    " reinstated returned launched acquired bought sold sues sued settled dismissed up down rose"
    " fell million billion trillion thousand one two three four five six seven eight nine ten half"
)
_TELLING = frozenset((_MONTH + " " + _STATE).split())
_ALIKE = 0.8  # Jaccard similarity of the words of two copies; not measured


@dataclass(frozen=True, slots=True)
class Waits:
    """What a candidate's score loses for each earlier hit of the same article, source or clause.

    Half of .5, .3, .3, with which Hits@10 was .961 instead of .972 on the MultiHop-RAG development
    queries (docs/scoreboard.md).
    """

    article: float = 0.25
    source: float = 0.15
    clause: float = 0.15


def choose(
    scores: Floats,
    articles: NDArray[np.int64],
    sources: NDArray[np.int32],
    fits: Floats,
    k: int,
    waits: Waits = Waits(),
) -> list[int]:
    """Places of `k` candidates, chosen one by one: each time the best score less its penalties.

    `sources` (n,) is -1 where the question does not name the passage's publisher; `fits`
    (n, clauses) says how well each passage fits each clause.
    """
    n = len(scores)
    k = min(k, n)
    clause = fits.argmax(1) if fits.shape[1] else np.zeros(n, np.int64)
    value = scores.astype(np.float64).copy()
    left = np.ones(n, bool)
    chosen: list[int] = []
    while len(chosen) < k:
        best = int(np.argmax(np.where(left, value, -np.inf)))
        chosen.append(best)
        left[best] = False
        value[articles == articles[best]] -= waits.article
        if sources[best] >= 0:
            value[sources == sources[best]] -= waits.source
        if fits.shape[1] > 1:
            value[(clause == clause[best]) & (sources == sources[best])] -= waits.clause
    return chosen


def says_the_same(a: str, b: str) -> bool:
    """Whether two texts are copies.

    >>> says_the_same("Acme bought 49% of Wile.", "Acme bought 49% of Wile")
    True
    >>> says_the_same("Acme bought 49% of Wile.", "Acme bought 51% of Wile.")
    False
    """
    if _figures(a) != _figures(b) or _names(a) != _names(b):
        return False
    mine, yours = _words(a), _words(b)
    if (mine ^ yours) & _TELLING:
        return False
    both = len(mine & yours)
    return both >= _ALIKE * (len(mine) + len(yours) - both)


@lru_cache(maxsize=1024)
def _figures(text: str) -> tuple[str, ...]:
    return tuple(figure.replace(",", "") for figure in _FIGURE.findall(text))


@lru_cache(maxsize=1024)
def _names(text: str) -> frozenset[str]:
    """Words with a capital inside a sentence."""
    return frozenset(_NAME.findall(text))


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def folded(texts: Sequence[str], articles: Sequence[object]) -> list[int]:
    """For each text the place of the earlier text that it repeats, or its own place.

    Texts of one article are never copies of each other.
    """
    into: list[int] = []
    for place, text in enumerate(texts):
        same = (
            first
            for first in range(place)
            if into[first] == first
            and articles[first] != articles[place]
            and says_the_same(texts[first], text)
        )
        into.append(next(same, place))
    return into
