"""TODO: what rag.disagreements.spelling is."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz


def spelled_otherwise(one: str, other: str) -> bool:
    """Whether two names are one, spelt in two ways: each word alike, and not all the same.

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
_LONG_NAME = 7  # letters from which a name of one word may be known again
_SOUNDS = ("ckqx", "sz", "iyj", "vwf", "dt", "bp", "gh", "aeo", "uw")  # letters that take turns


def _letters(name: str) -> str:
    """A name's letters and digits alone, without accents, in lower case."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


def _alike(one: str, other: str) -> bool:
    x, y = _letters(one), _letters(other)
    if x == y:
        return True
    if min(len(x), len(y)) < 4 or not _sounds_alike(x[0], y[0]):
        return False
    return x.startswith(y) or y.startswith(x) or fuzz.ratio(x, y) >= 75


def _sounds_alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _SOUNDS)
