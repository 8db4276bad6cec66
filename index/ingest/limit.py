"""A time limit for reading one document, in whatever loop of whatever parser it is stuck."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from index.errors import SourceError

SECONDS = 120.0  # for one file, letter or page; a PDF of 400 pages takes less; not measured


class _TimeUp(BaseException):
    """Passes through parsers, which catch every Exception."""


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """SourceError where what is inside takes longer.

    In the main thread an alarm ends regular expressions too; in another one an exception is
    raised from outside, which reaches it when Python code runs.
    """
    main = threading.current_thread() is threading.main_thread()
    limit = _alarm(seconds) if main and hasattr(signal, "SIGALRM") else _from_outside(seconds)
    try:
        with limit:
            yield
    except _TimeUp:
        message = f"it takes longer than {seconds:g} seconds to read: save its text as .txt instead"
        raise SourceError(message) from None


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise _TimeUp

    handler = signal.signal(signal.SIGALRM, ring)
    before = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)
        signal.signal(signal.SIGALRM, handler)


@contextmanager
def _from_outside(seconds: float) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    lock, done = threading.Lock(), threading.Event()

    def ring() -> None:
        with lock:
            if not done.is_set():
                raise_in(thread, ctypes.py_object(_TimeUp))

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            done.set()
        raise_in(thread, None)  # one that was on its way
        timer.cancel()
