"""The HTTP side of the page's process without the page: asking, health, listening.

`POST /api/ask` takes a batch row and gives the answer as JSON; `GET /healthz` says what is served.
Knows nothing of Gradio: `ui.py` mounts the page into the application made here. What a request
must pass first is in `guard.py`.
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

GRACE = 3  # seconds that open pages have to hang up once the server is told to end
_LOOK = 0.25  # seconds between looking whether the other side is still there
_log = logging.getLogger("dateline")


def application(
    engine: Dateline, users: Mapping[str, str] | None = None, hosts: Collection[str] = ()
) -> FastAPI:
    """The application that answers over HTTP; with `users`, by name and password only.

    `hosts` are the names, beside IP addresses and localhost, that it may be reached by.
    """
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.asking = anyio.CapacityLimiter(BACKLOG + 8)  # so that the line can be full
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


def listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything slow so that a taken port is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatelineError(
            f"cannot listen on {host} port {port} ({reason}): choose another with --port"
        ) from None
    # Inherited by what is accepted. asyncio sets it only on sockets that name their protocol, and
    # without it every answer on a kept connection waits some 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def serve(app: FastAPI, listening: socket.socket) -> None:
    """Answer until the process is told to end, once."""
    import uvicorn

    logging.getLogger("uvicorn.error").addFilter(_worth_telling)
    config = uvicorn.Config(
        app, log_level="warning", lifespan="on", timeout_graceful_shutdown=GRACE
    )
    uvicorn.Server(config).run(sockets=[listening])


def _worth_telling(record: logging.LogRecord) -> bool:
    """False for what uvicorn says of pages that were still open when the server was ended."""
    ended = record.exc_info and record.exc_info[0] is asyncio.CancelledError
    return not ended and "graceful shutdown exceeded" not in record.getMessage()
