"""A library's passages as columns for ranking: publisher, days, words, vectors.

A place counts passages from 0 in the order of their numbers; every array here is in that order.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.library import Library
from index.library.reader import day
from index.library.vectors import VectorIndex, open_vectors
from index.ranking.bm25 import Floats, Ints, Lexical
from index.ranking.nearness import AllCosines, Cosines, Mask, NearestCosines, Places
from index.text.words import topical_only
from index.types import Filters

_KEPT = 20_000  # passages whose stems are cached in memory; not measured
_WORD = re.compile(r"[^\W_]+")
UNDATED = 0  # a day before every real one
_NEVER = 100_000_000  # a day after every real one


class Corpus:
    """One state of a library in memory, without its texts."""

    def __init__(self, library: Library) -> None:
        columns, self.publishers = library.columns()
        self.library = library
        self.numbers: Ints = columns.number
        self.articles: Ints = columns.article
        self.publisher, self.first, self.last = columns.publisher, columns.first, columns.last
        self.lexical = Lexical(library, self.numbers)
        self.vectors: VectorIndex = open_vectors(library)  # held: the rows may be a view of it
        self._rows: Floats | None = None  # of a library whose vectors are all compared
        if self.vectors.exact:
            numbers, vectors = self.vectors.matrix()
            if not np.array_equal(numbers, self.numbers):
                vectors = vectors[np.searchsorted(numbers, self.numbers)]
            self._rows = vectors
        self._place = {name: i for i, name in enumerate(self.publishers)}
        self._ids: dict[str, int] = {}
        self._pairs: dict[int, NDArray[np.int32]] = {}
        self._titles: dict[int, tuple[frozenset[str], float]] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def newest(self) -> date | None:
        """The last day on which an article was published; None where no article is dated."""
        last = int(self.last.max(initial=UNDATED))
        return date(last // 10_000, last // 100 % 100, last % 100) if last > UNDATED else None

    def seen_from(self, today: date | None) -> Corpus:
        """The corpus as it is on a day: an article dated later counts as undated.

        A date that may still be right ("2026", on a day of 2026) stays.
        """
        later = self.first > (day(today.isoformat()) if today else _NEVER)
        if not later.any():
            return self
        seen = copy.copy(self)
        seen.first = np.where(later, UNDATED, self.first)
        seen.last = np.where(later, UNDATED, self.last)
        return seen

    def by(self, publishers: Collection[str]) -> Mask:
        """Which passages are of any of these publishers."""
        wanted = [self._place[name] for name in publishers if name in self._place]
        return np.isin(self.publisher, wanted)

    def between(self, first: str, last: str) -> Mask:
        """Which passages were published between two days, both included; undated ones are not."""
        return (self.first >= day(first)) & (self.last <= day(last)) & (self.first > UNDATED)

    def passing(self, filters: Filters) -> Mask:
        """Which passages pass the filters."""
        mask = np.ones(len(self), bool)
        if filters.publisher:
            low = filters.publisher.lower()
            mask &= self.by([name for name in self.publishers if name.lower() == low])
        if filters.since:
            mask &= self.first >= day(filters.since)
        if filters.until:
            mask &= (self.last <= day(filters.until)) & (self.last > UNDATED)
        return mask

    def cosines(self, vectors: Floats) -> Cosines:
        """Cosines of the passages to `vectors` (m, dim)."""
        if not len(self):
            return AllCosines(np.zeros((0, len(vectors)), np.float32))
        if self._rows is not None:
            return AllCosines(np.asarray(self._rows @ vectors.T, np.float32))
        return NearestCosines(self.vectors, self.numbers, self.rows, vectors)

    def rows(self, places: Places) -> Floats:
        """Vectors of passages, float32 (n, dim)."""
        if self._rows is not None:
            return self._rows[places]
        return self.library.embeddings(self.numbers[places].tolist())

    def best_sentences(self, places: Places, vectors: Floats, dense: Floats) -> Floats:
        """Cosine of the best sentence of each passage to each of `vectors`, float32 (n, m).

        A passage without sentences keeps its cosine in `dense` (n, m).
        """
        held = self.library.sentences(self.numbers[places].tolist())
        counts = np.array([len(v) for _, v in held], np.int64)
        out = dense.copy()
        some = counts > 0
        if some.any():
            rows = np.concatenate([v for _, v in held])
            starts = np.cumsum(counts) - counts
            out[some] = np.maximum.reduceat(rows @ vectors.T, starts[some])
        return out

    def centroid_cosines(self, places: Places, leaders: NDArray[np.intp]) -> Floats:
        """Cosines of passages to the mean vector of `leaders` among them, float32 (n,).

        This is pseudo-relevance feedback (after Rocchio, 1971).
        """
        rows = self.rows(places)
        centre = rows[leaders].mean(0)
        return np.asarray(rows @ (centre / max(float(np.linalg.norm(centre)), 1e-9)), np.float32)

    def coverage(self, places: Places, stems: Sequence[str], weights: Floats) -> Floats:
        """The largest sum of weights that one sentence of each passage holds, by column.

        `weights` (stems, columns) is the weight of each stem in each column; returns float32
        (len(places), columns).
        """
        out = np.zeros((len(places), weights.shape[1]), np.float32)
        pairs = self._tokens(places)
        counts = np.array([int(p[-1, 0]) + 1 if len(p) else 0 for p in pairs])
        if not counts.sum():
            return out
        starts = np.cumsum(counts) - counts
        wanted = np.full(len(self._ids) + 1, -1, np.int32)
        for column, stem in enumerate(stems):
            wanted[self._ids.get(stem, -1)] = column
        wanted[-1] = -1
        rows = np.concatenate([p[:, 0] + start for p, start in zip(pairs, starts, strict=True)])
        columns = wanted[np.concatenate([p[:, 1] for p in pairs])]
        asked = columns >= 0
        held = np.zeros((int(counts.sum()), len(stems)), np.float32)
        held[rows[asked], columns[asked]] = 1
        some = counts > 0
        out[some] = np.maximum.reduceat(held @ weights, starts[some])
        return out

    def _tokens(self, places: Places) -> list[NDArray[np.int32]]:
        """The (sentence, stem) pairs of each passage, int32 (n, 2), by sentence; cached."""
        new = [int(p) for p in places if int(p) not in self._pairs]
        if new:
            numbers = [int(self.numbers[p]) for p in new]
            texts = self.library.passages(numbers)
            spans = self.library.sentences(numbers)
            words = [
                [_WORD.findall(texts[n][0].text[start:end].lower()) for start, end in some.tolist()]
                for n, (some, _) in zip(numbers, spans, strict=True)
            ]
            stem = self.lexical.stemming(w for part in words for some in part for w in some)
            for place, part in zip(new, words, strict=True):
                pairs = {
                    (i, self._ids.setdefault(s, len(self._ids)))
                    for i, some in enumerate(part)
                    for word in some
                    for s in stem[word]
                }
                self._pairs[place] = np.array(sorted(pairs), np.int32).reshape(-1, 2)
            while len(self._pairs) > _KEPT:
                del self._pairs[next(iter(self._pairs))]
        return [self._pairs[int(p)] for p in places]

    def titles(self, articles: Ints) -> list[tuple[frozenset[str], float]]:
        """Stems of the topical words of each article's title, and the sum of their idf; cached."""
        new = [int(a) for a in articles if int(a) not in self._titles]
        titles = self.library.titles(new) if new else []
        self.lexical.stemming(w for title in titles for w in topical_only(title))  # all at once
        for number, title in zip(new, titles, strict=True):
            held = frozenset(self.lexical.stems(topical_only(title)))
            self._titles[number] = held, sum(map(self.lexical.idf, held))
        return [self._titles[int(a)] for a in articles]
