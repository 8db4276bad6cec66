"""Checksums of all that a library stores, so that `check` finds every bit that changed.

    each row of a table  -> 63 bits of its values -> the exclusive or of all rows, in `checksums`
                            (kept up to date by triggers, in the transaction that changes the row)
    the lexical index    -> the same over SQLite's own tables, whenever a command has done writing

SQLite keeps the lexical index in tables that must not have triggers. After a process was killed its
checksum is of an earlier state; `library/check.py` then compares the index with the texts instead.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable

_TABLE = (
    "CREATE TABLE IF NOT EXISTS checksums"
    " (name TEXT PRIMARY KEY, sum INTEGER NOT NULL) WITHOUT ROWID"
)
LEXICAL = ("lexical_data", "lexical_idx", "lexical_docsize", "lexical_config")
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    " AND name NOT LIKE 'lexical%' AND name NOT LIKE 'sqlite%' AND name <> 'checksums'"
)
_EVENTS = {"INSERT": ("new.",), "DELETE": ("old.",), "UPDATE": ("old.", "new.")}


def prepare(connection: sqlite3.Connection, write: bool) -> None:
    """Give a connection what the checksums need."""
    connection.create_function("row_sum", -1, _row_sum, deterministic=True)
    if write:  # without it a row that is replaced would not count as deleted
        connection.execute("PRAGMA recursive_triggers = ON")


def seal(connection: sqlite3.Connection, *again: str) -> None:
    """Inside a transaction: begin checksums for tables and columns that have none yet.

    The tables named are summed anew, whatever their checksum was.
    """
    connection.execute(_TABLE)
    for table in tables(connection):
        lacking = _lacking(connection, table)
        if not lacking and table not in again:
            continue
        for name, sql in lacking.items():
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            connection.execute(sql)
        connection.execute(
            "INSERT OR REPLACE INTO checksums VALUES (?, ?)",
            (table, sum_of(connection, table)),
        )
    version = _schema_version(connection)  # SQLite's own count of changes
    if _kept(connection, "schema")[1] != version:
        _keep(connection, "schema", _sum_of_schema(connection), version)


def seal_lexical(connection: sqlite3.Connection) -> None:
    """Inside a transaction: keep the checksum of the lexical index as it is now."""
    state = _state(connection)
    if _kept(connection, "lexical")[1] != state:
        _keep(connection, "lexical", _sum_of_all(connection, LEXICAL), state)


def differing(connection: sqlite3.Connection) -> list[str]:
    """The tables whose rows are not as they were written, or whose checksum is kept no longer."""
    have = tables(connection)
    kept, version = _kept(connection, "schema")
    other = version == _schema_version(connection) and kept != str(_sum_of_schema(connection))
    return ["sqlite_master"] * other + [
        name
        for name, sum in connection.execute("SELECT name, sum FROM checksums").fetchall()
        if name not in have or sum != sum_of(connection, name) or _lacking(connection, name)
    ]


def lexical_differs(connection: sqlite3.Connection) -> bool | None:
    """Whether the lexical index is not as it was written; None where its checksum is older."""
    kept, state = _kept(connection, "lexical")
    if state != _state(connection):
        return None
    return kept != str(_sum_of_all(connection, LEXICAL))


def tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that have a checksum each, sorted."""
    return sorted(row[0] for row in connection.execute(_TABLES))


def triggers(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Name -> SQL of the triggers that keep a table's checksum."""
    return {
        f"{table}_{event.lower()}_sum": f"CREATE TRIGGER {table}_{event.lower()}_sum AFTER {event}"
        f" ON {table} BEGIN "
        + " ".join(
            f"UPDATE checksums SET sum = (sum | {value}) - (sum & {value}) WHERE name = '{table}';"
            for value in (_of_row(connection, table, prefix) for prefix in prefixes)
        )
        + " END"
        for event, prefixes in _EVENTS.items()
    }


def _lacking(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Name -> SQL of the triggers that a table should have and has not."""
    have = dict(
        connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    )
    return {k: sql for k, sql in triggers(connection, table).items() if have.get(k) != sql}


def sum_of(connection: sqlite3.Connection, table: str) -> int:
    """The checksum of a table's rows as they are now."""
    total = 0
    for (value,) in connection.execute(f"SELECT {_of_row(connection, table, '')} FROM {table}"):
        total ^= value
    return total


def _kept(connection: sqlite3.Connection, name: str) -> tuple[str, str]:
    """A checksum that is kept beside those of the tables, and the state that it is of."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()
    kept, _, state = str(row[0] if row else "").partition(" ")
    return kept, state


def _keep(connection: sqlite3.Connection, name: str, total: int, state: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, f"{total} {state}"))


def _schema_version(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA schema_version").fetchone()[0])


def _sum_of_schema(connection: sqlite3.Connection) -> int:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return _row_sum(*(value for row in rows for value in row))


def _state(connection: sqlite3.Connection) -> str:
    """Names a state of the lexical index: changes with each article, and never comes again."""
    row = connection.execute(
        "SELECT (SELECT value FROM meta WHERE key = 'snapshot'),"
        " (SELECT seq FROM sqlite_sequence WHERE name = 'passages')"
    ).fetchone()
    return f"{row[0]}-{row[1]}"


def _sum_of_all(connection: sqlite3.Connection, names: Iterable[str]) -> int:
    total = 0
    for name in names:
        total ^= sum_of(connection, name)
    return total


def _of_row(connection: sqlite3.Connection, table: str, prefix: str) -> str:
    """The SQL of a row's checksum: the type of each value, and its bytes."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = (f'typeof({prefix}"{name}"), CAST({prefix}"{name}" AS BLOB)' for name in columns)
    return f"row_sum({', '.join(values)})"


def _row_sum(*values: str | bytes | None) -> int:
    digest = hashlib.blake2b(digest_size=8)
    for value in values:
        data = value.encode() if isinstance(value, str) else value or b""
        digest.update(b"%d:%b" % (len(data), data))
    return int.from_bytes(digest.digest(), "big") >> 1
