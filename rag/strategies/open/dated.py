"""The day of what a sentence tells: its own date, a weekday before the article's, or the article's.

"On Tuesday the court ruled ..." in an article of Friday 24 November -> 21 November
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from rag.evidence.sentence import EvidenceSentence, figures_of

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"\b(?:(last|next)\s+)?({'|'.join(_DAYS)})\b", re.IGNORECASE)
_NEAR = re.compile(r"\b(yesterday|today|tonight|tomorrow)\b", re.IGNORECASE)
_SHIFT = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}


def day_of(e: EvidenceSentence) -> str | None:
    """The day (YYYY-MM-DD, or a month or year as far as it is told) of what a sentence tells; that
    of its article where it tells none, None for an undated article."""
    published = (e.article.published or "")[:10]
    told = [str(f.value) for f in figures_of(e.text) if f.kind == "date"]
    whole = [day for day in told if re.fullmatch(r"\d{4}-\d\d-\d\d", day)]
    if whole:
        return whole[0]
    if len(published) != 10:
        return published or None
    day = date.fromisoformat(published)
    yearless = [day_ for day_ in told if re.fullmatch(r"--\d\d-\d\d", day_)]
    if yearless:
        return _nearest_year(yearless[0], day)
    if near := _NEAR.search(e.text):
        return (day + timedelta(days=_SHIFT[near[1].lower()])).isoformat()
    if weekday := _WEEKDAY.search(e.text):
        ago = (day.weekday() - _DAYS.index(weekday[2].lower())) % 7
        if (weekday[1] or "").lower() == "next":
            return (day + timedelta(days=7 - ago)).isoformat()
        return (day - timedelta(days=ago)).isoformat()
    return published


def _nearest_year(text: str, published: date) -> str:
    """A month and day ("--11-17") in the year that brings it nearest to the article's day."""
    month, day = int(text[2:4]), int(text[5:7])
    options = []
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            options.append(date(year, month, day))
        except ValueError:  # 29 February
            continue
    best = min(options, key=lambda option: abs((option - published).days), default=published)
    return best.isoformat()
