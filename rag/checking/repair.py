"""A sentence repaired before it is checked: its names and dates made to fit the evidence.

    sentence, evidence -> `repair` -> names spelled as the evidence spells them, days as it gives
    them
    sentence, the question's figures -> `without_dates` -> dates of the question removed

A name that matches nothing in the evidence stays as it is, and the check refuses the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text.aliases import variants
from rag.checking.items import Item, holds
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, find_figures, same
from rag.language.names import bears, find_names, same_name

_TITLE = re.compile(
    r"\b(Judge|Justice|President|Chairman|Chairwoman|Senator|Governor|Minister|Professor|Director"
    r"|Dr|Mr|Ms|Mrs)\.? ([A-Z]\w+)"
)


def repair(text: str, pool: Sequence[EvidenceSentence]) -> str:
    """The sentence with its names spelled as the evidence spells them.

    A name that no evidence has is replaced with its alias, its surname or the spelling that the
    evidence has. A title before a name ("Judge Stein") is removed where no sentence that has the
    name has the title.
    """
    text = _TITLE.sub(
        lambda m: m[0] if any(bears(m[1], e.text) for e in pool if bears(m[2], e.text)) else m[2],
        text,
    )
    for name in sorted(find_names(text), key=lambda n: -n.start):
        if any(holds(e, Item("name", name.text)) for e in pool):
            continue
        written = _as_written(name.text, pool)
        if written:
            text = text[: name.start] + written + text[name.end :]
    return _without_years(text, pool)


def _without_years(text: str, pool: Sequence[EvidenceSentence]) -> str:
    """The sentence without the year of a day that the evidence gives without one ("November 1" of
    "November 1, 2023"): the model has it from the question or from the date of the article."""
    days = [f for e in pool for f in e.figures if f.kind == "date" and str(f.value)[:2] == "--"]
    for figure in reversed(find_figures(text)):
        if figure.kind != "date" or any(holds(e, Item("date", figure.text, figure)) for e in pool):
            continue
        if told := next((day for day in days if same(day, figure)), None):
            text = text[: figure.start] + told.text + text[figure.end :]
    return text


def without_dates(text: str, asked: Sequence[Figure], pool: Sequence[EvidenceSentence]) -> str:
    """The sentence without dates and durations that it has from the question (`asked`), and that
    no evidence holds."""
    for figure in reversed(find_figures(text)):
        if figure.kind not in ("date", "duration") or not any(same(figure, f) for f in asked):
            continue
        if any(holds(e, Item("date", figure.text, figure)) for e in pool):
            continue
        before = re.sub(
            r",?\s*\b(?:in|on|of|by|since|during|as of|from|at)\s*$", "", text[: figure.start]
        )
        after = re.sub(r"^ (?:later|earlier|before|ago|after)\b", "", text[figure.end :])
        if before != text[: figure.start] or after != text[figure.end :]:
            text = before.rstrip() + after
    return text


def _as_written(name: str, pool: Sequence[EvidenceSentence]) -> str | None:
    """The form of the name that the first sentence with one has: alias, surname or spelling."""
    forms = [*variants(name), *([name.split()[-1]] if " " in name else [])]
    for e in pool:
        for form in forms:
            if len(form) > 1 and bears(form, e.text):
                return form
        for other in find_names(e.text):
            if same_name(name, other.text):
                return other.text
    return None
