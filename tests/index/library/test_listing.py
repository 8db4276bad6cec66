"""The articles of a library as a list: searched, limited, in an order, a part of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.encoder import WordEncoder
from index.library import Library
from index.library.listing import ORDERS, Order, listed
from index.types import Article, Filters

NEWS = [
    Article("a", "Norvale buys Tessel for 2.1 billion dollars.", "Norvale buys Tessel", None, "Daily Wire", "2024-03-05"),
    Article("b", "It rained in Leeds for three weeks, and the river left its banks twice.", "rain", None, "harbor post", "2024-03"),
    Article("c", "Tessel was sold. " * 20, None, None, None, None),
    Article("d", "A ferry sank off Split.", "Ferry sinks", None, "Harbor Post", "2023-01-02"),
]  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        for article in NEWS:
            opened.add(article, WordEncoder())
        yield opened


def ids(library: Library, *values: object, **named: object) -> str:
    rows, many = listed(library, *values, **named)  # type: ignore[arg-type]
    assert many == len(rows)
    return "".join(row.id for row in rows)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", "abdc"),
        ("oldest", "dbac"),
        ("added", "dcba"),
        ("title", "dabc"),
        ("publisher", "adbc"),
        ("longest", "cbad"),
    ],
)
def test_orders(library: Library, order: Order, expected: str) -> None:
    assert ids(library, order=order) == expected


def test_every_order_is_tried() -> None:
    assert ORDERS == ("newest", "oldest", "added", "title", "publisher", "longest")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tessel", "ac"),
        ("Tessel billion", "a"),
        ("tess", "ac"),
        ("rivers", "b"),
        ("march 2024", "ab"),
        ("harbor", "bd"),
        ("tessel rain", ""),
        ('"', "abdc"),
        ("  ", "abdc"),
        ('tessel" OR "rain', ""),
        ("tessel*", "ac"),
        ("NEAR(tessel", ""),
    ],
)
def test_words_are_only_words(library: Library, words: str, expected: str) -> None:
    assert ids(library, words) == expected


def test_limits(library: Library) -> None:
    assert ids(library, "", Filters(publisher="Harbor Post")) == "bd"
    assert ids(library, "", Filters(since="2024-01-01")) == "ab"
    assert ids(library, "rain", Filters(until="2023-12-31")) == ""


def test_a_part_knows_the_whole(library: Library) -> None:
    rows, many = listed(library, first=1, most=2)
    assert ([row.id for row in rows], many) == (["b", "d"], 4)
    row = listed(library, "ferry")[0][0]
    assert (row.title, row.publisher, row.published, row.characters) == (
        "Ferry sinks", "Harbor Post", "2023-01-02", 23,
    )  # fmt: skip
