"""Which kind of difference two accounts have, and by which rule. The first one that fits decides:

    two spellings of one name                             -> spelling
    one value is the other in round numbers               -> rounding
    a plan and its outcome                                -> update
    one changes or corrects the other's value             -> update
    both give the event the same past date                -> conflict
    it changes with time, or lies ahead, or one says that
    it is newer; and that one is a week newer, or no date
    tells which is                                        -> update
    anything else                                         -> conflict

Leaves out whether two figures are accounts of the same thing: `other_figures.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from index.dates import first_day, last_day
from rag.disagreements.account import Account, Difference, Other
from rag.disagreements.replaced import newer_by_words, replaces
from rag.disagreements.spelling import spelled_otherwise
from rag.figures import Figure, close, same
from rag.language.event_status import tenses_of
from rag.question.intent import Intent
from rag.question.lasting import lasting
from rag.types import DisagreementKind

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
# Days between two articles from which what changes with time may have changed: of the cases in
# `eval/fit/calibration-accounts.jsonl` with both days, 62 of 66 conflicts lie less apart, and 77 of
# 81 updates as far or farther.
WEEK = 7


def difference(intent: Intent, lead: Account, others: Sequence[Account]) -> Difference:
    """How each of the other accounts differs from the one that the answer leads with."""
    return Difference(lead, tuple(Other(a, *classed(intent, lead, a)) for a in others))


def classed(intent: Intent, lead: Account, other: Account) -> tuple[DisagreementKind, str]:
    """The kind of a difference and, in words for the reader, the rule that decided."""
    a, b = lead.figure, other.figure
    change = _change(lead, other)
    if a.kind == "version" and b.kind == "version":
        if spelled_otherwise(a.text, b.text):
            return "spelling", f"{a.text} and {b.text} are two spellings of one name"
    elif close(a, b) or close(b, a):
        exact, rough = (a, b) if digits(a) >= digits(b) else (b, a)
        more = f"; {change}" if change else ""
        return "rounding", f"{rough.text} is {exact.text} in round numbers{more}"
    if change:
        return "update", change
    for one, before in ((lead, other), (other, lead)):
        if not after(before.day, one.day) and replaces(one, before) and not replaces(before, one):
            return "update", f"{one.figure.text} replaces what was said before"
    if _one_event(lead, other):
        return "conflict", "both tell of the same event, and the values exclude each other"
    both = (lead, other)
    early, late = sorted(both, key=lambda account: account.day)
    if not early.day and newer_by_words(lead) != newer_by_words(other):
        return "update", "one tells that it has changed, and a date is unknown"
    if _ahead(early) or newer_by_words(late) or _lasting(intent, both):
        if days_between(early.day, late.day) >= WEEK:
            days = late.day[:10], early.day[:10]
            return "update", f"it changes with time: published {days[0]}, after {days[1]}"
        return "conflict", "no account is newer, and the values exclude each other"
    return "conflict", "it happened once, and the values exclude each other"


def _lasting(intent: Intent, accounts: Sequence[Account]) -> bool:
    """Whether what is asked for changes with time (`question/lasting.py`)."""
    told = [(account.evidence.text, account.place) for account in accounts]
    return lasting(intent.text, intent.lasting, told) > 0


def _ahead(account: Account) -> bool:
    """Whether a sentence tells what may still come otherwise: a plan, or a date that is set."""
    tenses = tenses_of(account.evidence.text, account.place)
    set_for = account.figure.kind == "date" and tenses == {"present"}
    return set_for or (account.status == "planned" and "past" not in tenses)


def after(one: str, other: str) -> bool:
    """Whether the date `one` is later than `other`, compared as exactly as both are given.

    >>> after("2026-02-12", "2025"), after("2025-06-12", "2025"), after("2025-06-13", "2025-06-12")
    (True, False, True)
    """
    exact = min(len(one), len(other), len("2025-06-12"))
    return one[:exact] > other[:exact]


def days_between(early: str, late: str) -> int:
    """The fewest days that may lie between two published dates; 0 where one is unknown.

    >>> days_between("2025-06-12", "2025-07-12"), days_between("2025-06", "2025-07-12")
    (30, 12)
    """
    if not early or not late:
        return 0
    first, last = date.fromisoformat(last_day(early[:10])), date.fromisoformat(first_day(late[:10]))
    return max(0, (last - first).days)


def digits(figure: Figure) -> int:
    """To how many digits a value is written, zeros at its end left out."""
    return len(re.sub(r"\D", "", figure.text).rstrip("0"))


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


def _change(lead: Account, other: Account) -> str | None:
    """In words, how one state of an event undoes or fulfils the other; None where it does not."""
    a, b = lead.status, other.status
    if "planned" in (a, b) and {a, b} & {"completed", "announced", "cancelled"}:
        return f"planned in one, {b if a == 'planned' else a} in the other"
    if "cancelled" in (a, b) and a != b:
        return f"cancelled in one, {b if a == 'cancelled' else a} in the other"
    return None


def _one_event(lead: Account, other: Account) -> bool:
    """Whether both sentences give what they tell of the same past date."""
    days = [f for f in lead.evidence.figures if f.kind == "date"]
    others = [f for f in other.evidence.figures if f.kind == "date"]
    published = min(filter(None, (lead.day, other.day)), default="")
    return lead.figure.kind != "date" and any(
        (same(f, g) or same(g, f)) and _over(str(f.value), published) for f in days for g in others
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
