"""What became of an article: its earlier texts, and whether its page is gone.

another text at the same address -> the one before is kept, with the days on which it was first
seen and replaced (`library/library.py`)
a page that its server no longer has (404, 410) -> the day is kept until it is there again
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from index.library.counts import today
from index.library.queries import Queries
from index.text.changes import changes
from index.types import Article

Run = Callable[..., sqlite3.Cursor]  # runs a statement of a transaction


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier text. `seen` and `replaced` are the days (UTC, YYYY-MM-DD) on which it came and
    was replaced; `seen` is None where it came before days were kept."""

    seen: str | None
    replaced: str
    title: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A sentence that stands in an article since `day` (YYYY-MM-DD).

    `before` is what stood there; None where that is not to be told. `added` says that nothing did.
    """

    day: str
    before: str | None
    added: bool

    @property
    def told(self) -> str:
        """In words: "corrected on 2026-03-02"."""
        return f"{'added' if self.added else 'corrected'} on {self.day}"


class History:
    """The history of the articles of one library."""

    def __init__(self, library: Queries) -> None:
        self._library = library
        self._kept = library.has_table("versions")  # not in a library that an older Dateline made

    def versions(self, article_id: str) -> list[Version]:
        """The earlier texts of an article, oldest first."""
        if not self._kept:
            return []
        rows = self._library.rows(
            "SELECT seen, replaced, title, text FROM versions WHERE article = ? ORDER BY number",
            article_id,
        )
        return [Version(**dict(row)) for row in rows]

    def corrections(self, article: Article) -> list[tuple[int, int, Correction]]:
        """The sentences of an article, by where they start and end, that were not in its first
        text, each with the last day on which it changed."""
        found: dict[tuple[int, int], Correction] = {}
        for version in reversed(self.versions(article.id)):
            for change in changes(version.text, article.text):
                correction = Correction(version.replaced, change.before, change.added)
                found.setdefault((change.start, change.end), correction)
        return [(*span, found[span]) for span in sorted(found)]

    def gone(self, article_id: str) -> str | None:
        """The day on which an article's page was found to be gone; None while it is there."""
        if not self._kept:
            return None
        rows = self._library.rows("SELECT gone FROM seen WHERE article = ?", article_id)
        return rows[0]["gone"] if rows else None


def see(library: Queries, run: Run, article: Article) -> None:
    """Keep the day of a new text, and the text with this article's id that it is to replace."""
    rows = library.rows(
        "SELECT day, title, text FROM articles LEFT JOIN seen ON article = id WHERE id = ?",
        article.id,
    )
    if rows and (rows[0]["title"], rows[0]["text"]) == (article.title, article.text):
        return
    day = today()
    if rows:
        run(
            "INSERT INTO versions (article, seen, replaced, title, text) VALUES (?,?,?,?,?)",
            (article.id, rows[0]["day"], day, rows[0]["title"], rows[0]["text"]),
        )
    run("INSERT OR REPLACE INTO seen (article, day) VALUES (?,?)", (article.id, day))


def mark(run: Run, article_id: str, *, gone: bool) -> None:
    """Keep whether an article's page is gone since today."""
    run(
        "INSERT INTO seen (article, gone) VALUES (?, ?)"
        " ON CONFLICT (article) DO UPDATE SET gone = excluded.gone",
        (article_id, today() if gone else None),
    )


def forget(run: Run, article_id: str) -> None:
    """Keep nothing of an article's history."""
    run("DELETE FROM versions WHERE article = ?", (article_id,))
    run("DELETE FROM seen WHERE article = ?", (article_id,))
