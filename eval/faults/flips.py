"""Single bits flipped in the files of a library: each that changes what is stored is found.

Some bits of a file hold nothing (room left in a page, spaces in the manifest). A flip counts where
the tables, read past Dateline, or the manifest are not as they were.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from eval.faults.scene import build, damage
from eval.harness import Row, progress
from index.library import FILE
from index.library.vectors import FILE as VECTORS
from index.library.vectors import MANIFEST

_TABLES = ("meta", "articles", "passages", "sources", "items", "checksums", "lexical_data",
           "lexical_idx", "lexical_docsize", "lexical_config")  # fmt: skip
ARTICLES = 15  # not measured


def flipped(scratch: Path, flips: int, seed: int) -> list[Row]:
    """One row for each bit that changed what is stored: file, byte, bit, whether it was found."""
    chosen, whole = random.Random(seed), scratch / "whole"
    build(whole, ARTICLES)
    if damage(whole):
        raise AssertionError(f"damaged before anything was done: {damage(whole)}")
    data = {name: (whole / name).read_bytes() for name in (FILE, VECTORS, MANIFEST)}
    before, copy = _content(whole), scratch / "copy"
    shutil.copytree(whole, copy)
    rows: list[Row] = []
    for row in progress([{"flip": n + 1} for n in range(flips)], "flips"):
        while True:
            name = chosen.choices(list(data), [len(held) for held in data.values()])[0]
            place, bit = chosen.randrange(len(data[name])), chosen.randrange(8)
            changed = bytearray(data[name])
            changed[place] ^= 1 << bit
            (copy / name).write_bytes(changed)
            if name == VECTORS or _content(copy) != before:
                break
            (copy / name).write_bytes(data[name])
        found = bool(damage(copy))
        rows.append({**row, "file": name, "byte": place, "bit": bit, "found": found})
        for each, held in data.items():
            (copy / each).write_bytes(held)
    return rows


def _content(folder: Path) -> object:
    """All that the tables and the manifest hold, bit by bit; None where they cannot be read."""
    try:
        with closing(sqlite3.connect(folder / FILE)) as connection:
            connection.text_factory = bytes
            run = connection.execute
            held = [run(f"SELECT * FROM {table}").fetchall() for table in _TABLES]
            tables = run("SELECT * FROM sqlite_master").fetchall()
        return [held, tables, json.loads((folder / MANIFEST).read_bytes())]
    except (sqlite3.DatabaseError, UnicodeDecodeError, ValueError):
        return None
