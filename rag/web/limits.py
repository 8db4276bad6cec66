"""How often: wrong passwords by address and by name, questions and requests by client.

An answer to too many is 429, with the seconds to wait in Retry-After.
"""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from rag.web.asking import client_of
from rag.web.proxies import path_of
from rag.web.refusal import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

# Wrong passwords: from one address, and for one name from anywhere. Not measured.
BY_ADDRESS = RateLimitItemPerMinute(10, 5)  # in five minutes
BY_NAME = RateLimitItemPerHour(50)
EACH = 30  # requests for each question that a client may ask: a page needs some; not measured
ASKING = ("/api/ask", "/v1/chat/completions", "/mcp", "/gradio_api/queue/join")


class Guesses:
    """Wrong passwords so far."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, address: str, name: str) -> int:
        """Seconds until the next guess may be made, 0 if it may be made now."""
        where = network(address)
        return max(
            _wait(self._limiter, BY_ADDRESS, where), _wait(self._limiter, BY_NAME, name[:100])
        )

    def wrong(self, address: str, name: str) -> None:
        """Count a wrong password."""
        self._limiter.hit(BY_ADDRESS, network(address))
        self._limiter.hit(BY_NAME, name[:100])


class Rate:
    """The ASGI layer that lets each client ask at most `rate` questions a minute."""

    def __init__(self, app: ASGIApp, rate: int) -> None:
        self.app = app
        self._questions = RateLimitItemPerMinute(rate)
        self._requests = RateLimitItemPerMinute(rate * EACH)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path, client = path_of(scope), network(client_of(scope))
            items = [self._requests, *([self._questions] if path in ASKING else [])]
            if not all(self._limiter.hit(item, str(item.amount), client) for item in items):
                wait = max(_wait(self._limiter, item, str(item.amount), client) for item in items)
                response = refusal(
                    path, 429, "too many questions: ask again later", {"retry-after": str(wait)}
                )
                await response(scope, receive, send)
                return
        await self.app(scope, receive, send)


def network(client: str) -> str:
    """An IPv6 address as its /64, which one client has whole; anything else as it is."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 4:
        return client
    return str(ipaddress.ip_network((address, 64), strict=False))


def _wait(limiter: MovingWindowRateLimiter, item: RateLimitItem, *who: str) -> int:
    """Whole seconds until `item` lets one more through, 0 if it does now."""
    if limiter.test(item, *who):
        return 0
    reset, _ = limiter.get_window_stats(item, *who)
    return max(1, round(reset - time.time()))
