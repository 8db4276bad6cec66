"""Which kind of difference two accounts have, and by which rule. The first one that fits decides:

    two spellings of one name                             -> spelling
    one value is the other in round numbers               -> rounding
    a plan and its outcome                                -> update
    both give the event the same past date                -> conflict
    published in different months                         -> update
    one says that it has changed, and a date is unknown   -> update
    anything else                                         -> conflict

Leaves out whether two figures are accounts of the same thing: `other_figures.py`.
"""

from __future__ import annotations

import re

from rag.disagreements.account import Account
from rag.disagreements.spelling import spelled_otherwise
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, close, same
from rag.language.event_status import status_of
from rag.types import DisagreementKind, EventStatus

# Words that set two quantities of one subject apart: a sentence means only one of each group.
_APART = tuple(
    tuple(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for pattern in group)
    for group in (
        (r"pre-?money|before (?:the |that |any )?(?:money|investment|round)", r"post-?money"),
        (r"daily|(?:a|per|every|each) day", r"weekly|(?:a|per|every|each) week",
         r"monthly|(?:a|per|every|each) month", r"annual\w*|yearly|(?:a|per|every|each) year"),
        (r"gross", r"net"),
        (r"licen[cs]\w+", r"waiv\w+", r"bonus\w*", r"shares? sale|sold .*shares|secondary"),
        (r"paying", r"free"),
        (r"market share|share of the (?:[\w-]+ )?market", r"stakes?|owns?|owned|shareholders?"),
        (r"(?<!job )loss(?:es)?|lost|loses", r"profits?|net income|earn(?:s|ed|ings)",
         r"revenues?|turnover|sales"),
    )
)  # fmt: skip


# Words that present a value as one that replaced another.
_CHANGED = re.compile(
    r"(?i)\b(?:now \w+(?:ing|s)|no longer|ha(?:s|ve) since|up from|down from|revised (?:up|down|to))\b"
)


def kind_of_difference(lead: Account, other: Account) -> DisagreementKind:
    """The kind that the rules above give."""
    return classed(lead, other)[0]


def classed(lead: Account, other: Account) -> tuple[DisagreementKind, str]:
    """The kind of a difference and, in words for the reader, the rule that decided."""
    a, b = lead.figure, other.figure
    states = status_of(lead.evidence.text), status_of(other.evidence.text)
    change = _change(*states)
    if a.kind == "version" and b.kind == "version":
        if spelled_otherwise(a.text, b.text):
            return "spelling", f"{a.text} and {b.text} are two spellings of one name"
    elif close(a, b) or close(b, a):
        exact, rough = (a, b) if _finer(a, b) else (b, a)
        more = f"; {change}" if change else ""
        return "rounding", f"{rough.text} is {exact.text} in round numbers{more}"
    if change:
        return "update", change
    days = _day(lead.evidence), _day(other.evidence)
    if _one_event(lead, other):
        return "conflict", "both tell of the same event, and the values exclude each other"
    if days[0] and days[1] and days[0][:7] != days[1][:7]:
        early, late = sorted(days)
        return "update", f"published later: {late[:10]} after {early[:10]}"
    changed = [bool(_CHANGED.search(x.evidence.text)) for x in (lead, other)]
    if not all(days) and changed[0] != changed[1]:
        return "update", "one tells that it has changed, and a date is unknown"
    if days[0] and days[1]:
        return "conflict", "published at the same time, and the values exclude each other"
    return "conflict", "the values exclude each other, and a date is unknown"


def after(one: str, other: str) -> bool:
    """Whether the date `one` is later than `other`, compared as exactly as both are given.

    >>> after("2026-02-12", "2025"), after("2025-06-12", "2025"), after("2025-06-13", "2025-06-12")
    (True, False, True)
    """
    exact = min(len(one), len(other), len("2025-06-12"))
    return one[:exact] > other[:exact]


def set_apart(one: str, other: str) -> bool:
    """Whether words of the two sentences say that different quantities are meant.

    >>> set_apart("a pre-money value of $10 billion", "$12 billion post-money")
    True
    """
    for group in _APART:
        in_one = {i for i, pattern in enumerate(group) if pattern.search(one)}
        in_other = {i for i, pattern in enumerate(group) if pattern.search(other)}
        if in_one and in_other and not in_one & in_other:
            return True
    return False


def _change(a: EventStatus, b: EventStatus) -> str | None:
    """In words, how one state of an event undoes or fulfils the other; None where it does not."""
    if a == b:
        return None
    if "planned" in (a, b) and {a, b} & {"completed", "announced", "cancelled"}:
        return f"planned in one, {b if a == 'planned' else a} in the other"
    if "cancelled" in (a, b):
        return f"cancelled in one, {b if a == 'cancelled' else a} in the other"
    return None


def _one_event(lead: Account, other: Account) -> bool:
    """Whether both sentences are about one past event: its date is what was asked, or both give it
    the same date."""
    a, b = lead.figure, other.figure
    if a.kind == b.kind == "date":
        plans = r"(?i)\b(?:from|will|would|due|apply|applies|expected|planned|until|by)\b"
        return not any(re.search(plans, x.evidence.text) for x in (lead, other))
    lead_dates = [f for f in lead.evidence.figures if f.kind == "date"]
    other_dates = [f for f in other.evidence.figures if f.kind == "date"]
    published = min(filter(None, (_day(lead.evidence), _day(other.evidence))), default="")
    return any(
        (same(f, g) or same(g, f)) and _over(str(f.value), published)
        for f in lead_dates
        for g in other_dates
    )


def _over(date: str, published: str) -> bool:
    """Whether a date or period ("2025", "2025-06") had ended when the sentence was published; True
    where its year or that day is unknown. A statement about the future may be revised without any
    conflict."""
    if not published or not date[:4].isdigit():
        return True
    if re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        return date <= published[:10]
    period = date if re.fullmatch(r"\d{4}-\d\d", date) else date[:4]
    return period < published[: len(period)]


def _finer(a: Figure, b: Figure) -> bool:
    """Whether `a` is written to more digits than `b`."""

    def digits(figure: Figure) -> str:
        return re.sub(r"\D", "", figure.text).rstrip("0")

    return len(digits(a)) >= len(digits(b))


def _day(e: EvidenceSentence) -> str:
    """When the sentence's article was published; "" where that is unknown."""
    return e.article.published or ""
