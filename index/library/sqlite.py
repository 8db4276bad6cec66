"""SQLite as a library uses it: tables, connection, writer's lock, errors.

One process writes at a time (a lock file) and others read meanwhile (WAL). `library/library.py`
fills the tables, `library/tables/upgrade.py` brings those of an older format up to date.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from index.errors import LibraryError, LibraryLocked, LibraryUnwritable

FILE = "library.sqlite3"
FORMAT = "3"  # of the tables below; format 2 has no checksums, format 1 no sentences
Mark = tuple[int, ...]
_ROOM = 1_000_000  # bytes; with less free a disk that fails counts as full; not measured
TOKENIZER = "porter unicode61 remove_diacritics 2"
SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,
    title TEXT, url TEXT, publisher TEXT, published TEXT, author TEXT, text TEXT NOT NULL,
    first_day TEXT, last_day TEXT);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, embedding BLOB NOT NULL,
    sentences BLOB NOT NULL);
CREATE VIRTUAL TABLE lexical USING fts5 (
    heading, body, content='', tokenize="{TOKENIZER}");
"""

# Made where they are missing: without them adding and opening would read every article's text.
INDEXES = (
    "CREATE INDEX IF NOT EXISTS articles_url ON articles (url)",
    "CREATE INDEX IF NOT EXISTS passages_article ON passages (article)",
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


def connect(file: Path, write: bool, alone: bool = False) -> sqlite3.Connection:
    """A connection to the file that threads may share; made if missing when `write`.

    It waits up to ten seconds for another process's lock; `alone` reads without locks (`is_alone`).
    SQLite's errors are raised as they are.
    """
    uri = f"file:{_quoted(file)}" + ("" if write else "?mode=ro")
    uri += "&immutable=1" if alone else ""
    connection = sqlite3.connect(
        uri, uri=True, timeout=10, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA cell_size_check = ON")
    if write:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    else:
        connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def is_alone(file: Path) -> bool:
    """Whether a file is to be read without locks: no writer is there, and its folder is read-only.

    SQLite's log needs a file of shared memory, which a read-only folder cannot get; beside a writer
    there is one. Who reads so has to look whether the file changed (`mark`).
    """
    return not os.access(file.parent, os.W_OK) and not file.with_name(file.name + "-wal").exists()


def mark(file: str, alone: bool) -> Mark | None:
    """What tells a file from one put in its place; if it is read without locks, from one written.

    None where there is none at the moment.
    """
    try:
        found = os.stat(file)
    except OSError:
        return None
    own = (found.st_dev, found.st_ino)
    if not alone:
        return own
    return (*own, found.st_mtime_ns, found.st_size, int(os.path.exists(f"{file}-wal")))


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
def whole(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction: all that the block writes is committed, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise SQLite's errors as LibraryError and its kinds, each with what to do next."""
    try:
        yield
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # a name of a damaged table
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_FULL" or (name.startswith("SQLITE_IOERR") and _is_full(path)):
            raise LibraryUnwritable(
                f"no room left for {path}: free some disk space and run this again; "
                "what was acknowledged is kept"
            ) from error
        if name.startswith("SQLITE_IOERR"):
            raise LibraryUnwritable(
                f"the disk under {path} does not read or write ({name}): look after it, then run "
                "this again; what was acknowledged is kept"
            ) from error
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            raise LibraryUnwritable(
                f"{path} cannot be opened or written: check its permissions"
            ) from error
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise LibraryLocked(f"{path} is busy: try again in a moment") from error
        raise LibraryError(
            f"{path} is damaged ({error}): restore a backup, {command('restore FILE', path)}; or "
            f"save what can be read, {command('export', path)} > saved.jsonl, and add it to a new "
            "library"
        ) from error


def command(what: str, path: Path) -> str:
    """A command of `python -m index` for the library at `path`, as it is typed."""
    return f"python -m index {what} --library {shlex.quote(str(path))}"


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path).free < _ROOM
    except OSError:
        return False
