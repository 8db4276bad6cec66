"""Postings: which passages hold a stem, how often, for libraries of any size.

A small library is asked itself: SQLite's lexical index counts a word's passages when it is first
asked for. Of a large one that takes seconds, so there every full block of passage numbers has its
postings counted once and kept in the library, packed by stem; what came after the last full block
is counted when the library is opened. Passages never change and numbers are never used twice, so
what is kept stays true; passages that were removed are left out by who reads.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.library import Library, lexical_heading

Counts = NDArray[np.uint8]
Held = tuple[NDArray[np.int64], Counts, Counts]  # passage numbers, times in heading, in body

LARGE = 100_000  # passages of a library from which postings are kept
BLOCK = 10_000  # passage numbers counted together, at most 65,536
_TABLE = (
    "CREATE TABLE IF NOT EXISTS postings"
    " (stem TEXT NOT NULL, block INTEGER NOT NULL, packed BLOB NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS postings_stem ON postings (stem, block)",
    "CREATE TABLE IF NOT EXISTS blocks (block INTEGER PRIMARY KEY)",
)


class Postings:
    """Postings of the state that a library has now."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept = _blocks(library)
        self._rest: dict[str, list[Held]] = {}
        last = library.last_number() if self._kept else 0
        for block in range(last // BLOCK + 1 if self._kept else 0):
            if block not in self._kept:
                for stem, held in _count(library, block):
                    self._rest.setdefault(stem, []).append(_numbered(held, block))

    def of(self, stem: str) -> Held:
        """Of one stem (passage numbers, times in their heading, times in their body), by number."""
        if not self._kept:
            numbers, headings, bodies = self._library.postings(stem)
            return numbers, _small(headings), _small(bodies)
        found = [
            _numbered(_unpacked(packed), block)
            for block, packed in self._library.packed_postings(stem)
            if block in self._kept
        ]
        found = sorted([*found, *self._rest.get(stem, [])], key=lambda held: int(held[0][0]))
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.uint8)
        by_kind = list(zip(*found, strict=True))
        return np.concatenate(by_kind[0]), np.concatenate(by_kind[1]), np.concatenate(by_kind[2])


def keep(library: Library) -> None:
    """Count what a large library, opened for writing, has in full blocks that are not kept yet."""
    if not library.writable or library.passage_count() <= LARGE:
        return
    numbers = library.passage_numbers()
    full = {int(block) for block in np.unique(numbers // BLOCK)} - {int(numbers[-1]) // BLOCK}
    kept = _blocks(library)
    if full == kept:
        return
    with library.transaction() as run:
        for statement in _TABLE:
            run(statement)
        for block in kept - full:  # nothing of it is left
            run("DELETE FROM postings WHERE block = ?", (block,))
            run("DELETE FROM blocks WHERE block = ?", (block,))
    for block in sorted(full - kept):
        counted = list(_count(library, block))
        with library.transaction() as run:
            for stem, held in counted:
                run("INSERT INTO postings VALUES (?,?,?)", (stem, block, _packed(held)))
            run("INSERT INTO blocks VALUES (?)", (block,))


def _blocks(library: Library) -> set[int]:
    return set(library.posting_blocks())


def _count(library: Library, block: int) -> Iterator[tuple[str, Held]]:
    """Each stem of a block of passages, with numbers from 0 in that block."""
    first = block * BLOCK
    found = library.passages(range(first, first + BLOCK))
    texts = [
        (number, lexical_heading(article), passage.text)
        for number, (article, passage) in found.items()
    ]
    places: dict[str, int] = {}
    rows = library.tokens(texts)
    if not rows:
        return
    stems = np.fromiter((places.setdefault(r[0], len(places)) for r in rows), np.int64, len(rows))
    docs = np.fromiter((r[1] for r in rows), np.int64, len(rows)) - first
    heading = np.fromiter((r[2] == "heading" for r in rows), bool, len(rows))
    keys, where = np.unique(stems * BLOCK + docs, return_inverse=True)
    headings = _small(np.bincount(where, heading, len(keys)))
    bodies = _small(np.bincount(where, ~heading, len(keys)))
    ends = np.searchsorted(keys // BLOCK, np.arange(len(places)), "right")
    start = 0
    for stem, end in zip(places, ends.tolist(), strict=True):
        yield stem, (keys[start:end] % BLOCK, headings[start:end], bodies[start:end])
        start = end


def _small(counts: NDArray[np.int64] | NDArray[np.float64]) -> Counts:
    return np.clip(counts, 0, 255).astype(np.uint8)


def _packed(held: Held) -> bytes:
    numbers, headings, bodies = held
    return numbers.astype("<u2").tobytes() + headings.tobytes() + bodies.tobytes()


def _unpacked(packed: bytes) -> Held:
    count = len(packed) // 4
    return (
        np.frombuffer(packed, "<u2", count).astype(np.int64),
        np.frombuffer(packed, np.uint8, count, 2 * count),
        np.frombuffer(packed, np.uint8, count, 3 * count),
    )


def _numbered(held: Held, block: int) -> Held:
    return held[0] + block * BLOCK, held[1], held[2]
