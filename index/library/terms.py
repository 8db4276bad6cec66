"""The lexical index of a library: words, stems, postings, lengths, BM25 by SQLite itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from index.library.counts import Counts, where
from index.library.packing import varints
from index.library.sqlite import TOKENIZER, translated
from index.types import Filters


class Terms(Counts):
    """What can be read of a library's words; base class of `library/reader.py`."""

    def lexical(
        self,
        terms: Sequence[str],
        k: int,
        filters: Filters = Filters(),
        heading_weight: float = 1.0,
    ) -> list[tuple[int, float]]:
        """The best `k` passages for any of `terms` by SQLite's BM25: (number, score > 0)."""
        if not terms:
            return []
        query = " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
        condition, values = where(filters)
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

    def terms(self, first: str = "") -> list[str]:
        """Every stem that begins with `first`, or with any letter from a to z."""
        rows = self._all(
            "SELECT term FROM temp.vocabulary WHERE term >= ? AND term < ?",
            first or "a",
            (first or "z") + "\U0010ffff",
        )
        return [row["term"] for row in rows]

    def term_frequency(self, word: str) -> int:
        """Number of passages that hold a word with the stem of `word`."""
        quoted = '"' + word.replace('"', '""') + '"'
        return self._scalar("SELECT count(*) FROM lexical WHERE lexical MATCH ?", quoted)

    def stems(self, words: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Word -> stems, by the tokenizer of the lexical index ("o'clock" has two)."""
        with self._mutex, translated(self.path):
            run = self._connection.execute
            run(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.stemmed USING fts5"
                f' (word, tokenize="{TOKENIZER}", detail=full)'
            )
            run("CREATE VIRTUAL TABLE IF NOT EXISTS temp.stems USING fts5vocab (stemmed, instance)")
            run("SAVEPOINT stemmed")
            try:
                self._connection.executemany(
                    "INSERT INTO temp.stemmed (rowid, word) VALUES (?,?)", enumerate(words, 1)
                )
                rows = run('SELECT doc, term FROM temp.stems ORDER BY doc, "offset"').fetchall()
            finally:
                run("ROLLBACK TO stemmed")
                run("RELEASE stemmed")
        found: dict[str, tuple[str, ...]] = dict.fromkeys(words, ())
        for row in rows:
            found[words[row["doc"] - 1]] += (row["term"],)
        return found

    def postings(self, stem: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Passage numbers of one stem, its counts in their headings and in their bodies, int64."""
        rows = self._all(
            "SELECT doc, sum(col = 'heading') h, sum(col = 'body') b FROM temp.places"
            " WHERE term = ? GROUP BY doc",
            stem,
        )
        table = np.array([tuple(row) for row in rows], np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]

    def document_frequency(self, stem: str) -> int:
        """Number of passages that hold a stem, which is not stemmed again."""
        return self._scalar("SELECT doc FROM temp.vocabulary WHERE term = ?", stem)

    def posting_blocks(self) -> dict[int, tuple[int, int]]:
        """Block with stored postings -> (passages in it, number of its last passage)."""
        if not self._scalar("SELECT count(*) FROM sqlite_master WHERE name = 'blocks'"):
            return {}
        rows = self._all("SELECT * FROM blocks")
        return {row["block"]: (row["passages"], row["last"]) for row in rows}

    def packed_postings(self, stem: str) -> list[tuple[int, bytes]]:
        """(block, packed postings) of one stem, in the order of blocks."""
        rows = self._all("SELECT block, packed FROM postings WHERE stem = ? ORDER BY block", stem)
        return [(row["block"], row["packed"]) for row in rows]

    def packed_frequency(self, stem: str) -> int:
        """Number of passages in blocks with stored postings that hold a stem."""
        return self._scalar("SELECT sum(passages) FROM postings WHERE stem = ?", stem)

    def tokens(self, texts: Sequence[tuple[int, str, str]]) -> list[tuple[str, int, str]]:
        """(stem, passage number, "heading" or "body") of every word, in the order of stems.

        `texts` are (passage number, heading, body).
        """
        with self._counted(texts) as run:
            return run("SELECT term, doc, col FROM temp.tokens").fetchall()

    def places(
        self, texts: Sequence[tuple[int, str, str]]
    ) -> tuple[list[tuple[str, int, str, int]], dict[int, bytes]]:
        """The same with the place of each word in its heading or body; and the words of each
        passage as SQLite stores their number."""
        with self._counted(texts) as run:
            places = run('SELECT term, doc, col, "offset" FROM temp.tokens').fetchall()
            return places, dict(run("SELECT id, sz FROM temp.counted_docsize").fetchall())

    @contextmanager
    def _counted(
        self, texts: Sequence[tuple[int, str, str]]
    ) -> Iterator[Callable[[str], sqlite3.Cursor]]:
        """The words of texts in the table `temp.tokens`, as long as the block lasts.

        Yields a function for queries whose rows are plain tuples.
        """
        with self._mutex, translated(self.path):
            cursor = self._connection.cursor()
            cursor.row_factory = None
            run = cursor.execute
            run(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.counted USING fts5"
                f""" (heading, body, content='', tokenize="{TOKENIZER}")"""
            )
            run(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.tokens USING fts5vocab (counted, instance)"
            )
            run("SAVEPOINT counted")
            try:
                cursor.executemany(
                    "INSERT INTO temp.counted (rowid, heading, body) VALUES (?,?,?)", texts
                )
                yield run
            finally:
                run("ROLLBACK TO counted")
                run("RELEASE counted")

    def lengths(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Words of each passage and its heading, as SQLite counts them, float32 (len(numbers),)."""
        table = self._table(
            "SELECT id, sz FROM lexical_docsize ORDER BY id",
            dtype=[("id", np.int64), ("words", np.float32)],
            of=lambda row: (row[0], sum(varints(row[1]))),
        )
        known, sizes = table["id"], table["words"]
        out = np.ones(len(numbers), np.float32)
        places = np.searchsorted(known, numbers)
        there = places < len(known)
        there[there] = known[places[there]] == numbers[there]
        out[there] = sizes[places[there]]
        return out
