"""What other articles say about the same thing, added to the answer.

the answer's value -> an article that gives it too is cited beside it
                   -> one that gives another value becomes a row of the `Difference`, and part of
                      one more sentence: "Another account gives 15 billion dollars (Wire, 2025-06-12)."
                   -> one that tells what was done, or gives the exact figure, leads instead

Leaves out which articles give what (`other_figures.py`, `other_names.py`, `other_events.py`) and
what kind of difference it is (`kinds.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.text.changes import words_of
from rag.checking.check import check
from rag.checking.cite import MOST_CITED
from rag.checking.items import verbatim
from rag.checking.spoken import Spoken, quote
from rag.disagreements import other_events, other_figures, other_names
from rag.disagreements.account import Account, Difference, groups
from rag.disagreements.kinds import after, classed, difference, digits
from rag.disagreements.other_names import MOST
from rag.disagreements.replaced import corrects
from rag.evidence.sentence import EvidenceSentence, source_of
from rag.evidence.span import widened
from rag.figures import Figure, close, same
from rag.language.event_status import status_of
from rag.question.intent import Intent
from rag.types import EventStatus

DONE: tuple[EventStatus, ...] = ("completed", "announced")
# The distance (natural log of the ratio) up to which an exact figure is put for a round one: "about
# 100" may be 82, and need not. Not measured.
ROUNDED = 0.1


def tell(intent: Intent, pool: Sequence[EvidenceSentence], said: list[Spoken]) -> list[Difference]:
    """How other accounts differ from the answer `said`, none or one; `pool` is sorted, best first.

    Changes `said`: articles that agree are cited, one sentence reports those that do not, and one
    of these may replace the sentence that leads.
    """
    place = next((n for n, s in enumerate(said) if s.figure is not None), None)
    if place is None or (figure := said[place].figure) is None:
        return _other_words(intent, pool, said)
    value = _value(said[place].verdict.cited, figure)
    sides = groups([value, *other_figures.accounts(intent, pool, value)])[:MOST]
    first = _leading(intent, sides)
    if first is not sides[0]:
        first[0] = replace(first[0], evidence=widened(first[0].evidence))
        said[place] = quote(intent, first[0].evidence, short=first[0].figure.text)
    lead = said[place]
    for e in (account.evidence for account in first[1:]):
        if words_of(e.text) in [words_of(c.text) for c in lead.cited]:
            continue  # a copy is no further account; the citation tells of it
        holds = check(lead.verdict.text, [e], intent.figures).found
        if all(holds) and len(lead.cited) < MOST_CITED and e not in lead.cited:
            lead.also.append(e)
    differing = [side[0] for side in sides if side is not first]
    if not differing:
        return []
    said.append(_sentence(differing))
    return [difference(intent, first[0], differing)]


def _value(cited: Sequence[EvidenceSentence], figure: Figure) -> Account:
    """The value of a sentence that is said, as the evidence that it cites has it."""
    told = ((e, f) for e in cited for f in e.figures if same(figure, f))
    return Account(*next(told, (cited[0], figure)))


def _leading(intent: Intent, sides: Sequence[list[Account]]) -> list[Account]:
    """The value that leads, of `sides`, each all accounts of one value; the answer's is the first.

    Where the latest is asked for, the newest that updates the answer's. Else what corrects it; what
    was done before what was only planned; and the exact figure before the round one, unless it is
    older, of another time than is asked about, or of what was done where a plan is asked for.
    """
    first = sides[0]
    plan_asked = status_of(intent.text) == "planned"
    if intent.recent and intent.kind != "date":
        later = [s for s in sides[1:] if all(a.day and after(s[0].day, a.day) for a in first)]
        newest = max(later, key=lambda s: s[0].day, default=None)
        if newest and classed(intent, first[0], newest[0])[0] == "update":
            return newest
    for side in sides[1:]:
        if corrects(side[0], first[0]) and not after(first[0].day, side[0].day):
            return side
    if (done := _done(intent, [s[0] for s in sides], DONE)) is not None:
        first = next(s for s in sides if s[0] is done)
    lead = first[0]
    exact = [
        s
        for s in sides
        if digits(s[0].figure) > digits(lead.figure)
        and (close(lead.figure, s[0].figure) or close(s[0].figure, lead.figure))
        and other_figures.distance(lead.figure, s[0].figure) <= ROUNDED
        and s[0].evidence.dates >= lead.evidence.dates
        and not after(lead.day, s[0].day)
        and (s[0].status == "planned" if plan_asked else _as_far(s[0], lead))
    ]
    return max(exact, key=lambda s: digits(s[0].figure), default=first)


def _as_far(one: Account, other: Account) -> bool:
    """Whether one account tells of what was done, or both only of a plan."""
    return other.status == "planned" or one.status != "planned"


def _done(
    intent: Intent, accounts: Sequence[Account], done: Sequence[EventStatus]
) -> Account | None:
    """The newest account of what was done, where the first only tells of a plan that is no newer,
    and no plan is asked for; else None."""
    lead = accounts[0]
    if lead.status != "planned" or status_of(intent.text) == "planned":
        return None
    told = [a for a in accounts[1:] if a.status in done and not after(lead.day, a.day)]
    return max(told, key=lambda a: a.day, default=None)


def _other_words(
    intent: Intent, pool: Sequence[EvidenceSentence], said: list[Spoken]
) -> list[Difference]:
    """The same for an answer without a figure: another name or spelling, or another event."""
    first = said[0]
    lead, kind = first.verdict.cited[0], intent.kind
    if kind in ("person", "org", "place") and first.short and "," not in first.short:
        found = other_names.accounts(intent, pool, lead, first.short)
    elif kind in ("open", "yesno"):
        found = other_events.accounts(intent, pool, lead)
    else:
        return []
    if not found:
        return []
    if kind == "open" and (done := _done(intent, found, (*DONE, "cancelled"))) is not None:
        done = replace(done, evidence=widened(done.evidence))
        said[0] = quote(intent, done.evidence)
        found = [done, *(a for a in found if a.evidence.article.id != done.evidence.article.id)]
    cited = [e for s in said for e in s.cited]
    differing = [a for a in found[1:MOST] if a.evidence not in cited]
    if differing:
        said.append(_sentence(differing, words=kind in ("open", "yesno")))
    return [difference(intent, found[0], found[1:MOST])]


def _sentence(differing: Sequence[Account], *, words: bool = False) -> Spoken:
    """One sentence that reports the other values (or `words`, in quotes) with their sources."""
    mark = '"' if words else ""
    values = [f"{mark}{a.figure.text}{mark} ({source_of(a.evidence)})" for a in differing]
    noun, verb = "Another account", "says" if words else "gives"
    if len(values) > 1:
        noun, verb = "Other accounts", verb[:-1]
    text = f"{noun} {verb} {', '.join(values[:-1])}{' and ' if values[1:] else ''}{values[-1]}."
    return Spoken(verbatim(text, *(account.evidence for account in differing), repaired=False))
