"""Which figure of a sentence fills the question: of the right kind and role, nearest to its words.

A figure's role (a price, a valuation, a revenue) is read from the words beside it, so that an age
never answers for a valuation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.evidence.fit import candidates
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, find_figures, same
from rag.language.lexicon import covers, stem, words
from rag.language.money import REVENUE, VALUATION, role
from rag.question.intent import Intent
from rag.question.kind import Kind

SUMS: tuple[Kind, ...] = ("money", "percent")
MEASURES: tuple[Kind, ...] = (*SUMS, "count", "duration", "age")


def asked_role(intent: Intent) -> str:
    """The role that the question asks for."""
    text = intent.text
    if re.search(r"(?i)\b(?:los[est]\w*|wiped?|shed|fell|drop\w*|plunge\w*)\b", text):
        return "amount"
    if re.search(rf"(?i)\b(?:{REVENUE})\b", text):
        return "revenue"
    if re.search(rf"(?i)\b(?:{VALUATION})\b", text):
        return "valuation"
    return "amount"


def slot(intent: Intent, e: EvidenceSentence, near: str | None = None) -> Figure | None:
    """The figure that fills the question: right kind and role, nearest to its words, or to the
    name `near` where the sentence has it."""
    options = candidates(intent, e.text)
    if intent.kind == "money":
        wanted = asked_role(intent)
        fitting = [f for f in options if role(f, e.text) == wanted]
        if not fitting and wanted != "amount":
            return None
        options = fitting or options
    return nearest_to_question(intent, e.text, options, near)


def nearest_to_question(
    intent: Intent, text: str, options: Sequence[Figure], near: str | None = None
) -> Figure | None:
    """Of several figures of a sentence the one nearest to the name `near`, to the date asked
    about, or to another word of the question; None of none."""
    if len(options) < 2:
        return options[0] if options else None
    if near and (place := re.search(rf"(?<!\w){re.escape(near)}(?!\w)", text, re.IGNORECASE)):
        middle = (place.start() + place.end()) / 2
        return min(options, key=lambda f: abs((f.start + f.end) / 2 - middle))
    dates = [f for f in intent.figures if f.kind == "date"]
    told = [d for d in find_figures(text) if d.kind == "date"]
    asked = [d for d in told if any(same(d, f) or same(f, d) for f in dates)]
    if asked and len(asked) < len(told):
        return min(options, key=lambda f: min(_distance(f, d, text) for d in asked))
    options = [f for f in options if not _aside(f, text)] or options
    cues = [
        (match.start() + match.end()) / 2
        for match in re.finditer(r"\w+(?:[-'’]\w+)*", text)
        if any(covers(t, frozenset(stem(w) for w in words(match[0]))) for t in intent.relation)
    ]
    cues = marks(intent, text) or cues
    if not cues:
        return options[0]
    return min(options, key=lambda f: (min(abs(f.start - c) for c in cues), f.start))


def marks(intent: Intent, text: str) -> list[float]:
    """Where a sentence has what tells one of several of a kind from the others ("highest", "first")
    as the question does."""
    asked = {word.lower() for word in _MARKS.findall(intent.text)}
    return [(m.start() + m.end()) / 2 for m in _MARKS.finditer(text) if m[0].lower() in asked]


# What tells one of several of a kind from the others.
_MARKS = re.compile(
    r"\b(?:(?:high|low|larg|bigg|small|great|few|short|long|earli)est|maximum|minimum|most|least"
    r"|first|second|third|fourth|total|initial|original|final)\b",
    re.IGNORECASE,
)
_APART = re.compile(r"[,;]|\b(?:and|to|but|while)\b")


def _distance(one: Figure, other: Figure, text: str) -> int:
    """Characters between two figures of a sentence; far where a clause ends between them."""
    first, second = sorted((one, other), key=lambda f: f.start)
    between = text[first.end : second.start]
    return len(between) + 1000 * len(_APART.findall(between))


def _aside(figure: Figure, text: str) -> bool:
    """Whether a figure is told only beside another: a part of it, or what it was before."""
    after, before = text[figure.end :], text[: figure.start]
    return bool(
        re.match(r"\s*(?:of (?:it|which|that|them)\b|already\b|earlier\b)", after)
        or re.search(
            r"(?i)\b(?:up from|from|after|instead of|compared with|against|previously|of which)"
            r"(?: (?:around|about|roughly|nearly|over|some))?\s*$",
            before,
        )
    )
