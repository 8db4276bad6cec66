"""Looks for damage in a library, and says which command mends it.

    SQLite's own check -> checksums -> articles and their passages -> the lexical index

The lexical index is compared with the texts where its checksum is older than the library, as after
a process was killed. The vectors' file is checked in `library/vectors.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from index.dates import parse_published
from index.errors import UsageError
from index.library.counts import article_of
from index.library.library import DERIVED, Library, days, lexical_heading
from index.library.packing import unpack
from index.library.reader import digest_of
from index.library.sqlite import command
from index.library.tables import checksums
from index.library.tables.shape import lacking_indexes
from index.types import Article

REBUILD, RESTORE = "rebuild", "restore FILE"
_BLOCK = 2_000  # passages split into words at once; not measured


class Problem(NamedTuple):
    """What is wrong, and the command of `python -m index` that mends it."""

    text: str
    mend: str

    def command(self, library: Library) -> str:
        """The command as it is typed."""
        return command(self.mend, library.path)


def check(library: Library) -> list[Problem]:
    """Problems of the file, as of one moment; empty if it is sound."""
    return library.unchanging(lambda: list(_problems(library)))


def _problems(library: Library) -> Iterator[Problem]:
    broken = [row[0] for row in library.rows("PRAGMA integrity_check") if row[0] != "ok"]
    if broken:
        yield from (Problem(f"SQLite: {text}", RESTORE) for text in broken)
        return
    yield from (
        Problem(f"the index {name} is missing", REBUILD)
        for name in lacking_indexes(library.connection)
    )
    found = list(_of_articles(library))
    yield from found
    yield from _of_sums(library, {problem.mend for problem in found})


def _of_articles(library: Library) -> Iterator[Problem]:
    dimension = library.dimension
    total = 0
    for row in library.rows("SELECT number FROM articles ORDER BY number"):
        stored = library.rows("SELECT * FROM articles WHERE number = ?", row["number"])[0]
        article, name = article_of(stored), f"article {stored['id']}"
        try:
            total += int(stored["digest"], 16)
        except ValueError:
            yield Problem(f"{name}: its digest is damaged", RESTORE)
        if stored["digest"] != digest_of(article):
            yield Problem(f"{name}: text differs from its digest", RESTORE)
        yield from _of_dates(article, (stored["first_day"], stored["last_day"]))
        parts = library.rows(
            'SELECT number, start s, "end" e, length(embedding) n, sentences FROM passages'
            " WHERE article = ?",
            row["number"],
        )
        if article.text.strip() and not parts:
            yield Problem(f"{name}: no passages", REBUILD)
        for part in parts:
            what = f"{name}: passage {part['number']}"
            if not 0 <= part["s"] < part["e"] <= len(article.text):
                yield Problem(f"{what} out of range", REBUILD)
            if part["n"] != 4 * dimension:
                yield Problem(f"{what} lacks a vector", REBUILD)
            torn = _torn(part["sentences"], dimension, part["s"], part["e"])
            if torn:
                yield Problem(f"{what} {torn}", REBUILD)
    if f"{total % 2**128:032x}" != library.snapshot:
        yield Problem("the snapshot does not match the articles", REBUILD)
    orphans = library.rows(
        "SELECT count(*) FROM passages WHERE article NOT IN (SELECT number FROM articles)"
    )[0][0]
    if orphans:
        yield Problem(f"{orphans} passages without an article", REBUILD)


def _of_dates(article: Article, stored: tuple[str | None, str | None]) -> Iterator[Problem]:
    if article.published and parse_published(article.published) != article.published:
        yield Problem(f"article {article.id}: its date is impossible", RESTORE)
        return
    try:
        right = days(article) == stored
    except UsageError:
        right = False
    if not right:
        yield Problem(f"article {article.id}: its days are not those of its date", REBUILD)


def _torn(blob: bytes, dimension: int, start: int, end: int) -> str | None:
    """What is wrong with the stored sentences of a passage, or None."""
    try:
        spans, _ = unpack(blob, dimension)
    except ValueError:
        return "lacks its sentences' vectors"
    within = (spans[:, 0] >= start) & (spans[:, 1] <= end) & (spans[:, 0] < spans[:, 1])
    return None if within.all() else "has sentences out of range"


def _of_sums(library: Library, told: set[str]) -> Iterator[Problem]:
    """What differs from its checksum, but for what was told already (`told`: how to mend it)."""
    has_sums = library.has_table("checksums")
    for table in checksums.differing(library.connection) if has_sums else ():
        mend = REBUILD if table in DERIVED else RESTORE
        if not (table == "articles" and told):
            yield Problem(f"the table {table} differs from its checksum", mend)
    differs = checksums.lexical_differs(library.connection) if has_sums else None
    if differs or (differs is None and _lexical_differs(library)):
        yield Problem("the lexical index differs from the texts", REBUILD)


def _lexical_differs(library: Library) -> bool:
    """Whether the lexical index holds other words, at other places, than the passages do.

    Each place of a word counts as a hash of word, passage, column and offset; compared are the sums
    of all, and what SQLite keeps of them: the words of each passage, and the passages of each word.
    """
    numbers = library.passage_numbers().tolist()
    wanted, lengths = 0, dict[int, bytes]()
    for first in range(0, len(numbers), _BLOCK):
        found = library.passages(numbers[first : first + _BLOCK])
        texts = [(n, lexical_heading(a), p.text) for n, (a, p) in found.items()]
        places, sizes = library.places(texts)
        wanted += sum(map(hash, places))
        lengths |= sizes
    if lengths != {row[0]: row[1] for row in library.rows("SELECT id, sz FROM lexical_docsize")}:
        return True
    passages_of: Counter[str] = Counter()
    last = None
    have = 0
    for term, doc, column, offset in library.rows(
        'SELECT term, doc, col, "offset" FROM temp.places'
    ):
        have += hash((term, doc, column, offset))
        if (term, doc) != last:
            passages_of[term] += 1
            last = term, doc
    return have != wanted or any(
        library.document_frequency(term) != count for term, count in passages_of.items()
    )
