"""A question read: sources in any case, dates of every kind, clauses."""

from __future__ import annotations

import doctest
from datetime import date

import pytest

from index.query import dates as when
from index.query import publishers, question
from index.query.dates import dates_in
from index.query.publishers import forms_of, named
from index.query.question import asks_latest, understand
from index.ranking import diversity
from index.text import words
from index.text.aliases import named_by_description

SOURCES = ["TechWire", "The Ledger - Markets", "The Ledger - Sport", "CNA | World News", "Fortune",
           "Reuters via CNB", "Mint", "Bits.com"]  # fmt: skip
TODAY = date(2026, 1, 15)


@pytest.mark.parametrize("module", [publishers, question, when, words, diversity])
def test_the_examples_in_the_files_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("did techwire and the ledger say the same about it?", {"TechWire", "The Ledger"}),
        ("What did Fortune say of the fortune he made?", {"Fortune"}),
        ("he made a fortune of mint condition", set()),
        ("according to bits", {"Bits"}),
        ("Reuters reports so, says CNA", {"Reuters", "CNA"}),
        ("Techwired people", set()),
        ("does the ledger's piece agree with the cna story?", {"The Ledger", "CNA"}),
    ],
)
def test_sources_are_found_as_people_write_them(text: str, found: set[str]) -> None:
    assert set(named(text, SOURCES)) == found


def test_a_short_form_means_every_section_of_a_publisher() -> None:
    meant = named("What does The Ledger say?", SOURCES)["The Ledger"]
    assert meant == ["The Ledger - Markets", "The Ledger - Sport"]
    assert list(forms_of("Bits.com")) == ["Bits.com", "Bits"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on October 6, 2023", ("2023-10-06", "2023-10-06", "on")),
        ("of the 6th of October 2023", ("2023-10-06", "2023-10-06", "on")),
        ("of 6 October", ("2025-10-06", "2025-10-06", "on")),
        ("2023-10-06?", ("2023-10-06", "2023-10-06", "on")),
        ("in June 2025", ("2025-06-01", "2025-06-30", "on")),
        ("last June", ("2025-06-01", "2025-06-30", "on")),
        ("in Q4 2023", ("2023-10-01", "2023-12-31", "on")),
        ("since March 2024", ("2024-03-01", "2024-03-31", "since")),
        ("before 1 May 2024", ("2024-05-01", "2024-05-01", "until")),
        ("yesterday", ("2026-01-14", "2026-01-14", "on")),
        ("last year", ("2025-01-01", "2025-12-31", "on")),
        ("two months ago", ("2025-11-01", "2025-11-30", "on")),
        ("last week", ("2026-01-05", "2026-01-11", "on")),
        ("in 2024", ("2024-01-01", "2024-12-31", "on")),
    ],
)
def test_dates_are_read_as_days(text: str, days: tuple[str, str, str]) -> None:
    (found,) = dates_in(text, TODAY)
    assert (found.first, found.last, found.bound) == days


@pytest.mark.parametrize("text", ["may this march on", "31 February 2023 x", "room 2500", "Q5"])
def test_what_is_no_day_is_not_read_as_one(text: str) -> None:
    assert not [w for w in dates_in(text, TODAY) if w.exact]


def test_without_a_today_only_whole_dates_are_read() -> None:
    assert dates_in("last June, 6 October, yesterday") == []


def test_a_question_falls_into_the_parts_that_it_asks_of_each_source() -> None:
    asked = understand(
        "Did the TechWire story of 6 October 2023 on Acme's layoffs in Texas agree with "
        "what CNA wrote on 1 November 2023 about its record profit and dividend?",
        SOURCES,
    )
    layoffs = [c for c in asked.clauses if "layoffs" in c.terms]
    profit = [c for c in asked.clauses if "profit" in c.terms]
    assert layoffs and profit
    assert all(c.publishers == {"TechWire"} for c in layoffs)
    assert all(c.publishers == {"CNA | World News"} for c in profit)
    assert {d.first for c in profit for d in c.dates} == {"2023-11-01"}
    assert "techwire" not in asked.terms
    assert asked.publishers == {"TechWire", "CNA | World News"}


def test_a_plain_question_is_one_clause() -> None:
    asked = understand("what share of Scale AI did Meta buy?", SOURCES)
    assert [c.text for c in asked.clauses] == ["share of Scale AI did Meta buy"]
    assert not asked.recent
    assert understand("Who is currently the boss of Acme?", SOURCES).recent


@pytest.mark.parametrize("text", ["", "?", "x", "the", "in 2024", "TechWire", "  \n "])
def test_anything_can_be_asked(text: str) -> None:
    understand(text, SOURCES, TODAY)


@pytest.mark.parametrize(
    ("question", "latest"),
    [
        ("Where does the takeover of Cursor stand?", True),
        ("As things stand, what is xAI worth?", True),
        ("What is the status of Meta's purchase of Manus?", True),
        ("What is the last we heard of the lawsuit?", True),
        ("What was the last decision?", True),
        ("Who bought it last June?", False),
        ("How long did the ouster last?", False),
        ("What did it raise in the last two years?", False),
        ("Was it a last-minute deal?", False),
        ("Where did the valuation stand in 2023?", False),
        ("What did USA TODAY report?", False),
        ("Who stands behind the offer?", False),
    ],
)
def test_the_latest_is_asked_for_in_many_words(question: str, latest: bool) -> None:
    assert asks_latest(question) is latest


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("What did the search giant pay?", "What did Google pay?"),
        ("Who founded it with Big Blue?", "Who founded it with IBM?"),
        ("What does the social-media giant own?", "What does Meta own?"),
        ("What did the ChatGPT boss say?", "What did OpenAI's boss say?"),
        ("A giant search for talent", "A giant search for talent"),
        ("Who is the Instagram head?", "Who is the Instagram head?"),
        ("Which chip giant invested?", "Which chip giant invested?"),
        ("the search giant Baidu", "the search giant Baidu"),
        ('"The search giant pays" in the Wire', '"The search giant pays" in the Wire'),
    ],
)
def test_a_company_is_known_by_what_the_news_calls_it(told: str, meant: str) -> None:
    assert named_by_description(told) == meant
