"""What a library holds, counted: articles, publishers, the days from when to when."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from index.library.queries import Queries
from index.types import Article, Filters


class Counts(Queries):
    """What can be counted of a library; base class of `library/terms.py`."""

    def count(self, filters: Filters = Filters()) -> int:
        """Number of articles that pass the filters."""
        condition, values = where(filters)
        return int(self._scalar(f"SELECT count(*) FROM articles a WHERE {condition}", *values))

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

    def passage_at(self, article_id: str, place: int) -> int | None:
        """The number of the first passage of an article that has the character at `place`."""
        row = self._one(
            "SELECT p.number FROM passages p JOIN articles a ON a.number = p.article"
            ' WHERE a.id = ? AND p.start <= ? AND p."end" > ? ORDER BY p.start',
            article_id,
            place,
            place,
        )
        return row["number"] if row else None

    def newest(self) -> Article | None:
        """The article published last; None where none is dated, or only later than today."""
        return next(iter(self.latest(1)), None)

    def latest(self, k: int) -> list[Article]:
        """The `k` articles published last, the newest first; none dated later than today."""
        rows = self._all(
            "SELECT * FROM articles WHERE first_day <= ? ORDER BY published DESC, number LIMIT ?",
            today(),
            k,
        )
        return [article_of(row) for row in rows]


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


def where(filters: Filters) -> tuple[str, list[str]]:
    """Filters as an SQL condition on articles `a`, and the values of its placeholders."""
    conditions, values = ["1"], []
    if filters.since:
        conditions.append("a.first_day >= ?")
        values.append(filters.since)
    if filters.until:
        conditions.append("a.last_day <= ?")
        values.append(filters.until)
    if filters.publisher:
        conditions.append("lower(a.publisher) = lower(?)")
        values.append(filters.publisher)
    return " AND ".join(conditions), values
