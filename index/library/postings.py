"""Postings: which passages hold a stem, how often, for libraries of any size.

A small library is asked itself: SQLite's lexical index counts a word's passages when it is first
asked for. Of a large one that takes seconds, so there the postings are kept in the library, packed
by stem and by block of passage numbers. Passages never change and numbers are never used twice, so
only a block with more or fewer passages than before is counted again. Until then who reads leaves
out what was removed, and counts what was added.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.library.library import Library, lexical_heading

Counts = NDArray[np.uint8]
Held = tuple[NDArray[np.int64], Counts, Counts]  # passage numbers, times in heading, in body

LARGE = 20_000  # passages up to which a library's postings are not kept
BLOCK = 5_000  # passage numbers counted together, at most 65,536
_TABLE = (
    "CREATE TABLE IF NOT EXISTS postings (stem TEXT NOT NULL, block INTEGER NOT NULL,"
    " passages INTEGER NOT NULL, packed BLOB NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS postings_stem ON postings (stem, block, passages)",
    "CREATE INDEX IF NOT EXISTS postings_block ON postings (block)",
    "CREATE TABLE IF NOT EXISTS blocks"
    " (block INTEGER PRIMARY KEY, passages INTEGER NOT NULL, last INTEGER NOT NULL)",
)


class Postings:
    """Postings of the state that a library has now."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept = library.posting_blocks()
        self._rest: dict[str, list[Held]] = {}
        if not self._kept:
            return
        after = max(last for _, last in self._kept.values())
        for block in range(after // BLOCK, library.last_number() // BLOCK + 1):
            for stem, held in _count(library, block, after):
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

    def frequency(self, stem: str) -> int:
        """How many passages hold a stem."""
        if not self._kept:
            return self._library.document_frequency(stem)
        rest = sum(len(held[0]) for held in self._rest.get(stem, []))
        return self._library.packed_frequency(stem) + rest


def keep(library: Library) -> None:
    """Count what a large library, opened for writing, has that is not kept as it is."""
    if not library.writable or library.passage_count() <= LARGE:
        return
    numbers = library.passage_numbers()
    there, starts, counts = np.unique(numbers // BLOCK, return_index=True, return_counts=True)
    lasts = numbers[starts + counts - 1]
    wanted = dict(
        zip(there.tolist(), zip(counts.tolist(), lasts.tolist(), strict=True), strict=True)
    )
    kept = library.posting_blocks()
    if wanted == kept:
        return
    with library.transaction() as run:
        for statement in _TABLE:
            run(statement)
    for block in sorted(wanted.keys() | kept.keys()):
        if wanted.get(block) == kept.get(block):
            continue
        counted = list(_count(library, block)) if block in wanted else []
        with library.transaction() as run:
            run("DELETE FROM postings WHERE block = ?", (block,))
            run("DELETE FROM blocks WHERE block = ?", (block,))
            for stem, held in counted:
                row = (stem, block, len(held[0]), _packed(held))
                run("INSERT INTO postings VALUES (?,?,?,?)", row)
            if block in wanted:
                run("INSERT INTO blocks VALUES (?,?,?)", (block, *wanted[block]))


def _count(library: Library, block: int, after: int = 0) -> Iterator[tuple[str, Held]]:
    """Each stem of the passages of a block `after` a number, with numbers from 0 in that block."""
    first = block * BLOCK
    found = library.passages(range(max(first, after + 1), first + BLOCK))
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
