"""A library copied into one file, and put back from it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from index.errors import LibraryError, LibraryUnwritable, UsageError
from index.library.library import Library
from index.library.sqlite import FILE, command, connect, take_lock, translated
from index.library.tables import checksums
from index.library.tables.shape import strange
from index.library.tables.upgrade import copy


def backup(library: Library, target: Path) -> int:
    """Copy what the library holds at one moment to `target`, whole or not at all.

    Returns the number of articles. LibraryError where the library is damaged, and an earlier backup
    stays; UsageError where `target` is some other file.
    """
    if target.is_dir() or (target.is_file() and not _is_library(target)):
        raise UsageError(f"{target} is no backup: give the name of a new file")
    new = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with translated(target):
            copy(library.connection, new)
            with closing(connect(new, write=False)) as made:
                wrong = _wrong(made)
                number = int(made.execute("SELECT count(*) FROM articles").fetchone()[0])
        if wrong:
            raise LibraryError(
                f"{library.path} is damaged ({wrong}), no backup was made: "
                + command("check", library.path)
            )
        os.replace(new, target)
    except OSError as error:
        raise LibraryUnwritable(f"cannot write {target}: {error.strerror}") from error
    finally:
        new.unlink(missing_ok=True)
    return number


def restore(path: Path, source: Path) -> Path | None:
    """Put a backup in the place of the library at `path`; returns where the library before is kept.

    Readers go on, and see the restored library with their next question. LibraryError where
    `source` is no sound backup, LibraryLocked while another process writes.
    """
    file, kept = path / FILE, path / f"{FILE}.replaced"
    if not source.is_file() or (file.exists() and source.samefile(file)):
        raise UsageError(f"no backup at {source}: make one with {command('backup FILE', path)}")
    with translated(source), closing(connect(source, write=False)) as backed_up:
        wrong = _wrong(backed_up)
        if wrong:
            raise LibraryError(f"{source} is no sound backup ({wrong}): give another")
        try:
            path.mkdir(parents=True, exist_ok=True)
            with take_lock(path), translated(path):
                had = file.is_file()
                if had and not _restored_inside(backed_up, file, kept):
                    os.replace(file, kept)  # no database any more
                    for left in ("-wal", "-shm"):
                        file.with_name(file.name + left).unlink(missing_ok=True)
                if not file.is_file():
                    copy(backed_up, file)
        except OSError as error:
            raise LibraryUnwritable(f"cannot write to {path}: {error.strerror}") from error
    return kept if had else None


def _restored_inside(source: sqlite3.Connection, file: Path, kept: Path) -> bool:
    """Whether the backup could be written into the library as one transaction."""
    try:
        with closing(connect(file, write=True)) as connection:
            copy(connection, kept)
            source.backup(connection)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return False
        raise
    return True


def _is_library(file: Path) -> bool:
    try:
        with closing(connect(file, write=False)) as connection:
            return not strange(connection)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return False


def _wrong(connection: sqlite3.Connection) -> str | None:
    """What is wrong with a file that should be a library's, in a few words; None if it is sound."""
    checksums.prepare(connection, write=False)
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
    found = found or strange(connection)
    if (
        not found
        and connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'checksums'"
        ).fetchone()[0]
    ):
        found = [f"table {name}" for name in checksums.differing(connection)]
        found += ["the lexical index"] if checksums.lexical_differs(connection) else []
    return found[0] if found else None
