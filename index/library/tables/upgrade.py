"""From an older format of a library to the present one; the library as it was is kept beside it.

format 1 -> a column for the sentences of a passage, filled when the encoder is at hand
format 2 -> checksums
"""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from index.library.sqlite import FORMAT, whole

OLDER = ("1", "2")
_STEPS = {
    "1": (
        "ALTER TABLE passages ADD COLUMN sentences BLOB NOT NULL DEFAULT x'00000000'",
        "INSERT OR REPLACE INTO meta VALUES ('pending', 'rebuild')",
    )
}
_log = logging.getLogger("dateline")


def upgrade(file: Path, connection: sqlite3.Connection, have: str) -> None:
    """Keep a copy, then bring the tables from the format `have` to FORMAT in one transaction.

    SQLite's errors and OSError are raised as they are: the library is then as it was.
    """
    kept = file.with_name(f"{file.name}.format-{have}")
    copy(connection, kept)
    with whole(connection):
        for statement in _STEPS.get(have, ()):
            connection.execute(statement)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (FORMAT,))
    _log.warning("%s: brought from format %s to %s; as it was: %s", file, have, FORMAT, kept)


def copy(source: sqlite3.Connection, target: Path) -> None:
    """Write what a connection reads, as of one moment, into one file; whole or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with closing(sqlite3.connect(part)) as made:
            source.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        with part.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
