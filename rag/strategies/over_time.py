"""How a value went from one time to another ("how did it develop between May 2024 and 2026?").

    two dates, a word of change -> for each date the best sentence that tells a value of then
    -> values of one kind and unit -> "From 24 billion (May 2024) to 230 billion (January 2026)."

Decided by code from cited values; where one of the two times has none the question is answered like
any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.checking.check import check
from rag.disagreements.account import Account
from rag.evidence.fit import candidates, dates_fit
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.slot import MEASURES, asked_role
from rag.figures import Figure, same
from rag.language.money import role
from rag.question.intent import Intent
from rag.strategies import multihop
from rag.strategies.case import Case, Reply
from rag.strategies.comparison import LEAST, Comparison, kinds_named, told

_CHANGE = re.compile(
    r"\b(?:develop(?:s|ed|ing|ment)?|chang(?:e|es|ed|ing)|climb(?:s|ed)?|gr[eo]w(?:n|s|th|ing)?"
    r"|mov(?:e|es|ed|ing)|ris(?:e|es|en|ing)|rose|f[ae]ll(?:s|en|ing)?|drop(?:s|ped|ping)?"
    r"|(?:in|de)creas(?:e|es|ed|ing)|evolv(?:e|es|ed|ing)|shift(?:s|ed)?|shr[aiu]nk"
    r"|went from|go from)\b",
    re.IGNORECASE,
)
_OF_THEN = 0.6  # of `dates_fit`: the sentence tells the time, or its article is of then


def asked(case: Case) -> bool:
    """Whether a question names two dates and a word of change."""
    return not multihop.long(case.found.asked) and bool(_dates(case.intent))


def reply(case: Case) -> Reply | None:
    """The value at each of the two times; None where one of them has none."""
    return told(case.intent, developed(case.intent, case.pool)) if asked(case) else None


def _dates(intent: Intent) -> list[Figure]:
    """The two dates between which a question asks how something changed; else none."""
    dates = [f for f in intent.figures if f.kind == "date"]
    asks = intent.kind != "yesno" and len(dates) == 2 and _CHANGE.search(intent.text)
    return dates if asks else []


def developed(intent: Intent, pool: Sequence[EvidenceSentence]) -> Comparison | None:
    """The value at each of the two dates that a question of change names, or None."""
    dates = _dates(intent)
    if not dates:
        return None
    named = [intent.kind] if intent.kind in MEASURES else kinds_named(intent)
    if not named:
        return None
    first, last = (
        _at(replace(intent, kind=named[0], figures=(date,)), pool) for date in _with_years(dates)
    )
    if first is None or last is None or not _one_thing(first.figure, last.figure):
        return None
    values = first.figure.text, last.figure.text
    told = [f"{v} ({d.text})" for v, d in zip(values, dates, strict=True)]
    text = f"From {told[0]} to {told[1]}."
    if check(text, [first.evidence, last.evidence]).reason is not None:
        text = f"From {values[0]} to {values[1]}."  # a time that only an article's date tells
    return Comparison(text, f"{values[0]} to {values[1]}", (first, last), over_time=True)


def _with_years(dates: Sequence[Figure]) -> list[Figure]:
    """The two dates, one without a year in that of the other, the first before the second ("from
    October to February 2026": October 2025)."""
    first, last = (str(date.value) for date in dates)
    if first.startswith("--") and last[:4].isdigit():
        year = int(last[:4])
        first = f"{year - (first[2:] > last[5:])}-{first[2:]}"
    elif last.startswith("--") and first[:4].isdigit():
        year = int(first[:4])
        last = f"{year + (last[2:] < first[5:])}-{last[2:]}"
    return [replace(date, value=v) for date, v in zip(dates, (first, last), strict=True)]


def _one_thing(one: Figure, other: Figure) -> bool:
    """Whether two values can be of one thing at two times: of one kind and, where both tell it, one
    unit, and not the same."""
    units = {one.unit, other.unit} - {None}
    return one.kind == other.kind and len(units) < 2 and not same(one, other)


def _at(intent: Intent, pool: Sequence[EvidenceSentence]) -> Account | None:
    """The value of the time asked about in the sentence that is best but for the dates it tells."""
    lead = pool[0].names if pool else 0.0
    for e in sorted(pool, key=lambda e: -(e.cosine + e.coverage)):
        if dates_fit(intent, e) < _OF_THEN or e.names < lead or e.cosine < LEAST:
            continue
        if figure := _value(intent, e):
            return Account(e, figure)
    return None


def _value(intent: Intent, e: EvidenceSentence) -> Figure | None:
    """The value of a sentence that is of the time asked about: the nearest to it, or that which no
    other time stands next to ("900 million, against 800 million in May": the first)."""
    values = candidates(intent, e.text)
    if intent.kind == "money":
        values = [v for v in values if role(v, e.text) == asked_role(intent)]
    (asked,) = intent.figures
    told = [f for f in e.figures if f.kind == "date"]
    own = [d for d in told if same(asked, d) or same(d, asked)]

    def nearest(date: Figure) -> Figure:
        return min(values, key=lambda v: abs(v.start - date.start))

    if not values:
        return None
    if own:
        return nearest(own[0])
    free = [v for v in values if v not in map(nearest, told)]
    return free[0] if len(free) == 1 else None
