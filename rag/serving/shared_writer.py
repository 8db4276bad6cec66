"""One language model for many questions: loaded in the background, used by one at a time.

question -> the turn to search -> evidence -> the turn to use the model -> draft
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rag.llm.writer import Writer
from rag.serving.background import Later
from rag.serving.queue import Turns

# Seconds that the model waits, at most, until questions that came at once have their evidence: each
# takes a tenth of a second, and longer beside a model that reads. By `python -m eval.load`, 16
# users: with 2 the slowest evidence takes 2.3 s, with 1 it took 2.8 s (docs/scoreboard.md).
EVIDENCE_FIRST = 2.0


class SharedWriter:
    """The model and the two lines before it: one to search for evidence, one to use the model."""

    def __init__(self, loading: Later[Writer | None]) -> None:
        self._loading = loading
        self._turns, self._seeking = Turns(), Turns()
        self._client = ""

    def of(self, client: str) -> SharedWriter:
        """The same model and lines, in which the turns taken are those of `client`."""
        same = copy.copy(self)
        same._client = client
        return same

    def begin(self) -> None:
        """Start loading the model, unless that has begun."""
        self._loading.begin()

    def wait(self) -> None:
        """Wait until the model is loaded. ModelError."""
        self._loading.get()

    @property
    def writer(self) -> Writer | None:
        """The model, None for `none`; waits while it is being loaded. ModelError."""
        return self._loading.get()

    @property
    def waiting(self) -> int:
        """How many are in the longer line, the one that has the turn included."""
        return max(self._seeking.waiting, self._turns.waiting)

    def seeking(self, stopped: Callable[[], bool]) -> AbstractContextManager[None]:
        """The turn to search: several searches at once would all end as late as the last.

        Busy, or Cancelled once `stopped`.
        """
        return self._seeking.turn(stopped, self._client)

    @contextmanager
    def turn(self, stopped: Callable[[], bool]) -> Iterator[Writer | None]:
        """The turn to use the model, whose work ends once `stopped`; None at once without a model.

        ModelError, Busy, or Cancelled once `stopped`.
        """
        writer = self.writer
        if writer is None:
            yield None
            return
        with self._turns.turn(stopped, self._client):
            self._seeking.quiet(EVIDENCE_FIRST, stopped)
            writer.withdrawn = stopped
            try:
                yield writer
            finally:
                writer.withdrawn = lambda: False
