"""The records that pass through `index`, each named for its stage. Offsets count code points."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as stored; `published` is ISO 8601, as far as it is known, or None."""

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A source or row that could not become an article, and what to do about it."""

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
    """Exact limits on `published`; ends are inclusive, days are UTC (YYYY-MM-DD)."""

    since: str | None = None
    until: str | None = None
    publisher: str | None = None

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.publisher)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, best first; `signals` says why (lexical, dense, ...).

    `score` compares hits of one search only. `also_in` are ids of articles that hold a copy.
    """

    article: Article
    passage: Passage
    score: float
    signals: dict[str, float] = field(default_factory=dict)
    also_in: tuple[str, ...] = ()
