"""Everything that is served over HTTP but the page: asking, OpenAI's shape, MCP, health, metrics.

    a request -> web/proxies.py   who sent it, to which public address
              -> web/guard.py     may it pass at all?
              -> web/login.py     who asks?
              -> web/limits.py    not too often
              -> a route          a question -> web/asking.py -> the checked answer

Leaves out the page: `ui.py` mounts it into the application made here, so Gradio is unknown here.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from index.errors import UsageError
from rag.question.validate import Once, checked, parse_row
from rag.types import Answer, Question
from rag.web.access import Access
from rag.web.asking import Asking, Failed, client_of, told
from rag.web.chat import add_chat
from rag.web.guard import Guard
from rag.web.library import Holdings, add_library
from rag.web.limits import Rate
from rag.web.login import Login
from rag.web.proxies import Proxies
from rag.web.records import METRICS, Records
from rag.web.refusal import refusal

if TYPE_CHECKING:
    from rag.dateline import Dateline

ABOUT = (
    "Answers questions about the AI industry from news articles, with verbatim quotes. What the "
    "fields of an answer mean is in docs/interface.md."
)
_log = logging.getLogger("dateline")


class Problem(BaseModel):
    """Why a request was refused, in one line."""

    error: str


def application(engine: Dateline, access: Access | None = None) -> FastAPI:
    """The application that answers over HTTP, to whom `access` allows it."""
    from mcp.server.transport_security import TransportSecuritySettings

    from rag.mcp import tools

    access = access or Access()
    asking = Asking(engine, Records(engine))
    mcp = tools(asking)
    served = mcp.streamable_http_app(
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )  # the guard knows the server's names

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with mcp.session_manager.run():
            yield

    app = FastAPI(
        title="Dateline",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        lifespan=lifespan,
    )
    app.state.asking, app.state.holdings = asking, Holdings(engine, access)
    if access.rate:
        app.add_middleware(Rate, rate=access.rate)
    if access.users:
        app.add_middleware(Login, users=access.users)
    app.add_middleware(Guard, access=access, count=asking.records.response)
    app.add_middleware(Proxies, access=access)  # the outermost layer
    app.router.routes.extend(served.routes)
    add_chat(app, asking)
    _add_own(app, asking)
    add_library(app, asking, app.state.holdings)
    _add_docs(app)
    return app


def _add_own(app: FastAPI, asking: Asking) -> None:
    warn = Once(_log.warning)

    @app.get("/healthz", summary="Whether the server is up", tags=["Dateline"])
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics", summary="Counts for Prometheus", tags=["Dateline"])
    async def metrics() -> Response:
        return Response(await asking.run(asking.records.metrics), headers={"content-type": METRICS})

    schema = {"application/json": {"schema": Question.model_json_schema()}}
    problems: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, "description": text}
        for status, text in (
            (400, "The question is empty, too long, or has a wrong date"),
            (422, "The body is no question"),
            (429, "Asked too often"),
            (503, "Too many are waiting, or library or model cannot be used"),
        )
    }

    @app.post(
        "/api/ask",
        summary="Ask a question",
        tags=["Dateline"],
        openapi_extra={"requestBody": {"required": True, "content": schema}},
        responses={200: {"model": Answer, "description": "The checked answer"}, **problems},
    )
    async def ask(request: Request) -> Response:
        try:
            question = checked(parse_row(await request.body(), warn))
            door = asking.door("api", client_of(request.scope))
            answer = await asking.answer(question, door, request.is_disconnected)
        except (Failed, UsageError) as error:
            failed = told(error)
            return refusal("/api/ask", failed.status, failed.message)
        return Response(answer.model_dump_json(), media_type="application/json")


def _add_docs(app: FastAPI) -> None:
    """/docs: Swagger UI, its scripts from this server."""
    from fastapi_swagger import patch_fastapi

    patch_fastapi(app, redirect_from_root_to_docs=False)
