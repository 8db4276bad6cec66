"""Polling: what is new at a source, into the library, one article a transaction.

    source -> fetched unless it has not changed -> entries -> those not known -> their text, from
    the feed or from the page it links to -> article -> library -> the entry is known
    -> all of them read: the source's ETag is kept, so that it is not read again until it changes

A run that is broken off goes on where it was: what was committed is known, the rest is not. Sources
on different hosts are polled at once; reading and encoding is done one after another in a thread.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import anyio
from anyio import to_thread
from anyio.abc import TaskGroup

from index.dates import parse_published
from index.errors import FetchError, SourceError
from index.following.documents import completed, draft_of, draft_of_entry, entry_of, reading
from index.following.writer import Writer
from index.ingest import feeds, kinds, lists
from index.ingest.feeds import Entry
from index.ingest.formats import Draft
from index.ingest.sources import LIMIT, article
from index.library.followed import Item, Source
from index.types import Article, Rejected
from index.web.door import unpacked
from index.web.urls import article_key
from index.web.visit import Fetched, Visitor

T = TypeVar("T")

PAGES = 200  # pages that are fetched for one source in one run; the rest wait for the next
_LISTED = 200  # sources that one list may bring, the newest sitemaps or the first feeds
_TRIES = 5  # runs in which an entry is tried that gives no article
_AT_ONCE = 8  # sources that are polled at the same time
_WAIT, _LONGEST = timedelta(minutes=30), timedelta(days=1)  # after a server's refusal, doubled each


@dataclass(slots=True)
class Tally:
    """What a poll of one source came to. `left` entries wait for the next run."""

    source: str
    state: str = "read"  # or unchanged, failed, waiting, gone
    new: int = 0
    changed: int = 0
    repeated: int = 0
    failed: int = 0
    left: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Content:
    """What a source holds: entries, or other sources. `whole` says that its end is there."""

    entries: Sequence[Entry] = ()
    sources: Sequence[lists.Listed] = ()
    title: str | None = None
    whole: bool = True


@dataclass(slots=True)
class Report:
    """Who is told what happens: each article, and each source when it is done."""

    article: Callable[[Article | Rejected, str], None]
    source: Callable[[Tally], None]


class Poller:
    """Polls sources into one library."""

    def __init__(self, writer: Writer, visitor: Visitor, report: Report) -> None:
        self._writer = writer
        self._visitor = visitor
        self._report = report
        self._one = anyio.Lock()  # the library and the parsers
        self._seats = anyio.Semaphore(_AT_ONCE)

    async def add(self, url: str) -> None:
        """Add the page at `url`, or follow the feed, list or sitemap there, and read it now.

        SourceError where it is none of these, or cannot be fetched; nothing is kept then.
        """
        fetched = await self._visitor.fetch(url)
        kind = await self._run(_kind, fetched)
        name = kind if kind in ("feed", "opml", "sitemap", "sitemaps") else "page"
        source = Source(fetched.moved or url, name)
        if name == "page":
            source = await self._page(source, fetched, user=True)
            await self._run(self._keep, source)
            return
        content = await self._run(_content, name, fetched)
        known = await self._run(lambda: self._writer.followed.source(source.url))
        source = known or source
        await self._run(self._keep, source)
        async with anyio.create_task_group() as group:
            await self._read(source, fetched, content, group)

    async def follow(self, listed: Iterable[lists.Listed]) -> int:
        """Follow the feeds of a list, and poll those that are new; returns how many were not."""
        sources = [Source(item.url, "feed", item.title, item.kind) for item in listed]
        new = await self._run(self._unknown, sources)
        await self.poll(new)
        return len(sources) - len(new)

    async def poll(self, sources: Iterable[Source]) -> None:
        """Poll sources, and those that their lists bring."""
        async with anyio.create_task_group() as group:
            for source in sources:
                group.start_soon(self._poll, source, group)

    # -- one source ------------------------------------------------------------------------

    async def _poll(self, source: Source, group: TaskGroup) -> None:
        async with self._seats:
            if source.gone or (source.wait_until or "") > _now():
                problem = (
                    source.problem if source.gone else f"it asked to wait until {source.wait_until}"
                )
                state = "gone" if source.gone else "waiting"
                self._report.source(Tally(source.url, state, problem=problem))
                return
            try:
                fetched = await self._visitor.fetch(source.url, source.etag, source.modified)
                source = await self._moved(source, fetched)
                if fetched.body is None:
                    if source.kind == "page":
                        await self._there(source.url, source.url, True)
                    await self._run(self._keep, _sound(source))
                    self._report.source(Tally(source.url, "unchanged"))
                elif source.kind == "page":
                    tally = Tally(source.url)
                    source = await self._page(source, fetched, tally=tally)
                    await self._run(self._keep, source)
                    self._report.source(tally)
                else:
                    content = await self._run(_content, source.kind, fetched)
                    await self._read(source, fetched, content, group)
            except SourceError as error:
                if source.kind == "page" and _vanished(error):
                    await self._there(source.url, source.url, False)
                source = _failed(source, error)
                await self._run(self._keep, source)
                state = "gone" if source.gone else "failed"
                self._report.source(Tally(source.url, state, problem=str(error)))

    async def _moved(self, source: Source, fetched: Fetched) -> Source:
        if not fetched.moved or fetched.moved == source.url:
            return source
        followed = self._writer.followed
        await self._run(followed.moved, source.url, fetched.moved)
        return await self._run(followed.source, fetched.moved) or replace(source, url=fetched.moved)

    async def _read(
        self, source: Source, fetched: Fetched, content: _Content, group: TaskGroup
    ) -> None:
        """Take in what a feed, list or sitemap holds now."""
        source = replace(source, title=source.title or content.title)
        tally = Tally(source.url)
        kind = "feed" if source.kind == "opml" else "sitemap"
        found = [Source(item.url, kind, item.title, item.kind, source.url)
                 for item in content.sources[:_LISTED]]  # fmt: skip
        tally.left = len(content.sources) - len(found)
        for new in await self._run(self._unknown, found):
            tally.new += 1
            group.start_soon(self._poll, new, group)
        tally.repeated = len(found) - tally.new
        await self._entries(source, content.entries, tally)
        if not content.whole:
            tally.problem = "its end is missing: it is read again in the next run"
        if not content.whole or (content.entries and tally.left):
            fetched = replace(fetched, etag=None, modified=None)
        done = replace(_sound(source), etag=fetched.etag, modified=fetched.modified)
        await self._run(self._keep, done)
        self._report.source(tally)

    async def _page(
        self, source: Source, fetched: Fetched, user: bool = False, tally: Tally | None = None
    ) -> Source:
        """Take in the page that is a source itself."""
        draft = await self._run(lambda: draft_of(fetched, _kind(fetched)))
        item = Item(source.url, source.url, "", etag=fetched.etag, modified=fetched.modified)
        _, state = await self._store(draft, item, None if user else source.url)
        if tally:
            _count(tally, state)
        return replace(
            _sound(source), title=draft.title, etag=fetched.etag, modified=fetched.modified
        )

    # -- entries ---------------------------------------------------------------------------

    async def _entries(self, source: Source, entries: Sequence[Entry], tally: Tally) -> None:
        items = await self._run(self._writer.followed.items, source.url)
        seen: set[str] = set()
        fetches = 0
        for entry in entries:
            key = (article_key(entry.url) if entry.url else None) or entry.key
            if key in seen:
                continue
            seen.add(key)
            known = items.get(key)
            fingerprint = _fingerprint(entry)
            if known and known.fingerprint == fingerprint:
                if not known.problem:
                    tally.repeated += 1
                    continue
                if known.tries >= _TRIES:
                    continue
            item = Item(source.url, key, fingerprint)
            if known:
                tries = known.tries if known.fingerprint == fingerprint else 0
                item = replace(known, fingerprint=fingerprint, tries=tries)
            if not entry.full and entry.url:
                if fetches == PAGES:
                    tally.left += 1
                    continue
                fetches += 1
            try:
                _count(tally, await self._entry(source, entry, item))
            except SourceError as error:
                problem = replace(item, problem=str(error), tries=item.tries + 1)
                await self._run(self._writer.followed.put_item, problem)
                if _vanished(error):
                    await self._there(source.url, key, False)
                tally.failed += 1
                self._report.article(Rejected(entry.url or entry.key, str(error)), "rejected")

    async def _entry(self, source: Source, entry: Entry, item: Item) -> str:
        """Take in one entry; returns what became of it."""
        if entry.full or not entry.url:
            draft = await self._run(draft_of_entry, entry, source.url)
            return (await self._store(draft, item, source.url))[1]
        etag, modified = (item.etag, item.modified) if item.article else (None, None)
        fetched = await self._visitor.fetch(entry.url, etag, modified)
        if fetched.body is None:
            await self._run(self._writer.followed.put_item, replace(item, problem=None))
            await self._there(source.url, item.key, True)
            return "unchanged"
        draft = await self._run(lambda: completed(draft_of(fetched, _kind(fetched)), entry))
        item = replace(item, etag=fetched.etag, modified=fetched.modified)
        return (await self._store(draft, item, source.url))[1]

    async def _store(self, draft: Draft, item: Item, source: str | None) -> tuple[Article, str]:
        """Commit an article, then that its entry is known, then tell of it."""

        def work() -> tuple[Article, str]:
            if not draft.publisher and draft.url:
                draft.publisher = (urlsplit(draft.url).hostname or "").removeprefix("www.")
            made, state = self._writer.add_from(source, article(draft, None, draft.url or ""))
            changed = parse_published(draft.modified) if draft.modified else None
            self._writer.followed.put_item(
                replace(item, article=made.id, changed=changed, problem=None, tries=0)
            )
            self._writer.mark(made.id, gone=False)
            return made, state

        made, state = await self._run(work)
        self._report.article(made, state)
        return made, state

    async def _there(self, source: str, key: str, there: bool) -> None:
        """Keep whether the page of an item's article is there, and tell where it is gone."""

        def work() -> Article | None:
            item = self._writer.followed.items(source).get(key)
            article_id = item.article if item else None
            if article_id is None or not self._writer.mark(article_id, gone=not there):
                return None
            return self._writer.library.article(article_id)

        gone = await self._run(work)
        if gone and not there:
            self._report.article(gone, "gone")

    # -- the library -----------------------------------------------------------------------

    async def _run(self, work: Callable[..., T], *values: object) -> T:
        """Do some reading or writing in a thread, one at a time, while others are fetching."""
        async with self._one:
            return await to_thread.run_sync(partial(work, *values))

    def _keep(self, source: Source) -> None:
        self._writer.followed.put(source)

    def _unknown(self, sources: list[Source]) -> list[Source]:
        """Those of the sources that are not followed yet; they are from now on."""
        followed = self._writer.followed
        new = [source for source in sources if followed.source(source.url) is None]
        for source in new:
            followed.put(source)
        return new


