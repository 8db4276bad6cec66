"""Dates in news prose, found: `date_at`.

The value of a date is ISO text with the parts that are written: "2025", "2025-06", "2025-06-12",
"2025-Q3", "2025-H1", "1990s", and without a year "--06-12", "--06", "--Q3". Words that narrow it
(early, mid, late, a season) stay in its text. `upper` is a last day ("12-14 June") or a last year
("2012-13"). Two dates are compared in `figures/periods.py`.
"""

from __future__ import annotations

import re

from index.dates import MONTHS
from rag.figures.figure import Figure
from rag.figures.hedges import hedge_before
from rag.figures.nouns import COUNTED_AFTER_YEAR
from rag.figures.scan import Scan, is_year
from rag.figures.tables import DASHES, DURATIONS, LONG_SCALES

_ISO = re.compile(r"((?:19|20)[0-9]{2})([-/.])([01]?[0-9])\2([0-3]?[0-9])(?![0-9])")
_ISO_TIME = re.compile(r"T[0-9]{2}:[0-9]{2}(?::[0-9.]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?")
_ISO_MONTH = re.compile(r"((?:19|20)[0-9]{2})-([0-9]{2})(?![0-9]|[-/.][0-9])")
_LOCAL = re.compile(r"([0-3]?[0-9])([/.])([0-3]?[0-9])\2((?:19|20)[0-9]{2})(?![0-9])")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3}
# First and last day of each season, as month * 100 + day. "Winter" may be either end of a year.
SEASONS = {
    "spring": (301, 630),
    "summer": (601, 930),
    "autumn": (901, 1231),
    "fall": (901, 1231),
    "winter": (101, 1231),
}
_BEFORE_MONTH = frozenset(
    "in since by until till from last this next during of before after through throughout and to"
    " for between early late mid around".split()
)
_NOT_AFTER_YEAR = frozenset(
    "% percent per pct hundred dollars dollar euros yuan yen pounds € £ ^ usd eur gbp cny".split()
)
_BEFORE_YEAR = frozenset(
    "in since by until till from of during early late mid before after through fiscal the".split()
)


def _month(scan: Scan, i: int, sure: bool) -> int | None:
    """The month named at i. A lower-case "may" or "march" counts only where `sure` (a year)."""
    token = scan.at(i)
    if token is None or token.low not in MONTHS or token.kind != "word":
        return None
    if token.text == token.low and token.low in ("may", "march", "mar", "dec", "sun") and not sure:
        return None
    return MONTHS[token.low]


def _after_dot(scan: Scan, i: int) -> int:
    """The position after the full stop of an abbreviated month (`Jun. 12`), else i."""
    following = scan.at(i + 1)
    dotted = scan.low(i) == "." and scan.gap(i) == 0 and following and following.kind == "num"
    whole = len(scan.low(i - 1)) > 4 or scan.low(i - 1) in ("may", "june", "july")
    return i + 1 if dotted and not whole else i


def _year(scan: Scan, i: int) -> tuple[str, int] | None:
    """A year at i, after a comma or "of" if there is one, and the position after it."""
    j = i + (scan.low(i) in (",", "of"))
    if is_year(scan.at(j)) and scan.gap(j) <= 2:
        return scan.tokens[j].text, j + 1
    return None


def _day(scan: Scan, i: int, month: int) -> tuple[int, int] | None:
    """A day of `month` at i, with its st/nd/rd/th, and the position after it."""
    token = scan.at(i)
    if token is None or not token.text.isdecimal() or len(token.text) > 2 or token.kind != "num":
        return None
    day = int(token.text)
    if not 1 <= day <= _DAYS[month - 1]:
        return None
    j = i + 1
    if scan.low(j) in ("st", "nd", "rd", "th") and scan.gap(j) == 0:
        j += 1
    following = scan.low(j)
    if following in LONG_SCALES or following in ("%", "percent", "per", "pct", "dollars", "euros"):
        return None
    if scan.low(scan.after_hyphen(j)) in DURATIONS and following not in MONTHS:
        return None
    if following in (":", "^") and scan.gap(j) == 0:
        return None
    return day, j


def _figure(
    scan: Scan, first: int, after: int, value: str, upper: float | None = None
) -> tuple[list[Figure], int]:
    """The date of tokens `first` to `after` - 1; of the hedges only "about" fits a date."""
    text, start, end = scan.cut(first, after)
    approx = hedge_before(scan, first)
    approx = approx if approx == "about" and scan.back(first - 1) != "some" else None
    return [Figure("date", text, start, end, value, None, upper, approx)], after


