"""What comes of a question, in this order: evidence, words of the draft, the checked answer."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Answer, Citation


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best sentences, before a word is written."""

    citations: list[Citation]


@dataclass(frozen=True, slots=True)
class Words:
    """The draft so far grows by this; nothing of it is checked yet."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The checked answer."""

    answer: Answer


Event = Evidence | Words | Done
