"""Whether an account presents its value as one that replaced another: a change, or a correction.

    account -> the parse of its sentence -> "climbed to 510", "corrected: 31, not 13", "now"

Leaves out what changes with time by itself: `question/lasting.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.disagreements.account import Account
from rag.figures import Figure, same
from rag.language.clause import clause_at
from rag.language.parse import parsed, stem_of, word_at

if TYPE_CHECKING:
    from spacy.tokens import Token

_TOTALS = frozenset("amount come add belong".split())  # "came to 510" tells no change
_CORRECTING = frozenset("correct revis restat amend".split())
_NOW = frozenset("now since longer meanwhile far already currently".split())  # "so far"


def replaces(account: Account, other: Account) -> bool:
    """Whether the sentence of `account` tells that the value went there ("raised to $3 billion"),
    corrects what was said, or gives the other's value as what it was before."""
    text, place = account.evidence.text, account.place
    if place is None:
        return False
    before = [f for f in account.evidence.figures if same(f, other.figure)]
    moved = account.figure.kind != "version" and _moved_to(word_at(parsed(text), place))
    return moved or corrects(account, other) or any(given_up(text, figure) for figure in before)


def corrects(account: Account, other: Account) -> bool:
    """Whether its sentence says that the other's value was wrong: "corrected", "not 13"."""
    text = account.evidence.text
    wrong = [f for f in account.evidence.figures if same(f, other.figure) and _denied(text, f)]
    return bool(wrong) or bool(_CORRECTING & {stem_of(word) for word in parsed(text)})


def newer_by_words(account: Account) -> bool:
    """Whether its sentence says that its value is the latest: "now", "has since", "so far"."""
    place = account.place
    clause = None if place is None else clause_at(account.evidence.text, place)
    return clause is not None and any(
        word.lower_ in _NOW and word.dep_ in ("advmod", "neg") for word in clause.verb.children
    )


def _moved_to(value: Token) -> bool:
    """Whether a verb with "to" leads to the value: "climbed to", "cut to a total of"."""
    below = value
    for word in value.ancestors:
        if word.pos_ == "VERB":
            leads = below.dep_ == "prep" and below.lower_ == "to" and word.tag_ in ("VBD", "VBN")
            return leads and stem_of(word) not in _TOTALS
        below = word
    return False


def given_up(text: str, figure: Figure) -> bool:
    """Whether a sentence gives a value as what it is not, or was before: "not 13", "up from 40"."""
    if _denied(text, figure):
        return True
    value = word_at(parsed(text), figure.start)
    start = next((w for w in value.doc[max(0, value.i - 2) : value.i] if w.lower_ == "from"), None)
    if start is None:
        return False
    beside = {child.lower_ for head in (start.head, start.head.head) for child in head.children}
    follows = text[figure.end :].lstrip().startswith("to ")
    return start.head.lower_ in ("up", "down") or "to" in beside or follows


def _denied(text: str, figure: Figure) -> bool:
    """Whether "not", "instead of" or "rather than" stands just before a value; the "than" of "more
    than 400" does not count."""
    value = word_at(parsed(text), figure.start)
    before = value.doc[max(0, value.i - 2) : value.i]
    words = {word.lower_ for word in before}
    more = any(word.tag_ in ("JJR", "RBR") for word in before)
    return bool(words & {"not", "instead"}) or ("than" in words and not more)
