"""The words of a library with how many passages hold each: rarity of terms, slips of the pen.

Asked of the lexical index itself, so it stems as searching does and is as new as the library.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from index.library.library import Library

_SHORTEST = 5  # letters of a word that may be corrected
_LIKENESS = 85.0  # of rapidfuzz.fuzz.ratio, 0 to 100
_SWAPPED = 6  # letters from which two neighbours swapped are a slip ("brain" is not "Brian")


class Vocabulary:
    """Document frequencies of one library in the state it was made for."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._total = max(1, library.passage_count())
        self.frequency = lru_cache(maxsize=10_000)(library.term_frequency)
        self._stems = lru_cache(maxsize=None)(library.terms)
        self.correction = lru_cache(maxsize=10_000)(self._correction)

    def rarity(self, word: str) -> float:
        """Inverse document frequency, scaled to 0 (in every passage) .. 1 (in none)."""
        return 1 - math.log(1 + self.frequency(word)) / math.log(2 + self._total)

    def _correction(self, word: str) -> str | None:
        """The name in the library that is likeliest meant by a word that it does not hold, or None.

        Only towards words with a capital: a common word that a small library happens to lack is
        no slip. It begins with the same letter; of equally near ones the more frequent wins.
        """
        low = word.lower()
        if len(low) < _SHORTEST or not low.isalpha() or self.frequency(low):
            return None
        near = process.extract(
            low,
            [s for s in self._stems(low[0]) if -1 <= len(low) - len(s) <= 4],
            scorer=fuzz.ratio,
            score_cutoff=_LIKENESS - 17,  # stems are shorter than their words
            limit=12,
        )
        found: list[tuple[float, int, str]] = []
        for stem, _, _ in near:
            held = self._library.example(stem)
            words = {
                w
                for w in re.findall(r"[^\W\d_]+", held)
                if w[0].isupper() and abs(len(w) - len(low)) <= 2
            }
            best = max(words, key=lambda w: (_likeness(low, w.lower()), w), default="")
            likeness = _likeness(low, best.lower())
            if likeness >= _LIKENESS and best[0].lower() == low[0]:
                found.append((round(likeness), self.frequency(best), best))
        return max(found)[2] if found else None


def _likeness(word: str, other: str) -> float:
    """How like two lower-case words are, 0 to 100; two neighbours swapped count as little."""
    alike = fuzz.ratio(word, other)
    if len(word) >= _SWAPPED and sorted(word) == sorted(other) and OSA.distance(word, other) == 1:
        return max(alike, _LIKENESS)
    return alike
