"""SQLite as a library uses it: tables, connection, writer's lock, errors.

One process writes at a time (a lock file) and others read meanwhile (WAL). `library/library.py`
fills the tables.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from index.errors import LibraryError, LibraryLocked, LibraryUnwritable

FORMAT = "2"  # of the tables below
TOKENIZER = "porter unicode61 remove_diacritics 2"
SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,
    title TEXT, url TEXT, publisher TEXT, published TEXT, author TEXT, text TEXT NOT NULL,
    first_day TEXT, last_day TEXT);
CREATE INDEX articles_url ON articles (url);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, embedding BLOB NOT NULL,
    sentences BLOB NOT NULL);
CREATE INDEX passages_article ON passages (article);
CREATE VIRTUAL TABLE lexical USING fts5 (
    heading, body, content='', tokenize="{TOKENIZER}");
"""

# Made where they are missing: without them adding and opening would read every article's text.
INDEXES = (
    "CREATE INDEX IF NOT EXISTS articles_digest ON articles (digest)",
    "CREATE INDEX IF NOT EXISTS articles_columns ON articles (publisher, first_day, last_day)",
)

# What is followed on the web, and what of it is known already; the earlier texts of articles, and
# the days on which a text was first seen and its page was gone. Made where it is missing.
FOLLOWED = (
    "CREATE TABLE IF NOT EXISTS sources ("
    " url TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT, topic TEXT, parent TEXT,"
    " etag TEXT, modified TEXT, checked TEXT, wait_until TEXT,"
    " failures INTEGER NOT NULL DEFAULT 0, problem TEXT, gone INTEGER NOT NULL DEFAULT 0"
    ") WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS items ("
    " source TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, article TEXT,"
    " etag TEXT, modified TEXT, changed TEXT, tries INTEGER NOT NULL DEFAULT 0, problem TEXT,"
    " PRIMARY KEY (source, key)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS items_article ON items (article)",
    "CREATE TABLE IF NOT EXISTS versions ("
    " number INTEGER PRIMARY KEY, article TEXT NOT NULL, seen TEXT, replaced TEXT NOT NULL,"
    " title TEXT, text TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS versions_article ON versions (article)",
    "CREATE TABLE IF NOT EXISTS seen ("
    " article TEXT PRIMARY KEY, day TEXT, gone TEXT) WITHOUT ROWID",
)

# From format 1 to FORMAT: passages get a column for their sentences, which is empty at first.
FROM_1 = ("ALTER TABLE passages ADD COLUMN sentences BLOB NOT NULL DEFAULT x'00000000'",)


def connect(file: Path, write: bool) -> sqlite3.Connection:
    """A connection to the file that threads may share; made if missing when `write`.

    It waits up to ten seconds for another process's lock. SQLite's errors are raised as they are.
    """
    if write:
        uri = f"file:{_quoted(file)}"
    elif os.access(file.parent, os.W_OK) or _has_log(file):
        uri = f"file:{_quoted(file)}?mode=ro"
    else:  # WAL needs a shared memory file, which a read-only folder cannot get
        uri = f"file:{_quoted(file)}?mode=ro&immutable=1"
    connection = sqlite3.connect(
        uri, uri=True, timeout=10, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    if write:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    return connection


def _has_log(file: Path) -> bool:
    """Whether the log beside the file holds commits that are not in the file yet."""
    log = file.with_name(file.name + "-wal")
    return log.is_file() and log.stat().st_size > 0


def _quoted(file: Path) -> str:
    return str(file.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def take_lock(path: Path) -> IO[bytes]:
    """The writer's lock of a folder, a file to close; LibraryLocked if another process has it."""
    lock = (path / "writer.lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        if error.errno in (errno.EAGAIN, errno.EACCES):
            raise LibraryLocked(
                f"{path} is being written by another process: wait for it, then run this again"
            ) from error
        raise
    return lock


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise SQLite's errors as LibraryError and its kinds, each with what to do next."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "full" in text or "disk I/O" in text:
            raise LibraryUnwritable(
                f"no room left for {path}: free some disk space and run this again; "
                "what was acknowledged is kept"
            ) from error
        if "readonly" in text or "unable to open" in text:
            raise LibraryUnwritable(
                f"{path} cannot be opened or written: check its permissions"
            ) from error
        if "locked" in text:
            raise LibraryLocked(f"{path} is busy: try again in a moment") from error
        raise LibraryError(f"{path}: {text}: run 'python -m index check'") from error
    except sqlite3.DatabaseError as error:
        raise LibraryError(
            f"{path} is damaged ({error}): restore it, or add its articles to a new library"
        ) from error
