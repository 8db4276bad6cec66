"""The article's text around a quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.types import Citation

if TYPE_CHECKING:
    from page.markup import Context
    from rag.dateline import Dateline

AROUND = 160  # characters of the article shown on each side of a quote; not measured


def surroundings(engine: Dateline) -> Context:
    """A function that gives the article's text just before and after a quote, cut at words."""

    def around(citation: Citation) -> tuple[str, str]:
        article = engine.library.article(citation.article_id)
        if article is None or article.text[citation.start : citation.end] != citation.quote:
            return "", ""
        before = article.text[max(0, citation.start - AROUND) : citation.start]
        after = article.text[citation.end : citation.end + AROUND]
        if citation.start > AROUND:
            before = "… " + before.partition(" ")[2]
        if citation.end + AROUND < len(article.text):
            after = after.rpartition(" ")[0] + " …"
        return before, after

    return around
