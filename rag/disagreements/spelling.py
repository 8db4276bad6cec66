"""Whether two spellings are of one name: "Alexandr Wang" and "Alexander Wang"."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz


def spelled_otherwise(one: str, other: str) -> bool:
    """Whether two names are one name in two spellings: each word is alike, and not all are equal.

    >>> spelled_otherwise("Alexandr Wang", "Alexander Wang"), spelled_otherwise("Groq", "Grok")
    (True, False)
    >>> spelled_otherwise("DeepQuarry", "Deep Quarry"), spelled_otherwise("OpenAI", "OPENAI")
    (True, False)
    """
    if one.casefold() == other.casefold():
        return False
    a, b = _WORD.findall(one), _WORD.findall(other)
    if _letters(one) == _letters(other):
        return True
    if len(a) != len(b):
        return False
    if len(a) == 1:
        return min(len(one), len(other)) >= _LONG_NAME and _alike(one, other)
    return all(_alike(x, y) for x, y in zip(a, b, strict=True))


_WORD = re.compile(r"[\w'’]+")
# A name of one word, and a word of a longer name, that has fewer letters must be equal.
_LONG_NAME, _LONG_WORD = 7, 4  # not measured
_ALIKE = 75  # ratio of two words, 0 to 100 (rapidfuzz: Indel similarity); not measured
# Letters for one sound: the left ones are read as the right ones before two words are compared.
_WRITTEN = (
    ("sch", "s"), ("sh", "s"), ("ph", "f"), ("ch", "k"), ("x", "ks"), ("c", "k"), ("q", "k"),
    ("z", "s"), ("ou", "u"), ("ye", "e"), ("y", "i"), ("j", "i"), ("w", "v"),
)  # fmt: skip
_SOUNDS = ("kx", "vf", "dt", "bp", "gh", "aeo", "uv")  # first letters used for one sound


def _letters(name: str) -> str:
    """A name's letters and digits alone, without accents, in lower case."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


def _alike(one: str, other: str) -> bool:
    """Whether two words may be one: equal, one the beginning of the other, or nearly equal."""
    x, y = _sounds(one), _sounds(other)
    if x == y:
        return True
    if min(len(x), len(y)) < _LONG_WORD or not _sounds_alike(x[0], y[0]):
        return False
    return x.startswith(y) or y.startswith(x) or fuzz.ratio(x, y) >= _ALIKE


def _sounds(word: str) -> str:
    """A word's letters, those for one sound written in one way, doubled ones once."""
    word = _letters(word)
    for written, sound in _WRITTEN:
        word = word.replace(written, sound)
    return re.sub(r"(.)\1", r"\1", word)


def _sounds_alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _SOUNDS)
