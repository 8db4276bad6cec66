"""The records that pass through `index`, each named for its stage. Offsets count code points.

Article -> Passage -> Hit;  Filters limit a search;  Rejected is a source that gave no article
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as stored.

    `published` is ISO 8601, as exact as its source (`2025`, `2025-06-12`), or None.
    """

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A source or row that gave no article, and the reason, which says what to do about it."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: `article.text[start:end]`."""

    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Exact limits of a search: first and last day of `published` (UTC, YYYY-MM-DD), publisher.

    Both days are included. An article without a date passes neither of them.
    """

    since: str | None = None
    until: str | None = None
    publisher: str | None = None

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.publisher)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found.

    `signals` are the values by name (`lexical`, `dense`, ...) from which the ranker made `score`.
    Scores can be compared within one search only. `also_in` are the ids of other articles that
    hold a copy of the passage.
    """

    article: Article
    passage: Passage
    score: float
    signals: dict[str, float] = field(default_factory=dict)
    also_in: tuple[str, ...] = ()
