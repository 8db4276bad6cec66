"""Answers made before they are asked for, to a question that somebody is still typing.

    a pause in typing -> the question is answered while nobody else waits -> the answer stands ready
    the same question asked meanwhile -> gets the events from the first one on
    another question asked meanwhile -> goes first; the work ends

In memory only. Leaves out when typing pauses (`ui.py`) and whose turn it is (`queue.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field

from index.errors import Cancelled
from rag.events import Done, Event
from rag.types import Answer

_MOST = 8  # answers that stand ready, the newest; not measured
_LOOK = 0.1  # seconds between looks whether a follower was stopped; not measured


@dataclass(slots=True)
class _Run:
    """What is being answered ahead: its events so far, and how many have `asked` and follow it."""

    key: str
    events: list[Event] = field(default_factory=list)
    asked: int = 0
    over: bool = False


class Ahead:
    """The answers ahead of one engine, by the question's key (`cache.py`).

    Safe to use from several threads, but for `run`: one at a time.
    """

    def __init__(self) -> None:
        self._ready: dict[str, Answer] = {}
        self._now = _Run("", over=True)
        self._changed = threading.Condition()

    def ready(self, key: str) -> bool:
        """Whether the answer stands ready."""
        return key in self._ready

    def take(self, key: str) -> Answer | None:
        """The answer that stands ready, None if there is none; it can be taken once."""
        return self._ready.pop(key, None)

    def run(
        self,
        key: str,
        answering: Callable[[Callable[[], bool]], Generator[Event, None, None]],
        others: Callable[[], bool],
        holds: Callable[[], bool],
    ) -> bool:
        """Answer `key` to the end; whether its answer was made and put ready.

        `answering` makes the events; it gets a function that says when to end: once `others` are to
        go first, unless somebody follows. An answer is put ready only if it still `holds`, so that
        it rests on the library as it is now.
        """
        this, put = _Run(key), False
        self._now = this

        def gives_way() -> bool:
            return not this.asked and others()

        try:
            with suppress(Cancelled), closing(answering(gives_way)) as events:
                for event in events:
                    if isinstance(event, Done) and holds():
                        self._ready[key], put = event.answer, True
                        for old in list(self._ready)[:-_MOST]:
                            self._ready.pop(old, None)
                    with self._changed:
                        this.events.append(event)
                        self._changed.notify_all()
                    if gives_way():
                        break
        finally:
            with self._changed:
                this.over = True
                self._changed.notify_all()
        return put

    def follow(self, key: str, stopped: Callable[[], bool]) -> Iterator[Event]:
        """The events of `key` from the first one on, if it is being answered ahead; else none.

        They end without Done where the work gave way. Cancelled once `stopped`.
        """
        this = self._now
        if this.key != key or this.over:
            return
        this.asked += 1
        try:
            seen = 0
            while True:
                with self._changed:
                    if not this.over and len(this.events) == seen:
                        self._changed.wait(_LOOK)
                    fresh, over = this.events[seen:], this.over
                yield from fresh
                seen += len(fresh)
                if over:
                    return
                if stopped():
                    raise Cancelled("the question was withdrawn")
        finally:
            this.asked -= 1
