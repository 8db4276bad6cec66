"""What articles tell of one event without a figure: planned in one, called off in the other.

    the sentence said, the best sentence of each other article -> their verbs (`claims.py`)
    -> one undoes the other, or the same is told as less far along, or denied -> another account

The value shown is the verb with the words beside it ("was terminated that same day"), verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.disagreements.account import Account
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure
from rag.language.claims import Predicate, claims_of
from rag.language.verbs import (
    AGREEING,
    BE,
    HAVE,
    LIGHT,
    MODALS,
    NEGATIONS,
    PLANNING,
    WILL,
    opposed,
    plain,
    synonyms,
)
from rag.question.intent import Intent

COMPARED = 12  # best sentences looked at
LESS_COVERED, LESS_NEAR = 0.2, 0.15  # how much less of the question another account may tell
_AHEAD = frozenset(("planned", "will", "agreed"))
_DONE = frozenset(("done", "present"))
_HELPERS = BE | HAVE | WILL | MODALS | PLANNING | AGREEING | NEGATIONS | {"to", "in", "advanced"}
_WORD = re.compile(r"[\w$€£%]+(?:[-.,’'][\w]+)*|[;:()—–]|,")
_AFTER = 4  # words shown after the verb
_LEADING_ON = frozenset(  # nothing that is shown ends with one of these
    "a an the to of in on for and or with by at as its his her their from after that which".split()
)


def tales(
    intent: Intent, pool: Sequence[EvidenceSentence], lead: EvidenceSentence
) -> list[Account]:
    """`lead` and the best sentences of other articles that tell the event otherwise; nothing where
    none does."""
    found: list[Account] = []
    seen = {lead.article.id}
    for e in pool[:COMPARED]:
        if e.article.id in seen:
            continue
        seen.add(e.article.id)
        near = (
            e.names == 1
            and e.coverage > lead.coverage - LESS_COVERED
            and e.cosine > lead.cosine - LESS_NEAR
        )
        told = differing(lead.text, e.text) if near else None
        if told is not None:
            mine, theirs = told
            found = found or [Account(lead, _value(lead.text, mine))]
            found.append(Account(e, _value(e.text, theirs)))
    return found


def differing(one: str, other: str) -> tuple[Predicate, Predicate] | None:
    """The verbs by which two sentences tell one event otherwise, None where they do not.

    >>> a, b = "Orrery plans to buy Kestrel.", "Orrery has bought Kestrel."
    >>> [(p.word, p.state) for p in differing(a, b)]
    [('buy', 'planned'), ('bought', 'done')]
    """
    for mine in _predicates(one):
        for theirs in _predicates(other):
            a, b = _forms(mine), _forms(theirs)
            if a & b or any(synonyms(form) & b for form in a):
                if mine.negated != theirs.negated or "denied" in {mine.state} ^ {theirs.state}:
                    return mine, theirs
                states = {mine.state, theirs.state}
                if states & _AHEAD and states & _DONE:
                    return mine, theirs
            elif mine.negated == theirs.negated and any(opposed(x, y) for x in a for y in b):
                return mine, theirs
    return None


def _predicates(text: str) -> list[Predicate]:
    return [p for p in claims_of(text).predicates if p.base not in LIGHT or p.phrase != p.base]


def _forms(predicate: Predicate) -> set[str]:
    return {predicate.base, predicate.phrase, plain(predicate.phrase)}


def _value(text: str, predicate: Predicate) -> Figure:
    """The verb with its helpers before and a few words of its clause after."""
    words = list(_WORD.finditer(text))
    place = next((i for i, w in enumerate(words) if w.end() > predicate.start), 0)
    first = last = place
    while first > 0 and (
        words[first - 1][0].lower() in _HELPERS or words[first - 1][0].lower().endswith("ly")
    ):
        first -= 1
    while (
        last + 1 < len(words) and last < place + _AFTER and re.match(r"[\w$€£]", words[last + 1][0])
    ):
        last += 1
    while last > place and words[last][0].lower() in _LEADING_ON:
        last -= 1
    start, end = words[first].start(), words[last].end()
    value = text[start:end]
    return Figure("version", value, start, end, value.casefold(), None)
