"""The articles that are harmed, and what a library may hold of them.

An article is one sentence with its revision in it, so that a text tells which one it is. What was
acknowledged must be there; what was begun and not acknowledged may be there or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from index.encoder import WordEncoder
from index.errors import DatelineError
from index.library import Library
from index.library.check import check
from index.library.followed import Followed, Item, Source
from index.library.vectors import problems, refresh
from index.types import Article

ENCODER = WordEncoder(dim=32)


def text_of(name: str, revision: int) -> str:
    """The text of an article in one of its revisions."""
    said = f"{name} raised {revision} million dollars in its latest round, it said on Monday. "
    return said + "The money pays for a second data centre and for twelve engineers. " * 9


def article(name: str, revision: int) -> Article:
    """An article in one of its revisions; its title is its name."""
    return Article(name, text_of(name, revision), name, published="2025-06-12", publisher="Wire")


def build(folder: Path, count: int) -> None:
    """A library of `count` articles, one of them replaced, one more removed, and a feed."""
    with Library.open(folder, create=True) as library:
        for number in range(count + 1):
            library.add(article(f"Startup {number}", 1), ENCODER)
        library.remove(f"Startup {count}")
        library.add(article("Startup 0", 2), ENCODER)
        followed = Followed(library)
        followed.put(Source("https://news.example/feed", "feed", title="News"))
        followed.put_item(Item("https://news.example/feed", "1", "f" * 32, article="Startup 1"))
        refresh(library)


def damage(folder: Path) -> list[str]:
    """What `check` says of a library, each in a line; empty if it is sound."""
    try:
        with Library.open(folder) as library:
            return [problem.text for problem in [*check(library), *problems(library)]]
    except DatelineError as error:
        return [str(error)]


class Ledger:
    """Which revisions of each article a library may hold; None is that it has none."""

    def __init__(self) -> None:
        self._may: dict[str, set[int | None]] = {}

    def begun(self, name: str, revision: int | None) -> None:
        """The change to a revision (None: the removal) begins."""
        self._may.setdefault(name, {None}).add(revision)

    def done(self, name: str, revision: int | None) -> None:
        """The change was acknowledged."""
        self._may[name] = {revision}

    def lost(self, folder: Path) -> list[str]:
        """The articles that are not as acknowledged; what is there counts from now on."""
        with Library.open(folder) as library:
            have = {a.title or a.id: revision_of(a.text) for a in library.articles()}
        wrong = [name for name, may in self._may.items() if have.get(name) not in may]
        wrong += [name for name in have if name not in self._may]
        self._may = {name: {have.get(name)} for name in {*self._may, *have}}
        return wrong

    def names(self) -> list[str]:
        """The articles that are there for certain."""
        return sorted(name for name, may in self._may.items() if None not in may)


def revision_of(text: str) -> int | None:
    """The revision that a text is of."""
    found = re.search(r"raised (\d+) million", text)
    return int(found[1]) if found else None


def summed(rows: Iterable[dict[str, object]], name: str) -> int:
    """The sum of a column of numbers."""
    return sum(int(str(row[name])) for row in rows)
