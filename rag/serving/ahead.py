"""Answers to what may be asked next, as a question that is still being typed.

    typed -> answered while nobody else waits -> the answer stands ready, for once
    asked meanwhile -> follows what is being done, from its beginning

Where the typing is seen is `ui.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field

from index.errors import Cancelled
from rag.events import Done, Event
from rag.types import Answer

_MOST = 8  # answers that stand ready
_LOOK = 0.1  # seconds


@dataclass(slots=True)
class _Run:
    """What is being answered ahead, the events so far, and how many wait for it by now."""

    key: str
    events: list[Event] = field(default_factory=list)
    asked: int = 0
    over: bool = False


class Ahead:
    """Those of one engine, by the key of what is asked; in memory only. For several threads, but
    one `run` at a time."""

    def __init__(self) -> None:
        self._ready: dict[str, Answer] = {}
        self._now = _Run("", over=True)
        self._changed = threading.Condition()

    def ready(self, key: str) -> bool:
        """Whether the answer stands ready."""
        return key in self._ready

    def take(self, key: str) -> Answer | None:
        """The answer that stands ready, for once."""
        return self._ready.pop(key, None)

    def run(
        self,
        key: str,
        answering: Callable[[Callable[[], bool]], Generator[Event, None, None]],
        others: Callable[[], bool],
        holds: Callable[[], bool],
    ) -> bool:
        """Go through the events that `answering` makes, which is told when to end: once `others`
        are to go first, unless somebody follows. Whether the answer was had and put ready; it is
        only where it still `holds`."""
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
        """The events of answering `key` as far as that goes, if it is being answered ahead;
        Cancelled once `stopped`."""
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
