"""The library opened and changed: articles, passages, vectors, lexical index in one SQLite file.

    article -> passages and their vectors, sentences and theirs -> one transaction

An article that was acknowledged survives a kill, as each is one transaction. The vector index
(`library/vectors.py`) is derived from this file and is made again where it is missing, torn or
older. A folder holds `library.sqlite3`, `vectors.faiss`, `manifest.json` and `writer.lock`. Reading
is in `library/reader.py`, searching in `search.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Literal

import numpy as np

from index.dates import first_day, last_day
from index.encoder import Encoder, Vectors
from index.errors import LibraryError, LibraryMismatch, LibraryMissing, LibraryUnwritable
from index.ingest.sources import identity
from index.library.counts import article_of
from index.library.packing import pack
from index.library.reader import Reader, digest_of, heading
from index.library.sqlite import (
    FOLLOWED,
    FORMAT,
    FROM_1,
    INDEXES,
    SCHEMA,
    connect,
    take_lock,
    translated,
)
from index.library.tables.history import forget, see
from index.text.passages import passages, sentences
from index.types import Article, Passage
from index.web.urls import article_key

FILE = "library.sqlite3"
State = Literal["added", "unchanged", "replaced"]
# An article, its passages, and the vector and packed sentences of each passage.
Encoded = tuple[Article, Sequence[Passage], Sequence[tuple[Vectors, bytes]]]


class Library(Reader):
    """A library folder; `open` it for reading, or for writing by one process at a time."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: IO[bytes] | None) -> None:
        super().__init__(path, connection)
        self._lock = lock

    @classmethod
    def open(
        cls, path: Path, *, create: bool = False, write: bool = False, upgrade: bool = False
    ) -> Library:
        """Open the folder `path`, for reading unless `create` or `write`.

        Raises LibraryMissing, LibraryLocked, LibraryUnwritable or LibraryMismatch. `upgrade`
        changes the tables of format 1 to those of FORMAT; `rebuild` then fills them.
        """
        path = Path(path)
        file = path / FILE
        if not file.is_file() and not create:
            raise LibraryMissing(f"no library at {path}: make one with 'python -m index add'")
        lock = None
        try:
            if create:
                path.mkdir(parents=True, exist_ok=True)
            if write or create:
                lock = take_lock(path)
            with translated(path):
                connection = connect(file, write or create)
                try:
                    library = cls(path, connection, lock)
                    library._prepare(create, upgrade)
                except BaseException:
                    connection.close()
                    raise
        except BaseException as error:
            if lock:
                lock.close()
            if isinstance(error, OSError):
                raise LibraryUnwritable(f"cannot write to {path}: {error.strerror}") from error
            raise
        return library

    def close(self) -> None:
        """Close the file and release the writer's lock."""
        self._connection.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def writable(self) -> bool:
        """Whether this process may change the library."""
        return self._lock is not None

    # -- writing ---------------------------------------------------------------------------

    def add(self, article: Article, encoder: Encoder) -> State:
        """Commit one article with its passages and vectors; the same article again changes nothing.

        A text that it replaces is kept (`library/history.py`), and only what that lacks is encoded.
        LibraryMismatch where the library was made by another encoder.
        """
        self._claim(encoder)
        digest = digest_of(article)
        old = self._one("SELECT number, digest FROM articles WHERE id = ?", article.id)
        if old and old["digest"] == digest:
            return "unchanged"
        parts, rows = encoded(article, encoder, self.vectors_of(article.id) if old else {})
        with self.transaction() as run:
            see(self, run, article)
            if old:
                self._delete(old["number"])
            self._insert(article, digest, parts, rows)
            self._bump(digest, *([old["digest"]] if old else []))
        return "replaced" if old else "added"

    def add_encoded(self, items: Iterable[Encoded], encoder: Encoder) -> int:
        """Commit new articles that are encoded already in one transaction; return their number."""
        self._claim(encoder)
        digests: list[str] = []
        with self.transaction() as run:
            for article, parts, rows in items:
                digests.append(digest_of(article))
                see(self, run, article)
                self._insert(article, digests[-1], parts, rows)
            self._bump(*digests)
        return len(digests)

    def remove(self, id_or_url: str) -> bool:
        """Remove the article with this id, or all with this URL in any form; False if none is."""
        key = article_key(id_or_url)
        rows = self._all(
            "SELECT number, id, digest FROM articles WHERE id IN (?, ?) OR url = ?",
            id_or_url,
            identity(key) if key else id_or_url,
            id_or_url,
        )
        if not rows:
            return False
        with self.transaction() as run:
            for row in rows:
                self._delete(row["number"])
                forget(run, row["id"])
            self._bump(*(row["digest"] for row in rows))
        return True

    def rebuild(self, encoder: Encoder) -> int:
        """Split and encode every stored text again; return the number of articles.

        One transaction, so that an interrupted rebuild never mixes the vectors of two encoders.
        """
        done = 0
        with self.transaction():
            self._set("encoder", encoder.name)
            self._set("dimension", str(encoder.dim))
            for article in self.articles():
                old = self._one("SELECT number, digest FROM articles WHERE id = ?", article.id)
                assert old is not None
                parts, rows = encoded(article, encoder)
                self._delete(old["number"])
                self._insert(article, old["digest"], parts, rows)
                done += 1
        return done

    # -- inside ----------------------------------------------------------------------------

    def _prepare(self, create: bool, upgrade: bool) -> None:
        if not self._scalar("SELECT count(*) FROM sqlite_master WHERE name = 'meta'"):
            if not create:
                raise LibraryMissing(f"{self.path / FILE} is not a Dateline library")
            with self.transaction():
                for statement in SCHEMA.split(";\n"):
                    if statement.strip():
                        self._connection.execute(statement)
                self._set("format", FORMAT)
        self._connection.execute(
            "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, lexical, row)"
        )
        self._connection.execute(
            "CREATE VIRTUAL TABLE temp.places USING fts5vocab (main, lexical, instance)"
        )
        have = self._get("format")
        if have == "1" and upgrade:
            with self.transaction():
                for statement in FROM_1:
                    self._connection.execute(statement)
                self._set("format", FORMAT)
        elif have != FORMAT:
            what = "run 'python -m index rebuild --library ...'" if have == "1" else (
                "add its articles to a new library"
            )  # fmt: skip
            raise LibraryMismatch(
                f"{self.path} has format {have}, this Dateline reads {FORMAT}: {what}"
            )
        if self._lock:
            for statement in (*INDEXES, *FOLLOWED):
                self._connection.execute(statement)

    def _claim(self, encoder: Encoder) -> None:
        if self.encoder is None:
            with self.transaction():
                self._set("encoder", encoder.name)
                self._set("dimension", str(encoder.dim))
        self.require(encoder)

    def _insert(
        self,
        article: Article,
        digest: str,
        parts: Sequence[Passage],
        rows: Sequence[tuple[Vectors, bytes]],
    ) -> None:
        run = self._connection.execute
        published = article.published
        number = run(
            "INSERT INTO articles (id, digest, title, url, publisher, published, author, text,"
            " first_day, last_day) VALUES (?,?,?,?,?,?,?,?,?,?)",
            (
                article.id,
                digest,
                article.title,
                article.url,
                article.publisher,
                published,
                article.author,
                article.text,
                first_day(published[:10]) if published else None,
                last_day(published[:10]) if published else None,
            ),
        ).lastrowid
        for part, (row, within) in zip(parts, rows, strict=True):
            passage = run(
                'INSERT INTO passages (article, start, "end", embedding, sentences)'
                " VALUES (?,?,?,?,?)",
                (number, part.start, part.end, row.astype("<f4").tobytes(), within),
            ).lastrowid
            run(
                "INSERT INTO lexical (rowid, heading, body) VALUES (?,?,?)",
                (passage, lexical_heading(article), part.text),
            )

    def _delete(self, number: int) -> None:
        row = self._one("SELECT * FROM articles WHERE number = ?", number)
        assert row is not None
        article = article_of(row)
        for part in self._all(
            'SELECT number, start s, "end" e FROM passages WHERE article = ?', number
        ):
            self._connection.execute(
                "INSERT INTO lexical (lexical, rowid, heading, body) VALUES ('delete',?,?,?)",
                (part["number"], lexical_heading(article), article.text[part["s"] : part["e"]]),
            )
        self._connection.execute("DELETE FROM passages WHERE article = ?", (number,))
        self._connection.execute("DELETE FROM articles WHERE number = ?", (number,))

    def _bump(self, *digests: str) -> None:
        """Bring the snapshot, the sum of the digests of all articles, up to date with `digests`."""
        total = int(self.snapshot, 16)
        for digest in digests:
            present = self._scalar("SELECT count(*) FROM articles WHERE digest = ?", digest)
            total += int(digest, 16) if present else -int(digest, 16)
        self._set("snapshot", f"{total % 2**128:032x}")

    @contextmanager
    def transaction(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """Yield a function that runs statements; all of them are committed, or none."""
        with self._mutex, translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.execute
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _set(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, value))


