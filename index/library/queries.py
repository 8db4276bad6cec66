"""Queries over one SQLite connection that threads share; base class of `library/terms.py`."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.errors import LibraryError, LibraryLocked
from index.library.sqlite import FILE, Mark, is_alone, mark, translated

_TRIES = 20  # readings of a file that changes meanwhile; not measured
T = TypeVar("T")


class Queries:
    """A library's connection; SQLite's errors are raised as LibraryError and its kinds.

    A reader notices a file put in the library's place, and what a writer does to one that is read
    without locks (`sqlite.is_alone`): it opens the file again. What one reading gives is always of
    one state.
    """

    def __init__(self, path: Path, lock: IO[bytes] | None = None) -> None:
        self.path = path
        self._mutex = threading.RLock()
        self._lock = lock  # the writer's
        self._file = str(path / FILE)
        self._alone = False
        self._mark: Mark | None = None
        self._connection = self._open_whole()

    def _opened(self) -> sqlite3.Connection:
        """A connection to the library's file as it is now, without locks if `_alone`."""
        raise NotImplementedError

    def _open_whole(self) -> sqlite3.Connection:
        for _ in range(_TRIES):
            self._alone = not self._lock and is_alone(self.path / FILE)
            self._mark = self._now()
            try:
                opened = self._opened()
            except LibraryError:
                if self._same():
                    raise
                continue
            if self._same():
                return opened
            opened.close()
        raise self._changing()

    def _now(self) -> Mark | None:
        return mark(self._file, self._alone)

    def _same(self) -> bool:
        """Whether the file is still the one that was opened, as it was then if read without locks.

        Where there is none another is about to be put in its place.
        """
        return bool(self._lock) or self._now() in (self._mark, None)

    def _reading(self, read: Callable[[], T]) -> T:
        """What `read` gives, all of it from one state of the file; it may be called again."""
        with self._mutex, translated(self.path):
            if self._lock or self._connection.in_transaction:
                return read()
            for _ in range(_TRIES):
                if not self._same():
                    self._connection.close()
                    self._connection = self._open_whole()
                try:
                    found = read()
                except (sqlite3.DatabaseError, UnicodeDecodeError):
                    if self._same():
                        raise
                    continue
                if not self._alone or self._same():
                    return found
                time.sleep(0.01)
        raise self._changing()

    def _changing(self) -> LibraryLocked:
        return LibraryLocked(f"{self.path} is being changed: try again in a moment")

    def unchanging(self, read: Callable[[], T]) -> T:
        """What `read` gives; all its queries see one state, whatever a writer commits."""

        def inside() -> T:
            if self._connection.in_transaction:  # of what is unchanging already
                return read()
            self._connection.execute("BEGIN")
            try:
                return read()
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

        return self._reading(inside)

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for what is read inside `unchanging`."""
        return self._connection

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """The result of a query, for tables beside the articles."""
        return self._all(sql, *values)

    def has_table(self, name: str) -> bool:
        """Whether the library has a table or index of this name."""
        return bool(self._scalar("SELECT count(*) FROM sqlite_master WHERE name = ?", name))

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """Transactions inside do not wait until they are on the disk; they cannot damage it."""
        with self._mutex, translated(self.path):
            self._connection.execute("PRAGMA synchronous = NORMAL")
            try:
                yield
            finally:
                self._connection.execute("PRAGMA synchronous = FULL")

    def _get(self, key: str) -> str | None:
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        return str(row["value"]) if row else None

    def _all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._reading(lambda: self._connection.execute(sql, values).fetchall())

    def _table(
        self,
        sql: str,
        *values: object,
        dtype: list[tuple[str, type]],
        of: Callable[[Any], tuple[Any, ...]] = tuple,
    ) -> NDArray[Any]:
        """The result of a query as a structured array, read row by row; `of` converts a row."""

        def read() -> NDArray[Any]:
            rows = self._connection.execute(sql, values)
            rows.row_factory = None
            return np.fromiter(map(of, rows), np.dtype(dtype))

        return self._reading(read)

    def _one(self, sql: str, *values: object) -> sqlite3.Row | None:
        rows = self._all(sql, *values)
        return rows[0] if rows else None

    def _scalar(self, sql: str, *values: object) -> int:
        row = self._one(sql, *values)
        return int(row[0] or 0) if row else 0
