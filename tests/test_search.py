"""Searching: names by any of their forms, slips of the pen, named publishers, exact filters."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.encoder import WordEncoder
from index.library import Library
from index.search import Searcher, named, terms
from index.types import Article, Filters

ARTICLES = [
    Article("a1", "Meta paid 14.3 billion dollars for Scale AI.", "Meta deal", None, "HNGN", "2025-06-13"),
    Article("a2", "Meta bought 49% of Scale AI for 14.8 billion dollars.", "Stake", None, "Bitget News"),
    Article("a3", "Anthropic closed a round of 13 billion dollars.", "Round", None, "AINews", "2025-09-02"),
    Article("a4", "Groq makes chips. Grok is a chatbot of xAI.", "Groq", None, "WION", "2025-12-25"),
    Article("a5", "The weather in Oslo was mild.", "Weather", None, "Reuters via CNA", "2025-01-01"),
]  # fmt: skip


@pytest.fixture
def searcher(tmp_path: Path) -> Searcher:
    library = Library.open(tmp_path / "news", create=True)
    encoder = WordEncoder()
    for article in ARTICLES:
        library.add(article, encoder)
    return Searcher(library, encoder)


def best(searcher: Searcher, query: str, **filters: str) -> str:
    return searcher.search(query, 3, Filters(**filters))[0].article.id


def test_terms_are_the_words_that_carry_meaning() -> None:
    assert terms("What share of Scale AI did Meta's owners buy?") == [
        "share", "scale", "ai", "meta", "owners", "buy",
    ]  # fmt: skip
    assert terms("who is it") == ["who", "is", "it"]


def test_a_name_is_found_by_its_other_forms(searcher: Searcher) -> None:
    assert best(searcher, "Facebook purchase") in ("a1", "a2")


def test_a_misspelt_name_is_corrected_and_nothing_else_is(searcher: Searcher) -> None:
    assert searcher.corrected("antropic round in Oslow") == "Anthropic round in Oslo"
    assert best(searcher, "Antropic") == "a3"
    assert searcher.corrected("Groq or Grok?") == "Groq or Grok?"
    common = "whose weathers along technology, OpenAI's rounds?"
    assert searcher.corrected(common) == common


def test_a_publisher_named_in_the_query_gets_its_place(searcher: Searcher) -> None:
    found = [
        hit.article.id for hit in searcher.search("What did WION say of Meta and Scale AI?", 2)
    ]
    assert "a4" in found


def test_filters_hold_whatever_the_query_says(searcher: Searcher) -> None:
    for query in ("Meta Scale AI", "Anthropic", "chips"):
        hits = searcher.search(query, 10, Filters(since="2025-09-01", until="2025-09-30"))
        assert {hit.article.id for hit in hits} <= {"a3"}
        hits = searcher.search(query, 10, Filters(publisher="bitget news"))
        assert {hit.article.id for hit in hits} <= {"a2"}


def test_the_searcher_follows_the_library(searcher: Searcher, tmp_path: Path) -> None:
    searcher._library.add(Article("a6", "Mistral raised 1.7 billion euros."), WordEncoder())
    assert best(searcher, "Mistral") == "a6"


def test_a_passed_on_report_is_meant_by_either_name() -> None:
    publishers = ["Reuters via CNA", "Reuters", "CNBC"]
    assert named("What did Reuters say?", publishers) == {"Reuters": ["Reuters via CNA", "Reuters"]}
    assert named("By Reuters via CNA?", publishers) == {"Reuters via CNA": ["Reuters via CNA"]}
    assert named("Reutersville", publishers) == {}
