"""What a host's robots.txt allows (RFC 9309), read with Protego."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from protego import Protego

from index.errors import FetchError
from index.web.door import Response, checked

_NAME = "Dateline"
_SIZE = 500_000  # bytes that are read of a robots.txt, as RFC 9309 asks
_SLOWEST = 30.0  # seconds between two requests that a host may ask for


class Robots:
    """The rules of every host that was asked, fetched once each with `get`."""

    def __init__(self, get: Callable[[str], Awaitable[Response]]) -> None:
        self._get = get
        self._rules: dict[str, Protego | None] = {}

    async def allows(self, url: str) -> bool:
        """Whether robots.txt lets Dateline fetch `url`; FetchError where it cannot be asked."""
        rules = await self._of(url)
        return rules is None or bool(rules.can_fetch(url, _NAME))

    async def pause(self, url: str) -> float:
        """Seconds that the host wants between two requests."""
        rules = await self._of(url)
        return min(float((rules and rules.crawl_delay(_NAME)) or 0.0), _SLOWEST)

    async def _of(self, url: str) -> Protego | None:
        target = checked(url)
        origin = str(target.copy_with(raw_path=b"/"))
        if origin not in self._rules:
            response = await self._get(str(target.copy_with(raw_path=b"/robots.txt")))
            if response.status >= 500 or response.status == 429:
                raise FetchError(
                    f"the robots.txt of {target.host} cannot be read (status {response.status})",
                    passing=True,
                )
            text = response.body[:_SIZE].decode("utf-8", "replace")
            self._rules[origin] = Protego.parse(text) if response.status == 200 else None
        return self._rules[origin]
