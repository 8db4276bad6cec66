"""What the page's script sends to Gradio, checked before Gradio reads it.

Gradio answers a body of another form with status 500 and a traceback in the log, or hangs up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from rag.web.proxies import path_of
from rag.web.refusal import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

Key = Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
JOIN, RUN = "/gradio_api/queue/join", "/gradio_api/run/"


class Call(BaseModel):
    """A function of the page and its inputs."""

    fn_index: int
    data: list[Any]
    session_hash: Key
    event_data: Any = None
    trigger_id: int | None = None


class Reset(BaseModel):
    """The end of an event."""

    event_id: Key


class Cancel(Reset):
    """The end of an event that waits or runs."""

    session_hash: Key
    fn_index: int


class PageCalls:
    """The ASGI layer around Gradio; `inputs` is how many each function of the page takes."""

    def __init__(self, app: ASGIApp, inputs: Mapping[int, int]) -> None:
        self.app, self._inputs = app, inputs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message: Message | None = None
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            message = await receive()  # whole, by the guard
            path = path_of(scope)
            if not self._fits(path, message.get("body", b"")):
                line = "this is no request of the page: reload it"
                await refusal(path, 400, line)(scope, receive, send)
                return

        async def again() -> Message:
            nonlocal message
            first, message = message, None
            return first or await receive()

        await self.app(scope, again, send)

    def _fits(self, path: str, body: bytes) -> bool:
        try:
            if path == JOIN or path.startswith(RUN):
                call = Call.model_validate_json(body, strict=True)
                return len(call.data) == self._inputs.get(call.fn_index)
            if path == "/gradio_api/cancel":
                Cancel.model_validate_json(body, strict=True)
            elif path == "/gradio_api/reset":
                Reset.model_validate_json(body, strict=True)
        except ValidationError:
            return False
        return True
