"""Fetching politely: robots.txt, one request a host at a time, redirects, Retry-After, back-off.

    URL -> the host's turn -> robots.txt -> the door -> a redirect begins anew, a passing error is
    tried again -> Fetched, or FetchError

Many hosts may be asked at once; of what one host is asked, each request waits for the one before.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import anyio

from index.errors import FetchError
from index.web.door import Door, Response, checked
from index.web.robots import Robots
from index.web.urls import joined

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_FOR_GOOD = frozenset((301, 308))
_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))
_HOPS = 6  # redirects that are followed
_TRIES = 3  # of one request
_PATIENCE = 20.0  # seconds that a host may ask for before it is left for a later run
_PAUSE = 0.5  # seconds between two requests to one public host; none of these was measured


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document of the web. `body` is None where it has not changed since (status 304).

    `url` is where it was found, `moved` its new address where a server said that it moved for good.
    """

    url: str
    body: bytes | None
    content_type: str = ""
    etag: str | None = None
    modified: str | None = None
    moved: str | None = None


@dataclass(slots=True)
class _Host:
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    free_at: float = 0.0  # on anyio's clock


class Visitor:
    """Fetches documents through one door; `sleep` waits for a number of seconds."""

    def __init__(self, door: Door, sleep: Callable[[float], Awaitable[None]] = anyio.sleep) -> None:
        self._door = door
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._robots = Robots(self._followed)

    async def fetch(
        self, url: str, etag: str | None = None, modified: str | None = None
    ) -> Fetched:
        """The document at `url`, or none of it where it still has the `etag` or date given."""
        headers = {}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        moved: str | None = None
        for_good = True
        for _ in range(_HOPS + 1):
            if not await self._robots.allows(url):
                raise FetchError(
                    f"the robots.txt of {checked(url).host} does not allow it:"
                    " save the page from a browser and add that file"
                )
            response = await self._insisted(url, headers, await self._robots.pause(url))
            if response.status not in _REDIRECTS:
                return _fetched(url, response, moved, bool(headers))
            for_good = for_good and response.status in _FOR_GOOD
            url = _target(url, response)
            moved = url if for_good else moved
        raise FetchError(f"{checked(url).host} redirects more than {_HOPS} times")

    async def _followed(self, url: str) -> Response:
        """What a plain request gives after redirects, for robots.txt itself."""
        for _ in range(_HOPS):
            response = await self._insisted(url, {}, 0.0)
            if response.status not in _REDIRECTS:
                return response
            url = _target(url, response)
        return response

    async def _insisted(self, url: str, headers: dict[str, str], pause: float) -> Response:
        """The answer to one request; what may pass is tried again, with growing, uneven pauses."""
        for attempt in range(1, _TRIES + 1):
            wait: float | None = None
            try:
                async with self._turn(url, pause) as host:
                    response = await self._door.get(url, headers)
                    if not response.public and not pause:
                        host.free_at = 0.0
                if response.status not in _PASSING or attempt == _TRIES:
                    return response
                wait = _retry_after(response)
                if wait is not None and wait > _PATIENCE:
                    return response
            except FetchError as error:
                if not error.passing or attempt == _TRIES:
                    raise
            if wait is None:
                wait = 2.0 ** (attempt - 1) * random.uniform(0.5, 1.5)
            await self._sleep(wait)
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def _turn(self, url: str, pause: float) -> AsyncIterator[_Host]:
        """Hold the host of `url`: nobody else asks it meanwhile, nor before its pause is over."""
        host = self._hosts.setdefault(checked(url).host, _Host())
        async with host.lock:
            if (left := host.free_at - anyio.current_time()) > 0:
                await self._sleep(left)
            host.free_at = anyio.current_time() + max(pause, _PAUSE)
            yield host


def _fetched(url: str, response: Response, moved: str | None, conditional: bool) -> Fetched:
    headers = response.headers
    etag, modified = headers.get("etag"), headers.get("last-modified")
    if response.status == 304 and conditional:
        return Fetched(url, None, "", etag, modified, moved)
    if response.status in (200, 203):
        kind = headers.get("content-type", "")
        return Fetched(url, response.body, kind, etag, modified, moved)
    raise _refused(checked(url).host, response)


def _refused(host: str, response: Response) -> FetchError:
    status = response.status
    wait = _retry_after(response)
    if response.headers.get("cf-mitigated") == "challenge":
        reason = f"{host} wants to see a browser: save the page from a browser and add that file"
    elif status in (404, 410):
        reason = f"{host} has no such page" + (" any more" if status == 410 else "")
    elif status in (401, 402, 403, 407, 451):
        reason = f"{host} does not let Dateline in: save the page from a browser and add that file"
    elif status == 429:
        reason = f"{host} was asked too often: try again later"
    elif status in _PASSING:
        reason = f"{host} is out of order: try again later"
    elif status == 304:
        reason = f"{host} says that nothing has changed, though nothing was known"
    elif 200 <= status < 300:
        reason = f"{host} sent no document"
    else:
        reason = f"{host} does not answer as a web server should"
    return FetchError(
        f"{reason} (status {status})", status=status, wait=wait, passing=status in _PASSING
    )


def _target(url: str, response: Response) -> str:
    """Where a redirect leads."""
    to = response.headers.get("location", "").strip()
    if not to:
        raise FetchError(f"{checked(url).host} redirects to nowhere (status {response.status})")
    found = joined(url, to)
    if found is None:
        raise FetchError(f"{checked(url).host} redirects to what is no address")
    return found


def _retry_after(response: Response) -> float | None:
    """Seconds until the server wants to be asked again; None where it does not say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        return max((moment.astimezone(UTC) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
