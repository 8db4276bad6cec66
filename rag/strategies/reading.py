"""What one article alone answers: its value, and the sentence that gives it.

draft of one article -> does the value stand in it? -> the drafted sentence if it is borne out,
else the quote that holds the value
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.checking.check import check
from rag.checking.items import Verdict, recount
from rag.checking.repair import repair
from rag.disagreements.account import Account
from rag.evidence.prompt import plain
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, find_figures, same
from rag.language.lexicon import content, stems, words
from rag.language.names import bears
from rag.question.intent import Intent
from rag.strategies.draft import bare
from rag.types import Dropped

LONGEST_QUOTE = 30  # words of a sentence that is said as it stands


@dataclass(frozen=True, slots=True)
class Reading:
    """What one article alone answers: `value` in its own words, and the sentence that is said."""

    text: str  # what was read of the article
    value: str
    verdict: Verdict


@dataclass(slots=True)
class Readings:
    """What the articles of a question answer, one after the other; `articles` are what is read."""

    articles: list[list[EvidenceSentence]]
    found: list[Reading] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)  # texts of articles that give no value
    prompt_tokens: int = 0
    generated_tokens: int = 0


def reading_of(
    intent: Intent, own: Sequence[EvidenceSentence], value: str, said: str, text: str
) -> Reading | str:
    """A draft of one article as it may be said, or why it may not: its value must stand in the
    article; its sentence too, else the quote that holds the value is said instead."""
    if not value or repeats(intent, value):
        return "it repeats the question"
    value = repair(value, own)
    holding = [e for e in own if _stands(value, e.text)]
    if not holding:
        return f"the article does not hold {value}"
    asked = set(intent.terms)
    best = max(holding, key=lambda e: (len(asked & stems(e.text)), -e.start))
    verdict = check(said, own, intent.figures) if said else None
    if verdict is None or bare(verdict.text) or not _stands(value, verdict.text):
        return Reading(text, value, _quoted(best, value))
    if verdict.reason is not None and verdict.loose:
        known = stems(text) | stems(intent.text)
        if all(word in known for word in content(verdict.text)):
            verdict = replace(verdict, reason=None)
    if verdict.reason is not None or not any(_stands(value, e.text) for e in verdict.cited):
        return Reading(text, value, _quoted(best, value))
    return Reading(text, value, verdict)


def repeats(intent: Intent, value: str) -> bool:
    """Whether a value only gives back a name that the question has."""
    return any(words(value) == words(name) for name in intent.names)


def _stands(value: str, text: str) -> bool:
    """Whether a text gives a value: as written, as the same figures, or in the same words."""
    if bears(plain(value), plain(text)):
        return True
    figures = find_figures(value)
    if figures:
        told = find_figures(text)
        return all(any(same(f, g) for g in told) for f in figures)
    mine = content(value)
    return bool(mine) and set(mine) <= stems(text)


def _quoted(e: EvidenceSentence, value: str) -> Verdict:
    """The evidence sentence as it stands, or of a long one the words around the value."""
    if len(e.text.split()) > LONGEST_QUOTE:
        e = _around(e, value)
    text = re.sub(r"\s+[.!?]$", "", e.text)
    e = replace(e, end=e.start + len(text), text=text)
    return recount(replace(check(e.text, [e]), text=e.text, cited=(e,), reason=None, repaired=True))


def _around(e: EvidenceSentence, value: str) -> EvidenceSentence:
    """The part of a long sentence that holds the value: half of the longest quote on each side."""
    place = re.search(re.escape(value).replace(r"\ ", r"\s+"), e.text, re.IGNORECASE)
    found = place.span() if place else (0, 0)
    spots = [m.span() for m in re.finditer(r"\S+", e.text)]
    first = next((i for i, (_, b) in enumerate(spots) if b > found[0]), 0)
    last = next((i for i, (_, b) in enumerate(spots) if b >= found[1]), first)
    side = LONGEST_QUOTE // 2
    a, b = spots[max(0, first - side)][0], spots[min(len(spots) - 1, last + side)][1]
    return replace(e, start=e.start + a, end=e.start + b, text=e.text[a:b])


def _words(text: str) -> list[str]:
    """Stems of the words of meaning, those joined by a hyphen apart."""
    return content(text.replace("-", " "))


def _account(reading: Reading) -> Account:
    e = next((e for e in reading.verdict.cited if _stands(reading.value, e.text)),
             reading.verdict.cited[0])  # fmt: skip
    value = reading.value
    figures = find_figures(value)
    if len(figures) == 1:
        return Account(e, figures[0])
    return Account(e, Figure("version", value, 0, len(value), value.casefold(), None))
