"""Published dates: as exact as the source, in UTC, never invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import first_day, last_day, parse_published
from index.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025", "2025"),
        ("2025-06", "2025-06"),
        ("2025-06-12", "2025-06-12"),
        (" 2025-06-12\n", "2025-06-12"),
        ("20250612", "2025-06-12"),
        ("2025-06-12T09:34:00Z", "2025-06-12T09:34:00Z"),
        ("2025-06-12T09:34:00.123456789Z", "2025-06-12T09:34:00Z"),
        ("2025-06-12T09:34:00+02:00", "2025-06-12T07:34:00Z"),
        ("2025-06-12T00:30+0200", "2025-06-11T22:30:00Z"),
        ("2025-06-12T22:30:00-05:00", "2025-06-13T03:30:00Z"),
        ("2025-06-12 09:34", "2025-06-12T09:34:00Z"),
        ("2025-06-12 09:34 UTC", "2025-06-12T09:34:00Z"),
        ("20250612T093400Z", "2025-06-12T09:34:00Z"),
        ("Thu, 12 Jun 2025 09:34:00 +0200", "2025-06-12T07:34:00Z"),
        ("Thu, 12 Jun 2025 09:34:00 GMT", "2025-06-12T09:34:00Z"),
        ("12 Jun 2025 09:34 EDT", "2025-06-12T13:34:00Z"),
        ("June 12, 2025", "2025-06-12"),
        ("12 June 2025", "2025-06-12"),
        ("Sep. 3rd, 2025", "2025-09-03"),
        ("June 12, 2025 at 9:34 am EDT", "2025-06-12T13:34:00Z"),
        ("12 juin 2025", "2025-06-12"),
        ("12 czerwca 2025", "2025-06-12"),
        ("June 2025", "2025-06"),
        ("May 2025", "2025-05"),
        ("2024-02-29", "2024-02-29"),
        ("13/04/2025", "2025-04-13"),
        ("13.04.2025", "2025-04-13"),
        # zones with daylight saving
        ("June 12, 2025 at 9:34 am ET", "2025-06-12T13:34:00Z"),
        ("January 12, 2025 at 9:34 am ET", "2025-01-12T14:34:00Z"),
        ("2025-06-12 23:34 PT", "2025-06-13T06:34:00Z"),
        ("2025-12-12 9:34 PT", "2025-12-12T17:34:00Z"),
        ("2025-06-12 09:34 (CT)", "2025-06-12T14:34:00Z"),
        ("2025-06-12 09:34 Europe/Berlin", "2025-06-12T07:34:00Z"),
        ("2025-01-12T09:34:00 America/New_York", "2025-01-12T14:34:00Z"),
        ("2025-01-12 09:34 CET", "2025-01-12T08:34:00Z"),
        ("2025-06-12 09:34 CET", "2025-06-12"),  # what the name says, or the clocks?
        ("2025-06-12 09:34 CEST", "2025-06-12T07:34:00Z"),
        ("2025-10-26 02:30 Europe/Berlin", "2025-10-26"),  # there were two
        ("12 June 2025 09:34 IST", "2025-06-12"),  # in India, Israel or Ireland
        ("12 June 2025 ET", "2025-06-12"),
    ],
)
def test_published_dates_are_normalised(text: str, expected: str) -> None:
    assert parse_published(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "03/04/2025",  # the third of April or the fourth of March
        "2025-02-29",
        "2025-13",
        "2025-06-31",
        "2025-06-12T25:00",
        "2025-06-12T09:34:00 nowhere",
        "0001-01-01T00:00:00Z",  # what Go writes for "not set"
        "9999-12-31T23:59:59-05:00",
        "June 31, 2025",
        "12 June",
        "12 June 25",
        "June",
        "Monday",
        "today",
        "yesterday",
        "two days ago",
        "last week",
        "in 2025",
        "2025-06-12 01:34 CET",  # the 11th or the 12th in UTC
        "2025-06-12 09:34 Middle/Nowhere",
        "1970-01-01",  # what programs write for "not set"
        "1970-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "1969-12-31T19:00:00-05:00",
        "1900-01-01",
        "10:40",
        "1749720840",
        "about 2025 things",
        "Q3 2025",
        "x" * 10_000,
        "２０２５-06-12",
    ],
)
def test_what_is_not_a_clear_date_is_unknown(text: str) -> None:
    assert parse_published(text) is None


@given(st.dates(min_value=date(1981, 1, 1)))
def test_a_day_is_itself_and_the_ends_of_its_range(day: date) -> None:
    text = day.isoformat()
    assert parse_published(text) == first_day(text) == last_day(text) == text


@given(
    st.datetimes(min_value=datetime(1981, 1, 1), max_value=datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_both_standard_forms_give_the_same_moment(moment: datetime, minutes: int) -> None:
    local = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    expected = local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert parse_published(local.isoformat()) == expected
    assert parse_published(format_datetime(local)) == expected


_SCRAPS = st.sampled_from(
    ["2025", "12", "June", "now", "ago", "-", "/", ":", ",", " ", "T", "Z", "+", "am", "9:34", "32"]
)


@given(st.one_of(st.text(max_size=40), st.lists(_SCRAPS, max_size=8).map("".join)))
def test_any_text_gives_a_date_it_contains_or_none(text: str) -> None:
    found = parse_published(text)
    if found is not None:
        assert parse_published(found) == found
        assert found[:4].isdigit() and first_day(found[:10]) <= last_day(found[:10])


def test_partial_dates_span_their_days() -> None:
    assert (first_day("2025"), last_day("2025")) == ("2025-01-01", "2025-12-31")
    assert (first_day("2024-02"), last_day("2024-02")) == ("2024-02-01", "2024-02-29")
    assert (first_day("2025-06-12"), last_day("2025-06-12")) == ("2025-06-12", "2025-06-12")


@pytest.mark.parametrize("text", ["xyz", "", "2025-6", "2025-13", "2025-02-30", "today", "0000"])
def test_a_users_nonsense_is_told(text: str) -> None:
    with pytest.raises(UsageError) as error:
        last_day(text)
    assert str(error.value) == f"unknown date {text!r}: write YYYY, YYYY-MM or YYYY-MM-DD"
    with pytest.raises(UsageError):
        first_day(text)
