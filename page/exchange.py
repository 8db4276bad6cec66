"""One question on the page: read from what was typed, and followed until its answer is there."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.question.validate import checked
from rag.types import Answer, Citation, Question, Turn

if TYPE_CHECKING:
    from rag.web.asking import Door


@dataclass(slots=True)
class Exchange:
    """One question on the page with what has come of it so far; `number` counts from 1."""

    number: int
    question: str
    citations: list[Citation] = field(default_factory=list)
    draft: str = ""
    answer: Answer | None = None
    error: str | None = None
    stopped: bool = False
    good: bool | None = None  # the reader's verdict

    @property
    def running(self) -> bool:
        return not (self.answer or self.error or self.stopped)


def read(text: str, limits: Mapping[str, str | None], exchanges: list[Exchange]) -> Question:
    """What the user typed as a checked question, with the answered ones as its history.

    UsageError.
    """
    from rag.web.asking import last

    history = []
    for item in exchanges:
        if item.answer:
            history.append(Turn(role="user", content=item.question))
            history.append(Turn(role="assistant", content=item.answer.text))
    given = {name: str(value or "").strip() or None for name, value in limits.items()}
    return checked(Question(question=text or "", history=last(history), **given))


def follow(door: Door, asked: Question, item: Exchange) -> Iterator[tuple[str, bool]]:
    """Put the events of a question into `item`; yields a status line and whether evidence came.

    Errors end up in `item.error`.
    """
    from rag.events import Done, Evidence, Words
    from rag.web.asking import told

    events = door.stream(asked, lambda: item.stopped)
    try:
        for event in events:
            if item.stopped:
                return
            if isinstance(event, Evidence):
                item.citations = list(event.citations)
                item.draft = ""  # work that was followed ahead may have given way: it begins anew
                count = len(item.citations)
                yield f"{count} passage{'s' * (count != 1)} found, writing", True
            elif isinstance(event, Words):
                item.draft += event.text
                yield "Writing a draft", False
            elif isinstance(event, Done):
                item.citations = list(event.answer.citations)
                item.answer = event.answer
    except Exception as error:
        item.error = None if item.stopped else told(error).message
    finally:
        if isinstance(events, Generator):
            events.close()  # frees the model at once when the page was stopped or left
    if item.running:
        item.error = "The answer did not come: ask again"
