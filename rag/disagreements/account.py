"""TODO: what rag.disagreements.account is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, same
from rag.types import DisagreementKind


@dataclass(frozen=True, slots=True)
class Account:
    """One article's value for what was asked, in one of its sentences; a name is a figure of kind
    "version"."""

    evidence: EvidenceSentence
    figure: Figure


@dataclass(frozen=True, slots=True)
class Difference:
    """Accounts of one thing whose values differ; the one that the answer leads with is first."""

    kind: DisagreementKind
    accounts: tuple[Account, ...]


def groups(found: Sequence[Account], first: Figure | None = None) -> list[list[Account]]:
    """Accounts of one value together, the group of `first` leading."""
    out: list[list[Account]] = []
    for account in found:
        for group in out:
            if same(account.figure, group[0].figure) or same(group[0].figure, account.figure):
                group.append(account)
                break
        else:
            out.append([account])
    if first is not None:
        out.sort(key=lambda g: not (same(first, g[0].figure) or same(g[0].figure, first)))
    return out
