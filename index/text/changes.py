"""What an earlier text of an article said where the present one says something else.

    both texts -> sentences -> words and signs -> aligned (difflib) -> what stands in the place of a
    sentence: the same one, another one, or none

A sentence that only moved, or whose punctuation changed, is the same one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from index.text.sentences import Span, sentences

Words = tuple[str, ...]

_ALIKE = 0.5  # similarity of two sentences from which one is called the other's form; not measured
_WORD = re.compile(r"\w+(?:[.,:]\d+)*|[^\w\s\"'‘’“”«».,;:!?()\[\]*_–—-]")


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence (`start`, `end` in the present text) that the earlier text did not have.

    `before` is what the earlier text said instead; None where that is not to be told. `added` says
    that nothing stood in its place.
    """

    start: int
    end: int
    before: str | None
    added: bool


def words_of(text: str) -> Words:
    """The words, figures and signs (%, $, +) of a text, which tell it from another one.

    >>> words_of("It paid $1.5 bn, he said.")
    ('it', 'paid', '$', '1.5', 'bn', 'he', 'said')
    """
    return tuple(_WORD.findall(text.casefold()))


def changes(before: str, now: str) -> list[Change]:
    """The sentences of `now` that the text `before` did not have, in order."""
    old, new = _split(before), _split(now)
    there = {words for words, _ in old}
    found = []
    aligned = SequenceMatcher(None, [w for w, _ in old], [w for w, _ in new], autojunk=False)
    for kind, a, b, c, d in aligned.get_opcodes():
        if kind not in ("replace", "insert"):
            continue
        for words, (start, end) in new[c:d]:
            if words in there:
                continue
            alike, (x, y) = max(
                ((_similar(w, words), span) for w, span in old[a:b]), default=(0.0, (0, 0))
            )
            told = before[x:y] if alike >= _ALIKE else None
            found.append(Change(start, end, told, kind == "insert"))
    return found


def _similar(one: Words, other: Words) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


@lru_cache(maxsize=64)
def _split(text: str) -> list[tuple[Words, Span]]:
    found = ((words_of(text[a:b]), (a, b)) for a, b in sentences(text))
    return [(words, span) for words, span in found if words]
