"""Account: one article's value for what was asked. Difference: accounts whose values differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, same
from rag.types import DisagreementKind


@dataclass(frozen=True, slots=True)
class Account:
    """One article's value for what was asked, in one of its sentences.

    A name or the words of an event are a figure of kind "version".
    """

    evidence: EvidenceSentence
    figure: Figure


@dataclass(frozen=True, slots=True)
class Difference:
    """Accounts of one thing whose values differ; first the one that the answer leads with."""

    kind: DisagreementKind
    accounts: tuple[Account, ...]


def groups(found: Sequence[Account], first: Figure | None = None) -> list[list[Account]]:
    """A list of accounts for each value, in order of appearance; that of `first` comes first."""
    by_value: list[list[Account]] = []
    for account in found:
        for group in by_value:
            if same(account.figure, group[0].figure) or same(group[0].figure, account.figure):
                group.append(account)
                break
        else:
            by_value.append([account])
    if first is not None:
        by_value.sort(key=lambda g: not (same(first, g[0].figure) or same(g[0].figure, first)))
    return by_value