@reading()
def _content(kind: str, fetched: Fetched) -> _Content:
    """What a feed, list or sitemap holds."""
    body = _plain(fetched)
    if kind == "opml":
        return _Content(sources=lists.opml(body, fetched.url))
    if kind == "sitemaps":
        return _Content(sources=lists.sitemap(body, fetched.url))
    if kind == "sitemap":
        return _Content(entries=[entry_of(item) for item in lists.sitemap(body, fetched.url)])
    found = feeds.feed(body, fetched.content_type, fetched.url)
    return _Content(found.entries, [], found.title, not found.cut)


@reading()
def _kind(fetched: Fetched) -> kinds.Kind:
    return kinds.kind_of(_plain(fetched), fetched.content_type)


def _plain(fetched: Fetched) -> bytes:
    """The body, unpacked where the document itself is a gzip file (`sitemap.xml.gz`)."""
    body = fetched.body or b""
    return unpacked(body, LIMIT, fetched.url) if body.startswith(b"\x1f\x8b") else body


def _fingerprint(entry: Entry) -> str:
    told = (entry.title, entry.text, entry.published, entry.modified, entry.url)
    joined = "\x1f".join(part or "" for part in told)
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:16]


def _count(tally: Tally, state: str) -> None:
    name = {"added": "new", "replaced": "changed"}.get(state, "repeated")
    setattr(tally, name, getattr(tally, name) + 1)


def _vanished(error: SourceError) -> bool:
    """Whether a server said that it has no such page, or none any more."""
    return isinstance(error, FetchError) and error.code in (404, 410)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _sound(source: Source) -> Source:
    return replace(source, checked=_now(), wait_until=None, failures=0, problem=None)


def _failed(source: Source, error: SourceError) -> Source:
    """The source after a failure. A server that refuses is left alone for a while, longer each
    time, or as long as it asks; other errors are tried again in the next run."""
    failures = source.failures + 1
    wait: timedelta | None = None
    if isinstance(error, FetchError) and error.wait is not None:
        wait = min(timedelta(seconds=error.wait), 7 * _LONGEST)
    elif isinstance(error, FetchError) and error.code is not None and error.passing:
        wait = min(_WAIT * 2 ** min(failures - 1, 10), _LONGEST) * random.uniform(0.8, 1.2)
    until = (datetime.now(UTC) + wait).strftime("%Y-%m-%dT%H:%M:%SZ") if wait else None
    gone = int(isinstance(error, FetchError) and error.code == 410)
    return replace(
        source,
        checked=_now(),
        wait_until=until,
        failures=failures,
        problem=str(error),
        gone=gone,
    )
