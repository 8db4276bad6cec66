"""One language model for many questions: loaded in the background, asked by one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rag.llm.writer import Writer
from rag.serving.background import Later
from rag.serving.queue import Turns

# Seconds that the model waits for the evidence of questions that came at once: each takes a tenth
# of a second, and longer beside a model that reads. Measured by `python -m eval.load`.
EVIDENCE_FIRST = 2.0


class SharedWriter:
    """The model and the two queues before it: one for finding evidence, one for the model."""

    def __init__(self, loading: Later[Writer | None]) -> None:
        self._loading = loading
        self._turns, self._seeking = Turns(), Turns()

    def begin(self) -> None:
        """Start loading, unless that has begun."""
        self._loading.begin()

    def wait(self) -> None:
        """Wait until it is loaded. ModelError."""
        self._loading.get()

    @property
    def writer(self) -> Writer | None:
        """The model, waited for if it is being loaded; None for `none`. ModelError."""
        return self._loading.get()

    @property
    def waiting(self) -> int:
        """How many stand in the longer line, the one whose turn it is included."""
        return max(self._seeking.waiting, self._turns.waiting)

    def seeking(self, stopped: Callable[[], bool]) -> AbstractContextManager[None]:
        """The turn to find evidence: several at once would all be as late as the last."""
        return self._seeking.turn(stopped)

    @contextmanager
    def turn(self, stopped: Callable[[], bool]) -> Iterator[Writer | None]:
        """The model's turn, in which its work ends once `stopped`; None at once without a model."""
        writer = self.writer
        if writer is None:
            yield None
            return
        with self._turns.turn(stopped):
            self._seeking.quiet(EVIDENCE_FIRST, stopped)
            writer.withdrawn = stopped
            try:
                yield writer
            finally:
                writer.withdrawn = lambda: False
