"""A question from any door (page, API, OpenAI's shape, MCP) asked of the engine.

    question, client -> a thread -> events -> answer; the work ends when the client leaves

What goes out over the network names no path of this machine and no secret: `public`, `told`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread

from index.cli import one_line
from index.errors import Busy, Cancelled, DatelineError, LibraryError, UsageError
from rag.events import Done, Event
from rag.question.validate import MAX_TURNS, RowError
from rag.serving.queue import BACKLOG
from rag.types import Answer, Question, Turn

if TYPE_CHECKING:
    from starlette.types import Scope

    from rag.dateline import Dateline
    from rag.web.records import Records

HISTORY = 10_000  # characters of a conversation that are read, the last ones; not measured
PATIENCE = 1.0  # seconds that a pause in typing waits for its turn; not measured
_LOOK = 0.25  # seconds between looks whether the client is still connected; not measured
_log = logging.getLogger("dateline")
T = TypeVar("T")


class Failed(Exception):
    """A question that was not answered: an HTTP status, and what the client is told."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True, slots=True)
class Door:
    """One client's way to the engine, under which its questions are counted and take turns."""

    engine: Dateline
    records: Records
    name: str
    client: str

    def stream(
        self, question: Question, stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[Event]:
        """The engine's events (`rag/dateline.py`), the answer as it may leave this machine."""
        asked = question.model_copy(update={"history": last(question.history)})
        events = self.engine.stream(asked, stopped, self.client)
        for event in self.records.question(events, asked, self.name, self.client):
            yield Done(public(event.answer)) if isinstance(event, Done) else event


class Asking:
    """The engine behind all doors of one server."""

    def __init__(self, engine: Dateline, records: Records) -> None:
        self.engine, self.records = engine, records
        # A thread for everybody in the two lines, and some to tell others that they are full.
        self._threads = anyio.CapacityLimiter(2 * BACKLOG + 16)
        self._preparing = asyncio.Lock()

    def door(self, name: str, client: str) -> Door:
        """The way to the engine of one client."""
        return Door(self.engine, self.records, name, client)

    async def events(self, question: Question, door: Door) -> AsyncGenerator[Event, None]:
        """The events of a question; Failed. Closing the generator ends the work."""
        gone, loop = threading.Event(), asyncio.get_running_loop()
        queue: asyncio.Queue[Event | BaseException] = asyncio.Queue()

        def work() -> None:
            try:
                events = door.stream(question, gone.is_set)
                for event in events:
                    loop.call_soon_threadsafe(queue.put_nowait, event)
            except BaseException as error:
                loop.call_soon_threadsafe(queue.put_nowait, error)

        working = asyncio.create_task(self.run(work))
        try:
            while True:
                item = await queue.get()
                if isinstance(item, BaseException):
                    raise told(item) from None
                yield item
                if isinstance(item, Done):
                    await working
                    return
        finally:
            gone.set()

    async def answer(
        self,
        question: Question,
        door: Door,
        left: Callable[[], Awaitable[bool]] | None = None,
    ) -> Answer:
        """The checked answer; Failed, also once the client has `left`."""
        return await unless(left, self._answer(question, door))

    async def prepare(self, question: Question, typed_on: Callable[[], bool]) -> None:
        """Answer a question that is still being typed, until it is `typed_on`: one question at a
        time, and none whose turn does not come soon. Waiting takes no thread, and is over before
        the browser's connections are used up."""
        try:
            await asyncio.wait_for(self._preparing.acquire(), PATIENCE)
        except TimeoutError:
            return
        try:
            await self.run(self.engine.prepare, question, typed_on)
        except DatelineError:
            pass  # asking the question will show the same error
        except Exception:
            _log.exception("answering ahead failed")
        finally:
            self._preparing.release()

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """The value of `work` done in a thread."""
        return await anyio.to_thread.run_sync(work, *arguments, limiter=self._threads)

    async def _answer(self, question: Question, door: Door) -> Answer:
        async with aclosing(self.events(question, door)) as events:
            async for event in events:
                if isinstance(event, Done):
                    return event.answer
        raise AssertionError("a stream ends with Done")


async def unless(left: Callable[[], Awaitable[bool]] | None, work: Awaitable[T]) -> T:
    """What `work` gives; Failed, and the work is cancelled, once the client has `left`."""
    working = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([working], timeout=_LOOK))[0]:
            if left is not None and await left():
                raise Failed(499, "the client left")
        return working.result()
    finally:
        working.cancel()


def told(error: BaseException) -> Failed:
    """What the client is told of an error: a reason of its own to act on, else only that the log
    has it, since the message may name files, hosts or what a model server wrote."""
    if isinstance(error, Failed):
        return error
    if isinstance(error, RowError):
        return Failed(422, str(error))
    if isinstance(error, UsageError):
        return Failed(400, str(error))
    if isinstance(error, Busy | Cancelled):
        return Failed(503, str(error))
    if isinstance(error, DatelineError):
        _log.warning("%s", one_line(str(error)))
        what = "library" if isinstance(error, LibraryError) else "language model"
        return Failed(503, f"the {what} cannot be used at present: the server's log says why")
    if isinstance(error, Exception):
        _log.error("asking failed", exc_info=error)
        return Failed(500, f"unexpected {type(error).__name__}: the server's log has the details")
    raise error


def public(answer: Answer) -> Answer:
    """The answer with the library's name in place of its path."""
    name = PurePath(answer.library.path).name
    return answer.model_copy(update={"library": answer.library.model_copy(update={"path": name})})


def last(history: list[Turn]) -> list[Turn]:
    """The last turns of a conversation, of HISTORY characters in all: only these are referred to,
    and reading more takes time that others wait for."""
    kept, left = list[Turn](), HISTORY
    for turn in reversed(history[-MAX_TURNS:]):
        kept.insert(0, turn.model_copy(update={"content": turn.content[:left]}))
        left -= len(turn.content)
        if left <= 0:
            break
    return kept


def client_of(scope: Scope) -> str:
    """Whose request it is: the user's name, else the address."""
    name: str | None = scope.get("state", {}).get("user")
    return name or (scope.get("client") or ("unknown",))[0]
