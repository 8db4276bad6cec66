"""What stands around a quote in its paragraph."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from page.cards import Around, Context
from rag.types import Citation

if TYPE_CHECKING:
    from rag.dateline import Dateline

MOST = 400  # characters of the paragraph shown on each side of a quote; not measured


def surroundings(engine: Dateline) -> Context:
    """A function that gives the paragraph around a quote, long ones cut at words."""

    @lru_cache(maxsize=512)
    def around(article_id: str, start: int, end: int, quote: str, state: str) -> Around:
        article = engine.library.article(article_id)
        if article is None or article.text[start:end] != quote:
            return Around()
        before = article.text[:start].rpartition("\n")[2]
        after = article.text[end:].partition("\n")[0]
        if len(before) > MOST:
            before = "… " + before[-MOST:].partition(" ")[2]
        if len(after) > MOST:
            after = after[:MOST].rpartition(" ")[0] + " …"
        return Around(before, after)

    def of(c: Citation) -> Around:
        return around(c.article_id, c.start, c.end, c.quote, engine.library.state)

    return of
