"""The seam to the language model: words from a prompt, and which of a few words comes next.

Three writers: llama.cpp in this process (`rag.llm.llama`), an OpenAI-compatible server (`rag.llm.remote`),
and a scripted one for tests. All are greedy. What is in the prompts is not decided here, nor is
the answer checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
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


class ScriptedWriter(Streaming):
    """A writer that follows a script, word by word; a token is a word. For tests."""

    def __init__(
        self,
        reply: Callable[[str, str], str],
        choice: Callable[[str, str, Sequence[str]], Mapping[str, float]] | None = None,
        name: str = "scripted",
    ) -> None:
        self.name = name
        self._reply, self._choice = reply, choice

    def choose(
        self, system: str, user: str, options: Sequence[str], *, begin: str = ""
    ) -> dict[str, float]:
        self.prompt_tokens, self.generated_tokens = len(f"{system} {user}".split()), 0
        chosen = self._choice(system, user, options) if self._choice else {options[0]: 1.0}
        return {option: chosen.get(option, 0.0) for option in options}

    def _pieces(self, system: str, user: str, begin: str, max_tokens: int) -> Words:
        self.prompt_tokens, self.generated_tokens = len(f"{system} {user}".split()), 0
        for word in re.findall(r"\s*\S+", self._reply(system, user))[:max_tokens]:
            self.generated_tokens += 1
            yield word


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
