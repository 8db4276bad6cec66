"""A connection made ready: tables made where they are missing, older ones brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from index.errors import LibraryError, LibraryMismatch, LibraryMissing
from index.library.sqlite import FILE, FOLLOWED, FORMAT, INDEXES, SCHEMA, command, whole
from index.library.tables import checksums
from index.library.tables.shape import strange
from index.library.tables.upgrade import OLDER, upgrade


def prepare(path: Path, connection: sqlite3.Connection, write: bool, create: bool) -> None:
    """Make ready a connection to the library at `path`.

    LibraryMissing where it has no tables, unless `create`; LibraryError for tables that are odd;
    LibraryMismatch for a format that cannot be read.
    """
    file = path / FILE
    run = connection.execute
    if not run("SELECT count(*) FROM sqlite_master WHERE name = 'meta'").fetchone()[0]:
        if not create:
            raise LibraryMissing(f"{file} is not a Dateline library")
        with whole(connection):
            for statement in SCHEMA.split(";\n"):
                if statement.strip():
                    run(statement)
            run("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
    odd = strange(connection)
    if odd:
        raise LibraryError(
            f"{path} is damaged ({odd[0]}): restore a backup, {command('restore FILE', path)}"
        )
    checksums.prepare(connection, write)
    row = run("SELECT value FROM meta WHERE key = 'format'").fetchone()
    have = row and row[0]
    if have in OLDER and write:
        upgrade(file, connection, have)
    elif have != FORMAT and have != "2":  # format 2 is read as it is
        what = f"run {command('rebuild', path)}" if have in OLDER else (
            "update Dateline, or give another folder to --library"
        )  # fmt: skip
        raise LibraryMismatch(f"{path} has format {have}, this Dateline reads {FORMAT}: {what}")
    if write:
        with whole(connection):
            for statement in (*INDEXES, *FOLLOWED):
                run(statement)
            checksums.seal(connection)
    run("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, lexical, row)")
    run("CREATE VIRTUAL TABLE temp.places USING fts5vocab (main, lexical, instance)")