def encoded(
    article: Article, encoder: Encoder, known: Mapping[str, Vectors] = MappingProxyType({})
) -> tuple[list[Passage], list[tuple[Vectors, bytes]]]:
    """The article's passages, and the vector and packed sentences of each.

    What is `known` by its text is not encoded again. LibraryError where the encoder returns a wrong
    number of vectors.
    """
    parts = passages(article)
    spans = sentences(article.text)
    own = [
        [(max(a, p.start), min(b, p.end)) for a, b in spans if a < p.end and b > p.start]
        for p in parts
    ]
    before = heading(article) + "\n"
    rows = _vectors_of([before + p.text for p in parts], encoder, known)
    held = [[article.text[a:b] for a, b in some] for some in own]
    texts = list(dict.fromkeys(text for some in held for text in some))
    place = {text: i for i, text in enumerate(texts)}  # a repeated sentence is encoded once
    vectors = _vectors_of(texts, encoder, known)
    packed = [
        pack(spans, vectors[[place[text] for text in some]])
        for spans, some in zip(own, held, strict=True)
    ]
    return parts, list(zip(rows, packed, strict=True))


def _vectors_of(texts: Sequence[str], encoder: Encoder, known: Mapping[str, Vectors]) -> Vectors:
    """Vectors of texts, float32 (len(texts), dim), those that are known as they are."""
    new = [text for text in texts if text not in known]
    rows = encoder.encode(new)
    if len(rows) != len(new):
        raise LibraryError(f"the encoder gave {len(rows)} vectors for {len(new)} texts")
    fresh = iter(rows)
    out = [known[text] if text in known else next(fresh) for text in texts]
    return np.array(out, np.float32).reshape(len(texts), encoder.dim)


def lexical_heading(article: Article) -> str:
    """Title, publisher and date, also with the month's name, for the lexical index."""
    words = [article.title or "", article.publisher or ""]
    if article.published:
        year, month, *_ = (*article.published[:10].split("-"), "")
        words += [article.published[:10].replace("-", " "), year, _MONTHS.get(month, "")]
    return " ".join(word for word in words if word)


_MONTHS = {
    f"{i + 1:02d}": name
    for i, name in enumerate(
        "January February March April May June July August September October November"
        " December".split()
    )
}
