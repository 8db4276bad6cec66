"""Searching: names in any of their forms, misspelt words, named publishers, exact filters."""

from __future__ import annotations

import doctest
from datetime import date
from pathlib import Path

import pytest

from index.encoder import WordEncoder
from index.errors import LibraryMismatch
from index.library import Library
from index.library.vectors import VectorIndex
from index.query import publishers
from index.query.publishers import named
from index.ranking import corpus
from index.search import Searcher
from index.text.words import terms
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
    assert {hit.article.id for hit in searcher.search("Facebook", 2)} == {"a1", "a2"}


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


def test_what_the_publisher_says_stands_beside_the_rest(searcher: Searcher) -> None:
    plain = [hit.article.id for hit in searcher.search("Meta and Scale AI", 2)]
    assert set(plain) == {"a1", "a2"}
    found = [
        hit.article.id for hit in searcher.search("What did WION say of Meta and Scale AI?", 3)
    ]
    assert set(found) == {"a1", "a2", "a4"}
    limited = searcher.search("What did WION say of Meta?", 3, Filters(publisher="HNGN"))
    assert [hit.article.id for hit in limited] == ["a1"]  # the filter wins over the name


def test_the_examples_in_the_file_hold() -> None:
    assert doctest.testmod(publishers).failed == 0
    assert doctest.testmod(publishers).attempted > 0


def test_filters_hold_whatever_the_query_says(searcher: Searcher) -> None:
    for query in ("Meta Scale AI", "Anthropic", "chips"):
        hits = searcher.search(query, 10, Filters(since="2025-09-01", until="2025-09-30"))
        assert {hit.article.id for hit in hits} <= {"a3"}
        hits = searcher.search(query, 10, Filters(publisher="bitget news"))
        assert {hit.article.id for hit in hits} <= {"a2"}


def test_the_searcher_follows_the_library(searcher: Searcher, tmp_path: Path) -> None:
    searcher._library.add(Article("a6", "Mistral raised 1.7 billion euros."), WordEncoder())
    assert best(searcher, "Mistral") == "a6"


def test_what_is_added_while_the_searcher_follows_is_not_missed(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, opened = searcher._library, corpus.open_vectors

    def slow(*given: Library) -> VectorIndex:
        index = opened(*given)
        monkeypatch.setattr(corpus, "open_vectors", opened)
        library.add(Article("a7", "Mistral raised 1.7 billion euros."), WordEncoder())
        return index

    monkeypatch.setattr(corpus, "open_vectors", slow)
    library.add(Article("a6", "Cohere raised money."), WordEncoder())
    searcher.search("Cohere")
    hit = searcher.search("Mistral euros")[0]
    assert hit.article.id == "a7"
    assert len(searcher.corpus) == library.passage_count()


def test_a_library_rebuilt_by_another_encoder_is_refused(searcher: Searcher) -> None:
    other = WordEncoder(dim=64)
    other.name = "other"
    searcher._library.rebuild(other)
    with pytest.raises(LibraryMismatch, match="index rebuild"):
        searcher.search("Meta")


def test_undated_articles_are_left_out_by_dates_alone(searcher: Searcher) -> None:
    def found(**limits: str) -> set[str]:
        return {hit.article.id for hit in searcher.search("Meta Scale AI", 9, Filters(**limits))}

    assert "a2" in found() and "a2" in found(publisher="Bitget News")
    assert found(since="2025-06-13", until="2025-06-13") == {"a1"}
    assert found(until="2025-06-13", publisher="Bitget News") == set()


def test_what_is_dated_later_than_today_counts_as_undated(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "news", create=True)
    lead = "Acme Robotics is led by"
    for name, text, published in (
        ("old", f"{lead} Ann Example.", "2025-06-01"),
        ("later", f"{lead} Mallory Evil.", "9999-12-31"),
        ("this-year", f"{lead} Cy Partial.", "2026"),
    ):
        library.add(Article(name, text, "Lead", None, "Wire", published), WordEncoder())
    searcher, today = Searcher(library, WordEncoder()), date(2026, 6, 1)
    query = "Who leads Acme Robotics now?"

    def found(filters: Filters = Filters(), day: date | None = today) -> dict[str, str | None]:
        hits = searcher.search(query, 3, filters, today=day)
        return {hit.article.id: hit.article.published for hit in hits}

    assert found() == {"this-year": "2026", "old": "2025-06-01", "later": None}
    assert next(iter(found())) == "this-year"  # the newest that is dated
    assert set(found(Filters(since="2025-01-01"))) == {"this-year", "old"}
    assert found(day=None)["later"] == "9999-12-31"


def test_a_passed_on_report_is_meant_by_either_name() -> None:
    publishers = ["Reuters via CNA", "Reuters", "CNBC"]
    assert named("What did Reuters say?", publishers) == {"Reuters": ["Reuters via CNA", "Reuters"]}
    assert named("By Reuters via CNA?", publishers) == {"Reuters via CNA": ["Reuters via CNA"]}
    assert named("Reutersville", publishers) == {}


def test_sentences_too_long_for_a_passage_are_no_evidence_in_parts(
    tmp_path: Path, words: WordEncoder
) -> None:
    long = "Acme denied " + "this and that and " * 150 + "that it had paid $5 billion for Wile."
    text = f"Acme makes traps. {long} Wile is a coyote."
    with Library.open(tmp_path / "long", create=True, write=True) as library:
        library.add(Article("long", text), words)
        searcher = Searcher(library, words)
        found = searcher.find("what did Acme pay for Wile?")
        nearness = searcher.nearness(found)
    assert len(found.hits) > 1
    for near in nearness:
        assert [text[a:b] for a, b in near.spans] == [
            "Acme makes traps.",
            long,
            "Wile is a coyote.",
        ]
        assert all(-1.001 <= cosine <= 1.001 for cosine in (near.passage, *near.sentences.values()))


def test_a_library_without_sentences_is_split_anew(tmp_path: Path, words: WordEncoder) -> None:
    with Library.open(tmp_path / "old", create=True, write=True) as library:
        library.add(Article("a", "Acme paid Wile. It was much."), words)
        with library.transaction() as run:
            run("UPDATE passages SET sentences = x'00000000'")
        searcher = Searcher(library, words)
        (near,) = searcher.nearness(searcher.find("what did Acme pay?"))
    assert near.spans == [(0, 15), (16, 28)] and near.sentences == {}
