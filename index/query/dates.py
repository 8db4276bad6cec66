"""Dates that a question states, as ranges of days: exact, partial, relative, open at one end.

    "on 6 October 2023" "Oct. 6" "2023-10-06"  "in June 2025" "Q4 2023" "in 2024"
    "yesterday" "last week" "last June" "this year"   "since March" "before 1 May 2024"

Reads no clock: relative dates and dates without a year need `today`, and are skipped without it.
Published dates are read by `dates.py`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from index.dates import MONTHS

Bound = Literal["on", "since", "until"]

_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"([0-3]?[0-9])(?:st|nd|rd|th)?\b"
_YEAR = r"((?:19|20)[0-9]{2})\b"
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("iso", r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b"),
    ("mdy", rf"\b{_MONTH} +{_DAY}(?:,? +{_YEAR})?"),
    ("dmy", rf"\b{_DAY} +(?:of +)?{_MONTH}(?:,? +{_YEAR})?"),
    ("my", rf"\b(?:(last|this) +)?{_MONTH}(?:,? +(?:of +)?{_YEAR})?"),
    ("quarter", rf"\b(?:Q([1-4])|(first|second|third|fourth|last) quarter)(?: of|,)? +{_YEAR}"),
    ("ago", r"\b(a|an|one|two|three|four|five|six|\d{1,2}) (day|week|month|year)s? ago\b"),
    ("span", r"\b(?:(last|this|past) +(week|month|quarter|year))\b"),
    ("word", r"\b(today|yesterday)\b"),
    ("year", rf"\b{_YEAR}"),
)
_SINCE = re.compile(r"\b(?:since|from|after|starting(?: in| on)?|as of)\s+$", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till|before|by|up to|through|prior to)\s+$", re.IGNORECASE)
_NUMBERS = {
    w: n for n, w in enumerate("zero one two three four five six".split())
} | {"a": 1, "an": 1}  # fmt: skip
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}


class When(NamedTuple):
    """A date at `text[start:end]`: `first` to `last`, days as ISO 8601, ends inclusive.

    `bound` says how it limits: "on" the days, "since" the first or "until" the last of them.
    """

    start: int
    end: int
    first: str
    last: str
    bound: Bound

    @property
    def exact(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last


def dates_in(text: str, today: date | None = None, newest: date | None = None) -> list[When]:
    """Every date that `text` states, in order, none inside another.

    A day or month without a year is the latest one that is neither after `today` nor after
    `newest`, the last day on which the library has news.

    >>> [(w.first, w.last, w.bound) for w in dates_in("before 6 October 2023, or in Q1 2024?")]
    [('2023-10-06', '2023-10-06', 'until'), ('2024-01-01', '2024-03-31', 'on')]
    """
    found: list[When] = []
    for kind, pattern in _PATTERNS:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if any(w.start < match.end() and match.start() < w.end for w in found):
                continue
            if kind == "my" and not _is_month(match):
                continue
            base = today
            if today and newest and kind in ("mdy", "dmy", "my") and not _relative_month(match):
                base = min(today, newest)
            days = _days(kind, match, base)
            if days is None:
                continue
            before = text[: match.start()]
            bound: Bound = "since" if _SINCE.search(before) else "on"
            bound = "until" if _UNTIL.search(before) else bound
            found.append(When(match.start(), match.end(), *_iso(days), bound))
    return sorted(found)


def _is_month(match: re.Match[str]) -> bool:
    """Whether a match is a month: with a year or "last", or with a capital ("may" never alone)."""
    word = match[2]
    return bool(match[1] or match[3]) or (word[0].isupper() and word.lower() not in ("may", "mar"))


def _relative_month(match: re.Match[str]) -> bool:
    """Whether the month is counted from today: "last June", "this June"."""
    return (match[1] or "").lower() in ("last", "this")


def _iso(days: tuple[date, date]) -> tuple[str, str]:
    return days[0].isoformat(), days[1].isoformat()


def _days(kind: str, match: re.Match[str], today: date | None) -> tuple[date, date] | None:
    try:
        return next(_readings(kind, match, today), None)
    except (ValueError, OverflowError):
        return None  # no such day


def _readings(kind: str, m: re.Match[str], today: date | None) -> Iterator[tuple[date, date]]:
    if kind == "iso":
        if m[3]:
            yield _one(date(int(m[1]), int(m[2]), int(m[3])))
        else:
            yield _month(int(m[1]), int(m[2]))
    elif kind in ("mdy", "dmy"):
        day, name = (m[2], m[1]) if kind == "mdy" else (m[1], m[2])
        month = MONTHS[name.lower()]
        if m[3]:
            yield _one(date(int(m[3]), month, int(day)))
        elif today:
            this = date(today.year, month, int(day))
            yield _one(this if this <= today else this.replace(year=today.year - 1))
    elif kind == "my":
        month = MONTHS[m[2].lower()]
        if m[3]:
            yield _month(int(m[3]), month)
        elif today:
            yield _month(today.year if month <= today.month else today.year - 1, month)
    elif kind == "quarter":
        quarter = int(m[1]) if m[1] else _QUARTERS[m[2].lower()]
        first = date(int(m[3]), 3 * quarter - 2, 1)
        yield first, _month(int(m[3]), 3 * quarter)[1]
    elif kind == "year":
        yield date(int(m[1]), 1, 1), date(int(m[1]), 12, 31)
    elif today:
        yield _relative(kind, m, today)


def _relative(kind: str, m: re.Match[str], today: date) -> tuple[date, date]:
    if kind == "word":
        return _one(today if m[1].lower() == "today" else today - timedelta(days=1))
    if kind == "ago":
        count = _NUMBERS.get(m[1].lower()) or int(m[1])
        unit = m[2].lower()
        if unit == "day":
            return _one(today - timedelta(days=count))
        if unit == "week":
            middle = today - timedelta(weeks=count)
            return middle - timedelta(days=3), middle + timedelta(days=3)
        months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
        if unit == "month":
            return _month(months // 12, months % 12 + 1)
        return date(months // 12, 1, 1), date(months // 12, 12, 31)
    back = m[1].lower() != "this"
    unit = m[2].lower()
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        months = today.year * 12 + today.month - 1 - back
        return _month(months // 12, months % 12 + 1)
    if unit == "quarter":
        quarter = today.year * 4 + (today.month - 1) // 3 - back
        year, first = quarter // 4, quarter % 4 * 3 + 1
        return date(year, first, 1), _month(year, first + 2)[1]
    return date(today.year - back, 1, 1), date(today.year - back, 12, 31)


def _one(day: date) -> tuple[date, date]:
    return day, day


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])
