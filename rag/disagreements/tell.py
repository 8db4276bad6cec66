"""What other articles say about the same thing, added to the answer.

the answer's value -> an article that gives it too is cited beside it
                   -> one that gives another value becomes a row of a `Difference`, and part of one
                      more sentence: "Another account gives 15 billion dollars (Wire, 2025-06-12)."

Leaves out which articles give what (`other_figures.py`, `other_names.py`, `other_events.py`) and
what kind of difference it is (`kinds.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.checking.check import check
from rag.checking.cite import MOST_CITED
from rag.checking.items import recount
from rag.checking.spoken import Spoken, quote
from rag.disagreements import other_events, other_figures, other_names
from rag.disagreements.account import Account, Difference, groups
from rag.disagreements.kinds import after, kind_of_difference
from rag.disagreements.other_names import MOST
from rag.evidence.sentence import EvidenceSentence, source_of
from rag.figures import same
from rag.question.intent import Intent
from rag.types import DisagreementKind


def tell(intent: Intent, pool: Sequence[EvidenceSentence], said: list[Spoken]) -> list[Difference]:
    """How other accounts differ from the answer `said`; `pool` is sorted, best first.

    Changes `said`: articles that agree are cited, and one sentence reports those that do not. Where
    the latest is asked for, a newer account may replace the sentence that leads.
    """
    lead = next((s for s in said if s.figure is not None), None)
    if lead is None or lead.figure is None:
        return _other_words(intent, pool, said)
    value = Account(lead.verdict.cited[0], lead.figure)
    sides = groups(other_figures.accounts(intent, pool, value), lead.figure)
    if sides and (same(lead.figure, sides[0][0].figure) or same(sides[0][0].figure, lead.figure)):
        for e in (account.evidence for account in sides[0]):
            holds = check(lead.verdict.text, [e], intent.figures).found
            if all(holds) and len(lead.cited) < MOST_CITED and e not in lead.cited:
                lead.also.append(e)
    else:
        sides = [[value], *sides]
    differing = [side[0] for side in sides[1:MOST]]
    if not differing:
        return []
    first = sides[0][0]
    if newer := _newer(intent, [value, *sides[0]], differing):
        said[said.index(lead)] = quote(intent, newer.evidence, short=newer.figure.text)
        differing = [first, *(a for a in differing if a is not newer)]
        first = newer
    said.append(_sentence(differing))
    return _by_kind(first, differing)


def _newer(
    intent: Intent, leading: Sequence[Account], differing: Sequence[Account]
) -> Account | None:
    """Where the latest is asked for, the newest account that updates the answer's value and was
    published after every article that gives it."""
    dates = [a.evidence.article.published for a in leading]
    if not intent.recent or intent.kind == "date":
        return None
    later = [
        a
        for a in differing
        if (day := a.evidence.article.published) and all(d and after(day, d) for d in dates)
    ]
    newest = max(later, key=lambda a: a.evidence.article.published or "", default=None)
    if newest is None or kind_of_difference(leading[0], newest) != "update":
        return None
    return newest


def _other_words(
    intent: Intent, pool: Sequence[EvidenceSentence], said: list[Spoken]
) -> list[Difference]:
    """The same for an answer without a figure: another name or spelling, or another event."""
    first = said[0]
    lead, kind = first.verdict.cited[0], intent.kind
    if kind in ("person", "org") and first.short and "," not in first.short:
        found = other_names.accounts(intent, pool, lead, first.short)
    elif kind in ("open", "yesno"):
        found = other_events.accounts(intent, pool, lead)
    else:
        return []
    if not found:
        return []
    differences = _by_kind(found[0], found[1:MOST])
    cited = [e for s in said for e in s.cited]
    differing = [a for d in differences for a in d.accounts[1:] if a.evidence not in cited]
    if differing:
        said.append(_sentence(differing, words=kind in ("open", "yesno")))
    return differences


def _by_kind(first: Account, differing: Sequence[Account]) -> list[Difference]:
    """One Difference for each kind: the first account and all that differ from it in this way."""
    kinds: dict[DisagreementKind, list[Account]] = {}
    for other in differing:
        kinds.setdefault(kind_of_difference(first, other), []).append(other)
    return [Difference(kind, (first, *rows)) for kind, rows in kinds.items()]


def _sentence(differing: Sequence[Account], *, words: bool = False) -> Spoken:
    """One sentence that reports the other values (or `words`, in quotes) with their sources."""
    mark = '"' if words else ""
    values = [f"{mark}{a.figure.text}{mark} ({source_of(a.evidence)})" for a in differing]
    noun, verb = "Another account", "says" if words else "gives"
    if len(values) > 1:
        noun, verb = "Other accounts", verb[:-1]
    text = f"{noun} {verb} {', '.join(values[:-1])}{' and ' if values[1:] else ''}{values[-1]}."
    cited = tuple(account.evidence for account in differing)
    verdict = check(text, cited)
    return Spoken(recount(replace(verdict, text=text, cited=cited, reason=None)))
