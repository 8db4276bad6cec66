"""A reverse proxy of a few lines, as SECURITY.md sets up nginx: /dateline/ is served by Dateline."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

PREFIX = "/dateline"


class ReverseProxy:
    """`app` hands on to `upstream` what is below PREFIX; `outside` are the other paths asked for.

    `cut`: PREFIX is taken off the path. `headers`: X-Forwarded-* are sent. `own_host`: the Host
    header is the upstream's, as nginx does by itself, and not the one that the browser sent.
    """

    def __init__(
        self, upstream: str, *, cut: bool = True, headers: bool = True, own_host: bool = False
    ) -> None:
        self.outside: list[str] = []
        self.bad: list[tuple[int, str]] = []
        self._cut, self._headers, self._own_host = cut, headers, own_host
        self._client = httpx.AsyncClient(base_url=upstream, timeout=30)
        methods = ["GET", "POST", "HEAD", "OPTIONS", "DELETE"]
        self.app = Starlette(routes=[Route("/{path:path}", self._relay, methods=methods)])

    async def _relay(self, request: Request) -> StreamingResponse:
        path = request.url.path
        if not path.startswith(f"{PREFIX}/"):
            self.outside.append(path)
            return StreamingResponse(_nothing(), 404)
        host = request.headers["host"]
        sent = [(k, v) for k, v in request.headers.raw if k not in (b"host", b"connection")]
        if not self._own_host:
            sent.append((b"host", host.encode()))
        if self._headers:
            client = request.client.host if request.client else ""
            sent += [
                (b"x-forwarded-for", f"203.0.113.9, {client}".encode()),
                (b"x-forwarded-host", host.encode()),
                (b"x-forwarded-proto", b"http"),
                (b"x-forwarded-prefix", PREFIX.encode()),
            ]
        url = httpx.URL(path.removeprefix(PREFIX) if self._cut else path).copy_with(
            query=request.url.query.encode()
        )
        call = self._client.build_request(
            request.method, url, headers=sent, content=await request.body()
        )
        reply = await self._client.send(call, stream=True)
        if reply.status_code >= 400:
            self.bad.append((reply.status_code, path))
        kept = {k: v for k, v in reply.headers.items() if k not in ("connection", "date")}
        return StreamingResponse(
            reply.aiter_raw(), reply.status_code, kept, background=BackgroundTask(reply.aclose)
        )


async def _nothing() -> AsyncIterator[bytes]:
    yield b""
