"""What the threads of one process wait for: a thing made once in the background, and their turn."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.errors import Busy, Cancelled

BACKLOG = 64  # how many may wait for their turn
_POLL = 0.1  # seconds
_LOOK = 0.005  # seconds


class Turns:
    """One at a time, in the order of arrival; no more than `backlog` wait."""

    def __init__(self, backlog: int = BACKLOG) -> None:
        self._backlog = backlog
        self._lock = threading.Lock()
        self._line: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Wait for one's turn and have it; Busy where the line is full, Cancelled once stopped."""
        mine = threading.Event()
        with self._lock:
            if len(self._line) > self._backlog:
                raise Busy(f"{self._backlog} questions are waiting already: ask again later")
            self._line.append(mine)
            self._line[0].set()
        try:
            while not mine.wait(_POLL):
                if stopped():
                    raise Cancelled("the question was withdrawn")
            yield
        finally:
            with self._lock:
                self._line.remove(mine)
                if self._line:
                    self._line[0].set()

    @property
    def waiting(self) -> int:
        """How many are in the line, the one whose turn it is included."""
        return len(self._line)

    def quiet(self, seconds: float, stopped: Callable[[], bool] = lambda: False) -> None:
        """Wait until nobody is in the line, `seconds` at the most; Cancelled once stopped."""
        end = time.monotonic() + seconds
        while self._line and time.monotonic() < end:
            if stopped():
                raise Cancelled("the question was withdrawn")
            time.sleep(_LOOK)
