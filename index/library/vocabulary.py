"""The words of a library: how rare each is, and which one a misspelt word means.

Asks the lexical index, so that it stems as the search does and is as new as the library.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from index.library.library import Library

# With these, recall@5 is .985 on 33 misspelt questions (`python -m eval.retrieval`,
# docs/scoreboard.md); other values were not measured.
_SHORTEST = 5  # letters; a shorter word is not corrected
_LIKENESS = 85.0  # least rapidfuzz.fuzz.ratio, 0 to 100, of a word and its correction
_SWAPPED = 6  # letters; in a shorter word two swapped neighbours are no slip ("brain", "Brian")


class Vocabulary:
    """Document frequencies and corrections for one state of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._total = max(1, library.passage_count())
        self.frequency = lru_cache(maxsize=10_000)(library.term_frequency)
        self._stems = lru_cache(maxsize=None)(library.terms)
        self.correction = lru_cache(maxsize=10_000)(self._correction)

    def rarity(self, word: str) -> float:
        """How rare a word is: log-scaled document frequency, 0 (every passage) to 1 (none)."""
        return 1 - math.log(1 + self.frequency(word)) / math.log(2 + self._total)

    def _correction(self, word: str) -> str | None:
        """The name in the library that a word not in it most likely means, or None.

        A correction has a capital, as a small library may just lack a common word. It begins with
        the same letter. Of equally similar names the more frequent one wins.
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
    """Similarity of two lower-case words, 0 to 100; one pair of swapped letters costs little."""
    alike = fuzz.ratio(word, other)
    if len(word) >= _SWAPPED and sorted(word) == sorted(other) and OSA.distance(word, other) == 1:
        return max(alike, _LIKENESS)
    return alike
