"""OpenAI's chat completions: `POST /v1/chat/completions` and `GET /v1/models`.

    messages -> the last one is the question, those before it the conversation
             -> the checked answer, as a message and, in full, under `dateline`

Only checked text is sent: a stream begins at once and is kept open with comments while the draft
is written and checked; then the answer comes, line by line. What decides how a model writes
(temperature, system messages, tools) is ignored, since every answer is checked against its quotes.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, ValidationError

from index.errors import UsageError
from rag.events import Done, Event
from rag.question.validate import checked
from rag.types import Answer, Question, Turn
from rag.web.asking import Asking, Failed, client_of, last, told, unless
from rag.web.refusal import openai_error, refusal

MODEL = "dateline"
AWAKE = 5  # seconds between comments in a stream that waits; not measured
PATH = "/v1/chat/completions"


class Part(BaseModel):
    """A piece of a message: only text is read."""

    type: str
    text: str = ""


class Message(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """Its text. UsageError for a picture or a sound."""
        if isinstance(self.content, list):
            if any(part.type not in ("text", "refusal") for part in self.content):
                raise UsageError("a message has something other than text: send text alone")
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class Limits(BaseModel):
    """Which articles may answer, as in `POST /api/ask`."""

    as_of: str | None = None
    since: str | None = None
    until: str | None = None
    publisher: str | None = None


class StreamOptions(BaseModel):
    """`include_usage`: whether the stream ends with the count of tokens."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """What is read of a request; `dateline` is ours. Other fields are ignored."""

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    dateline: Limits = Limits()

    def question(self) -> Question:
        """The question, with the conversation before it. UsageError."""
        if (self.n or 1) != 1:
            raise UsageError("n is 1 here: there is one checked answer")
        turns = [message for message in self.messages if message.role in ("user", "assistant")]
        if not turns or turns[-1].role != "user":
            raise UsageError("the last message is not the user's: end with the question")
        history = [
            Turn(role="user" if turn.role == "user" else "assistant", content=turn.text)
            for turn in turns[:-1]
            if turn.text
        ]
        limits = self.dateline.model_dump()
        return checked(Question(question=turns[-1].text, history=last(history), **limits))


def add_chat(app: FastAPI, asking: Asking) -> None:
    """Add both routes to the application."""
    began = int(time.time())

    @app.get("/v1/models", summary="The one model", tags=["OpenAI"])
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model(began)]}

    @app.get("/v1/models/{name}", summary="The one model", tags=["OpenAI"])
    async def model(name: str) -> Response:
        return _json(_model(began)) if name == MODEL else _unknown(name)

    @app.post(
        PATH,
        summary="Ask, in OpenAI's shape",
        tags=["OpenAI"],
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": ChatRequest.model_json_schema()}},
            }
        },
    )
    async def complete(request: Request) -> Response:
        try:
            read = ChatRequest.model_validate_json(await request.body())
            if read.model != MODEL:
                return _unknown(read.model)
            door = asking.door("openai", client_of(request.scope))
            reply = _Reply(read)
            if read.stream:
                events = asking.events(read.question(), door)
                # A refusal has a status of its own, so nothing is sent before the first event.
                first = await unless(request.is_disconnected, anext(events))
                return StreamingResponse(
                    reply.stream(first, events), media_type="text/event-stream"
                )
            return _json(
                reply.whole(await asking.answer(read.question(), door, request.is_disconnected))
            )
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(str(part) for part in problem["loc"]) or "the body"
            return refusal(PATH, 400, f"{where}: {problem['msg']}")
        except (Failed, UsageError) as error:
            failed = told(error)
            return refusal(PATH, failed.status, failed.message)


class _Reply:
    """The answer to one request, whole or as chunks."""

    def __init__(self, request: ChatRequest) -> None:
        self._request = request
        self._base = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": MODEL,
        }

    def whole(self, answer: Answer) -> dict[str, Any]:
        """A chat.completion."""
        message = {"role": "assistant", "content": answer.text, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {
            **self._base,
            "object": "chat.completion",
            "choices": [choice],
            "usage": _usage(answer),
            "dateline": answer.model_dump(mode="json"),
        }

    async def stream(
        self, first: Event, events: AsyncGenerator[Event, None]
    ) -> AsyncGenerator[str, None]:
        """The chunks as server-sent events: the role, the answer by lines, the end."""
        yield self._chunk({"role": "assistant", "content": ""})
        async with aclosing(events):
            event = first
            while not isinstance(event, Done):
                coming = asyncio.ensure_future(anext(events))
                try:
                    while not (await asyncio.wait([coming], timeout=AWAKE))[0]:
                        yield ": still at work\n\n"
                    event = coming.result()
                except Failed as error:
                    yield _data(openai_error(error.status, error.message))
                    return
                finally:
                    coming.cancel()
        for line in event.answer.text.splitlines(keepends=True):
            yield self._chunk({"content": line})
        yield self._chunk({}, "stop", {"dateline": event.answer.model_dump(mode="json")})
        if self._request.stream_options and self._request.stream_options.include_usage:
            yield _data({**self._base, **_CHUNK, "choices": [], "usage": _usage(event.answer)})
        yield "data: [DONE]\n\n"

    def _chunk(
        self, delta: dict[str, str], finish: str | None = None, more: dict[str, Any] | None = None
    ) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _data({**self._base, **_CHUNK, "choices": [choice], **(more or {})})


_CHUNK = {"object": "chat.completion.chunk"}


def _model(began: int) -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": began, "owned_by": MODEL}


def _unknown(name: str) -> Response:
    line = f"there is no model {json.dumps(name[:80])}: the one here is {MODEL}"
    return _json(openai_error(404, line, "model_not_found"), 404)


def _usage(answer: Answer) -> dict[str, int]:
    read, written = answer.timings.prompt_tokens, answer.timings.generated_tokens
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    }


def _data(content: object) -> str:
    return f"data: {json.dumps(content)}\n\n"


def _json(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")
