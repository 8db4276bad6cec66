"""Cosines of a library's passages to a question's vectors, for small and for large libraries.

    top   the nearest passages to one vector, among those that a mask lets through
    at    the exact cosines of some passages to every vector

In a small library every vector is compared. In a large one the vector index returns more passages
than asked for, and their stored vectors decide which are nearest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.library.vectors import VectorIndex
from index.ranking.bm25 import Floats, Ints

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Passages taken from the index, as a multiple of those asked for. recall@10 is .975 at a million
# passages with it (`python -m eval.speed --sizes`, docs/scoreboard.md); others were not measured.
WIDER = 2


class Cosines(Protocol):
    """Cosines of a library's passages to some vectors; `column` numbers the vectors."""

    def top(self, column: int, k: int, mask: Mask | None = None) -> Places:
        """Places of the `k` nearest passages, best first; cosines above 0 only."""

    def at(self, places: Places) -> Floats:
        """Cosines of these passages to each vector, float32 (n, vectors)."""


class AllCosines:
    """Cosines of a small library: `dense`, float32 (passages, vectors), has all of them."""

    def __init__(self, dense: Floats) -> None:
        self._dense = dense

    def top(self, column: int, k: int, mask: Mask | None = None) -> Places:
        return best(self._dense[:, column], k, mask)

    def at(self, places: Places) -> Floats:
        return self._dense[places]


class NearestCosines:
    """Cosines of a large library, looked up in its vector index."""

    def __init__(
        self,
        index: VectorIndex,
        numbers: Ints,
        rows: Callable[[Places], Floats],
        vectors: Floats,
    ) -> None:
        self._index, self._numbers, self._rows, self._vectors = index, numbers, rows, vectors

    def top(self, column: int, k: int, mask: Mask | None = None) -> Places:
        vector = self._vectors[column]
        allowed = None if mask is None else self._numbers[mask]
        found = [number for number, _ in self._index.search(vector, WIDER * k, allowed)]
        places = np.searchsorted(self._numbers, np.sort(np.array(found, np.int64)))
        return places[best(self._rows(places) @ vector, k)]

    def at(self, places: Places) -> Floats:
        return np.asarray(self._rows(places) @ self._vectors.T, np.float32)


def best(scores: Floats, k: int, mask: Mask | None = None) -> Places:
    """Places of the `k` highest positive scores, best first; ties go to the earlier passage."""
    places = np.flatnonzero(scores > 0 if mask is None else (scores > 0) & mask)
    if len(places) > k:
        places = places[np.argpartition(-scores[places], k - 1)[:k]]
    order: Sequence[int] = np.lexsort((places, -scores[places])).tolist()
    return places[order]
