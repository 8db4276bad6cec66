"""Answers to what may be asked next, as a question that is still being typed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress

from rag.events import Done, Event, Words
from rag.types import Answer
from rag.waiting import Cancelled

_MOST = 8  # answers that stand ready


class Ahead:
    """Those of one engine, by the key of what is asked; in memory only. For several threads."""

    def __init__(self) -> None:
        self._ready: dict[str, Answer] = {}
        self._asked: list[str] = []  # what is being answered to somebody who waits

    def ready(self, key: str) -> bool:
        """Whether the answer stands ready."""
        return key in self._ready

    def take(self, key: str) -> Answer | None:
        """The answer that stands ready, for once."""
        return self._ready.pop(key, None)

    @contextmanager
    def asked(self, key: str) -> Iterator[None]:
        """While somebody waits for this answer."""
        self._asked.append(key)
        try:
            yield
        finally:
            self._asked.remove(key)

    def run(
        self,
        key: str,
        answering: Callable[[Callable[[], bool]], Generator[Event, None, None]],
        others: Callable[[], bool],
    ) -> bool:
        """Go through the events that `answering` makes, told when to end; whether to the last one.

        It ends where `others` are to go first, and, once words are written, where somebody asks
        just this: they go on from what the model has read.
        """

        def gives_way() -> bool:
            return others() and key not in self._asked

        with suppress(Cancelled), closing(answering(gives_way)) as events:
            for event in events:
                if gives_way() or (isinstance(event, Words) and key in self._asked):
                    break
                if isinstance(event, Done):
                    self._ready[key] = event.answer
                    for old in list(self._ready)[:-_MOST]:
                        self._ready.pop(old, None)
                    return True
        return False
