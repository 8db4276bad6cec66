"""Folds for what is learned from questions over real news: by author, and by story.

A row has its author in its id ("n2-061": n2) and the `articles` that answer it. Whoever learns must
also leave out of the training rows those that share an article with a row that is held out.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.harness import Row

STORIES = 5  # folds by story


def by_author(rows: Sequence[Row]) -> NDArray[np.intp]:
    """The fold of each row, (rows,): the place of its author among the authors."""
    authors = [str(row["id"]).partition("-")[0] for row in rows]
    names = sorted(set(authors))
    return np.array([names.index(author) for author in authors])


def by_story(rows: Sequence[Row]) -> NDArray[np.intp]:
    """The fold of each row, (rows,): one for all rows that share an article, directly or not."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for row in rows:
        articles = row["articles"] or [row["id"]]
        for article in articles[1:]:
            parent[root(article)] = root(articles[0])
    stories = [root((row["articles"] or [row["id"]])[0]) for row in rows]
    return np.array([zlib.crc32(story.encode()) % STORIES for story in stories])


def part_of(text: str, parts: int) -> int:
    """One of `parts` parts, from 0, for a text; always the same."""
    return zlib.crc32(text.encode()) % parts
