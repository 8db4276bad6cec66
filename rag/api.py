"""The HTTP side of the page's process without the page: asking, health, and what guards both.

`POST /api/ask` takes a batch row and gives the answer as JSON; `GET /healthz` says what is served.
Knows nothing of Gradio: `ui.py` mounts the page into the application made here.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from index.errors import DatelineError, UsageError
from rag.questions import RowError, checked, parse_row
from rag.waiting import BACKLOG

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from rag.answer import Dateline
    from rag.types import Answer, Question

MAX_BODY = 1_000_000  # bytes
_LOOK = 0.25  # seconds between looking whether the other side is still there
GUARDED = ("/api/", "/v1/", "/mcp")  # the page itself asks for the password by a form
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
_log = logging.getLogger("dateline")


def application(engine: Dateline, users: Mapping[str, str] | None = None) -> FastAPI:
    """The application that answers over HTTP; with `users`, by name and password only."""
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.asking = anyio.CapacityLimiter(BACKLOG + 8)  # so that the line can be full
    app.add_middleware(Guard, users=users)  # the outermost layer

    @app.get("/healthz")
    async def healthz() -> dict[str, Any]:
        articles = await run_in_threadpool(engine.library.count)
        return {"status": "ok", "articles": articles, "model": engine.model}

    @app.post("/api/ask")
    async def ask(request: Request) -> Response:
        if request.headers.get("sec-fetch-site") == "cross-site":
            return failure(403, "another web site may not ask here")
        try:
            question = checked(parse_row(await request.body()))
            answer = await asked(request, engine, question)
        except RowError as error:
            return failure(422, str(error))
        except UsageError as error:
            return failure(400, str(error))
        except DatelineError as error:  # also: too many are waiting
            return failure(503, str(error))
        except BodyTooLarge:
            raise
        except Exception as error:
            _log.exception("asking failed")
            return failure(500, f"unexpected {type(error).__name__}: see the terminal")
        return Response(answer.model_dump_json(), media_type="application/json")

    return app


async def asked(request: Request, engine: Dateline, question: Question) -> Answer:
    """The answer; the work is given up as soon as nobody waits for it any more."""
    gone = threading.Event()

    async def watch() -> None:
        while not await request.is_disconnected():
            await asyncio.sleep(_LOOK)
        gone.set()

    watching = asyncio.create_task(watch())
    try:
        return await anyio.to_thread.run_sync(
            engine.ask, question, gone.is_set, limiter=request.app.state.asking
        )
    finally:
        watching.cancel()


def failure(status: int, message: str) -> Response:
    """`{"error": message}` on one line."""
    body = json.dumps({"error": " ".join(message.split())})
    return Response(body, status, media_type="application/json")


def read_users(file: Path) -> dict[str, str]:
    """Names and passwords from lines `user:password`; blank lines and `#` lines are skipped."""
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
    """Whether the password is right; takes as long for an unknown name."""
    expected = users.get(name, "")
    same = hmac.compare_digest(expected.encode(), password.encode("utf-8", "replace"))
    return same and name in users


class BodyTooLarge(Exception):
    """More than MAX_BODY bytes came in."""


class Guard:
    """ASGI layer: password on the API, limit on bodies, headers that keep the page to itself."""

    def __init__(self, app: ASGIApp, users: Mapping[str, str] | None = None) -> None:
        self.app = app
        self.users = users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {key.lower(): value for key, value in scope["headers"]}
        if self.users and scope["path"].startswith(GUARDED) and not self._allowed(headers):
            refusal = failure(401, "name and password needed (HTTP basic)")
            refusal.headers["www-authenticate"] = 'Basic realm="Dateline", charset="UTF-8"'
            await refusal(scope, receive, send)
            return
        too_large = failure(413, f"the request is larger than {MAX_BODY:,} bytes")
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MAX_BODY:
            await too_large(scope, receive, send)
            return
        size, started = 0, False

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BODY:
                raise BodyTooLarge
            return message

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                extra = [(key.encode(), value.encode()) for key, value in _HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        try:
            await self.app(scope, limited, dressed)
        except BodyTooLarge:
            if started:
                raise
            await too_large(scope, receive, send)

    def _allowed(self, headers: Mapping[bytes, bytes]) -> bool:
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"basic":
            return False
        try:
            name, _, password = base64.b64decode(token, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return known(self.users or {}, name, password)
