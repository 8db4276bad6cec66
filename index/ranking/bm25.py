"""BM25 in memory: scores of every passage of a library for any set of stems.

    words -> stems (SQLite's tokenizer) -> postings, read once and cached -> sums of weights

As postings are cached, one question can be searched by clause, by publisher and by day at the cost
of adding arrays. Postings come from `library/postings.py`.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.library import Library
from index.library.postings import Postings

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# BM25 (Robertson et al., TREC-3, 1994) with its usual constants; other values were not measured.
K1 = 1.2  # how soon repetition stops counting
B = 0.75  # how far length counts against a passage
_KEPT = 20_000_000  # postings cached in memory; not measured


class Posting(NamedTuple):
    """Passages that hold a stem: places in the corpus and BM25 weights, both (n,)."""

    places: NDArray[np.int32]
    weights: Floats  # of heading and body together
    idf: float


_NOTHING = Posting(np.zeros(0, np.int32), np.zeros(0, np.float32), 0.0)


class Lexical:
    """Scores of all passages of a library, in the order of `numbers` (sorted passage numbers)."""

    def __init__(self, library: Library, numbers: Ints) -> None:
        self._library = library
        self._numbers = numbers
        self._places = np.full(int(numbers.max(initial=-1)) + 2, -1, np.int32)  # by number
        self._places[numbers] = np.arange(len(numbers), dtype=np.int32)
        self.lengths = library.lengths(numbers)
        self._mean = float(self.lengths.mean()) if len(numbers) else 1.0
        self._all = Postings(library)
        self._postings: OrderedDict[str, Posting] = OrderedDict()
        self._held = 0
        self._idfs: dict[str, float] = {}
        self._stems: dict[str, tuple[str, ...]] = {}

    def stems(self, words: Iterable[str]) -> list[str]:
        """The stems of `words` as in the lexical index, each once, in order."""
        wanted = list(words)
        stems = self.stemming(wanted)
        return list(dict.fromkeys(stem for word in wanted for stem in stems[word]))

    def stemming(self, words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Word -> stems, of `words` and of all words stemmed before."""
        new = [word for word in dict.fromkeys(words) if word not in self._stems]
        if new:
            self._stems.update(self._library.stems(new))
        return self._stems

    def idf(self, stem: str) -> float:
        """Inverse document frequency as BM25 has it: log(1 + (N - n + .5) / (n + .5))."""
        if stem not in self._idfs:
            self._idfs[stem] = self._idf(self._all.frequency(stem))
        return self._idfs[stem]

    def _idf(self, count: int) -> float:
        total = len(self._numbers)
        return math.log(1 + (total - min(count, total) + 0.5) / (count + 0.5))

    def posting(self, stem: str) -> Posting:
        """Postings of one stem, cached for the next question."""
        kept = self._postings.get(stem)
        if kept is not None:
            self._postings.move_to_end(stem)
            return kept
        made = self._read(stem)
        self._postings[stem] = made
        self._held += len(made.places)
        while self._held > _KEPT and len(self._postings) > 1:
            self._held -= len(self._postings.popitem(last=False)[1].places)
        return made

    def scores(self, stems: Sequence[str]) -> Floats:
        """BM25 of every passage for the stems, float32 (passages,)."""
        out = np.zeros(len(self._numbers), np.float32)
        for stem in stems:
            posting = self.posting(stem)
            out[posting.places] += posting.weights
        return out

    def _read(self, stem: str) -> Posting:
        docs, headings, bodies = self._all.of(stem)
        places = self._places[np.minimum(docs, len(self._places) - 1)]
        inside = places >= 0
        places, headings, bodies = places[inside], headings[inside], bodies[inside]
        if not len(places):
            return _NOTHING
        idf = self._idf(self._all.frequency(stem))
        often = headings.astype(np.float32) + bodies
        norm = K1 * (1 - B + B * self.lengths[places] / self._mean)
        weights = (idf * often * (K1 + 1) / (often + norm)).astype(np.float32)
        return Posting(places, weights, idf)
