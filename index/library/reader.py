"""Reading a library: articles, passages, vectors, sentences, columns, counts.

Queries only. `library/library.py` opens and changes a library, `library/terms.py` has its words,
`library/check.py` looks for damage.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder, Vectors
from index.errors import LibraryError, LibraryMismatch
from index.library.counts import article_of, today, where
from index.library.packing import unpack
from index.library.sqlite import command
from index.library.terms import Terms
from index.types import Article, Filters, Passage

_OF_ARTICLES = ("publisher", "first", "last")


class Columns(NamedTuple):
    """Columns of all passages, each (passages,), in the order of passage numbers."""

    number: NDArray[np.int64]
    article: NDArray[np.int64]
    publisher: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]


class Reader(Terms):
    """The reading half of a library, over one SQLite connection shared between threads."""

    def __init__(self, path: Path, lock: IO[bytes] | None = None) -> None:
        super().__init__(path, lock)
        self._publishers: tuple[str, list[str]] = ("", [])  # of a state

    @property
    def snapshot(self) -> str:
        """32 hex digits that name the set of articles, whatever order they were added in."""
        return self._get("snapshot") or "0" * 32

    @property
    def state(self) -> str:
        """Names the stored passages: changes with the snapshot and when passages are rebuilt."""
        return f"{self.snapshot}-{self.last_number()}"

    @property
    def encoder(self) -> str | None:
        """Name of the encoder of the stored embeddings; None while the library is empty."""
        return self._get("encoder")

    @property
    def dimension(self) -> int:
        """Length of the stored vectors; 0 while the library is empty."""
        try:
            return int(self._get("dimension") or 0)
        except ValueError:
            raise LibraryError(
                f"{self.path} is damaged (its dimension): {command('rebuild', self.path)}"
            ) from None

    def last_number(self) -> int:
        """The highest passage number; 0 while the library is empty."""
        return self._scalar("SELECT max(number) FROM passages")

    def article(self, article_id: str) -> Article | None:
        """The article with this id, or None."""
        row = self._one("SELECT * FROM articles WHERE id = ?", article_id)
        return article_of(row) if row else None

    def twin(self, article: Article) -> Article | None:
        """A stored article with another id but the same address, title and text, or None."""
        row = self._one(
            "SELECT * FROM articles WHERE url = ? AND title IS ? AND text = ? AND id <> ?",
            article.url,
            article.title,
            article.text,
            article.id,
        )
        return article_of(row) if row else None

    def ids(self) -> list[str]:
        """The ids of all articles in the order they were added."""
        return [row["id"] for row in self._all("SELECT id FROM articles ORDER BY number")]

    def articles(self) -> Iterator[Article]:
        """All articles in the order they were added; the library may be changed meanwhile."""
        for name in self.ids():
            article = self.article(name)
            if article:
                yield article

    def publishers(self) -> list[str]:
        """Every publisher's name, sorted; cached until the library changes."""
        state = self.state
        if self._publishers[0] != state:
            rows = self._all(
                "SELECT DISTINCT publisher FROM articles WHERE publisher > '' ORDER BY 1"
            )
            self._publishers = (state, [row["publisher"] for row in rows])
        return list(self._publishers[1])

    def mentioning(self, text: str) -> list[Article]:
        """The articles that have a text in their title or body as a word of its own, whatever its
        capitals."""
        word = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE)
        escaped = re.sub(r"([%_!])", r"!\1", text)
        like = f"%{escaped}%"
        rows = self._all(
            "SELECT * FROM articles WHERE text LIKE ? ESCAPE '!' OR title LIKE ? ESCAPE '!'",
            like,
            like,
        )
        found = [article_of(row) for row in rows]
        return [a for a in found if word.search(a.text) or word.search(a.title or "")]

    def passage_numbers(self, filters: Filters = Filters()) -> NDArray[np.int64]:
        """Sorted numbers of the passages that pass `filters`, int64."""
        condition, values = where(filters)
        rows = self._table(  # unsorted: SQLite then reads an index instead of all embeddings
            "SELECT p.number FROM passages p JOIN articles a ON a.number = p.article"
            f" WHERE {condition}"
            if filters
            else "SELECT number FROM passages",
            *values,
            dtype=[("number", np.int64)],
        )
        return np.sort(rows["number"])

    def first_passages(self, numbers: Sequence[int]) -> list[int]:
        """The number of the first passage of each article that a passage of `numbers` is of."""
        found: dict[int, int] = {}
        for block in _blocks([int(n) for n in numbers], 500):
            marks = ",".join("?" * len(block))
            for row in self._all(
                "SELECT article, min(number) n FROM passages WHERE article IN"
                f" (SELECT article FROM passages WHERE number IN ({marks})) GROUP BY article",
                *block,
            ):
                found[row["article"]] = row["n"]
        return list(found.values())

    def embeddings(self, numbers: Sequence[int]) -> Vectors:
        """Vectors of passages, float32 (len(numbers), dimension); zeros for unknown numbers."""
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

    def sentences(self, numbers: Sequence[int]) -> list[tuple[NDArray[np.int32], Vectors]]:
        """The sentences of each passage: spans in the article (n, 2), unit vectors (n, dim).

        The vectors were rounded to eight bits a number. Empty arrays for an unknown passage.
        """
        dimension = self.dimension
        found: dict[int, tuple[NDArray[np.int32], Vectors]] = {}
        for block in _blocks([int(n) for n in numbers], 500):
            marks = ",".join("?" * len(block))
            for row in self._all(
                f"SELECT number, sentences FROM passages WHERE number IN ({marks})", *block
            ):
                found[row["number"]] = unpack(row["sentences"], dimension)
        nothing = np.zeros((0, 2), np.int32), np.zeros((0, dimension), np.float32)
        return [found.get(int(n), nothing) for n in numbers]

    def sentences_of(self, article_id: str) -> tuple[list[tuple[int, int]], Vectors]:
        """The sentences of an article in order, as split when it was added: spans, unit vectors
        (n, dim), rounded as those of `sentences`.

        A sentence too long for a passage is in parts. Empty where the article is unknown.
        """
        dimension = self.dimension
        found: dict[tuple[int, int], Vectors] = {}  # two passages may hold the same sentence
        for row in self._all(
            "SELECT sentences FROM passages WHERE article ="
            " (SELECT number FROM articles WHERE id = ?) ORDER BY start",
            article_id,
        ):
            spans, vectors = unpack(row["sentences"], dimension)
            found |= zip(map(tuple, spans.tolist()), vectors, strict=True)
        nothing = np.zeros((0, dimension), np.float32)
        return list(found), np.stack(list(found.values())) if found else nothing

    def titles(self, numbers: Sequence[int]) -> list[str]:
        """Titles of articles by article number; empty where there is none."""
        found: dict[int, str] = {}
        for block in _blocks([int(n) for n in numbers], 500):
            marks = ",".join("?" * len(block))
            for row in self._all(
                f"SELECT number, title FROM articles WHERE number IN ({marks})", *block
            ):
                found[row["number"]] = row["title"] or ""
        return [found.get(int(n), "") for n in numbers]

    def passages(self, numbers: Iterable[int]) -> dict[int, tuple[Article, Passage]]:
        """Passage number -> (article, passage); unknown numbers are left out."""
        found: dict[int, tuple[Article, Passage]] = {}
        for block in _blocks([int(n) for n in numbers], 500):
            marks = ",".join("?" * len(block))
            for row in self._all(
                'SELECT p.number pn, p.start s, p."end" e, a.* FROM passages p'
                f" JOIN articles a ON a.number = p.article WHERE p.number IN ({marks})",
                *block,
            ):
                article = article_of(row)
                text = article.text[row["s"] : row["e"]]
                found[row["pn"]] = (article, Passage(article.id, row["s"], row["e"], text))
        return found

    def example(self, stem: str) -> str:
        """Title, publisher and text of up to eight passages that hold a stem, joined.

        The stem is not stemmed again, which could change it ("licens" -> "licen").
        """
        rows = self._all("SELECT DISTINCT doc FROM temp.places WHERE term = ? LIMIT 8", stem)
        found = self.passages(row["doc"] for row in rows).values()
        return " ".join(f"{a.title or ''} {a.publisher or ''} {p.text}" for a, p in found)

    def columns(self) -> tuple[Columns, list[str]]:
        """The columns of all passages, and the publishers' names.

        A publisher is its place among the names, -1 for none. First and last day are numbers like
        20231006, 0 for none.
        """
        return self.unchanging(self._columns)

    def _columns(self) -> tuple[Columns, list[str]]:
        names = self.publishers()
        place = {name: i for i, name in enumerate(names)}
        shown = self._table(  # unsorted: SQLite then reads indexes instead of all texts
            "SELECT number, publisher, first_day, last_day FROM articles",
            dtype=[("number", np.int64), ("publisher", np.int32), ("first", np.int32),
                   ("last", np.int32)],
            of=lambda row: (row[0], place.get(row[1], -1), day(row[2]), day(row[3])),
        )  # fmt: skip
        held = self._table(
            "SELECT number, article FROM passages",
            dtype=[("number", np.int64), ("article", np.int64)],
        )
        shown, held = (table[np.argsort(table["number"])] for table in (shown, held))
        shown = shown[np.searchsorted(shown["number"], held["article"])]
        arrays = (held["number"], held["article"], *(shown[n] for n in _OF_ARTICLES))
        return Columns(*map(np.ascontiguousarray, arrays)), names

    def undated_excluded(self, filters: Filters) -> int:
        """Number of articles that a date filter excludes only as undated, or dated after today."""
        if not (filters.since or filters.until):
            return 0
        condition, values = where(Filters(publisher=filters.publisher))
        return int(
            self._scalar(
                "SELECT count(*) FROM articles a"
                f" WHERE (published IS NULL OR first_day > ?) AND {condition}",
                today(),
                *values,
            )
        )

    def require(self, encoder: Encoder) -> None:
        """LibraryMismatch unless the stored vectors are of this encoder, or there are none."""
        if self.encoder not in (None, encoder.name):
            raise LibraryMismatch(
                f"{self.path} was made by the encoder {self.encoder}, not {encoder.name}: "
                f"run {command('rebuild', self.path)}"
            )


def heading(article: Article) -> str:
    """The text put before a passage when it is encoded: the title."""
    return article.title or ""


@lru_cache(maxsize=10_000)
def day(iso: str | None) -> int:
    """An ISO day as a number in the order of days: 20231006; 0 for none, or for no day."""
    try:
        date.fromisoformat(iso or "")
    except ValueError:
        return 0
    return int(iso.replace("-", "")) if iso else 0


def digest_of(article: Article) -> str:
    """Hash of all fields of an article, 32 hex digits."""
    fields = (article.id, article.title, article.url, article.publisher, article.published)
    joined = "\x1f".join(field or "" for field in (*fields, article.author, article.text))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _blocks(items: list[int], size: int) -> Iterator[list[int]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]
