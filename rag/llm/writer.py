"""The seam to the language model: words from a prompt, and which of a few words comes next.

Two writers: llama.cpp in this process (`llama.py`) and an OpenAI-compatible server (`remote.py`).
Both are greedy. What is in the prompts is not decided here, nor is the answer checked.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from textwrap import shorten
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Words = Generator[str, None, None]
Enough = Callable[["NDArray[np.float32]"], bool]  # of a state: whether no word is to follow


class Writer(Protocol):
    """One conversation turn at a time; not for two threads at once."""

    name: str
    prompt_tokens: int  # of the last call: the whole prompt, kept blocks included
    generated_tokens: int
    withdrawn: Callable[[], bool]  # once it says so, work may end with Cancelled

    @property
    def hidden(self) -> NDArray[np.float32] | None:
        """The state of a middle layer at the last token read, (width,); None where there is none
        to be had. See `hidden.py`."""

    def write(
        self,
        system: str,
        user: str,
        *,
        begin: str = "",
        max_tokens: int = 96,
        stop: Sequence[str] = (),
    ) -> Words:
        """The reply in pieces as they come, ending before any `stop`; closing it ends the work.

        `begin` is put into the model's mouth: the pieces are what follows it.
        """

    def choose(
        self, system: str, user: str, options: Sequence[str], *, begin: str = ""
    ) -> dict[str, float]:
        """How likely each option is to come next, after `begin`; over the options, the sum is 1."""

    def state(
        self, system: str, user: str, begin: str, enough: Enough | None = None
    ) -> NDArray[np.float32] | None:
        """What `hidden` would be after the prompt and `begin`; None where there is none to be had.

        It is less work than to read them whole, which is done only where `enough` is given and
        the state is not that.
        """


class Streaming:
    """What the writers share: `write`, out of the pieces that each makes in its own way."""

    name: str
    prompt_tokens = 0
    generated_tokens = 0
    withdrawn: Callable[[], bool] = staticmethod(lambda: False)

    @property
    def hidden(self) -> NDArray[np.float32] | None:
        return None

    def state(
        self, system: str, user: str, begin: str, enough: Enough | None = None
    ) -> NDArray[np.float32] | None:
        return None

    def write(
        self,
        system: str,
        user: str,
        *,
        begin: str = "",
        max_tokens: int = 96,
        stop: Sequence[str] = (),
    ) -> Words:
        return _until(self._pieces(system, user, begin, max_tokens), stop)

    def _pieces(self, system: str, user: str, begin: str, max_tokens: int) -> Words:
        raise NotImplementedError


def _until(pieces: Words, stop: Sequence[str]) -> Words:
    """The pieces up to the first stop string; what may yet become one is held back."""
    held = ""
    with closing(pieces):
        for piece in pieces:
            held += piece
            places = [held.find(text) for text in stop if text and text in held]
            if places:
                if min(places):
                    yield held[: min(places)]
                return
            wait = [n for text in stop for n in range(1, len(text)) if held.endswith(text[:n])]
            ready = held[: len(held) - max(wait, default=0)]
            held = held[len(ready) :]
            if ready:
                yield ready
    if held:
        yield held


def one_line(problem: object) -> str:
    """Anything as one short line."""
    return shorten(str(problem) or type(problem).__name__, 120, placeholder="...")
