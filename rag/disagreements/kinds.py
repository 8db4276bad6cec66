"""Two accounts of one thing that differ: rounding, update, conflict or spelling, and by which rule.

values that round to each other -> rounding
two forms of one name -> spelling
a plan and its outcome, a later article about what changes with time, or, where a date is unknown,
one that tells of a change -> update
the same event, or nothing that sets the accounts apart -> conflict
"""

from __future__ import annotations

import re

from rag.disagreements.account import Account
from rag.disagreements.spelling import spelled_otherwise
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, close, same
from rag.language.event_status import status_of
from rag.types import DisagreementKind, EventStatus

# Words that set two quantities of one subject apart; of each group only one can be meant.
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


# Words by which a sentence gives a value as one that took the place of another.
_CHANGED = re.compile(
    r"(?i)\b(?:now \w+(?:ing|s)|no longer|ha(?:s|ve) since|up from|down from|revised (?:up|down|to))\b"
)


def kind_of_difference(lead: Account, other: Account) -> DisagreementKind:
    """Rounding, update, conflict or spelling: see the rules above."""
    return classed(lead, other)[0]


def classed(lead: Account, other: Account) -> tuple[DisagreementKind, str]:
    """The kind of a difference and the rule that decided, in words for the reader."""
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
    """Whether a published date is later than another, as exactly as both are known.

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
        mine = {i for i, pattern in enumerate(group) if pattern.search(one)}
        theirs = {i for i, pattern in enumerate(group) if pattern.search(other)}
        if mine and theirs and not mine & theirs:
            return True
    return False


def _change(a: EventStatus, b: EventStatus) -> str | None:
    """How the states of two accounts follow each other, where one undoes or fulfils the other."""
    if a == b:
        return None
    if "planned" in (a, b) and {a, b} & {"completed", "announced", "cancelled"}:
        return f"planned in one, {b if a == 'planned' else a} in the other"
    if "cancelled" in (a, b):
        return f"cancelled in one, {b if a == 'cancelled' else a} in the other"
    return None


def _one_event(lead: Account, other: Account) -> bool:
    """Whether both tell the same past event: the date asked for itself, or one day told in both."""
    a, b = lead.figure, other.figure
    if a.kind == b.kind == "date":
        plans = r"(?i)\b(?:from|will|would|due|apply|applies|expected|planned|until|by)\b"
        return not any(re.search(plans, x.evidence.text) for x in (lead, other))
    mine = [f for f in lead.evidence.figures if f.kind == "date"]
    theirs = [f for f in other.evidence.figures if f.kind == "date"]
    told = min(filter(None, (_day(lead.evidence), _day(other.evidence))), default="")
    return any(
        (same(f, g) or same(g, f)) and _over(str(f.value), told) for f in mine for g in theirs
    )


def _over(date: str, told: str) -> bool:
    """Whether a date or period ("2025", "2025-06") had ended on the day `told`; yes where the year
    or that day is unknown. What is said of a time to come may be revised without any conflict."""
    if not told or not date[:4].isdigit():
        return True
    if re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        return date <= told[:10]
    period = date if re.fullmatch(r"\d{4}-\d\d", date) else date[:4]
    return period < told[: len(period)]


def _finer(a: Figure, b: Figure) -> bool:
    """Whether `a` is written to more digits than `b`."""

    def digits(figure: Figure) -> str:
        return re.sub(r"\D", "", figure.text).rstrip("0")

    return len(digits(a)) >= len(digits(b))


def _day(e: EvidenceSentence) -> str:
    return e.article.published or ""
