"""TODO: what rag.checking.roles is."""

from __future__ import annotations

from collections.abc import Sequence

from rag.checking.states import grouped, rooted
from rag.evidence.sentence import EvidenceSentence, meant_of, stems_of
from rag.language.claims import Claims, Part, claims_of
from rag.language.lexicon import content
from rag.language.names import mentions, one_name
from rag.language.verbs import DIRECTED, RECEIVING, synonyms

_AGENTS = frozenset(("subject", "'s"))


def other_name(text: str, told: EvidenceSentence, cited: Sequence[EvidenceSentence]) -> str | None:
    """A name of the sentence in whose place the nearest sentence has another, unless a further
    cited sentence tells of it in that place, with words that the nearest one lacks."""
    own = claims_of(text)
    theirs = claims_of(told.text)
    rest = [e for e in cited if e is not told]
    for part in own.parts:
        if mentions(part.name, told.text) and not _doubled(own, theirs, part.name):
            continue
        for other in theirs.parts:
            if (other.place in _AGENTS) != (part.place in _AGENTS):
                continue
            if any(one_name(p.name, other.name) for p in own.parts):
                continue
            if any(_tells_of(part, text, told, e) for e in rest):
                continue
            return f"{other.name}, not {part.name}, stands in the sentence that tells this"
    return None


def _tells_of(part: Part, text: str, told: EvidenceSentence, e: EvidenceSentence) -> bool:
    """Whether a sentence has the name in the same place, and bears out more of the words."""
    placed = any(
        one_name(part.name, p.name) and (p.place in _AGENTS) == (part.place in _AGENTS)
        for p in claims_of(e.text).parts
    )
    named = frozenset(content(part.name))
    new = [w for w in meant_of(text) if w not in named and w not in stems_of(told.text)]
    here = stems_of(e.text)
    return placed and any(w in here or rooted(w[:6], here) for w in new if len(w) > 3)


def _doubled(own: Claims, theirs: Claims, name: str) -> bool:
    """Whether a name stands twice where the evidence has it once: set against itself."""
    mine = sum(one_name(p.name, name) for p in own.parts)
    return mine > 1 and mine > sum(one_name(p.name, name) for p in theirs.parts)


def _places(claims: Claims, name: str, fine: bool) -> frozenset[str]:
    """Where a name stands; not `fine`, a possessor is a subject, whatever the verb."""
    found = _parts(claims, name)
    if fine:
        return frozenset(f"{p.place} {p.verb}" for p in found)
    return frozenset("subject" if p.place in _AGENTS else p.place for p in found)


def _parts(claims: Claims, name: str) -> list[Part]:
    """The parts of a name: as it is written where it stands so, else by other forms of it."""
    exact = [p for p in claims.parts if p.name.lower() == name.lower()]
    return exact or [p for p in claims.parts if one_name(p.name, name)]


def exchanged(own: Claims, told: Claims) -> str | None:
    """Two names that stand in each other's places."""
    names = list(dict.fromkeys(p.name for p in own.parts))
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            for fine in (False, True):
                mine_a, mine_b = _places(own, a, fine), _places(own, b, fine)
                their_a, their_b = _places(told, a, fine), _places(told, b, fine)
                if mine_a & their_a or mine_b & their_b or mine_a == mine_b:
                    continue
                if mine_a & their_b and mine_b & their_a:
                    return f"{a} and {b} have each other's part in the evidence"
            pairs = ((a, b), (b, a))
            if any(_acts(own, *pair, told) or _suffers(own, *pair, told) for pair in pairs):
                return f"{a} and {b} have each other's part in the evidence"
    return None


def _acts(own: Claims, a: str, b: str, told: Claims) -> bool:
    """Whether `a` does to `b` here what `b` does there, where `a` does nothing."""
    if "subject" in _places(own, b, False) or "subject" in _places(told, a, False):
        return False
    mine = {p.verb for p in _parts(own, a) if p.place in _AGENTS} - {""}
    theirs = {p.verb for p in _parts(told, b) if p.place in _AGENTS}
    if not _parts(told, a) or not _parts(own, b):
        return False
    if (
        mine & DIRECTED
        and any(p.place == "subject" for p in _parts(told, b))
        and not theirs & RECEIVING
    ):
        return True
    return _one_act(mine, theirs)


def _suffers(own: Claims, a: str, b: str, told: Claims) -> bool:
    """Whether to `a` is done here what is done to `b` there, where `a` is not its object."""
    if "object" in _places(own, b, False) or "object" in _places(told, a, False):
        return False
    mine = {p.verb for p in _parts(own, a) if p.place == "object"} & DIRECTED
    theirs = {p.verb for p in _parts(told, b) if p.place == "object"} & DIRECTED
    return bool(_parts(told, a) and _parts(own, b)) and _one_act(mine, theirs)


def _one_act(mine: set[str], theirs: set[str]) -> bool:
    """Whether a verb of the one says what a verb of the other does, in the same direction."""
    for x in mine - {""}:
        for y in theirs - {""}:
            if y in synonyms(x) or (grouped(x, y) and not {x, y} & RECEIVING):
                return True
    return False
