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

from rag.evidence.sentence import EvidenceSentence, figures_of, stems_of
from rag.figures import Figure, same
from rag.language.claims import Claims, Part, claims_of
from rag.language.lexicon import content, covers
from rag.language.money import role
from rag.language.names import mentions
from rag.language.verbs import DIRECTED, RECEIVING, synonyms
from rag.outcomes import (
    denies_more,
    grouped,
    not_yet,
    other_outcome,
    other_polarity,
    other_state,
    rooted,
)

LEAST_SHARED = 0.4  # of a sentence's meaning words, for an evidence sentence to tell the same

_AGENTS = frozenset(("subject", "'s"))
_GAPPED = re.compile(r" (?:about |around |nearly |over |roughly |some |another |[$€£])*")


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


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What the evidence says otherwise; `value` where it is a figure, a date or a name, so that
    what the sentence gives is wrong and not only how it is told."""

    reason: str
    value: bool = False


def contradiction(
    text: str, pool: Sequence[EvidenceSentence], cited: Sequence[EvidenceSentence]
) -> Otherwise | None:
    """What the evidence of one article says otherwise than `text`, or None."""
    told = nearest(text, pool)
    own = claims_of(text)
    if told is not None:
        reason = (
            _other_figure(text, told)
            or _other_date(text, told)
            or _other_name(text, told, cited)
            or _exchanged(own, claims_of(told.text))
            or _crossed(text, told.text)
        )
        if reason:
            return Otherwise(reason, value=True)
    near = [told] if told else []
    rest = [e for e in cited if e is not told]
    reason = (
        other_state(own, near, rest)
        or other_outcome(text, own, told)
        or not_yet(text, own, cited)
        or other_polarity(own, near or rest)
        or denies_more(text, told)
    )
    return Otherwise(reason) if reason else None


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
    for figure in mine:
        sort = _sort(figure, text)
        held = [f for f in theirs if same(figure, f)]
        if sort is None or any(_sort(f, told.text) == sort for f in held):
            continue
        if held and sort[0] != "money":
            continue
        for other in theirs:
            if _sort(other, told.text) == sort and not any(
                same(f, other) or same(other, f) for f in mine
            ):
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


def _other_name(text: str, told: EvidenceSentence, cited: Sequence[EvidenceSentence]) -> str | None:
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
            if any(_one_name(p.name, other.name) for p in own.parts):
                continue
            if any(_tells_of(part, text, told, e) for e in rest):
                continue
            return f"{other.name}, not {part.name}, stands in the sentence that tells this"
    return None


def _tells_of(part: Part, text: str, told: EvidenceSentence, e: EvidenceSentence) -> bool:
    """Whether a sentence has the name in the same place, and bears out more of the words."""
    placed = any(
        _one_name(part.name, p.name) and (p.place in _AGENTS) == (part.place in _AGENTS)
        for p in claims_of(e.text).parts
    )
    named = frozenset(content(part.name))
    new = [w for w in _meant(text) if w not in named and w not in stems_of(told.text)]
    here = stems_of(e.text)
    return placed and any(w in here or rooted(w[:6], here) for w in new if len(w) > 3)


def _doubled(own: Claims, theirs: Claims, name: str) -> bool:
    """Whether a name stands twice where the evidence has it once: set against itself."""
    mine = sum(_one_name(p.name, name) for p in own.parts)
    return mine > 1 and mine > sum(_one_name(p.name, name) for p in theirs.parts)


def _one_name(a: str, b: str) -> bool:
    return mentions(a, b) or mentions(b, a)


def _places(claims: Claims, name: str, fine: bool) -> frozenset[str]:
    """Where a name stands; not `fine`, a possessor is a subject, whatever the verb."""
    found = _parts(claims, name)
    if fine:
        return frozenset(f"{p.place} {p.verb}" for p in found)
    return frozenset("subject" if p.place in _AGENTS else p.place for p in found)


def _parts(claims: Claims, name: str) -> list[Part]:
    """The parts of a name: as it is written where it stands so, else by other forms of it."""
    exact = [p for p in claims.parts if p.name.lower() == name.lower()]
    return exact or [p for p in claims.parts if _one_name(p.name, name)]


def _exchanged(own: Claims, told: Claims) -> str | None:
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


def _crossed(text: str, told: str) -> str | None:
    """A figure told of another subject or another date than the sentence with several tells."""
    for sort in ("money", "percent", "count"):
        theirs = [f for f in figures_of(told) if f.kind == sort]
        if len(theirs) < 2:
            continue
        mine = [f for f in figures_of(text) if f.kind == sort]
        for figure in mine:
            held = [g for g in theirs if same(figure, g)]
            if len(held) != 1:
                continue
            others = [g for g in theirs if g is not held[0] and not same(figure, g)]
            name, right = _owner(text, figure), _owner(told, held[0])
            if name and right and not _one_name(name, right):
                owners = [owner for g in others if (owner := _owner(told, g))]
                if any(_one_name(name, owner) for owner in owners):
                    return f"{figure.text} is told of {right}, not of {name}"
            day, rightly = _day(text, figure, mine), _day(told, held[0], theirs)
            if day and rightly and not same(day, rightly) and not same(rightly, day):
                for g in others:
                    other = _day(told, g, theirs)
                    if other and same(day, other):
                        return f"{figure.text} is told of {rightly.text}, not of {day.text}"
    return None


def _owner(text: str, figure: Figure) -> str | None:
    """The name that a figure is told of: the subject before it, or the name right before it."""
    before = [p for p in claims_of(text).parts if p.start < figure.start]
    for part in reversed(before):
        gap = text[part.start + len(part.name) : figure.start]
        joined = re.search(r"(?:\band|,|\bwhile) $", text[: part.start])
        if part.place == "subject" or (joined and _GAPPED.fullmatch(gap)):
            return part.name
    return None


def _day(text: str, figure: Figure, alike: Sequence[Figure]) -> Figure | None:
    """The date that goes with a figure: the next one before another such figure, else the last."""
    dates = [f for f in figures_of(text) if f.kind == "date"]
    following = min((f.start for f in alike if f.start > figure.start), default=len(text))
    preceding = max((f.end for f in alike if f.end < figure.start), default=0)
    after = [d for d in dates if figure.end <= d.start < following]
    before = [d for d in dates if preceding <= d.start < figure.start]
    return after[0] if after else before[-1] if before else None
