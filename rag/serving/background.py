"""TODO: what rag.serving.background is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """What `make` gives, made in a thread of its own from `begin` on, once."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Future[T] | None = None

    @classmethod
    def ready(cls, value: T) -> Later[T]:
        """Something that is made already."""
        later = cls(lambda: value)
        later._made = Future()
        later._made.set_result(value)
        return later

    def begin(self) -> Future[T]:
        """Start making it, unless that has begun."""
        with self._lock:
            if self._made is None:
                self._made = Future()
                threading.Thread(target=self._run, args=(self._made,)).start()
            return self._made

    def get(self) -> T:
        """Wait for it; what went wrong in making it is raised here."""
        return self.begin().result()

    def _run(self, made: Future[T]) -> None:
        try:
            made.set_result(self._make())
        except BaseException as error:  # raised to whoever asks for it
            made.set_exception(error)
