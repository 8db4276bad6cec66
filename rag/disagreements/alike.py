"""Whether two sentences tell their values of the same thing, by what their grammar says.

    each sentence -> the clause that its value belongs to (`language/clause.py`)
    -> of what the question asks about: does the other clause have something else in its place?

"Norvik holds 27% of Tamsel" and "Halden holds 26% of Tamsel" share nearly all their words, and one
does not contradict the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.disagreements.account import Account
from rag.evidence.fit import known
from rag.evidence.sentence import stems_of
from rag.language.clause import Clause, Part, clause_at, role_at
from rag.language.lexicon import covers
from rag.language.names import one_name
from rag.language.parse import stem_of
from rag.question.intent import Intent


@dataclass(frozen=True, slots=True)
class Compared:
    """How the clause of another value stands to that of the leading one."""

    alike: bool = False  # it tells the same but for the value
    displaced: int = 0  # names that are asked about, and give way to another name in it
    another: bool = False  # something else is done in it than what is asked about


def compared(intent: Intent, lead: Account, other: Account) -> Compared:
    """The two clauses compared; as if nothing were known where a value stands in no clause."""
    one, two = (_clause(account) for account in (lead, other))
    if one is None or two is None:
        return Compared()
    displaced = [p for p in one.parts if _asked(intent, p) and _otherwise(p, two)]
    event = any(covers(word, two.words) for word in one.words)
    done = stem_of(one.verb)
    another = bool(covers(done, frozenset(intent.terms))) and done not in two.words
    whole = set(_covered(intent, lead)) <= set(_covered(intent, other))
    alike = event and whole and not (displaced or another or _narrowed(intent, one, other, two))
    return Compared(alike, sum(part.name is not None for part in displaced), another)


def _clause(account: Account) -> Clause | None:
    place = account.place
    return None if place is None else clause_at(account.evidence.text, place)


def _covered(intent: Intent, account: Account) -> list[str]:
    """The words of the question that a sentence has."""
    own = stems_of(account.evidence.text)
    return [term for term in intent.terms if covers(term, own)]


def _asked(intent: Intent, part: Part) -> bool:
    return known(intent, part.word) if part.name else part.word in intent.terms


def _otherwise(part: Part, clause: Clause) -> bool:
    """Whether a clause has another name in the place of a name, another word in that of a word."""
    there = [p for p in clause.parts if p.role == part.role and bool(p.name) == bool(part.name)]
    if part.name:
        return bool(there) and not any(one_name(part.word, p.word) for p in there)
    return bool(there) and not covers(part.word, frozenset(p.word for p in there))


def _narrowed(intent: Intent, one: Clause, other: Account, two: Clause) -> bool:
    """Whether the other sentence tells of a part of what is counted: "paying users" beside
    "users"."""
    place = other.place
    role = None if place is None else role_at(other.evidence.text, place)
    known_words = {p.word for p in one.parts} | set(intent.terms)
    return role is not None and any(
        p.role == (*role, "is") and p.word not in known_words for p in two.parts
    )
