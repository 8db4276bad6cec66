"""Postings: which passages hold a stem, how often, for libraries of any size.

A small library is asked itself: SQLite's lexical index counts a word's passages when it is first
asked for. Of a large one that takes seconds, so there every full block of passage numbers has its
postings counted once and kept in the library, packed by stem; what came after the last full block
is counted when the library is opened. Passages never change and numbers are never used twice, so
what is kept stays true but for passages that were removed: their block is counted again, and until
then who reads leaves them out.
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
    "CREATE TABLE IF NOT EXISTS postings (stem TEXT NOT NULL, block INTEGER NOT NULL,"
    " passages INTEGER NOT NULL, packed BLOB NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS postings_stem ON postings (stem, block, passages)",
    "CREATE TABLE IF NOT EXISTS blocks (block INTEGER PRIMARY KEY, passages INTEGER NOT NULL)",
)


class Postings:
    """Postings of the state that a library has now."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept = library.posting_blocks()
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
        ]
        found = [*found, *self._rest.get(stem, [])]
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.uint8)
        by_kind = list(zip(*found, strict=True))
        return np.concatenate(by_kind[0]), np.concatenate(by_kind[1]), np.concatenate(by_kind[2])

    def frequency(self, stem: str) -> int | None:
        """How many passages hold a stem; None where only reading its postings tells."""
        if not self._kept:
            return None
        rest = sum(len(held[0]) for held in self._rest.get(stem, []))
        return self._library.packed_frequency(stem) + rest


def keep(library: Library) -> None:
    """Count what a large library, opened for writing, has in full blocks that are not kept yet."""
    if not library.writable or library.passage_count() <= LARGE:
        return
    numbers = library.passage_numbers()
    there, counts = np.unique(numbers // BLOCK, return_counts=True)
    full = dict(zip(there[:-1].tolist(), counts[:-1].tolist(), strict=True))
    kept = library.posting_blocks()
    if full == kept:
        return
    with library.transaction() as run:
        for statement in _TABLE:
            run(statement)
    for block in sorted(full.keys() | kept.keys()):
        if full.get(block) == kept.get(block):
            continue
        counted = list(_count(library, block)) if block in full else []
        with library.transaction() as run:
            run("DELETE FROM postings WHERE block = ?", (block,))
            run("DELETE FROM blocks WHERE block = ?", (block,))
            for stem, held in counted:
                row = (stem, block, len(held[0]), _packed(held))
                run("INSERT INTO postings VALUES (?,?,?,?)", row)
            if block in full:
                run("INSERT INTO blocks VALUES (?,?)", (block, full[block]))


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
