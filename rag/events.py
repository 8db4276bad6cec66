"""The events of a question, in this order: evidence, words of the draft, the checked answer."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Answer, Citation


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best evidence sentences, before a word is written."""

    citations: list[Citation]


@dataclass(frozen=True, slots=True)
class Words:
    """The draft grows by `text`; nothing of it is checked yet."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The checked answer; always the last event."""

    answer: Answer


Event = Evidence | Words | Done
