"""Account: one article's value for what was asked. Difference: accounts whose values differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, same
from rag.language.event_status import status_of
from rag.types import DisagreementKind, EventStatus


@dataclass(frozen=True, slots=True)
class Account:
    """One article's value for what was asked, in one of its sentences.

    A name or the words of an event are a figure of kind "version".
    """

    evidence: EvidenceSentence
    figure: Figure

    @property
    def day(self) -> str:
        """When its article was published, as exactly as it is known; "" where it is not."""
        return self.evidence.article.published or ""

    @property
    def place(self) -> int | None:
        """The last character of the value in the sentence; None where it is written otherwise."""
        text, figure = self.evidence.text, self.figure
        if text[figure.start : figure.end] == figure.text:
            return figure.end - 1
        start = text.find(figure.text)
        if start >= 0:
            return start + len(figure.text) - 1
        return next((f.end - 1 for f in self.evidence.figures if same(figure, f)), None)

    @property
    def status(self) -> EventStatus:
        """How far along the event is that its sentence gives the value of."""
        return status_of(self.evidence.text, self.place)


@dataclass(frozen=True, slots=True)
class Other:
    """An account that differs from the leading one: how, and in words for the reader by which
    rule."""

    account: Account
    kind: DisagreementKind
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Accounts of one thing whose values differ: the one that the answer leads with, the others."""

    lead: Account
    others: tuple[Other, ...]


def groups(found: Sequence[Account]) -> list[list[Account]]:
    """A list of accounts for each value, in order of appearance."""
    by_value: list[list[Account]] = []
    for account in found:
        for group in by_value:
            if same(account.figure, group[0].figure) or same(group[0].figure, account.figure):
                group.append(account)
                break
        else:
            by_value.append([account])
    return by_value
