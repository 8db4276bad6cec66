"""What a library follows on the web: sources, and which items of each are known already.

One row for each source (a feed, a list of feeds, a sitemap, a page) and for each of its items. An
item's row is written after its article was committed: a run that is broken off reads it again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from index.library.library import Library

KINDS = {"feed": "feed", "opml": "list of feeds", "sitemap": "sitemap",
         "sitemaps": "list of sitemaps", "page": "page"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """Something followed. `etag` and `modified` are of what was read to its end last.

    `checked` and `wait_until` are moments in UTC, ISO 8601. `topic` is the kind that a list gives,
    `parent` the list that it came from, `gone` that its server said so (status 410).
    """

    url: str
    kind: str
    title: str | None = None
    topic: str | None = None
    parent: str | None = None
    etag: str | None = None
    modified: str | None = None
    checked: str | None = None
    wait_until: str | None = None
    failures: int = 0
    problem: str | None = None
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a source. `fingerprint` is a hash of what the source told of it.

    `article` is the id of its article, None while there is none, and `problem` why. `etag` and
    `modified` are of its page; `changed` is when the page says that it was changed.
    """

    source: str
    key: str
    fingerprint: str
    article: str | None = None
    etag: str | None = None
    modified: str | None = None
    changed: str | None = None
    tries: int = 0
    problem: str | None = None


class Followed:
    """The sources and items of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def sources(self) -> list[Source]:
        """All sources, sorted by topic and address."""
        if not self._library.has_table("sources"):  # made before there were any
            return []
        rows = self._library.rows("SELECT * FROM sources ORDER BY topic, url")
        return [Source(**dict(row)) for row in rows]

    def source(self, url: str) -> Source | None:
        """The source with this address, or None."""
        rows = self._library.rows("SELECT * FROM sources WHERE url = ?", url)
        return Source(**dict(rows[0])) if rows else None

    def put(self, source: Source) -> None:
        """Keep a source, in place of the one with its address."""
        self._put("sources", asdict(source))

    def moved(self, old: str, new: str) -> None:
        """Give a source its new address, with its items; one that is there already stays."""
        with self._library.transaction() as run:
            run("UPDATE OR IGNORE sources SET url = ? WHERE url = ?", (new, old))
            run("UPDATE OR IGNORE items SET source = ? WHERE source = ?", (new, old))
            run("DELETE FROM sources WHERE url = ?", (old,))
            run("DELETE FROM items WHERE source = ?", (old,))

    def forget(self, url: str) -> bool:
        """Follow this source no longer, nor those that came from it; its articles stay."""
        with self._library.transaction() as run:
            found = run("DELETE FROM sources WHERE url = ? OR parent = ?", (url, url)).rowcount
            run("DELETE FROM items WHERE source NOT IN (SELECT url FROM sources)")
        return found > 0

    def forget_removed(self) -> None:
        """Follow no page any longer whose article was removed."""
        with self._library.transaction() as run:
            run(
                "DELETE FROM sources WHERE kind = 'page' AND url IN (SELECT source FROM items"
                " WHERE article NOT IN (SELECT id FROM articles))"
            )

    def items(self, source: str) -> dict[str, Item]:
        """What is known of the items of a source, by their keys."""
        rows = self._library.rows("SELECT * FROM items WHERE source = ?", source)
        return {row["key"]: Item(**dict(row)) for row in rows}

    def put_item(self, item: Item) -> None:
        """Keep what is known of an item. It may be lost in a power cut: then it is read again."""
        with self._library.unhurried():
            self._put("items", asdict(item))

    def owner(self, article_id: str) -> str | None:
        """The source that an article came from first, None for one that was added otherwise."""
        rows = self._library.rows("SELECT source FROM items WHERE article = ? LIMIT 1", article_id)
        return str(rows[0]["source"]) if rows else None

    def counts(self) -> dict[str, int]:
        """Number of articles by the address of their source."""
        if not self._library.has_table("items"):
            return {}
        rows = self._library.rows(
            "SELECT source, count(*) c FROM items WHERE article IS NOT NULL GROUP BY source"
        )
        return {str(row["source"]): int(row["c"]) for row in rows}

    def changed(self, article_id: str) -> str | None:
        """When the page of an article says that it was changed last, as it writes it."""
        if not self._library.has_table("items"):
            return None
        rows = self._library.rows("SELECT max(changed) c FROM items WHERE article = ?", article_id)
        return rows[0]["c"] if rows else None

    def _put(self, table: str, values: dict[str, object]) -> None:
        marks = ",".join("?" * len(values))
        with self._library.transaction() as run:
            run(
                f"INSERT OR REPLACE INTO {table} ({','.join(values)}) VALUES ({marks})",
                tuple(values.values()),
            )
