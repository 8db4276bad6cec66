"""The line in which the threads of one process wait: one at a time, clients in turn.

    asked by client A, A, A, B -> their turns: A, B, A, A
    the line is full           -> the client that has the most in it loses its newest

So one who asks much at once makes nobody else wait for it all.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.errors import Busy, Cancelled

BACKLOG = 64  # how many may wait for their turn; not measured
_POLL = 0.1  # seconds between looks whether one who waits was stopped; not measured
_LOOK = 0.005  # seconds between looks whether the line is empty; not measured


class _Place(threading.Event):
    """One that waits; set once it has the turn, or is `dropped` for another client."""

    dropped = False


class Turns:
    """A line: one at a time has the turn, at most `backlog` wait for it."""

    def __init__(self, backlog: int = BACKLOG) -> None:
        self._backlog = backlog
        self._lock = threading.Lock()
        self._now: _Place | None = None
        self._lines: dict[str, deque[_Place]] = {}  # by client, the next one's first

    @contextmanager
    def turn(self, stopped: Callable[[], bool] = lambda: False, client: str = "") -> Iterator[None]:
        """Wait for the turn and have it; Busy where the line is full, Cancelled once `stopped`."""
        place = self._enter(client)
        try:
            while not place.wait(_POLL):
                if stopped():
                    raise Cancelled("the question was withdrawn")
            if place.dropped:
                raise self._full()
            yield
        finally:
            self._leave(place, client)

    def _enter(self, client: str) -> _Place:
        with self._lock:
            if self._count() >= self._backlog and self._now:
                longest = max(self._lines, key=lambda name: len(self._lines[name]), default=client)
                most = len(self._lines.get(longest, ()))
                if most <= len(self._lines.get(client, ())) + 1:
                    raise self._full()
                last = self._lines[longest].pop()
                last.dropped = True
                last.set()
            place = _Place()
            self._lines.setdefault(client, deque()).append(place)
            self._next()
        return place

    def _leave(self, place: _Place, client: str) -> None:
        with self._lock:
            if self._now is place:
                self._now = None
            elif place in self._lines.get(client, ()):
                self._lines[client].remove(place)
                if not self._lines[client]:
                    del self._lines[client]
            self._next()

    def _next(self) -> None:
        """Give the turn to the next client's first, unless somebody has it."""
        if self._now or not self._lines:
            return
        client, line = next(iter(self._lines.items()))
        self._now = line.popleft()
        self._now.set()
        del self._lines[client]
        if line:
            self._lines[client] = line  # its next turn comes after those of all others

    def _count(self) -> int:
        return sum(len(line) for line in self._lines.values())

    def _full(self) -> Busy:
        return Busy(f"{self._backlog} questions are waiting already: ask again later")

    @property
    def waiting(self) -> int:
        """How many are in the line, the one that has the turn included."""
        with self._lock:
            return self._count() + (self._now is not None)

    def quiet(self, seconds: float, stopped: Callable[[], bool] = lambda: False) -> None:
        """Wait until nobody is in the line, at most `seconds`; Cancelled once `stopped`."""
        end = time.monotonic() + seconds
        while self.waiting and time.monotonic() < end:
            if stopped():
                raise Cancelled("the question was withdrawn")
            time.sleep(_LOOK)
