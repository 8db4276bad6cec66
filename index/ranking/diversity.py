"""From scored candidates to the list of hits: every part of the question served, no copies.

    scored candidates -> best first, a penalty for each earlier hit of the same article, source or
    clause -> copies of an earlier hit folded into it

A passage is a copy when the other has every sentence of it, with the same words and figures. One
that reports another amount, or anything more, is news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.ranking.bm25 import Floats
from index.text.changes import Words, words_of
from index.text.sentences import sentences


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


def adds_nothing(text: str, other: str) -> bool:
    """Whether every sentence of `text` stands in `other`, word for word but for their order.

    >>> adds_nothing("Acme bought 49% of Wile.", "On Monday it rained. Acme bought 49% of Wile!")
    True
    >>> adds_nothing("Acme bought 49% of Wile.", "Acme bought 51% of Wile.")
    False
    """
    return _sentences(text) <= _sentences(other)


@lru_cache(maxsize=1024)
def _sentences(text: str) -> frozenset[Words]:
    spans = sentences(text)
    return frozenset(tuple(sorted(words)) for a, b in spans if (words := words_of(text[a:b])))


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
            and adds_nothing(text, texts[first])
        )
        into.append(next(same, place))
    return into
