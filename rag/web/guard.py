"""The tests that every request must pass, page and API alike, before anything is done for it.

    Host     an IP address, localhost or a name given with --allow-host. Any other is refused:
             else a web site could point its own name at this machine and read it (DNS rebinding)
    Origin   if the browser sends one, it must be this server: no other site's script may ask
    path     only what the page uses of all that Gradio serves
    body     at most MAX_BODY bytes, all there within BODY_SECONDS; a file for the library may
             have MAX_FILE, and is read by who takes it in

Every response gets headers by which browsers shut other sites out of the page. Leaves out who asks
(`login.py`), how often (`limits.py`), and what is asked and answered (`rag/api.py`).
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect

from rag.web.proxies import path_of
from rag.web.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from rag.web.access import Access

MAX_BODY = 1_000_000  # bytes; not measured
MAX_FILE = 20_000_000  # bytes; as much as `index add` takes
BODY_SECONDS = 20  # for all of it, or for the next piece of a file; not measured
FILES = "/api/library/files"
# Everything that is served; a path that ends with a slash stands for all below it. Those of Gradio
# are the ones that the page requests: no uploads, files, proxies, recordings or monitoring.
SERVED = (
    "/", "/healthz", "/api/", "/v1/", "/mcp", "/metrics", "/openapi.json", "/docs", "/swagger/",
    "/answer/",
    "/config", "/theme.css", "/assets/", "/static/", "/svelte/", "/favicon.ico", "/manifest.json",
    "/pwa_icon", "/pwa_icon/", "/robots.txt", "/login", "/logout",
    *(f"/gradio_api/{name}" for name in (
        "queue/join", "queue/data", "run/", "cancel", "reset", "heartbeat/", "startup-events",
        "app_id", "user", "user/", "login_check", "token", "theme.css",
    )),
)  # fmt: skip
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "referrer-policy": "same-origin",  # a form's Origin would be "null" with "no-referrer"
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """The ASGI layer around page and API; `count` is told the status of each response."""

    def __init__(self, app: ASGIApp, access: Access, count: Callable[[int], None]) -> None:
        self.app = app
        self._names = access.names
        self._root = access.root
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})  # nothing here speaks it
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(message["status"])
                message = {**message, "headers": _dressed(message.get("headers", []))}
            await send(message)

        path = path_of(scope)
        headers = {key.lower(): value.decode("latin-1") for key, value in scope["headers"]}
        status, line = self._refused(scope["method"], path, headers)
        passed = _pieces(receive)
        if not status and path != FILES:
            try:
                passed = _again(await _body(receive), receive)
            except _Refused as error:
                status, line = error.status, error.line
            except ClientDisconnect:
                return
        if status:
            await refusal(path, status, line)(scope, receive, with_headers)
            return
        if self._root.netloc:  # the address that links are made from
            kept = [(key, value) for key, value in scope["headers"] if key != b"host"]
            host = self._root.netloc.encode()
            scope["scheme"], scope["headers"] = self._root.scheme, [*kept, (b"host", host)]
        await self.app(scope, passed, with_headers)

    def _refused(self, method: str, path: str, headers: Mapping[bytes, str]) -> tuple[int, str]:
        """Status and reason for a request that may not pass, status 0 for one that may."""
        host = headers.get(b"host", "")
        if not self._named(host):
            return 400, "this server has another name: start it with --allow-host NAME"
        if _foreign({host.lower(), self._root.netloc.lower()}, method, headers):
            return 403, "another web site may not ask here"
        if not _served(path):
            return 404, "there is nothing at this address"
        most = MAX_FILE if path == FILES else MAX_BODY
        length = headers.get(b"content-length", "0")
        if not (length.isascii() and length.isdigit() and int(length[:20]) <= most):
            return 413, _too_large(most)
        return 0, ""

    def _named(self, host: str) -> bool:
        """Whether a Host header names this server. Any IP address does: no site can repoint one."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        with suppress(ValueError):
            return bool(ipaddress.ip_address(name))
        return name in self._names


class _Refused(Exception):
    def __init__(self, status: int, line: str) -> None:
        self.status, self.line = status, line


async def _body(receive: Receive) -> bytes:
    """The whole body. _Refused where it is too large or does not come, ClientDisconnect."""
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > MAX_BODY:
                    raise _Refused(413, _too_large(MAX_BODY))
    except TimeoutError:
        raise _Refused(408, "the rest of the request did not come: send it anew") from None
    return bytes(body)


def _pieces(receive: Receive) -> Receive:
    """`receive` for a body that is read piece by piece: the sender is taken to have left when it
    sends too much, or nothing for too long."""
    size = 0

    async def piece() -> Message:
        nonlocal size
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        size += len(message.get("body", b""))
        return message if size <= MAX_FILE else {"type": "http.disconnect"}

    return piece


def _too_large(most: int) -> str:
    return f"the request is larger than {most:,} bytes"


def _again(body: bytes, receive: Receive) -> Receive:
    """`receive` with the body in front."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


def _dressed(headers: Collection[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """A response's headers with those that every response has."""
    have = {key.lower(): value for key, value in headers}
    more = dict(_HEADERS)
    if b"cache-control" not in have and b"etag" not in have:
        more["cache-control"] = "no-store"
    if have.get(b"content-type", b"").startswith(b"text/event-stream"):
        more["x-accel-buffering"] = "no"  # or nginx would keep it until it is whole
    return [*headers, *((key.encode(), value.encode()) for key, value in more.items())]


def _foreign(own: Collection[str], method: str, headers: Mapping[bytes, str]) -> bool:
    """Whether the page of a web site other than those in `own` sent the request.

    Browsers name the page's origin (Origin). Where they leave it out, they say how the page's site
    is related to this one (Sec-Fetch-Site, to https and local addresses); a GET may come by a link.
    """
    origin = headers.get(b"origin")
    if origin is not None:
        try:
            return (urlsplit(origin).netloc.lower() or "null") not in own
        except ValueError:
            return True
    related = headers.get(b"sec-fetch-site", "none")
    return method not in ("GET", "HEAD") and related not in ("none", "same-origin")


def _served(path: str) -> bool:
    return any(path.startswith(p) if p.endswith("/") and p != "/" else path == p for p in SERVED)
