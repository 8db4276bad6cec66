"""Whether evidence tells an event as far along as a sentence does, and denies it or not alike.

    the same verb -> its state and negation
    a verb in another's place -> whether the two undo each other
    a sum told as paid -> whether the evidence has it planned, agreed or denied

Used by `bearing.py`, which finds the evidence sentence to compare with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.evidence.sentence import EvidenceSentence, figures_of, stems_of
from rag.figures import Figure, same
from rag.language.claims import Claims, Predicate, State, claims_of
from rag.language.lexicon import groups, stem
from rag.language.negation import DENIAL
from rag.language.verbs import LIGHT, NEGATIONS, PLEDGING, opposed, plain, synonyms

_FITS: dict[State, frozenset[State]] = {
    "done": frozenset(("done", "open", "present")),
    "present": frozenset(("present", "open", "done", "ongoing", "agreed", "will")),
    "ongoing": frozenset(("ongoing", "present", "open", "agreed")),
    "planned": frozenset(("planned", "open", "will", "agreed", "present")),
    "agreed": frozenset(("agreed", "open")),
    "will": frozenset(("will", "planned", "agreed", "present", "ongoing", "open")),
    "denied": frozenset(("denied",)),
    "alleged": frozenset(("alleged", "done", "open", "present")),
    "open": frozenset(
        ("open", "done", "present", "ongoing", "planned", "agreed", "will", "alleged")
    ),
}
_UNDONE = frozenset(("planned", "agreed", "will", "denied"))
_STATIVE = frozenset("be have".split())


def _alike(p: Predicate, q: Predicate) -> bool:
    return p.base == q.base or grouped(plain(p.phrase), plain(q.phrase))


def grouped(a: str, b: str) -> bool:
    if a in LIGHT or b in LIGHT:
        return False
    return a == b or b in synonyms(a) or bool(groups(stem(a)) & groups(stem(b)))


def other_state(
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


def other_polarity(own: Claims, evidence: Sequence[EvidenceSentence]) -> str | None:
    """A word that the sentence denies and the evidence does not, or the other way round."""
    for e in evidence:
        told = claims_of(e.text)
        for word in own.denied - own.affirmed:
            if len(word) > 2 and word not in NEGATIONS and _affirms(told, word):
                return f"the evidence does not deny {word}"
        if any(_denies(q) for q in own.predicates):
            continue
        for word in told.denied - told.affirmed:
            if len(word) > 3 and word in own.affirmed and word not in own.denied:
                return f"the evidence denies {word}"
    return None


def other_outcome(text: str, own: Claims, told: EvidenceSentence | None) -> str | None:
    """A verb in whose place the nearest sentence has one that undoes it (closed, cancelled)."""
    if told is None:
        return None
    mine, theirs = stems_of(text), stems_of(told.text)
    for p in own.predicates:
        root = stem(p.base)
        if p.phrase == p.base and (stem(p.word) in theirs or rooted(root, theirs - mine)):
            continue
        for q in claims_of(told.text).predicates:
            if stem(q.word) in mine and q.phrase == q.base:
                continue
            if q.base in synonyms(p.base) or plain(q.phrase) in synonyms(plain(p.phrase)):
                continue
            if any(opposed(a, b) for a in {p.phrase, p.base} for b in {q.phrase, q.base}):
                return f"{q.word}, not {p.word}, stands in the sentence that tells this"
    return None


def rooted(root: str, stems: frozenset[str]) -> bool:
    """Whether another word of the same root stands there: "signature" for "sign"."""
    return len(root) > 3 and any(word.startswith(root) for word in stems)


def not_yet(text: str, own: Claims, cited: Sequence[EvidenceSentence]) -> str | None:
    """A sum told as paid that every cited sentence with it tells as planned, agreed or denied."""
    for figure in figures_of(text):
        p = _governing(own, figure.start)
        if figure.kind not in ("money", "percent", "count") or p is None or p.state != "done":
            continue
        if p.negated or _subject_denied(text, figure):
            continue
        verdicts = []
        for e in cited:
            for other in e.figures:
                if same(figure, other):
                    q = _governing(claims_of(e.text), other.start)
                    undone = q is not None and (
                        q.state in _UNDONE
                        or q.negated
                        or (q.base in PLEDGING and p.base not in PLEDGING | LIGHT)
                    )
                    verdicts.append(undone or _subject_denied(e.text, other))
        if verdicts and all(verdicts):
            return f"{figure.text} is told as not yet done"
    return None


def _subject_denied(text: str, figure: Figure) -> bool:
    """Whether the verb after a figure in its clause is denied: `$1 billion was never paid`."""
    after = [p for p in claims_of(text).predicates if p.start > figure.end]
    return (
        bool(after)
        and after[0].negated
        and not re.search(r"[,;:]", text[figure.end : after[0].start])
    )


def _governing(claims: Claims, start: int) -> Predicate | None:
    """The last verb before a place in the sentence."""
    before = [p for p in claims.predicates if p.start < start]
    return before[-1] if before else None


def denies_more(text: str, told: EvidenceSentence | None) -> str | None:
    """A sentence that says "not" more often than the one it rests on denies in any words."""
    if told is None:
        return None
    mine = sum(w.lower() in NEGATIONS for w in re.findall(r"\w+", text)) + text.count("n't")
    theirs = len(DENIAL.findall(told.text))
    if mine > theirs:
        return "the sentence that tells this denies nothing"
    return None


def _affirms(told: Claims, word: str) -> bool:
    return word in told.affirmed and word not in told.denied


def _denies(p: Predicate) -> bool:
    return p.negated or p.state == "denied"
