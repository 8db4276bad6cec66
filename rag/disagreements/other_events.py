"""Other accounts of an event that no figure tells: planned in one article, called off in another.

    the answer's sentence, the best sentence of each other article
    -> their verbs (`language/claims.py`)
    -> one verb undoes the other, or one event is less far along, or it is denied
    -> another account

Its value is the verb with the words beside it ("was terminated that same day"), verbatim. Leaves
out figures (`other_figures.py`) and names (`other_names.py`).
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

COMPARED = 12  # best sentences that are compared; not measured
# By how much another sentence may cover less of the question, and be farther from it (cosine), than
# the answer's sentence.
LESS_COVERED, LESS_NEAR = 0.2, 0.15  # not measured
_NOT_YET = frozenset(("planned", "will", "agreed"))
_DONE = frozenset(("done", "present"))
_HELPERS = BE | HAVE | WILL | MODALS | PLANNING | AGREEING | NEGATIONS | {"to", "in", "advanced"}
_WORD = re.compile(r"[\w$€£%]+(?:[-.,’'][\w]+)*|[;:()—–]|,")
_AFTER = 4  # words shown after the verb, at most; not measured
_LEADING_ON = frozenset(  # words that cannot end what is shown
    "a an the to of in on for and or with by at as its his her their from after that which".split()
)


def accounts(
    intent: Intent, pool: Sequence[EvidenceSentence], lead: EvidenceSentence
) -> list[Account]:
    """`lead`, then the best sentence of each other article that tells the event otherwise; empty
    where none does. `pool` is sorted, best first."""
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
        verbs = differing(lead.text, e.text) if near else None
        if verbs is not None:
            found = found or [Account(lead, _value(lead.text, verbs[0]))]
            found.append(Account(e, _value(e.text, verbs[1])))
    return found


def differing(one: str, other: str) -> tuple[Predicate, Predicate] | None:
    """The verb of each sentence by which the two tell one event otherwise; None where they do not.

    >>> a, b = "Orrery plans to buy Kestrel.", "Orrery has bought Kestrel."
    >>> [(p.word, p.state) for p in differing(a, b)]
    [('buy', 'planned'), ('bought', 'done')]
    """
    for p in _predicates(one):
        for q in _predicates(other):
            a, b = _forms(p), _forms(q)
            if a & b or any(synonyms(form) & b for form in a):
                if p.negated != q.negated or "denied" in {p.state} ^ {q.state}:
                    return p, q
                states = {p.state, q.state}
                if states & _NOT_YET and states & _DONE:
                    return p, q
            elif p.negated == q.negated and any(opposed(x, y) for x in a for y in b):
                return p, q
    return None


def _predicates(text: str) -> list[Predicate]:
    """The verbs of a sentence; one that means little by itself ("make") only with its particle."""
    return [p for p in claims_of(text).predicates if p.base not in LIGHT or p.phrase != p.base]


def _forms(predicate: Predicate) -> set[str]:
    """The base forms by which a verb is compared: alone, with its particle, and the plain verb."""
    return {predicate.base, predicate.phrase, plain(predicate.phrase)}


def _value(text: str, predicate: Predicate) -> Figure:
    """The verb, verbatim, with its helping verbs and a few words of its clause after it."""
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
