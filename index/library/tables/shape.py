"""Whether a file has the tables of a library, and nothing that would act by itself.

A view in a table's place, or a trigger, could make every command hang or change what is stored.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from index.library.sqlite import INDEXES, SCHEMA
from index.library.tables import checksums

_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"


def strange(connection: sqlite3.Connection) -> list[str]:
    """What a file has, or lacks, that no library does; each a few words."""
    found: list[str] = []
    for kind, name, table, sql in connection.execute(f"{_OBJECTS} AND type <> 'table'"):
        ours = kind == "index" or sql == checksums.triggers(connection, table).get(name)
        found += [] if ours else [f"{kind} {name} is none of a library"]
    for name, columns in _expected().items():
        have = set(map(tuple, connection.execute(f"PRAGMA table_xinfo({name})").fetchall()))
        lacking = columns - {row[1:] for row in have}
        if lacking:
            found.append(f"table {name} lacks {', '.join(sorted(str(row[0]) for row in lacking))}")
        if any(row[6] in (2, 3) for row in have):
            found.append(f"table {name} has a column that is computed")
    virtual = [
        str(row[1])
        for row in connection.execute(_OBJECTS)
        if str(row[3] or "").upper().startswith("CREATE VIRTUAL") and row[1] != "lexical"
    ]
    return [*found, *(f"table {name} is none of a library" for name in virtual)]


def lacking_indexes(connection: sqlite3.Connection) -> list[str]:
    """The indexes that are missing: opening the library for writing makes them again."""
    have = {row[1] for row in connection.execute(_OBJECTS)}
    return [name for sql in INDEXES if (name := sql.split()[5]) not in have]


@lru_cache(maxsize=1)
def _expected() -> dict[str, set[tuple[object, ...]]]:
    """Table -> (name, type, not null, default, place in the key, kind) of each of its columns.

    The sentences of a passage are left out: format 1 has none. Tables that a library may lack are
    left out too.
    """
    memory = sqlite3.connect(":memory:")
    try:
        memory.executescript(SCHEMA)
        names = [row[1] for row in memory.execute(_OBJECTS) if row[0] == "table"]
        found = {
            name: {tuple(row[1:]) for row in memory.execute(f"PRAGMA table_xinfo({name})")}
            for name in names
        }
    finally:
        memory.close()
    found["passages"] = {row for row in found["passages"] if row[0] != "sentences"}
    return found
