"""What a library holds, counted: articles, publishers, the days from when to when."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from index.library.queries import Queries
from index.types import Article


class Counts(Queries):
    """What can be counted of a library; base class of `library/terms.py`."""

    def count(self) -> int:
        """Number of articles."""
        return int(self._scalar("SELECT count(*) FROM articles"))

    def passage_count(self) -> int:
        """Number of passages."""
        return int(self._scalar("SELECT count(*) FROM passages"))

    def by_publisher(self) -> list[tuple[str, int]]:
        """Every publisher with the number of its articles, most first."""
        rows = self._all(
            "SELECT publisher, count(*) c FROM articles WHERE publisher > ''"
            " GROUP BY publisher ORDER BY c DESC, publisher"
        )
        return [(row["publisher"], row["c"]) for row in rows]

    def date_range(self) -> tuple[str | None, str | None, int]:
        """Oldest and newest published date, and the number of undated articles.

        An article dated later than today counts as undated.
        """
        row = self._one(
            "SELECT min(published) a, max(published) b, count(*) c FROM articles"
            " WHERE first_day <= ?",
            today(),
        )
        assert row is not None
        return row["a"], row["b"], self.count() - row["c"]

    def newest(self) -> Article | None:
        """The article published last; None where none is dated, or only later than today."""
        row = self._one(
            "SELECT * FROM articles WHERE first_day <= ? ORDER BY published DESC, number LIMIT 1",
            today(),
        )
        return None if row is None else article_of(row)


def today() -> str:
    """Today in UTC, YYYY-MM-DD."""
    return datetime.now(UTC).date().isoformat()


def article_of(row: sqlite3.Row) -> Article:
    """The article of a row of the table `articles`."""
    return Article(
        row["id"],
        row["text"],
        row["title"],
        row["url"],
        row["publisher"],
        row["published"],
        row["author"],
    )
