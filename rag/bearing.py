"""Whether evidence bears a sentence's claims out, beyond holding its figures and names.

    the sentence -> the evidence sentence that tells the same (most of its words and names)
    what the one has that the other has not, of the same sort -> another value, another subject
    the same verb -> told as far along, denied or not
    the same two names -> in the same places

Every rule needs something in the evidence that says otherwise: what is merely absent is the
business of `checks.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.aliases import variants
from rag.claims import Claims, Predicate, State, claims_of
from rag.evidence import EvidenceSentence, figures_of, stems_of
from rag.figures import Figure, find_figures, same
from rag.lexicon import content, covers, groups, stem, words
from rag.names import bears, mentions
from rag.roles import role
from rag.verbs import LIGHT, NEGATIONS

LEAST_SHARED = 0.4  # of a sentence's meaning words, for an evidence sentence to tell the same

_FITS: dict[State, frozenset[State]] = {
    "done": frozenset(("done", "open", "present")),
    "present": frozenset(("present", "open", "done", "ongoing", "agreed", "will")),
    "ongoing": frozenset(("ongoing", "present", "open", "agreed")),
    "planned": frozenset(("planned", "open", "will", "agreed")),
    "agreed": frozenset(("agreed",)),
    "will": frozenset(("will", "planned", "agreed", "present", "ongoing", "open")),
    "denied": frozenset(("denied",)),
    "alleged": frozenset(("alleged", "done", "open", "present")),
    "open": frozenset(("open", "done", "present", "ongoing", "planned", "agreed", "will", "alleged")),
}
_AGENTS = frozenset(("subject", "'s"))
_STATIVE = frozenset("be have".split())


@dataclass(frozen=True, slots=True)
class Told:
    """An evidence sentence with what was read of it."""

    evidence: EvidenceSentence
    claims: Claims
    stems: frozenset[str]


@lru_cache(maxsize=8192)
def _meant(text: str) -> tuple[str, ...]:
    return tuple(content(text))


def nearest(text: str, pool: Sequence[EvidenceSentence]) -> EvidenceSentence | None:
    """The sentence that tells the same as `text`: most of its meaning words, then shortest."""
    meant = _meant(text)
    if not meant or not pool:
        return None

    def shared(e: EvidenceSentence) -> tuple[float, float]:
        own = stems_of(e.text)
        exact = sum(w in own for w in meant)
        loose = sum(covers(w, own) for w in meant)
        return (exact + loose) / (2 * len(meant)), -abs(len(_meant(e.text)) - len(meant))

    best = max(pool, key=shared)
    return best if shared(best)[0] >= LEAST_SHARED else None


def contradiction(
    text: str, pool: Sequence[EvidenceSentence], cited: Sequence[EvidenceSentence]
) -> str | None:
    """Why the evidence of one article says otherwise than `text`, or None."""
    told = nearest(text, pool)
    own = claims_of(text)
    if told is not None:
        reason = (
            _other_figure(text, told)
            or _other_date(text, told)
            or _other_name(own, told)
            or _exchanged(own, claims_of(told.text))
        )
        if reason:
            return reason
    near = [e for e in ([told] if told else []) if e is not None]
    rest = [e for e in cited if e is not told]
    return _other_state(own, near, rest) or _other_polarity(own, near or rest)


# -- figures and dates ---------------------------------------------------------------------------


def _sort(figure: Figure, text: str) -> tuple[str, str | None] | None:
    """What a figure may be exchanged with: its kind, and for a sum what sort of sum it is."""
    if figure.kind == "money" or (figure.kind == "count" and figure.unit is None):
        return "money", role(figure, text)
    if figure.kind in ("date", "version", "ordinal"):
        return None
    return figure.kind, figure.unit


def _other_figure(text: str, told: EvidenceSentence) -> str | None:
    """A figure that the nearest sentence gives otherwise."""
    mine, theirs = figures_of(text), told.figures
    heads = find_figures(told.article.title or "")
    for figure in mine:
        sort = _sort(figure, text)
        if sort is None or any(same(figure, f) for f in theirs):
            continue
        for other in theirs:
            if _sort(other, told.text) == sort and not any(same(f, other) or same(other, f) for f in mine):
                if any(same(figure, f) for f in heads) and other.approx != figure.approx:
                    continue
                return f"{other.text}, not {figure.text}, stands in the sentence that tells this"
    return None


def _other_date(text: str, told: EvidenceSentence) -> str | None:
    """A date that the nearest sentence gives otherwise: its article's own day is no match then."""
    mine = [f for f in figures_of(text) if f.kind == "date"]
    theirs = [f for f in told.figures if f.kind == "date"]
    for figure in mine:
        if any(same(figure, f) for f in theirs):
            continue
        if any(not any(same(f, g) or same(g, f) for f in mine) for g in theirs):
            return f"the sentence that tells this has another date than {figure.text}"
    return None


