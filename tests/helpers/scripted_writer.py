"""A writer that follows a script, in place of a language model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from rag.llm.writer import Streaming, Words


class ScriptedWriter(Streaming):
    """Writes `reply(system, user)`, each word a token; `choice` gives the odds of the options."""

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
