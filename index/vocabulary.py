"""The words of a library with how many passages hold each: rarity of terms, slips of the pen.

Read from the lexical index, so it is as new as the library. Words are its Porter stems.
"""

from __future__ import annotations

import math
from functools import lru_cache

import snowballstemmer
from rapidfuzz import fuzz, process

from index.library import Library

_stemmer = snowballstemmer.stemmer("porter")
_SHORTEST = 5  # letters of a word that may be corrected
_LIKENESS = 80.0  # of rapidfuzz.fuzz.ratio, 0 to 100


class Vocabulary:
    """Document frequencies of one library in the state it was made for."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._total = max(1, library.passage_count())
        self._terms: list[str] | None = None
        self.frequency = lru_cache(maxsize=10_000)(self._frequency)
        self.correction = lru_cache(maxsize=10_000)(self._correction)

    def rarity(self, word: str) -> float:
        """Inverse document frequency, scaled to 0 (in every passage) .. 1 (in none)."""
        return 1 - math.log(1 + self.frequency(word)) / math.log(2 + self._total)

    def _frequency(self, word: str) -> int:
        return self._library.term_frequency(_stem(word))

    def _correction(self, word: str) -> str | None:
        """The likeliest word meant by one that no passage holds; None where there is none.

        It must begin with the same letter; of equally near ones the more frequent wins.
        """
        low = word.lower()
        if len(low) < _SHORTEST or not low.isalpha() or self.frequency(low):
            return None
        if self._terms is None:
            self._terms = self._library.terms()
        stem = _stem(low)
        near = process.extract(
            stem,
            [t for t in self._terms if t[0] == stem[0] and abs(len(t) - len(stem)) <= 2],
            scorer=fuzz.ratio,
            score_cutoff=_LIKENESS,
            limit=5,
        )
        ranked = sorted(near, key=lambda n: (-round(n[1]), -self._library.term_frequency(n[0])))
        return ranked[0][0] if ranked else None


def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word.lower()))
