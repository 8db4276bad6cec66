"""Two questions in one: `parts_of`.

    "Who chairs Norvale, and what does it make?" -> "Who chairs Norvale?", "What does it make?"

Words that open a question tell where the second begins. Where that says "it", "they" or names
nothing, it is put behind what the first asks about ("About Norvale: what does it make?").
"""

from __future__ import annotations

import re

from rag.language.names import find_names

_OPENS = r"(?:who(?:m|se)?|what|when|where|which|why|how)"
_JOINT = re.compile(rf"[,;]?\s+(?:and|but|or)(?:\s+(?:also|then))?\s+(?={_OPENS}\b)", re.IGNORECASE)
_ASKS = re.compile(
    rf"\b{_OPENS}\b|^\W*(?:did|do|does|is|are|was|were|has|have|had|can|could|will|would)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|he|his|him|she|her|they|their|them|this|that|these|those)\b", re.IGNORECASE
)
_AUXILIARY = re.compile(
    r"\b(?:did|do|does|is|are|was|were|has|have|had|can|could|will|would)\b", re.IGNORECASE
)
_BEHIND = re.compile(
    r"\s(?:in|on|at|by|before|after|when|for|to|during|just|from)\s", re.IGNORECASE
)
LEAST_WORDS = 3  # of each part: "and when?" and "how and why" ask nothing alone
ALONE = 6  # words from which a part with a name and no pronoun needs nothing of the first


def parts_of(question: str) -> list[str]:
    """The questions of which one consists, each standing alone; the question itself where it is
    one."""
    text = question.strip().rstrip("?").rstrip()
    parts = [part.strip(" ,;?") for part in _JOINT.split(text)]
    whole = all(len(part.split()) >= LEAST_WORDS and _ASKS.search(part) for part in parts)
    if len(parts) == 1 or not whole:
        return [question]
    return [f"{parts[0]}?", *(_alone(part, parts[0]) for part in parts[1:])]


def _alone(part: str, first: str) -> str:
    """A later part with what the first one asks about, where it does not name that itself."""
    long = len(part.split()) >= ALONE
    if long and find_names(part) and not _PRONOUN.search(part):
        return f"{part[0].upper()}{part[1:]}?"
    return f"About {_topic(first)}: {part}?"


def _topic(question: str) -> str:
    """What a question asks about: its words behind the auxiliary up to a preposition, or all
    behind the word that opens it."""
    opens = re.search(rf"\b{_OPENS}\b", question, re.IGNORECASE)
    asked = question[opens.end() :] if opens else question
    if auxiliary := _AUXILIARY.search(asked):
        about = _BEHIND.split(asked[auxiliary.end() :], maxsplit=1)[0].strip()
        return about or asked.strip()
    return asked.strip()
