"""Writer, the seam to the language model: words from a prompt, and which of a few comes next.

There are two: llama.cpp in this process (`llama.py`) and an OpenAI-compatible server (`remote.py`).
Both decode greedily. Leaves out what is in a prompt, and checking what the model writes.
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
Enough = Callable[
    ["NDArray[np.float32]"], bool
]  # of a state: whether it settles that no word is to follow


class Writer(Protocol):
    """Each call is a whole conversation of one turn. Not for two threads at once.

    Every call may raise ModelError, or Cancelled once `withdrawn` says so.
    """

    name: str
    prompt_tokens: int  # of the last call: the whole prompt, kept blocks included
    generated_tokens: int
    withdrawn: Callable[[], bool]  # whether the question was withdrawn

    @property
    def hidden(self) -> NDArray[np.float32] | None:
        """The state of a middle layer at the last token read, (width,); None for a model without
        a probe or on a server. See `hidden_state.py`."""

    def write(
        self,
        system: str,
        user: str,
        *,
        begin: str = "",
        max_tokens: int = 96,
        stop: Sequence[str] = (),
    ) -> Words:
        """The reply in pieces as they come, up to the first `stop`; closing it ends the work.

        `begin` is the given beginning of the reply: the pieces are what follows it.
        """

    def choose(
        self, system: str, user: str, options: Sequence[str], *, begin: str = ""
    ) -> dict[str, float]:
        """The probability of each option after `begin`, among the options alone: the sum is 1.

        ValueError: two options begin with the same token.
        """

    def state(
        self, system: str, user: str, begin: str, enough: Enough | None = None
    ) -> NDArray[np.float32] | None:
        """What `hidden` would be after the prompt and `begin`; None where `hidden` is.

        Less work than reading them whole, as the layers above are left out. They are computed only
        if `enough` is given and says no of the state.
        """


class Streaming:
    """What the writers share: `write`, from the pieces that each makes in its own way."""

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
    """The pieces up to the first stop string; text that may turn out to begin one is held back."""
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
    """Anything as one line of at most 120 characters."""
    return shorten(str(problem) or type(problem).__name__, 120, placeholder="...")
