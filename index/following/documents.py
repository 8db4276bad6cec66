"""A document of the web to the draft of its article."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from index.dates import parse_published
from index.errors import SourceError
from index.ingest import formats
from index.ingest.feeds import Entry
from index.ingest.formats import Draft
from index.ingest.hygiene.boilerplate import trimmed
from index.ingest.kinds import Kind
from index.ingest.layout.items import together
from index.ingest.limit import time_limit
from index.ingest.lists import Listed
from index.ingest.pages import page_text, webpage
from index.ingest.pdf import pdf
from index.web.urls import article_key
from index.web.visit import Fetched

_BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError,
           ValueError)  # fmt: skip


@contextmanager
def reading() -> Iterator[None]:
    """What parsers raise over foreign documents becomes a SourceError; so does taking for ever."""
    try:
        with time_limit():
            yield
    except _BROKEN as error:
        raise SourceError(f"cannot be read ({type(error).__name__})") from error


@reading()
def draft_of(fetched: Fetched, kind: Kind) -> Draft:
    """The article of a page, PDF or text; SourceError where it is none."""
    data = fetched.body or b""
    if kind == "page":
        return webpage(data, fetched.content_type, fetched.url)
    if kind == "pdf":
        draft = pdf(data)
    elif kind == "text":
        draft = formats.plain(page_text(data, fetched.content_type).encode())
    else:
        raise SourceError("it is a list of articles and no article: add it by itself")
    return replace(draft, url=fetched.url, known_by=article_key(fetched.url))


@reading()
def draft_of_entry(entry: Entry, source: str) -> Draft:
    """The article of a feed's entry that has its text."""
    _, paragraphs, _ = trimmed([part for part in entry.text.split("\n\n") if part])
    if not paragraphs:
        raise SourceError("the feed has no text and no link for it")
    key = article_key(entry.url) if entry.url else None
    return Draft(
        together(paragraphs),
        title=entry.title,
        url=entry.url,
        publisher=entry.publisher,
        published=entry.published,
        author=entry.author,
        modified=entry.modified,
        known_by=key or f"{source} {entry.key}",
    )


def completed(draft: Draft, entry: Entry) -> Draft:
    """A page's draft with what only the feed tells. What the feed calls the article wins over what
    the page is called, and so does the feed's date, which is exact to the minute."""
    clear = entry.published and parse_published(entry.published)
    return replace(
        draft,
        title=entry.title or draft.title,
        publisher=draft.publisher or entry.publisher,
        published=entry.published if clear else draft.published,
        author=draft.author or entry.author,
        modified=draft.modified or entry.modified,
    )


def entry_of(listed: Listed) -> Entry:
    """A page of a sitemap as the entry of a feed."""
    return Entry(
        key=listed.url,
        url=listed.url,
        title=listed.title,
        text="",
        full=False,
        published=listed.published,
        modified=listed.changed,
        publisher=listed.publisher,
    )
