"""`add` and `update` for what is on the web: the event loop, the door, the bundled list."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path

import anyio

from index.errors import SourceError, UsageError
from index.following.update import Poller, Report, Tally
from index.following.writer import Writer
from index.ingest import lists
from index.ingest.sources import read
from index.library import Library
from index.library.followed import Followed
from index.types import Rejected
from index.web.door import Door
from index.web.visit import Visitor

_EVERY = re.compile(r"([0-9]{1,6}) ?([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LEAST = 60  # seconds between two rounds


def is_address(source: str) -> bool:
    """Whether what a user wants to add is an address and no file: `https://...`, `ftp://...`."""
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:/", source) is not None


def is_opml(source: str) -> bool:
    """Whether it is a file that lists feeds."""
    return source.lower().endswith(".opml")


def take_in(source: str, writer: Writer, report: Report, allow_private: bool) -> None:
    """Add an address, an OPML file, another file, a folder, or `-` for JSON lines on standard
    input; what cannot be read is reported as rejected."""
    if is_address(source) or is_opml(source):
        add(source, writer, report, allow_private)
        return
    for item in read(source):
        if isinstance(item, Rejected):
            report.article(item, "rejected")
        else:
            report.article(*writer.add(item))


def remove(library: Library, name: str) -> bool:
    """Remove the articles with this id or address, or follow the source with this address no
    longer, whose articles stay; False where there is neither."""
    followed = Followed(library)
    found = followed.forget(name)
    found = library.remove(name) or found
    followed.forget_removed()
    return found


def add(source: str, writer: Writer, report: Report, allow_private: bool) -> None:
    """Add one address or OPML file; what cannot be read is reported as rejected."""

    async def work(poller: Poller) -> None:
        try:
            if is_address(source):
                await poller.add(source)
            else:
                await follow(poller, Path(source).read_bytes(), source, report)
        except OSError as error:
            report.article(Rejected(source, (error.strerror or str(error)).lower()), "rejected")
        except SourceError as error:
            report.article(Rejected(source, str(error)), "rejected")

    _run(writer, report, allow_private, work)


def add_bundled(writer: Writer, report: Report, allow_private: bool) -> None:
    """Follow the AI news feeds that come along."""
    data = files("index.following").joinpath("feeds.opml").read_bytes()
    _run(writer, report, allow_private, lambda p: follow(p, data, "the bundled feeds", report))


async def follow(poller: Poller, data: bytes, name: str, report: Report) -> None:
    """Follow the feeds of an OPML list."""
    known = await poller.follow(lists.opml(data))
    if known:
        report.source(Tally(name, repeated=known))


def update(writer: Writer, report: Report, allow_private: bool) -> int:
    """Poll everything that is followed; returns the number of sources."""
    sources = writer.followed.sources()
    if sources:
        _run(writer, report, allow_private, lambda poller: poller.poll(sources))
    return len(sources)


def seconds(every: str) -> int:
    """`30m`, `2h`, `1d` or `900s` in seconds; UsageError for anything else, or under a minute."""
    match = _EVERY.fullmatch(every.strip().lower())
    found = int(match[1]) * _SECONDS[match[2]] if match else 0
    if found < _LEAST:
        raise UsageError(f"--every {every!r}: write a time of a minute or more, as 30m, 2h or 1d")
    return found


def _run(
    writer: Writer,
    report: Report,
    allow_private: bool,
    work: Callable[[Poller], Awaitable[None]],
) -> None:
    async def main() -> None:
        async with Door(allow_private) as door:
            await work(Poller(writer, Visitor(door), report))

    try:
        anyio.run(main)
    except BaseExceptionGroup as group:
        raise _first(group) from None


def _first(error: BaseException) -> BaseException:
    """The first error of a group of errors."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
