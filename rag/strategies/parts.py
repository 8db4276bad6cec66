"""Two questions in one, each answered on its own.

question -> its parts (`question/parts.py`) -> each searched and answered like any other
-> what is said together; a part without an answer is named among what was dropped
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rag.events import Words
from rag.strategies.case import Case, Reply
from rag.types import Dropped

Answering = Callable[[Case], Iterator[Words | Reply]]


def reply(parts: Sequence[Case], answer: Answering) -> Iterator[Words | Reply]:
    """Words of the drafts as they come, then what is said to all parts."""
    out = Reply()
    shorts: list[str | None] = []
    for case in parts:
        own = Reply()
        for step in answer(case):
            if isinstance(step, Words):
                yield step
            else:
                own = step
        yield Words("\n")
        if own.said:
            shorts.append(own.said[0].short)
        else:
            text = case.found.asked.text
            out.dropped.append(Dropped(text=text, reason="the library does not hold the answer"))
        _add(out, own)
    if out.said and all(shorts):
        out.said[0].short = "; ".join(short for short in shorts if short)
    yield out


def _add(out: Reply, own: Reply) -> None:
    """Put what is said to one part behind what is said already, what was read before the rest."""
    read, rest = out.read[: out.shown], out.read[out.shown :]
    out.read = [*read, *own.read[: own.shown], *rest, *own.read[own.shown :]]
    out.shown += own.shown
    out.said += own.said
    out.differences += own.differences
    out.dropped += own.dropped
    out.prompt_tokens += own.prompt_tokens
    out.generated_tokens += own.generated_tokens