def _iso(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`2025-06-12`, `12.06.2025`, `2025-06`, `2012-13`.

    None where day and month cannot be told apart: `05/06/2025`.
    """
    start = scan.tokens[i].start
    year = month = day = 0
    match = _ISO.match(scan.text, start)
    if match:
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    else:
        match = _LOCAL.match(scan.text, start)
        if match:
            day, month, year = int(match[1]), int(match[3]), int(match[4])
            if match[2] == "/" and month > 12 >= day:
                day, month = month, day
            elif match[2] == "/" and month <= 12 and day <= 12 and day != month:
                return None
    if match and 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]:
        end = match.end()
        time = _ISO_TIME.match(scan.text, end)
        after = i
        while after < len(scan.tokens) and scan.tokens[after].start < (time or match).end():
            after += 1
        value = f"{year}-{month:02}-{day:02}"
        return [Figure("date", scan.text[start:end], start, end, value, None)], after
    match = _ISO_MONTH.match(scan.text, start)
    if match:
        first, second = int(match[1]), int(match[2])
        if second == (first + 1) % 100:
            return _figure(scan, i, i + 3, match[1], float(first + 1))
        if 1 <= second <= 12:
            return _figure(scan, i, i + 3, f"{match[1]}-{second:02}")
    return None


def _quarter(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`Q3 2025`, `the third quarter`, `H1 2025`, `first half of 2025`."""
    low = scan.low(i)
    j, letter, part = i + 1, "Q", 0
    if len(low) == 2 and low[0] in "qh" and low[1] in "1234":
        letter, part = low[0].upper(), int(low[1])
        if letter == "H" and (part > 2 or not _year(scan, j)):
            return None
    elif low in _QUARTERS or low in ("1", "2", "3", "4"):
        part = _QUARTERS.get(low, 0)
        if low not in _QUARTERS:
            if scan.low(j) not in ("st", "nd", "rd", "th") or scan.gap(j):
                return None
            part, j = int(low), j + 1
        j = scan.after_hyphen(j)
        if scan.low(j) == "half" and part <= 2:
            letter = "H"
            of_year = scan.low(j + 1) == "of" and scan.low(j + 3) == "year"
            if not (_year(scan, j + 1) or of_year):
                return None
        elif scan.low(j) != "quarter":
            return None
        j += 1
    else:
        return None
    j += scan.low(j) == "fiscal"
    year = _year(scan, j)
    if year:
        return _figure(scan, i, year[1], f"{year[0]}-{letter}{part}")
    return _figure(scan, i, j, f"--{letter}{part}")


def _core(scan: Scan, i: int) -> tuple[str, int] | None:
    """A month, a month of a year, or a year at i, for `early`, `end of`, `mid-`."""
    token = scan.at(i)
    if token is None:
        return None
    if is_year(token):
        decade = scan.low(i + 1) == "s" and scan.gap(i + 1) == 0
        return (token.text + "s", i + 2) if decade else (token.text, i + 1)
    month = _month(scan, i, True)
    if month is None:
        return None
    year = _year(scan, _after_dot(scan, i + 1))
    if year:
        return f"{year[0]}-{month:02}", year[1]
    return (f"--{month:02}", i + 1) if token.text != token.low else None


def _narrowed(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`early 2025`, `mid-June`, `the end of 2025`, `spring 2023`."""
    low = scan.low(i)
    j = scan.after_hyphen(i + 1)
    if low in ("end", "beginning", "start", "middle"):
        if scan.low(j) != "of":
            return None
        j += 1
    elif low in SEASONS:
        year = _year(scan, j)
        return _figure(scan, i, year[1], year[0]) if year else None
    elif low not in ("early", "mid", "late"):
        return None
    core = _core(scan, j)
    if core is None or _day_follows(scan, j, core):
        return None
    return _figure(scan, i, core[1], core[0])


def _day_follows(scan: Scan, i: int, core: tuple[str, int]) -> bool:
    """Whether a day follows the month at i, which is then a date by itself: `early June 12`."""
    month = MONTHS.get(scan.low(i))
    return bool(month and core[1] == i + 1 and _day(scan, core[1], month))


def _month_first(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`June 12, 2025`, `June 2025`, `in June`, `June 12-14`."""
    if scan.low(i) not in MONTHS:
        return None
    after = _after_dot(scan, i + 1)
    year = _year(scan, after)
    month = _month(scan, i, bool(year))
    if month is None:
        return None
    day = None if year and scan.low(after) != "," else _day(scan, after, month)
    if day is None:
        if year:
            return _figure(scan, i, year[1], f"{year[0]}-{month:02}")
        if scan.back(i - 1) in _BEFORE_MONTH and scan.tokens[i].named:
            return _figure(scan, i, i + 1, f"--{month:02}")
        return None
    number, j = day
    upper = None
    if (scan.low(j) in DASHES and scan.gap(j) == 0) or scan.low(j) in ("to", "through"):
        last = _day(scan, j + 1, month)
        if last and last[0] > number:
            upper, j = float(last[0]), last[1]
    year = _year(scan, j)
    prefix = year[0] if year else "-"
    return _figure(scan, i, year[1] if year else j, f"{prefix}-{month:02}-{number:02}", upper)


def _day_first(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`12 June 2025`, `12th of June`, `12-14 June`."""
    token = scan.tokens[i]
    if not token.text.isdecimal() or len(token.text) > 2:
        return None
    first = _day(scan, i, 1)
    if first is None:
        return None
    day, j = first
    upper = None
    if (scan.low(j) in DASHES and scan.gap(j) == 0) or scan.low(j) == "to":
        last = _day(scan, j + 1, 1)
        if last and last[0] > day:
            upper, j = float(last[0]), last[1]
    j += scan.low(j) == "of"
    j = scan.after_hyphen(j)
    if scan.low(j) not in MONTHS or scan.gap(j) > 2:
        return None
    year = _year(scan, scan.after_hyphen(_after_dot(scan, j + 1)))
    month = _month(scan, j, bool(year))
    if month is None or max(day, upper or 0) > _DAYS[month - 1]:
        return None
    prefix = year[0] if year else "-"
    return _figure(scan, i, year[1] if year else j + 1, f"{prefix}-{month:02}-{day:02}", upper)


def _bare_year(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`2025`, `the 1990s`, `2012-13`, `2025 Q3`; None where the number is an amount or a count."""
    token = scan.tokens[i]
    if not is_year(token):
        return None
    following = scan.low(i + 1)
    if following == "s" and scan.gap(i + 1) == 0:
        return _figure(scan, i, i + 2, f"{token.text}s") if token.text[3] == "0" else None
    before = scan.back(i - 1)
    if following in LONG_SCALES or following in _NOT_AFTER_YEAR or (before and before in "$€£¥₹"):
        return None
    if following == ":" and scan.gap(i + 1) == 0 and scan.gap(i + 2) == 0:
        return None
    joined = scan.after_hyphen(i + 1)
    if scan.low(joined) in DURATIONS and (joined > i + 1 or before not in _BEFORE_YEAR):
        return None
    noun = scan.low(i + 2) if following not in _BEFORE_YEAR and following.isalpha() else ""
    counted = following in COUNTED_AFTER_YEAR or noun in ("employees", "people", "workers", "jobs")
    if counted and before not in _BEFORE_YEAR:
        return None
    last = scan.at(i + 2)
    if following in DASHES and scan.gap(i + 1) == 0 and last and last.gap == 0:
        short = int(token.text) + 1
        if last.kind == "num" and last.text == str(short)[2:]:
            return _figure(scan, i, i + 3, token.text, float(short))
    if len(following) == 2 and following[0] == "q" and following[1] in "1234":
        return _figure(scan, i, i + 2, f"{token.text}-{following.upper()}")
    return _figure(scan, i, i + 1, token.text)


def date_at(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """The date that begins at token i, and the position after it."""
    token = scan.tokens[i]
    if token.kind in ("num", "mix") and token.text[0].isdecimal():
        before = scan.back(i - 1)
        if before and before in "$€£¥₹":
            return None
        dashed = before in DASHES and token.gap == 0 and i > 1
        if dashed and scan.tokens[i - 2].kind == "num" and not is_year(token):
            return None
        return (
            _iso(scan, i)
            or (_quarter(scan, i) if token.kind == "num" else None)
            or (_day_first(scan, i) if token.kind == "num" else None)
            or _bare_year(scan, i)
        )
    if token.kind in ("word", "mix"):
        return _quarter(scan, i) or _narrowed(scan, i) or _month_first(scan, i)
    return None
