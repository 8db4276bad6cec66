"""Whether an account presents its value as one that replaced another: a change, or a correction.

    account -> the parse of its sentence -> "climbed to 510", "corrected: 31, not 13", "now"

Leaves out what changes with time by itself: `question/lasting.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.disagreements.account import Account
from rag.figures import same
from rag.language.lexicon import stem
from rag.language.parse import parsed, word_at

if TYPE_CHECKING:
    from spacy.tokens import Token

_TOTALS = frozenset("amount come add belong".split())  # "came to 510" tells no change
_CORRECTING = frozenset("correct revis restat amend".split())
_NOW = frozenset("now since longer meanwhile".split())


def replaces(account: Account, other: Account) -> bool:
    """Whether the sentence of `account` tells that the value went there ("raised to $3 billion"),
    corrects what was said, or gives the other's value as what it is not, or was before."""
    doc, place = parsed(account.evidence.text), account.place
    if place is None:
        return False
    if _CORRECTING & {stem(word.lemma_.lower()) for word in doc}:
        return True
    given_up = [f for f in account.evidence.figures if same(f, other.figure)]
    moved = account.figure.kind != "version" and _moved_to(word_at(doc, place))
    return moved or any(_given_up(word_at(doc, figure.start)) for figure in given_up)


def newer_by_words(account: Account) -> bool:
    """Whether its sentence says that it tells the latest: "now", "has since", "no longer"."""
    return any(w.lower_ in _NOW and w.pos_ == "ADV" for w in parsed(account.evidence.text))


def _moved_to(value: Token) -> bool:
    """Whether a verb with "to" leads to the value: "climbed to", "cut to a total of"."""
    below = value
    for word in value.ancestors:
        if word.pos_ == "VERB":
            leads = below.dep_ == "prep" and below.lower_ == "to" and word.tag_ in ("VBD", "VBN")
            return leads and stem(word.lemma_.lower()) not in _TOTALS
        below = word
    return False


def _given_up(value: Token) -> bool:
    """Whether "not", "from", "instead of" or "rather than" stands just before the first word of a
    value; the "than" of "more than 400" does not count."""
    before = value.doc[max(0, value.i - 2) : value.i]
    words = {word.lower_ for word in before}
    more = any(word.tag_ in ("JJR", "RBR") for word in before)
    return bool(words & {"not", "from", "instead"}) or ("than" in words and not more)
