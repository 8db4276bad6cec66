"""The library: articles, passages, embeddings and the lexical index in one SQLite file.

SQLite is the truth: one transaction an article, so that what was acknowledged survives a kill.
The vector index beside it (`vectors.py`) is derived and rebuilt from here whenever it is missing,
torn or older. A folder holds `library.sqlite3`, `vectors.faiss`, `manifest.json`, `writer.lock`.
Ranking is not done here: see `search.py`.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray

from index.dates import first_day, last_day
from index.encoder import Encoder, Vectors
from index.errors import LibraryError, LibraryMismatch, LibraryMissing, LibraryUnwritable
from index.passages import passages
from index.sqlite import SCHEMA, connect, take_lock, translated
from index.types import Article, Filters, Passage

FORMAT = "1"
FILE = "library.sqlite3"
State = Literal["added", "unchanged", "replaced"]

class Library:
    """A library folder; `open` it for reading, or for writing by one process at a time."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: IO[bytes] | None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        self._mutex = threading.RLock()  # one connection, used from the page's threads

    @classmethod
    def open(cls, path: Path, *, create: bool = False, write: bool = False) -> Library:
        """Open `path`; LibraryMissing, LibraryLocked, LibraryUnwritable or LibraryMismatch."""
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
                library = cls(path, connect(file, write or create), lock)
                library._prepare(create)
        except BaseException as error:
            if lock:
                lock.close()
            if isinstance(error, OSError):
                raise LibraryUnwritable(f"cannot write to {path}: {error.strerror}") from error
            raise
        return library

    def close(self) -> None:
        """Close the file and give the writer's lock back."""
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

    # -- writing ---------------------------------------------------------------------------

    def add(self, article: Article, encoder: Encoder) -> State:
        """Commit one article with its passages and embeddings; adding it again changes nothing."""
        self._claim(encoder)
        digest = _digest(article)
        old = self._one("SELECT number, digest FROM articles WHERE id = ?", article.id)
        if old and old["digest"] == digest:
            return "unchanged"
        parts = passages(article)
        rows = encoder.encode([heading(article) + "\n" + p.text for p in parts])
        with self._transaction():
            if old:
                self._delete(old["number"])
            self._insert(article, digest, parts, rows)
            self._bump(digest, *([old["digest"]] if old else []))
        return "replaced" if old else "added"

    def remove(self, id_or_url: str) -> bool:
        """Remove one article by id, or every article with that URL; False when there was none."""
        rows = self._all(
            "SELECT number, digest FROM articles WHERE id = ? OR url = ?", id_or_url, id_or_url
        )
        if not rows:
            return False
        with self._transaction():
            for row in rows:
                self._delete(row["number"])
            self._bump(*(row["digest"] for row in rows))
        return True

    def rebuild(self, encoder: Encoder) -> int:
        """Split and encode every stored text anew, an article a transaction; number of articles."""
        with self._transaction():
            self._set("encoder", encoder.name)
            self._set("dimension", str(encoder.dim))
        done = 0
        for article in self.articles():
            old = self._one("SELECT number, digest FROM articles WHERE id = ?", article.id)
            assert old is not None
            parts = passages(article)
            rows = encoder.encode([heading(article) + "\n" + p.text for p in parts])
            with self._transaction():
                self._delete(old["number"])
                self._insert(article, old["digest"], parts, rows)
            done += 1
        return done

    # -- reading ---------------------------------------------------------------------------

    @property
    def snapshot(self) -> str:
        """32 hex digits that name the set of articles, whatever the order they came in."""
        return self._get("snapshot") or "0" * 32

    @property
    def state(self) -> str:
        """Names the stored passages: changes with the snapshot, and when they are made anew."""
        return f"{self.snapshot}-{self._scalar('SELECT max(number) FROM passages')}"

    @property
    def encoder(self) -> str | None:
        """Name of the encoder of the stored embeddings; None while the library is empty."""
        return self._get("encoder")

    @property
    def dimension(self) -> int:
        """Length of the stored vectors; 0 while the library is empty."""
        return int(self._get("dimension") or 0)

    def count(self) -> int:
        return int(self._scalar("SELECT count(*) FROM articles"))

    def passage_count(self) -> int:
        return int(self._scalar("SELECT count(*) FROM passages"))

    def article(self, article_id: str) -> Article | None:
        row = self._one("SELECT * FROM articles WHERE id = ?", article_id)
        return _article(row) if row else None

    def articles(self) -> Iterator[Article]:
        """All articles in the order they came in; safe while the library is being changed."""
        for row in self._all("SELECT id FROM articles ORDER BY number"):
            article = self.article(row["id"])
            if article:
                yield article

    def publishers(self) -> list[str]:
        return [
            row["publisher"]
            for row in self._all(
                "SELECT DISTINCT publisher FROM articles WHERE publisher > '' ORDER BY 1"
            )
        ]

    def date_range(self) -> tuple[str | None, str | None, int]:
        """Oldest and newest published date, and the number of articles without one."""
        row = self._one(
            "SELECT min(published) a, max(published) b, sum(published IS NULL) c FROM articles"
        )
        assert row is not None
        return row["a"], row["b"], row["c"] or 0

    def passage_numbers(self, filters: Filters = Filters()) -> NDArray[np.int64]:
        """Sorted numbers of the passages that pass `filters`, int64."""
        condition, values = _where(filters)
        rows = self._all(
            "SELECT p.number n FROM passages p JOIN articles a ON a.number = p.article"
            f" WHERE {condition} ORDER BY p.number"
            if filters
            else "SELECT number n FROM passages ORDER BY number",
            *values,
        )
        return np.fromiter((row["n"] for row in rows), dtype=np.int64, count=len(rows))

    def embeddings(self, numbers: Sequence[int]) -> Vectors:
        """Stored vectors, float32 (len(numbers), dimension), in the order asked for."""
        dimension = self.dimension
        out = np.zeros((len(numbers), dimension), np.float32)
        place = {int(n): i for i, n in enumerate(numbers)}
        for block in _blocks(list(place), 500):
            marks = ",".join("?" * len(block))
            for row in self._all(
                f"SELECT number, embedding FROM passages WHERE number IN ({marks})", *block
            ):
                out[place[row["number"]]] = np.frombuffer(row["embedding"], dtype="<f4")
        return out

    def passages(self, numbers: Iterable[int]) -> dict[int, tuple[Article, Passage]]:
        """Articles and passages by passage number."""
        found: dict[int, tuple[Article, Passage]] = {}
        for block in _blocks([int(n) for n in numbers], 500):
            marks = ",".join("?" * len(block))
            for row in self._all(
                'SELECT p.number pn, p.start s, p."end" e, a.* FROM passages p'
                f" JOIN articles a ON a.number = p.article WHERE p.number IN ({marks})",
                *block,
            ):
                article = _article(row)
                text = article.text[row["s"] : row["e"]]
                found[row["pn"]] = (article, Passage(article.id, row["s"], row["e"], text))
        return found

    def lexical(
        self, terms: Sequence[str], k: int, filters: Filters = Filters(), heading_weight: float = 1.0
    ) -> list[tuple[int, float]]:
        """Best `k` passages for any of `terms` by BM25: (passage number, score > 0), best first."""
        if not terms:
            return []
        query = " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
        condition, values = _where(filters)
        joined = (
            " JOIN passages p ON p.number = lexical.rowid JOIN articles a ON a.number = p.article"
            if filters
            else ""
        )
        rows = self._all(
            f"SELECT lexical.rowid n, bm25(lexical, {heading_weight}, 1.0) s FROM lexical{joined}"
            f" WHERE lexical MATCH ? AND {condition} ORDER BY s, n LIMIT ?",
            query,
            *values,
            k,
        )
        return [(row["n"], -row["s"]) for row in rows]

    def terms(self) -> list[str]:
        """Every stem of the lexical index that is a word."""
        rows = self._all("SELECT term FROM temp.vocabulary WHERE term GLOB '[a-z]*'")
        return [row["term"] for row in rows]

    def term_frequency(self, word: str) -> int:
        """Number of passages that hold a word or another with its stem."""
        quoted = '"' + word.replace('"', '""') + '"'
        return self._scalar("SELECT count(*) FROM lexical WHERE lexical MATCH ?", quoted)

    def example(self, stem: str) -> str:
        """Title and text of a passage that holds a stem of the lexical index."""
        quoted = '"' + stem.replace('"', '""') + '"'
        number = self._scalar("SELECT rowid FROM lexical WHERE lexical MATCH ? LIMIT 1", quoted)
        return " ".join(f"{a.title or ''} {p.text}" for a, p in self.passages([number]).values())

    def undated_excluded(self, filters: Filters) -> int:
        """How many articles a date filter leaves out only because they carry no date."""
        if not (filters.since or filters.until):
            return 0
        condition, values = _where(Filters(publisher=filters.publisher))
        return int(
            self._scalar(
                f"SELECT count(*) FROM articles a WHERE published IS NULL AND {condition}", *values
            )
        )

    def check(self) -> list[str]:
        """Problems found in the file: pages, references, offsets, vectors, lexical rows, snapshot."""
        problems = [
            f"SQLite: {row[0]}" for row in self._all("PRAGMA integrity_check") if row[0] != "ok"
        ]
        if problems:
            return problems
        dimension = self.dimension
        total = 0
        for article in self.articles():
            row = self._one("SELECT number, digest FROM articles WHERE id = ?", article.id)
            assert row is not None
            total += int(row["digest"], 16)
            if row["digest"] != _digest(article):
                problems.append(f"article {article.id}: text differs from its digest")
            parts = self._all(
                'SELECT number, start s, "end" e, length(embedding) n FROM passages'
                " WHERE article = ?",
                row["number"],
            )
            if article.text.strip() and not parts:
                problems.append(f"article {article.id}: no passages")
            for part in parts:
                if not 0 <= part["s"] < part["e"] <= len(article.text):
                    problems.append(f"article {article.id}: passage {part['number']} out of range")
                if part["n"] != 4 * dimension:
                    problems.append(f"article {article.id}: passage {part['number']} lacks a vector")
        if f"{total % 2**128:032x}" != self.snapshot:
            problems.append("the snapshot does not match the articles")
        orphans = self._scalar(
            "SELECT count(*) FROM passages WHERE article NOT IN (SELECT number FROM articles)"
        )
        if orphans:
            problems.append(f"{orphans} passages without an article")
        lexical = self._scalar("SELECT count(*) FROM lexical_docsize")
        if lexical != self.passage_count():
            problems.append(f"lexical index has {lexical} rows for {self.passage_count()} passages")
        return problems

    # -- inside ----------------------------------------------------------------------------

    def _prepare(self, create: bool) -> None:
        if not self._scalar("SELECT count(*) FROM sqlite_master WHERE name = 'meta'"):
            if not create:
                raise LibraryMissing(f"{self.path / FILE} is not a Dateline library")
            with self._transaction():
                for statement in SCHEMA.split(";\n"):
                    if statement.strip():
                        self._connection.execute(statement)
                self._set("format", FORMAT)
        self._connection.execute(
            "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, lexical, row)"
        )
        if self._get("format") != FORMAT:
            raise LibraryMismatch(
                f"{self.path} has format {self._get('format')}, this Dateline reads {FORMAT}: "
                "add its articles to a new library"
            )

    def _claim(self, encoder: Encoder) -> None:
        if self.encoder is None:
            with self._transaction():
                self._set("encoder", encoder.name)
                self._set("dimension", str(encoder.dim))
        self.require(encoder)

    def require(self, encoder: Encoder) -> None:
        """LibraryMismatch unless the stored embeddings are this encoder's."""
        if self.encoder not in (None, encoder.name):
            raise LibraryMismatch(
                f"{self.path} was made by the encoder {self.encoder}, not {encoder.name}: "
                f"run 'python -m index rebuild --library {self.path}'"
            )

    def _insert(
        self, article: Article, digest: str, parts: Sequence[Passage], rows: Vectors
    ) -> None:
        if len(parts) != len(rows):
            raise LibraryError(f"the encoder gave {len(rows)} vectors for {len(parts)} passages")
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
        for part, row in zip(parts, rows, strict=True):
            passage = run(
                'INSERT INTO passages (article, start, "end", embedding) VALUES (?,?,?,?)',
                (number, part.start, part.end, row.astype("<f4").tobytes()),
            ).lastrowid
            run(
                "INSERT INTO lexical (rowid, heading, body) VALUES (?,?,?)",
                (passage, lexical_heading(article), part.text),
            )

    def _delete(self, number: int) -> None:
        row = self._one("SELECT * FROM articles WHERE number = ?", number)
        assert row is not None
        article = _article(row)
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
        """Add a digest that is new to the snapshot, take away one that is stored in it no more."""
        total = int(self.snapshot, 16)
        for digest in digests:
            present = self._scalar("SELECT count(*) FROM articles WHERE digest = ?", digest)
            total += int(digest, 16) if present else -int(digest, 16)
        self._set("snapshot", f"{total % 2**128:032x}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._mutex, translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _get(self, key: str) -> str | None:
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        return str(row["value"]) if row else None

    def _set(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, value))

    def _all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._mutex, translated(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _one(self, sql: str, *values: object) -> sqlite3.Row | None:
        rows = self._all(sql, *values)
        return rows[0] if rows else None

    def _scalar(self, sql: str, *values: object) -> int:
        row = self._one(sql, *values)
        return int(row[0] or 0) if row else 0


def heading(article: Article) -> str:
    """What stands before a passage when it is encoded."""
    return article.title or ""


def lexical_heading(article: Article) -> str:
    """Words of the title, publisher and date (also with the month's name) for the lexical index."""
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


def _where(filters: Filters) -> tuple[str, list[str]]:
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


def _digest(article: Article) -> str:
    fields = (article.id, article.title, article.url, article.publisher, article.published)
    joined = "\x1f".join(field or "" for field in (*fields, article.author, article.text))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _article(row: sqlite3.Row) -> Article:
    return Article(
        row["id"],
        row["text"],
        row["title"],
        row["url"],
        row["publisher"],
        row["published"],
        row["author"],
    )


def _blocks(items: list[int], size: int) -> Iterator[list[int]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]
