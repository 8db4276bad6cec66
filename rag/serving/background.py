"""Later: something that is made once, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """The value of `make()`, computed once; the thread starts with the first `begin` or `get`."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Future[T] | None = None

    @classmethod
    def ready(cls, value: T) -> Later[T]:
        """A value that exists already."""
        later = cls(lambda: value)
        later._made = Future()
        later._made.set_result(value)
        return later

    def begin(self) -> Future[T]:
        """Start the thread, unless it has been started; the value as a Future."""
        with self._lock:
            if self._made is None:
                self._made = Future()
                threading.Thread(target=self._run, args=(self._made,)).start()
            return self._made

    def get(self) -> T:
        """Wait for the value. An error of `make` is raised here, at every call."""
        return self.begin().result()

    def _run(self, made: Future[T]) -> None:
        try:
            made.set_result(self._make())
        except BaseException as error:  # `get` raises it
            made.set_exception(error)