# -- names ---------------------------------------------------------------------------------------


def _other_name(own: Claims, told: EvidenceSentence) -> str | None:
    """A name of the sentence in whose place the nearest sentence has another."""
    theirs = claims_of(told.text)
    for part in own.parts:
        if mentions(part.name, told.text):
            continue
        for other in theirs.parts:
            if (other.place in _AGENTS) != (part.place in _AGENTS):
                continue
            if any(_one_name(p.name, other.name) for p in own.parts):
                continue
            return f"{other.name}, not {part.name}, stands in the sentence that tells this"
    return None


def _one_name(a: str, b: str) -> bool:
    return mentions(a, b) or mentions(b, a)


def _places(claims: Claims, name: str) -> frozenset[str]:
    found = (p.place for p in claims.parts if _one_name(p.name, name))
    return frozenset("subject" if place in _AGENTS else place for place in found)


def _exchanged(own: Claims, told: Claims) -> str | None:
    """Two names that stand in each other's places."""
    names = list(dict.fromkeys(p.name for p in own.parts))
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            mine_a, mine_b = _places(own, a), _places(own, b)
            their_a, their_b = _places(told, a), _places(told, b)
            if not their_a or not their_b or mine_a == mine_b:
                continue
            if mine_a & their_a or mine_b & their_b:
                continue
            if mine_a & their_b and mine_b & their_a:
                return f"{a} and {b} have each other's part in the evidence"
    return None


# -- how far along, and whether at all -----------------------------------------------------------


def _alike(p: Predicate, q: Predicate) -> bool:
    if p.base == q.base:
        return True
    mine = groups(stem(p.base))
    return bool(mine & groups(stem(q.base))) and p.base not in LIGHT and q.base not in LIGHT


def _other_state(
    own: Claims, near: Sequence[EvidenceSentence], rest: Sequence[EvidenceSentence]
) -> str | None:
    """A verb that the evidence tells in another state, or denies."""
    for p in own.predicates:
        if p.base in _STATIVE:
            continue
        for sentences in (near, rest):
            told = [q for e in sentences for q in claims_of(e.text).predicates]
            alike = [q for q in told if q.base == p.base] or [q for q in told if _alike(p, q)]
            if not alike:
                continue
            if not any(q.state in _FITS[p.state] and q.negated == p.negated for q in alike):
                state = alike[0]
                how = "denied" if state.negated != p.negated else state.state
                return f"{p.word} is told otherwise: {how}"
            break
    return None


def _other_polarity(own: Claims, evidence: Sequence[EvidenceSentence]) -> str | None:
    """A word that the sentence denies and the evidence does not, or the other way round."""
    for e in evidence:
        told = claims_of(e.text)
        for word in own.denied - own.affirmed:
            if len(word) > 2 and word not in NEGATIONS and _affirms(told, word):
                return f"the evidence does not deny {word}"
        for word in told.denied - told.affirmed:
            if len(word) > 3 and word in own.affirmed and word not in own.denied:
                if not any(_denies(q) for q in own.predicates):
                    return f"the evidence denies {word}"
    return None


def _affirms(told: Claims, word: str) -> bool:
    return word in told.affirmed and word not in told.denied


def _denies(p: Predicate) -> bool:
    return p.negated or p.state == "denied"
