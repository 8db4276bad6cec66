"""Contradiction by role: another name in a place, or two names in each other's places.

    claims of the sentence, claims of the source -> `other_name`, `exchanged`
    -> the contradiction in one line

Each gives None where there is no contradiction. The source is the evidence sentence that tells the
same, found in `checking/contradiction.py`. Places (subject, object, possessor, preposition) are
read in `language/claims.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.checking.states import grouped, rooted
from rag.evidence.sentence import EvidenceSentence, meant_of, stems_of
from rag.language.claims import Claims, Part, claims_of
from rag.language.lexicon import content
from rag.language.names import mentions, one_name
from rag.language.verbs import DIRECTED, RECEIVING, synonyms

_AGENTS = frozenset(("subject", "'s"))


def other_name(
    text: str, source: EvidenceSentence, cited: Sequence[EvidenceSentence]
) -> str | None:
    """A name of the sentence in whose place the source has another name.

    Not where a further citation has the name in that place, together with words of the sentence
    that the source lacks.
    """
    claims = claims_of(text)
    given = claims_of(source.text)
    rest = [e for e in cited if e is not source]
    for part in claims.parts:
        if mentions(part.name, source.text) and not _doubled(claims, given, part.name):
            continue
        for other in given.parts:
            if (other.place in _AGENTS) != (part.place in _AGENTS):
                continue
            if any(one_name(p.name, other.name) for p in claims.parts):
                continue
            if any(_bears_out(part, text, source, e) for e in rest):
                continue
            return f"{other.name}, not {part.name}, stands in the sentence that tells this"
    return None


def _bears_out(part: Part, text: str, source: EvidenceSentence, e: EvidenceSentence) -> bool:
    """Whether `e` has the name in the same place, and a word of `text` that the source lacks."""
    placed = any(
        one_name(part.name, p.name) and (p.place in _AGENTS) == (part.place in _AGENTS)
        for p in claims_of(e.text).parts
    )
    named = frozenset(content(part.name))
    new = [w for w in meant_of(text) if w not in named and w not in stems_of(source.text)]
    stems = stems_of(e.text)
    # words of four letters or more, by their first six; neither is measured
    return placed and any(w in stems or rooted(w[:6], stems) for w in new if len(w) > 3)


def _doubled(claims: Claims, given: Claims, name: str) -> bool:
    """Whether the sentence has a name twice, and more often than the source."""
    times = sum(one_name(p.name, name) for p in claims.parts)
    return times > 1 and times > sum(one_name(p.name, name) for p in given.parts)


def _places(claims: Claims, name: str, fine: bool) -> frozenset[str]:
    """The places of a name: with their verbs where `fine`, else with possessors as subjects."""
    parts = _parts(claims, name)
    if fine:
        return frozenset(f"{p.place} {p.verb}" for p in parts)
    return frozenset("subject" if p.place in _AGENTS else p.place for p in parts)


def _parts(claims: Claims, name: str) -> list[Part]:
    """The parts of the claims with this name as written, else those with another form of it."""
    exact = [p for p in claims.parts if p.name.lower() == name.lower()]
    return exact or [p for p in claims.parts if one_name(p.name, name)]


def exchanged(claims: Claims, given: Claims) -> str | None:
    """Two names of the sentence that stand in each other's places in the source (`given`)."""
    names = list(dict.fromkeys(p.name for p in claims.parts))
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            for fine in (False, True):
                claimed_a, claimed_b = _places(claims, a, fine), _places(claims, b, fine)
                given_a, given_b = _places(given, a, fine), _places(given, b, fine)
                if claimed_a & given_a or claimed_b & given_b or claimed_a == claimed_b:
                    continue
                if claimed_a & given_b and claimed_b & given_a:
                    return f"{a} and {b} have each other's part in the evidence"
            pairs = ((a, b), (b, a))
            if any(_acts(claims, *pair, given) or _suffers(claims, *pair, given) for pair in pairs):
                return f"{a} and {b} have each other's part in the evidence"
    return None


def _acts(claims: Claims, a: str, b: str, given: Claims) -> bool:
    """Whether `a` does in the sentence what `b` does in the source, where `a` is no subject."""
    if "subject" in _places(claims, b, False) or "subject" in _places(given, a, False):
        return False
    claimed_verbs = {p.verb for p in _parts(claims, a) if p.place in _AGENTS} - {""}
    given_verbs = {p.verb for p in _parts(given, b) if p.place in _AGENTS}
    if not _parts(given, a) or not _parts(claims, b):
        return False
    if (
        claimed_verbs & DIRECTED
        and any(p.place == "subject" for p in _parts(given, b))
        and not given_verbs & RECEIVING
    ):
        return True
    return _one_act(claimed_verbs, given_verbs)


def _suffers(claims: Claims, a: str, b: str, given: Claims) -> bool:
    """Whether `a` is the object in the sentence of what `b` is the object of in the source."""
    if "object" in _places(claims, b, False) or "object" in _places(given, a, False):
        return False
    claimed_verbs = {p.verb for p in _parts(claims, a) if p.place == "object"} & DIRECTED
    given_verbs = {p.verb for p in _parts(given, b) if p.place == "object"} & DIRECTED
    return bool(_parts(given, a) and _parts(claims, b)) and _one_act(claimed_verbs, given_verbs)


def _one_act(claimed_verbs: set[str], given_verbs: set[str]) -> bool:
    """Whether a verb of the one set says what a verb of the other says, in the same direction."""
    for x in claimed_verbs - {""}:
        for y in given_verbs - {""}:
            if y in synonyms(x) or (grouped(x, y) and not {x, y} & RECEIVING):
                return True
    return False
