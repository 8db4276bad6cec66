"""Whether the date of a source lies within the date of a claim: `date_bears_out`.

    date -> the days it may be (`_span`) -> the claim's days hold the source's days

Dates are found in `figures/dates.py`.
"""

from __future__ import annotations

import re

from rag.figures.dates import SEASONS
from rag.figures.figure import Figure

# What a narrowing word leaves: of a year, the first and last month * 100 + day; of a month, the
# first and last day. Wide on purpose, as "early" and "late" have no agreed limits; not measured.
_NARROW = {
    "early": (101, 430, 1, 14),
    "beginning": (101, 331, 1, 10),
    "start": (101, 331, 1, 10),
    "mid": (415, 915, 8, 23),
    "middle": (415, 915, 8, 23),
    "late": (816, 1231, 16, 31),
    "end": (1001, 1231, 20, 31),
}


def _span(figure: Figure) -> tuple[int | None, int, int | None, int]:
    """The first and last day that the date may be: (year, month * 100 + day) for each.

    Both years are None where the date has no year.
    """
    value = str(figure.value)
    year: int | None = None
    if value.startswith("--"):
        rest = value[2:]
    else:
        year, rest = int(value[:4]), value[5:]
    last = year
    low, high = 101, 1231
    if value.endswith("s") and year is not None:
        return year, 101, year + 9, 1231
    if rest[:1] == "Q":
        part = int(rest[1])
        low, high = (3 * part - 2) * 100 + 1, 3 * part * 100 + 31
    elif rest[:1] == "H":
        low, high = (101, 631) if rest[1] == "1" else (701, 1231)
    elif len(rest) == 2:
        low, high = int(rest) * 100 + 1, int(rest) * 100 + 31
    elif rest:
        low = high = int(rest[:2]) * 100 + int(rest[3:])
        if figure.upper is not None:
            high = int(rest[:2]) * 100 + int(figure.upper)
    elif figure.upper is not None:
        last = int(figure.upper)
    word = re.match(r"[a-z]+", figure.text.lower())
    narrow = word.group() if word else ""
    if narrow in SEASONS and not rest:
        low, high = SEASONS[narrow]
    elif narrow in _NARROW:
        year_low, year_high, day_low, day_high = _NARROW[narrow]
        if not rest:
            low, high = year_low, year_high
        elif len(rest) == 2 and rest[0] in "01":
            low, high = int(rest) * 100 + day_low, int(rest) * 100 + day_high
    return year, low, last, high


def date_bears_out(claim: Figure, source: Figure) -> bool:
    """Whether the source's date lies wholly within the claim's.

    "June 2025" is borne out by "12 June 2025", not the other way round. A claim without a year is
    compared by month and day alone; a claim with a year needs a year in the source.
    """
    first, low, last, high = _span(claim)
    source_first, source_low, source_last, source_high = _span(source)
    if first is None or last is None:
        return source_first == source_last and low <= source_low and source_high <= high
    if source_first is None or source_last is None:
        return False
    return (first, low) <= (source_first, source_low) and (source_last, source_high) <= (last, high)
