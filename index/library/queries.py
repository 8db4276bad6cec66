"""Queries over one SQLite connection that threads share; base class of `library/terms.py`."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.library.sqlite import translated


class Queries:
    """A library's connection; SQLite's errors are raised as LibraryError and its kinds."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._mutex = threading.RLock()

    @contextmanager
    def _unchanging(self) -> Iterator[None]:
        """All queries inside see the library as the first one did, whatever a writer commits."""
        with self._mutex, translated(self.path):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

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
        with self._mutex, translated(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _table(
        self,
        sql: str,
        *values: object,
        dtype: list[tuple[str, type]],
        of: Callable[[Any], tuple[Any, ...]] = tuple,
    ) -> NDArray[Any]:
        """The result of a query as a structured array, read row by row; `of` converts a row."""
        with self._mutex, translated(self.path):
            rows = self._connection.execute(sql, values)
            rows.row_factory = None
            return np.fromiter(map(of, rows), np.dtype(dtype))

    def _one(self, sql: str, *values: object) -> sqlite3.Row | None:
        rows = self._all(sql, *values)
        return rows[0] if rows else None

    def _scalar(self, sql: str, *values: object) -> int:
        row = self._one(sql, *values)
        return int(row[0] or 0) if row else 0
