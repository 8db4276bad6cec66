"""Asking over HTTP: `POST /api/ask`, `GET /healthz`, and the socket that they are served on.

a batch row as JSON -> `guard.py` lets it pass -> checked question -> answer as JSON

Leaves out the page: `ui.py` mounts it into the application made here, so Gradio is unknown here.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from index.errors import DatelineError, UsageError
from rag.guard import BodyTooLarge, Guard, failure
from rag.question.validate import Once, RowError, checked, parse_row
from rag.serving.queue import BACKLOG

if TYPE_CHECKING:
    from rag.dateline import Dateline
    from rag.types import Answer, Question

GRACE = 3  # seconds that open pages get to hang up once the server must end; not measured
_LOOK = 0.25  # seconds between looks whether the client is still connected; not measured
_log = logging.getLogger("dateline")


def application(
    engine: Dateline, users: Mapping[str, str] | None = None, hosts: Collection[str] = ()
) -> FastAPI:
    """The application that answers over HTTP; with `users` (name: password) it asks for them.

    Clients may reach it by the names in `hosts`, by IP addresses and as localhost.
    """
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.asking = anyio.CapacityLimiter(
        BACKLOG + 8
    )  # above BACKLOG, so that the line can be full
    app.add_middleware(Guard, users=users, hosts=hosts)  # the outermost layer

    warn = Once(_log.warning)

    @app.get("/healthz")
    async def healthz() -> dict[str, Any]:
        articles = await run_in_threadpool(engine.library.count)
        return {"status": "ok", "articles": articles, "model": engine.model}

    @app.post("/api/ask")
    async def ask(request: Request) -> Response:
        try:
            question = checked(parse_row(await request.body(), warn))
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
    """The engine's answer; the work ends (Cancelled) once the client has disconnected."""
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


def listen(host: str, port: int) -> socket.socket:
    """The listening socket. Call it before anything slow: a taken port is a DatelineError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatelineError(
            f"cannot listen on {host} port {port} ({reason}): choose another with --port"
        ) from None
    # Accepted connections inherit it. asyncio sets it only on sockets that name their protocol;
    # without it every response on a kept connection waits some 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def serve(app: FastAPI, listening: socket.socket) -> None:
    """Answer requests until the process gets its first signal to end."""
    import uvicorn

    logging.getLogger("uvicorn.error").addFilter(_worth_logging)
    config = uvicorn.Config(
        app, log_level="warning", lifespan="on", timeout_graceful_shutdown=GRACE
    )
    uvicorn.Server(config).run(sockets=[listening])


def _worth_logging(record: logging.LogRecord) -> bool:
    """False for what uvicorn logs about pages that were still open when the server ended."""
    ended = record.exc_info and record.exc_info[0] is asyncio.CancelledError
    return not ended and "graceful shutdown exceeded" not in record.getMessage()
