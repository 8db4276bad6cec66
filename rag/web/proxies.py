"""The client and the public address of a request that a reverse proxy hands on.

    X-Forwarded-For, -Proto, -Host, -Prefix   believed of the proxies that --proxy names
    all of them from anybody else             taken out, as Gradio would believe them
    the path that --root-path names           in front of every path, whether the proxy cut it off

Leaves out whether the host is one of the server's names: `guard.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rag.web.access import Access

_PATH = re.compile(r"(?:/[\w.~-]+)*")  # of a prefix; it goes into links


class Proxies:
    """The outermost ASGI layer."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self._root = access.root.path
        inner: Any = self._without_headers  # uvicorn has types of ASGI, and starlette has others
        self._client: Any = ProxyHeadersMiddleware(inner, list(access.proxies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope, root = dict(scope), self._root
        if (scope.get("client") or ("",))[0] in self._client.trusted_hosts:
            told = dict(scope["headers"])
            if host := _last(told.get(b"x-forwarded-host", b"")):
                kept = [(key, value) for key, value in scope["headers"] if key != b"host"]
                scope["headers"] = [*kept, (b"host", host)]
            prefix = _last(told.get(b"x-forwarded-prefix", b"")).decode("latin-1").rstrip("/")
            if not root and _PATH.fullmatch(prefix):
                root = prefix
        path = scope["path"]
        if root and (path == root or path.startswith(f"{root}/")):
            path = path[len(root) :] or "/"
        scope |= {"root_path": root, "path": root + path}
        await self._client(scope, receive, send)

    async def _without_headers(self, scope: Scope, receive: Receive, send: Send) -> None:
        if any(key.startswith((b"x-forwarded-", b"forwarded")) for key, _ in scope["headers"]):
            scope.setdefault("state", {})["forwarded"] = True
        scope["headers"] = [
            (key, value)
            for key, value in scope["headers"]
            if not key.startswith((b"x-forwarded-", b"x-gradio-")) and key != b"forwarded"
        ]
        await self.app(scope, receive, send)


def path_of(scope: Scope) -> str:
    """The path asked for, without the one that the proxy serves the page below."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _last(value: bytes) -> bytes:
    """What the nearest proxy said: each one adds to the list."""
    return value.rsplit(b",", 1)[-1].strip()
