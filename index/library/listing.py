"""The articles of a library as a list to look through: some words, limits, an order, a part of it.

Words are looked up in the lexical index: all of them must stand in one passage, or in the title,
publisher and date above it; of the last word its beginning is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from index.library.counts import where
from index.library.library import Library
from index.types import Filters

Order = Literal["newest", "oldest", "added", "title", "publisher", "longest"]
ORDERS: tuple[Order, ...] = get_args(Order)
_BY: dict[Order, str] = {
    "newest": "a.published IS NULL, a.published DESC",
    "oldest": "a.published IS NULL, a.published",
    "added": "a.number DESC",
    "title": "a.title IS NULL, a.title COLLATE NOCASE",
    "publisher": "a.publisher IS NULL, a.publisher COLLATE NOCASE",
    "longest": "length(a.text) DESC",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One article without its text, of which `characters` is the length."""

    id: str
    title: str | None
    publisher: str | None
    published: str | None
    characters: int


def listed(
    library: Library,
    words: str = "",
    filters: Filters = Filters(),
    order: Order = "newest",
    first: int = 0,
    most: int = 25,
) -> tuple[list[Listed], int]:
    """`most` articles from number `first` on, and how many there are in all."""
    condition, values = where(filters)
    if looked_for := _query(words):
        condition += (
            " AND a.number IN (SELECT p.article FROM lexical"
            " JOIN passages p ON p.number = lexical.rowid WHERE lexical MATCH ?)"
        )
        values.append(looked_for)
    found = library.rows(f"SELECT count(*) c FROM articles a WHERE {condition}", *values)
    by = f"{_BY[order]}, a.number DESC"
    rows = library.rows(  # sorted by themselves first: else SQLite reads every article's text
        "SELECT a.id, a.title, a.publisher, a.published, length(a.text) n FROM articles a"
        f" WHERE a.number IN (SELECT a.number FROM articles a WHERE {condition}"
        f" ORDER BY {by} LIMIT ? OFFSET ?) ORDER BY {by}",
        *values,
        most,
        first,
    )
    return [Listed(*row) for row in rows], int(found[0]["c"])


def _query(words: str) -> str:
    """The words as a query of SQLite's full text search, each only a word."""
    quoted = ['"' + word.replace('"', "") + '"' for word in words.split()]
    quoted = [word for word in quoted if any(map(str.isalnum, word))]
    return " ".join(quoted) + "*" if quoted else ""
