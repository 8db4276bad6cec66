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
from types import MappingProxyType
from typing import IO, Literal

import numpy as np

from index.dates import MONTH_NAMES, first_day, last_day
from index.encoder import Encoder, Vectors
from index.errors import LibraryError, LibraryMissing, LibraryUnwritable
from index.ingest.sources import identity
from index.library.counts import article_of
from index.library.packing import pack
from index.library.reader import Reader, digest_of, heading
from index.library.sqlite import FILE, command, connect, take_lock, translated, whole
from index.library.tables.checksums import seal, seal_lexical
from index.library.tables.history import forget, see
from index.library.tables.prepare import prepare
from index.text.passages import passages, sentences
from index.types import Article, Passage
from index.web.urls import article_key

DERIVED = ("articles", "passages", "postings", "blocks", "meta")  # summed anew by a rebuild
State = Literal["added", "unchanged", "replaced"]
# An article, its passages, and the vector and packed sentences of each passage.
Encoded = tuple[Article, Sequence[Passage], Sequence[tuple[Vectors, bytes]]]


class Library(Reader):
    """A library folder; `open` it for reading, or for writing by one process at a time."""

    def __init__(self, path: Path, lock: IO[bytes] | None = None, *, create: bool = False) -> None:
        self._create = create
        super().__init__(path, lock)

    @classmethod
    def open(cls, path: Path, *, create: bool = False, write: bool = False) -> Library:
        """Open the folder `path`, for reading unless `create` or `write`.

        A library of an older format is brought up to date when it is opened for writing; one of
        format 1 gets its sentences with the next `add` or `rebuild`. Raises LibraryMissing,
        LibraryLocked, LibraryUnwritable or LibraryMismatch.
        """
        path = Path(path)
        if not (path / FILE).is_file() and not create:
            raise LibraryMissing(
                f"no library at {path}: make one with {command('add SOURCE', path)}"
            )
        lock = None
        try:
            if create:
                path.mkdir(parents=True, exist_ok=True)
            if write or create:
                lock = take_lock(path)
            return cls(path, lock, create=create)
        except BaseException as error:
            if lock:
                lock.close()
            if isinstance(error, OSError):
                raise LibraryUnwritable(f"cannot write to {path}: {error.strerror}") from error
            raise

    def close(self) -> None:
        """Close the file and release the writer's lock."""
        self._connection.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def writable(self) -> bool:
        """Whether this process may change the library."""
        return self._lock is not None

    # -- writing ---------------------------------------------------------------------------

    def add(self, article: Article, encoder: Encoder) -> State:
        """Commit one article with its passages and vectors; the same article again changes nothing.

        A text that it replaces is kept (`tables/history.py`), and only what that lacks is encoded.
        LibraryMismatch where the library was made by another encoder.
        """
        self._claim(encoder)
        digest = digest_of(article)
        old = self._one("SELECT number, digest FROM articles WHERE id = ?", article.id)
        if old and old["digest"] == digest:
            return "unchanged"
        parts, rows = encoded(article, encoder, _encoded_before(self, article.id) if old else {})
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

        One transaction, so that an interrupted rebuild never mixes the vectors of two encoders. All
        that is made from the texts is made anew, the lexical index and damaged rows too.
        """
        done = 0
        with self.transaction() as run:
            run("INSERT INTO lexical (lexical) VALUES ('delete-all')")
            run("DELETE FROM passages")
            if self.has_table("blocks"):
                run("DELETE FROM postings")
                run("DELETE FROM blocks")
            self._set("encoder", encoder.name)
            self._set("dimension", str(encoder.dim))
            run("DELETE FROM meta WHERE key = 'pending'")
            total = 0
            for row in self._all("SELECT id, digest FROM articles ORDER BY number"):
                article = self.article(row["id"])
                assert article is not None
                run("DELETE FROM articles WHERE id = ?", (article.id,))
                self._insert(article, row["digest"], *encoded(article, encoder))
                total += int(row["digest"], 16)
                done += 1
            self._set("snapshot", f"{total % 2**128:032x}")
            seal(self._connection, *DERIVED)
        return done

    def settle(self) -> None:
        """Keep the checksums of new tables and of the lexical index, after all is written."""
        with self.transaction():
            seal(self._connection)
            seal_lexical(self._connection)

    # -- inside ----------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        with translated(self.path):
            connection = connect(self.path / FILE, self.writable, self._alone)
            try:
                prepare(self.path, connection, self.writable, self._create)
            except BaseException:
                connection.close()
                raise
            return connection

    def _claim(self, encoder: Encoder) -> None:
        if self.encoder is None:
            with self.transaction():
                self._set("encoder", encoder.name)
                self._set("dimension", str(encoder.dim))
        if self._get("pending"):
            self.rebuild(encoder)
        self.require(encoder)

    def _insert(
        self,
        article: Article,
        digest: str,
        parts: Sequence[Passage],
        rows: Sequence[tuple[Vectors, bytes]],
    ) -> None:
        run = self._connection.execute
        number = run(
            "INSERT INTO articles (id, digest, title, url, publisher, published, author, text,"
            " first_day, last_day) VALUES (?,?,?,?,?,?,?,?,?,?)",
            (
                article.id,
                digest,
                article.title,
                article.url,
                article.publisher,
                article.published,
                article.author,
                article.text,
                *days(article),
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
        with self._mutex, translated(self.path), whole(self._connection):
            yield self._connection.execute

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


def days(article: Article) -> tuple[str | None, str | None]:
    """The first and the last day that an article's date can mean; UsageError for no date."""
    date = article.published
    return (first_day(date[:10]), last_day(date[:10])) if date else (None, None)


def _encoded_before(library: Reader, article_id: str) -> dict[str, Vectors]:
    """The vectors, (dim,) each, of all that was encoded of an article, by its text."""
    found: dict[str, Vectors] = {}
    own = library.rows(
        "SELECT p.number FROM passages p JOIN articles a ON a.number = article WHERE id = ?",
        article_id,
    )
    held = library.passages(row["number"] for row in own)
    parts = list(held.values())
    for (article, _), (spans, rows) in zip(parts, library.sentences(list(held)), strict=True):
        texts = (article.text[a:b] for a, b in spans.tolist())
        found |= dict(zip(texts, rows, strict=True))
    for (article, part), row in zip(parts, library.embeddings(list(held)), strict=True):
        found[f"{heading(article)}\n{part.text}"] = row
    return found


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
        year, *rest = article.published[:10].split("-")
        month = MONTH_NAMES[int(rest[0]) - 1] if rest else ""
        words += [article.published[:10].replace("-", " "), year, month]
    return " ".join(word for word in words if word)
