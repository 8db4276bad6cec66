"""Other accounts of an event that no figure tells: planned in one article, called off in another.

    the answer's sentence, the best sentence of each other article
    -> their clauses (`language/clause.py`), and how far along each event is
    -> one event, of which one tells that it is done, the other that it is planned, denied or undone
    -> another account

Its value is the verb with the words beside it ("was terminated that same day"), verbatim. Leaves
out figures (`other_figures.py`) and names (`other_names.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.disagreements.account import Account
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure
from rag.language.clause import Clause, Part, clauses
from rag.language.event_status import status_of
from rag.language.lexicon import covers
from rag.language.names import one_name
from rag.language.parse import stem_of
from rag.question.intent import Intent
from rag.types import EventStatus

if TYPE_CHECKING:
    from spacy.tokens import Token

COMPARED = 12  # best sentences that are compared; not measured
# By how much another sentence may cover less of the question, and be farther from it (cosine), than
# the answer's sentence: with .2 and .15 one account is found in 59 labelled cases
# (`eval/fit/calibration-accounts.jsonl`), with these six, without limits seven, all of them right.
LESS_COVERED, LESS_NEAR = 0.5, 0.3
_AFTER = 4  # words shown after the verb, at most; not measured
_LEADING_ON = ("ADP", "DET", "PRON", "CCONJ", "SCONJ", "PART")  # these cannot end what is shown


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
        told = differing(lead.text, e.text) if near else None
        if told is not None:
            found = found or [Account(lead, _value(lead.text, told[0].verb))]
            found.append(Account(e, _value(e.text, told[1].verb)))
    return found


def differing(one: str, other: str) -> tuple[Clause, Clause] | None:
    """The clause of each sentence by which the two tell one event otherwise; None where they do
    not.

    >>> told = differing("Orrery plans to buy Kestrel.", "Orrery has bought Kestrel.")
    >>> [clause.verb.text for clause in told]
    ['buy', 'bought']
    """
    for p in clauses(one):
        for q in clauses(other):
            states = status_of(one, p.verb.idx), status_of(other, q.verb.idx)
            if _excluded(*states) and _one_event(p, q) and not (_open(p.verb) or _open(q.verb)):
                return p, q
    return None


def _excluded(one: EventStatus, other: EventStatus) -> bool:
    """Whether an event cannot be as far along as both say, or was not when one of them was said."""
    for a, b in ((one, other), (other, one)):
        if a in ("planned", "cancelled") and b in ("completed", "announced"):
            return a == "cancelled" or b == "completed"
        if a in ("denied", "cancelled") and b == "planned":
            return True
        if a == "denied" and b in ("completed", "announced", "reported"):
            return True
    return False


def _one_event(p: Clause, q: Clause) -> bool:
    """Whether two clauses tell of one event: the same thing is done to ("the merger"), or to
    somebody of one name the same is done; and nobody else does it, nor to anything else."""
    if _apart(_doers(p), _doers(q)):
        return False
    mine, theirs = _objects(p), _objects(q)
    if _shared([part for part in mine if not part.name], theirs):
        return True
    verb, other = stem_of(p.verb), stem_of(q.verb)
    # Nouns that say what is done are not what it is done to: "completed its purchase of Kestrel".
    named, named_other = _events(mine, other), _events(theirs, verb)
    rest = [part for part in mine if part not in named]
    rest_other = [part for part in theirs if part not in named_other]
    if rest and rest_other and not _shared(rest, rest_other):
        return False
    # "The merger of Orrery and Kestrel" beside "Orrery and Kestrel merge"
    mutual = any(part.word[:4] in (verb[:4], other[:4]) for part in (*named, *named_other))
    beside, beside_other = (
        [n for n in c.names if mutual or n.role[0] != "subject"] for c in (p, q)
    )
    if beside and beside_other:
        done = named or named_other or covers(verb, frozenset((other,)))
        return bool(done) and _shared(beside, beside_other)
    return verb == other and bool(beside or beside_other)


def _events(parts: Sequence[Part], verb: str) -> list[Part]:
    """The nouns that say what a verb says: "merger" for "merge"."""
    return [part for part in parts if not part.name and covers(verb, frozenset((part.word,)))]


def _doers(clause: Clause) -> list[Part]:
    """Who does it: the subject, or whose it is ("Orrery's plan to buy Kestrel")."""
    subjects = [p for p in clause.parts if p.role == ("subject",) and not p.counted]
    owners = [p for p in clause.names if len(p.role) > 1 and p.role[-1] == "of"]
    return owners if owners and not any(p.name for p in subjects) else subjects


def _apart(some: Sequence[Part], others: Sequence[Part]) -> bool:
    """Whether two groups, both of names or both of other words, share none. "The group" may be any
    name."""
    kinds = {bool(p.name) for p in (*some, *others)}
    return bool(some and others) and len(kinds) == 1 and not _shared(some, others)


def _objects(clause: Clause) -> list[Part]:
    """What it is done to, or what does it where it is done to nothing: "the strike begins"."""
    parts = [part for part in clause.parts if not part.counted]
    objects = [part for part in parts if part.role == ("object",)]
    return objects or [part for part in parts if part.role == ("subject",) and not part.name]


def _shared(some: Sequence[Part], others: Sequence[Part]) -> bool:
    return any(
        one_name(p.word, q.word) if p.name and q.name else p.word == q.word
        for p in some
        for q in others
    )


def _open(verb: Token) -> bool:
    """Whether a clause leaves open whether it is so: "if there is a trial"."""
    return any(c.dep_ == "mark" and c.lower_ in ("if", "whether", "unless") for c in verb.children)


def _value(text: str, verb: Token) -> Figure:
    """The verb, verbatim, with what it hangs on ("is in talks to"), its helping verbs and a few
    words of its clause after it."""
    first = verb
    while first.tag_ == "VB" or first.pos_ not in ("VERB", "AUX"):  # up to a verb with a tense
        if first.head.i >= first.i or any(c.tag_ == "MD" for c in first.children):
            break
        first = first.head
    helping = [c for c in first.lefts if c.dep_ in ("aux", "auxpass", "neg", "advmod")]
    nothing = [c.left_edge for c in first.lefts if any(d.lower_ == "no" for d in c.children)]
    first = min([first, *helping, *nothing], key=lambda word: word.i)
    last = verb
    for word in verb.doc[verb.i + 1 : verb.i + 1 + _AFTER]:
        if word.is_punct and word.text not in "-'’%":
            break
        last = word
    while last.i > verb.i and last.pos_ in _LEADING_ON:
        last = last.nbor(-1)
    start, end = first.idx, last.idx + len(last.text)
    value = text[start:end]
    return Figure("version", value, start, end, value.casefold(), None)
