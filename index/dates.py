"""Published dates as sources and users write them, to ISO 8601.

A published date is as exact as its source: `2025`, `2025-06`, `2025-06-12` or
`2025-06-12T07:34:00Z`. An ambiguous date (`03/04/2025`), a relative one (`yesterday`) and nonsense
give None, and so do the days from which computers count. A name of a zone that has daylight saving
(`ET`, `Europe/Berlin`) is read by the calendar; where it has two readings, only the day is kept on
which they agree. Nothing here reads a clock, so no part of a date is filled in from today. Dates in
a question are read by `query/dates.py`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from index.errors import UsageError

MONTH_NAMES = (
    "January February March April May June July August September October November December".split()
)
MONTHS = (
    {  # in lower case, also as they are cut short
        form: number
        for number, name in enumerate(MONTH_NAMES, 1)
        for form in (name.lower(), name[:3].lower())
    }
    | {"sept": 9}
)
_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_TIMESTAMP = re.compile(r"([0-9]{4}-?[0-9]{2}-?[0-9]{2})(?:[Tt]| +)([0-9]{2}[0-9:.,]*) *(.*)")
_ZONE = re.compile(r"[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?|UTC|GMT")
_RFC2822 = re.compile(
    r"(?:[A-Za-z]{3}, *)?[0-9]{1,2} [A-Za-z]{3} [0-9]{4} [0-9]{2}:[0-9]{2}(?::[0-9]{2})? "
    r"(?:[+-][0-9]{4}|UT|GMT|UTC|Z|[ECMP][SD]T)(?: \([^)]*\))?"
)
_NAMED = re.compile(r" *\(?\b([CE]ET|[CEMPW]T|WET|IST|[A-Z][a-z]+/[A-Z][A-Za-z_/]+)\b\)?")
# Names of zones that are written in summer and winter alike, and where they are.
_ZONES = {
    "ET": ("America/New_York",),
    "CT": ("America/Chicago",),
    "MT": ("America/Denver",),
    "PT": ("America/Los_Angeles",),
    "CET": ("Europe/Berlin", "Etc/GMT-1"),
    "EET": ("Europe/Helsinki", "Etc/GMT-2"),
    "WET": ("Europe/Lisbon", "Etc/GMT"),
    "IST": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"),
}
# Where the clocks of computers begin: what programs write for "not set".
_NOT_SET = frozenset(
    "1601-01-01 1899-12-30 1899-12-31 1900-01-01 1904-01-01"
    " 1969-12-31 1970-01-01 1980-01-01".split()
)
_YEAR = re.compile(r"(?<![0-9])[12][0-9]{3}(?![0-9])")
_LONGEST = 64  # characters of a text that may be a date; not measured
_OLDEST_YEAR = 1000  # an earlier year is some program's empty value, such as 0001-01-01
_LANGUAGES = ["en", "fr", "de", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs"]


def parse_published(text: str) -> str | None:
    """Return the date in `text` as ISO 8601, as exact as written and in UTC, or None.

    >>> parse_published("Thu, 12 Jun 2025 09:34:00 +0200")
    '2025-06-12T07:34:00Z'
    >>> parse_published("June 2025"), parse_published("03/04/2025")
    ('2025-06', None)
    """
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return None
    match = _NAMED.search(text)
    if match is None:
        found = _parsed(text)
    else:
        found = _parsed(_NAMED.sub("", text, count=1))
        if found and "T" in found and not re.search(r"[Zz]$|[+-][0-9:]{2,5}$", text):
            found = _local(found, _ZONES.get(match[1], (match[1],)))
    return None if found and found[:10] in _NOT_SET else found


def _parsed(text: str) -> str | None:
    if _PARTIAL.fullmatch(text):
        return text if _days(text) else None
    if re.fullmatch(r"[0-9]{8}", text):
        day = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        return day if _days(day) else None
    try:
        if match := _TIMESTAMP.fullmatch(text):
            return _timestamp(*match.groups())
        if _RFC2822.fullmatch(text):
            return _utc(parsedate_to_datetime(text))
        return _free_form(text)
    except (ValueError, OverflowError):
        return None


def _local(clock: str, zones: tuple[str, ...]) -> str | None:
    """The moment of a local time in UTC if it is the same in all zones, else the day if that is."""
    readings = set()
    for zone in zones:
        for fold in (0, 1):  # the hour that an autumn night has twice
            try:
                place = ZoneInfo(zone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                return None
            local = datetime.fromisoformat(clock.rstrip("Z")).replace(tzinfo=place, fold=fold)
            readings.add(_utc(local))
    days = {reading and reading[:10] for reading in readings}
    return readings.pop() if len(readings) == 1 else days.pop() if len(days) == 1 else None


def first_day(partial: str) -> str:
    """First day that a partial date can mean: `2025-06` -> `2025-06-01`. Raises UsageError."""
    return _user_days(partial)[0]


def last_day(partial: str) -> str:
    """Last day that a partial date can mean: `2025-06` -> `2025-06-30`. Raises UsageError."""
    return _user_days(partial)[1]


def _user_days(partial: str) -> tuple[str, str]:
    days = _days(partial.strip())
    if days is None:
        raise UsageError(f"unknown date {partial!r}: write YYYY, YYYY-MM or YYYY-MM-DD")
    return days


def _days(partial: str) -> tuple[str, str] | None:
    """First and last day of `YYYY[-MM[-DD]]`, or None when there is no such day."""
    match = _PARTIAL.fullmatch(partial)
    if match is None or int(match[1]) < _OLDEST_YEAR:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    last_month = month or 12
    last = date(year, last_month, day or monthrange(year, last_month)[1])
    return first.isoformat(), last.isoformat()


def _timestamp(day: str, time: str, zone: str) -> str | None:
    """A day with a time of day in UTC; no zone counts as UTC, an unknown zone gives None."""
    if zone and not _ZONE.fullmatch(zone):
        return _free_form(f"{day} {time} {zone}")
    zone = "+00:00" if zone.upper() in ("", "Z", "UTC", "GMT") else zone
    moment = datetime.fromisoformat(day)
    clock = datetime.fromisoformat(f"2000-01-01T{time.rstrip('.,')}{zone}")
    return _utc(datetime.combine(moment.date(), clock.timetz()))


def _utc(moment: datetime) -> str | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    moment = moment.astimezone(UTC)
    if moment.year < _OLDEST_YEAR:
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=4096)
def _free_form(text: str) -> str | None:
    """A date in words; None unless it reads the same in both orders and on any day."""
    if not _YEAR.search(text):
        return None
    readings = {_reading(text, order, base) for order in ("DMY", "MDY") for base in (0, 1)}
    return readings.pop() if len(readings) == 1 else None


def _reading(text: str, order: str, base: int) -> str | None:
    from dateparser.date import DateDataParser

    parser = DateDataParser(
        languages=_LANGUAGES,
        settings={
            "DATE_ORDER": order,
            "PREFER_LOCALE_DATE_ORDER": False,
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["month", "year"],
            "RELATIVE_BASE": (datetime(2003, 2, 5, 4, 7, 9), datetime(2018, 11, 26, 17, 52))[base],
            "RETURN_TIME_AS_PERIOD": True,
            "TIMEZONE": "UTC",
        },
    )
    found = parser.get_date_data(text)
    moment: datetime | None = found.date_obj
    if moment is None or str(moment.year) not in text:
        return None
    if found.period == "time":
        return _utc(moment)
    return moment.strftime({"month": "%Y-%m", "year": "%Y"}.get(found.period, "%Y-%m-%d"))
