"""Other accounts that are names: the answer's name spelt otherwise, or another in its place.

    the answer's name, the sentences of other articles
    -> the same name in another spelling (`spelling.py`)
    -> where an office is asked about that one holds: who else is said to hold it (`office.py`)
    -> where only one can have done what is asked: the name in the same place beside the same verb

Leaves out figures (`other_figures.py`) and events (`other_events.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.disagreements.account import Account
from rag.disagreements.office import holder
from rag.disagreements.spelling import spelled_otherwise
from rag.evidence.fit import known, missing_terms
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure
from rag.language.clause import Clause, Part, clauses
from rag.language.lexicon import covers
from rag.language.names import Name, bears, find_names, mentions, one_name
from rag.language.parse import stem_of
from rag.question.intent import Intent

MOST = 5  # values shown of one difference, at most; not measured
# What one alone does, by its stem: two may back a company, and one owns it. And a thing has one
# place, but for that which lies in another: both stand in one of the two articles, mostly.
_ALONE = frozenset("lead run head chair own found buy acquir win succeed replac direct".split())


def accounts(
    intent: Intent, pool: Sequence[EvidenceSentence], lead: EvidenceSentence, name: str
) -> list[Account]:
    """`name` in the sentence `lead`, then what other articles give in its place: the same name
    spelt otherwise, or another one where only one can be right. Empty where none does.

    `pool` is sorted, best first.
    """
    place = lead.text.find(name)
    if place < 0:
        return []
    found = [Account(lead, _named(Name(name, place)))]
    held = holder(intent, lead.text)
    office = held is not None and one_name(held.text, name)
    for e in pool:
        if e.article.id in {a.evidence.article.id for a in found} or e.in_article < lead.in_article:
            continue
        if name in e.text:
            continue
        other = next((n for n in find_names(e.text) if spelled_otherwise(name, n.text)), None)
        whole = f"{e.article.title} {e.article.text}" if intent.kind == "place" else e.text
        if other is None and not mentions(name, whole) and e.names == 1:
            other = holder(intent, e.text) if office else _instead(intent, name, lead, e)
        if other is not None:
            found.append(Account(e, _named(other)))
    return found if len(found) > 1 else []


def _instead(intent: Intent, name: str, lead: EvidenceSentence, e: EvidenceSentence) -> Name | None:
    """The name that a sentence has in the place of `name`: of the same verb the same subject or
    object, with the names asked about beside it."""
    missing = missing_terms(intent, e)
    for clause in clauses(lead.text):
        verb = stem_of(clause.verb)
        mine = next((p for p in clause.names if bears(name, p.word)), None)
        alone = intent.kind == "place" or verb in _ALONE
        if mine is None or not alone or not covers(verb, frozenset(intent.relation)):
            continue
        if not all(covers(term, frozenset((verb,))) for term in missing):  # "built" for "build"
            continue
        beside = [p for p in clause.names if p is not mine and known(intent, p.word)]
        if not beside or not all(mentions(p.word, e.text) for p in beside):
            continue
        for told in clauses(e.text):
            if covers(verb, frozenset((stem_of(told.verb),))) and not _moved(beside, told):
                for part in told.names:
                    new = not known(intent, part.word) and not bears(part.word, lead.article.text)
                    if part.role == mine.role and new:
                        return part.name
    return None


def _moved(names: Sequence[Part], clause: Clause) -> bool:
    """Whether a clause has one of the names in another role: it buys from Vela, and not Vela. Whose
    something is, says little: "Vela builds a plant", "the plant of Vela is built"."""
    return any(
        one_name(p.word, q.word) and p.role != q.role and "of" not in (p.role[-1], q.role[-1])
        for p in names
        for q in clause.names
    )


def _named(name: Name) -> Figure:
    """A name as an account's figure."""
    return Figure("version", name.text, name.start, name.end, name.text.casefold(), None)
