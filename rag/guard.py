"""The tests that every request must pass, page and API alike, before anything is done for it.

    Host     an IP address, localhost or a name given with --allow-host. Any other is refused:
             else a web site could point its own name at this machine and read it (DNS rebinding)
    Origin   if the browser sends one, it must be this server: no other site's script may ask
    path     only what the page uses of all that Gradio serves
    password on the API, if there are users
    body     at most MAX_BODY bytes

Every response gets headers by which browsers shut other sites out of the page. Leaves out what is
asked and answered: `api.py`.
"""

from __future__ import annotations

import base64
import hmac
import ipaddress
import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import Response

from index.errors import UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1_000_000  # bytes; not measured
GUARDED = ("/api/", "/v1/", "/mcp")  # the page itself has a login form
# Everything that is served; a path that ends with a slash stands for all below it. Those of Gradio
# are the ones that the page requests: no uploads, files, proxies, recordings or monitoring.
SERVED = (
    "/", "/healthz", *GUARDED,
    "/config", "/theme.css", "/assets/", "/static/", "/svelte/", "/favicon.ico", "/manifest.json",
    "/pwa_icon", "/pwa_icon/", "/robots.txt", "/login", "/login/", "/logout",
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
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def failure(status: int, message: str) -> Response:
    """The response `{"error": message}`, the message on one line."""
    body = json.dumps({"error": " ".join(message.split())})
    return Response(body, status, media_type="application/json")


def read_users(file: Path) -> dict[str, str]:
    """Passwords by name, from lines `user:password`; blank lines and `#` lines are skipped.

    UsageError: the file cannot be read, a line has another form, or there is no user.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"cannot read --auth {file}: {reason}") from None
    users = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, password = line.partition(":")
        if not (colon and name.strip() and password):
            raise UsageError(f"--auth {file}, line {number}: write user:password")
        users[name.strip()] = password
    if not users:
        raise UsageError(f"--auth {file} names no user: write lines user:password")
    return users


def known(users: Mapping[str, str], name: str, password: str) -> bool:
    """Whether the password is right; an unknown name takes as long as a known one."""
    expected = users.get(name, "")
    same = hmac.compare_digest(expected.encode(), password.encode("utf-8", "replace"))
    return same and name in users


class BodyTooLarge(Exception):
    """A request has more than MAX_BODY bytes."""


class Guard:
    """The ASGI layer around page and API; `hosts` are names that clients may reach it by."""

    def __init__(
        self,
        app: ASGIApp,
        users: Mapping[str, str] | None = None,
        hosts: Collection[str] = (),
    ) -> None:
        self.app = app
        self.users = users
        self.hosts = {"localhost", *(name.lower() for name in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})  # nothing here speaks it
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        size, started = 0, False

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BODY:
                raise BodyTooLarge
            return message

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                extra = [(key.encode(), value.encode()) for key, value in _HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        headers = {key.lower(): value.decode("latin-1") for key, value in scope["headers"]}
        if (refusal := self._refusal(scope["method"], scope["path"], headers)) is not None:
            await refusal(scope, receive, with_headers)
            return
        try:
            await self.app(scope, limited, with_headers)
        except BodyTooLarge:
            if started:
                raise
            await _too_large()(scope, receive, with_headers)

    def _refusal(self, method: str, path: str, headers: Mapping[bytes, str]) -> Response | None:
        """The response to a request that may not pass, None for one that may."""
        host = headers.get(b"host", "")
        if not self._named(host):
            return failure(400, "this server has another name: start it with --allow-host NAME")
        if _foreign(host, method, headers):
            return failure(403, "another web site may not ask here")
        if not _served(path):
            return failure(404, "there is nothing at this address")
        if self.users and path.startswith(GUARDED) and not self._allowed(headers):
            refusal = failure(401, "name and password needed (HTTP basic)")
            refusal.headers["www-authenticate"] = 'Basic realm="Dateline", charset="UTF-8"'
            return refusal
        length = headers.get(b"content-length", "0")
        return _too_large() if not length.isdigit() or int(length) > MAX_BODY else None

    def _named(self, host: str) -> bool:
        """Whether a Host header names this server. Any IP address does: no site can repoint one."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        with suppress(ValueError):
            return bool(ipaddress.ip_address(name))
        return name in self.hosts

    def _allowed(self, headers: Mapping[bytes, str]) -> bool:
        scheme, _, token = headers.get(b"authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            name, _, password = base64.b64decode(token, validate=True).decode().partition(":")
        except ValueError:  # no base64, or no UTF-8 in it
            return False
        return known(self.users or {}, name, password)


def _foreign(host: str, method: str, headers: Mapping[bytes, str]) -> bool:
    """Whether another web site's page sent the request.

    Browsers name the page's origin (Origin). Where they leave it out, they say how the page's site
    is related to this one (Sec-Fetch-Site, to https and local addresses); a GET may come by a link.
    """
    origin = headers.get(b"origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() != host.lower()
    related = headers.get(b"sec-fetch-site", "none")
    return method not in ("GET", "HEAD") and related not in ("none", "same-origin")


def _served(path: str) -> bool:
    return any(path.startswith(p) if p.endswith("/") and p != "/" else path == p for p in SERVED)


def _too_large() -> Response:
    return failure(413, f"the request is larger than {MAX_BODY:,} bytes")
