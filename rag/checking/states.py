"""Contradiction by state: the evidence has the event less far along, undone or denied.

    the same verb in both -> its state and negation (`other_state`)
    a verb in another's place -> whether the two undo each other (`other_outcome`)
    a sum that was paid -> whether the evidence has it planned, agreed or denied (`not_yet`)
    words under a negation (`other_polarity`, `denies_more`)

Each gives the contradiction in one line, or None. The source, the evidence sentence to compare
with, is found in `checking/contradiction.py`.
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

# State of a verb in a sentence -> the states of it in evidence that bear the sentence out.
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
    """Whether two predicates may tell the same event."""
    return p.base == q.base or grouped(plain(p.phrase), plain(q.phrase))


def grouped(a: str, b: str) -> bool:
    """Whether two verbs, by their bases, may say the same: synonyms, or words of one group."""
    if a in LIGHT or b in LIGHT:
        return False
    return a == b or b in synonyms(a) or bool(groups(stem(a)) & groups(stem(b)))


def other_state(
    claims: Claims, near: Sequence[EvidenceSentence], rest: Sequence[EvidenceSentence]
) -> str | None:
    """A verb of the sentence that the evidence has in another state, or denies.

    `near` is the source alone, or empty; `rest` are the other citations, read only for a verb that
    the source lacks.
    """
    for p in claims.predicates:
        if p.base in _STATIVE:
            continue
        for sentences in (near, rest):
            given = [q for e in sentences for q in claims_of(e.text).predicates]
            alike = [q for q in given if q.base == p.base] or [q for q in given if _alike(p, q)]
            if not alike:
                continue
            if not any(q.state in _FITS[p.state] and q.negated == p.negated for q in alike):
                state = alike[0]
                how = "denied" if state.negated != p.negated else state.state
                return f"{p.word} is told otherwise: {how}"
            break
    return None


def other_polarity(claims: Claims, evidence: Sequence[EvidenceSentence]) -> str | None:
    """A word that the sentence denies and the evidence affirms, or the other way round."""
    for e in evidence:
        given = claims_of(e.text)
        for word in claims.denied - claims.affirmed:
            if len(word) > 2 and word not in NEGATIONS and _affirms(given, word):
                return f"the evidence does not deny {word}"
        if any(_denies(q) for q in claims.predicates):
            continue
        for word in given.denied - given.affirmed:
            if len(word) > 3 and word in claims.affirmed and word not in claims.denied:
                return f"the evidence denies {word}"
    return None


def other_outcome(text: str, claims: Claims, source: EvidenceSentence | None) -> str | None:
    """A verb in whose place the source has one that undoes it (closed, cancelled)."""
    if source is None:
        return None
    stems, source_stems = stems_of(text), stems_of(source.text)
    for p in claims.predicates:
        root = stem(p.base)
        if p.phrase == p.base and (
            stem(p.word) in source_stems or rooted(root, source_stems - stems)
        ):
            continue
        for q in claims_of(source.text).predicates:
            if stem(q.word) in stems and q.phrase == q.base:
                continue
            if q.base in synonyms(p.base) or plain(q.phrase) in synonyms(plain(p.phrase)):
                continue
            if any(opposed(a, b) for a in {p.phrase, p.base} for b in {q.phrase, q.base}):
                return f"{q.word}, not {p.word}, stands in the sentence that tells this"
    return None


def rooted(root: str, stems: frozenset[str]) -> bool:
    """Whether `stems` have another word of the same root: "signature" for "sign"."""
    # shorter roots begin too many other words; four letters: not measured
    return len(root) > 3 and any(word.startswith(root) for word in stems)


def not_yet(text: str, claims: Claims, cited: Sequence[EvidenceSentence]) -> str | None:
    """A figure of something done that every citation with it has as planned, agreed or denied."""
    for figure in figures_of(text):
        p = _governing(claims, figure.start)
        if figure.kind not in ("money", "percent", "count") or p is None or p.state != "done":
            continue
        if p.negated or _subject_denied(text, figure):
            continue
        undone = []
        for e in cited:
            for other in e.figures:
                if same(figure, other):
                    q = _governing(claims_of(e.text), other.start)
                    pending = q is not None and (
                        q.state in _UNDONE
                        or q.negated
                        or (q.base in PLEDGING and p.base not in PLEDGING | LIGHT)
                    )
                    undone.append(pending or _subject_denied(e.text, other))
        if undone and all(undone):
            return f"{figure.text} is told as not yet done"
    return None


def _subject_denied(text: str, figure: Figure) -> bool:
    """Whether the verb after a figure is denied in its clause: `$1 billion was never paid`."""
    after = [p for p in claims_of(text).predicates if p.start > figure.end]
    return (
        bool(after)
        and after[0].negated
        and not re.search(r"[,;:]", text[figure.end : after[0].start])
    )


def _governing(claims: Claims, start: int) -> Predicate | None:
    """The last verb before a character of the sentence."""
    before = [p for p in claims.predicates if p.start < start]
    return before[-1] if before else None


def denies_more(text: str, source: EvidenceSentence | None) -> str | None:
    """A sentence with more words like "not" than the source has words of denial."""
    if source is None:
        return None
    claimed = sum(w.lower() in NEGATIONS for w in re.findall(r"\w+", text)) + text.count("n't")
    given = len(DENIAL.findall(source.text))
    if claimed > given:
        return "the sentence that tells this denies nothing"
    return None


def _affirms(given: Claims, word: str) -> bool:
    return word in given.affirmed and word not in given.denied


def _denies(p: Predicate) -> bool:
    return p.negated or p.state == "denied"
