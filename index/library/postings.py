"""Postings: which passages hold a stem, and how often, for libraries of any size.

    small library  stem -> SQLite's lexical index, counted when it is asked for
    large library  stem -> stored blocks, packed by stem and block of passage numbers
                        -> plus the passages added since, counted when the library is opened

Counting a frequent word of a large library takes too long, so its postings are stored. Passages
never change and numbers are never used twice, so `keep` counts a block again only if it has gained
or lost passages. Numbers of removed passages may still be in a block; the reader drops them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.library.library import Library, lexical_heading

Counts = NDArray[np.uint8]
# Passage numbers, counts in the heading, counts in the body: each (n,).
Held = tuple[NDArray[np.int64], Counts, Counts]

LARGE = 20_000  # a library of more passages stores its postings; not measured
BLOCK = 5_000  # passage numbers in a block, 65,536 at most for two bytes each; not measured
_TABLE = (
    "CREATE TABLE IF NOT EXISTS postings (stem TEXT NOT NULL, block INTEGER NOT NULL,"
    " passages INTEGER NOT NULL, packed BLOB NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS postings_stem ON postings (stem, block, passages)",
    "CREATE INDEX IF NOT EXISTS postings_block ON postings (block)",
    "CREATE TABLE IF NOT EXISTS blocks"
    " (block INTEGER PRIMARY KEY, passages INTEGER NOT NULL, last INTEGER NOT NULL)",
)


class Postings:
    """Postings of a library in its present state."""

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
        """Passage numbers of one stem, and its counts (255 at most) in their headings and bodies.

        All three are (n,), in the order of numbers.
        """
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
        """Number of passages that hold a stem."""
        if not self._kept:
            return self._library.document_frequency(stem)
        rest = sum(len(held[0]) for held in self._rest.get(stem, []))
        return self._library.packed_frequency(stem) + rest


def keep(library: Library) -> None:
    """Bring the stored postings of a library up to date, if it is large and open for writing."""
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
    """Each stem in the passages of a block with numbers above `after`, numbered from 0 in it."""
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
