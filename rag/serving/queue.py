"""The line in which the threads of one process wait: one at a time, in the order of arrival."""

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


class Turns:
    """A line: one at a time has the turn, at most `backlog` wait for it."""

    def __init__(self, backlog: int = BACKLOG) -> None:
        self._backlog = backlog
        self._lock = threading.Lock()
        self._line: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Wait for the turn and have it; Busy where the line is full, Cancelled once `stopped`."""
        called = threading.Event()
        with self._lock:
            if len(self._line) > self._backlog:
                raise Busy(f"{self._backlog} questions are waiting already: ask again later")
            self._line.append(called)
            self._line[0].set()
        try:
            while not called.wait(_POLL):
                if stopped():
                    raise Cancelled("the question was withdrawn")
            yield
        finally:
            with self._lock:
                self._line.remove(called)
                if self._line:
                    self._line[0].set()

    @property
    def waiting(self) -> int:
        """How many are in the line, the one that has the turn included."""
        return len(self._line)

    def quiet(self, seconds: float, stopped: Callable[[], bool] = lambda: False) -> None:
        """Wait until nobody is in the line, at most `seconds`; Cancelled once `stopped`."""
        end = time.monotonic() + seconds
        while self._line and time.monotonic() < end:
            if stopped():
                raise Cancelled("the question was withdrawn")
            time.sleep(_LOOK)
