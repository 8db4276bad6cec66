"""What a sentence claims: who does what to whom, in which state, denied or not.

    sentence -> words -> predicates (verb, state, negated) and parts (a name and its place)

There is no parser. Places are read from word order, prepositions, possessives and voice. That is
enough to tell "A bought B" from "B bought A", and "plans to buy" from "has bought". The claims of
two sentences are compared in `checking/contradiction.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from rag.figures import find_figures
from rag.language.names import find_names
from rag.language.verbs import (
    AGREEING,
    ALLEGING,
    BE,
    DENYING,
    HAVE,
    MODALS,
    NEGATIONS,
    NOUNS,
    PARTICLES,
    PLANNING,
    WILL,
    Form,
    plain,
    verb,
)

State = Literal[
    "done", "present", "ongoing", "planned", "agreed", "will", "denied", "alleged", "open"
]
_PREPOSITIONS = frozenset(
    "of in into to from for with by against at on over under via through between among behind"
    " after before about as than like beside besides despite without within near toward towards"
    " since until during along including".split()
)
_BREAKS = frozenset(
    "which who whose that where when while whereas although though because but so if and or nor"
    " yet after before since until once".split()
)
_NOUN_BEFORE = frozenset(
    "a an the this that these those its his her their our no any some such 's of in for with on at"
    " by from new".split()
)
_CAUSES = frozenset("because owing due thanks".split())
_CONJUNCTIONS = frozenset("and or nor but as well".split())
_WORD = re.compile(r"\w+(?:[-.’']\w+)*|[,;:.()\"“”—–]")
_PARTING = frozenset("up down off out over".split())  # particles that may follow the object
_REACH = 6  # words before a verb in which its state is read; not measured


@dataclass(frozen=True, slots=True)
class Predicate:
    """A verb of the sentence: its base, the state of its event, and whether it is negated."""

    base: str
    word: str  # as the sentence writes it, in lower case
    state: State
    negated: bool
    start: int  # in characters
    phrase: str  # the base with its particle ("give-up"), where one follows


@dataclass(frozen=True, slots=True)
class Part:
    """A name and its place: "subject", "object", "'s" (possessor), "apposition", "because", or the
    preposition before it.

    `verb` is the base of the verb that it is subject or object of ("hire" for "took on"), or "".
    """

    name: str
    place: str
    start: int
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """What one sentence claims, as far as these rules can read it."""

    predicates: tuple[Predicate, ...]
    parts: tuple[Part, ...]
    denied: frozenset[str]  # words under a negation, in lower case
    affirmed: frozenset[str]  # the other words


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    low: str
    start: int
    verb: tuple[str, Form] | None
    named: bool


@lru_cache(maxsize=8192)
def claims_of(text: str) -> Claims:
    """The claims of a sentence. Cached, as the same sentences are read again and again.

    >>> found = claims_of("Meta plans to buy 49% of Scale AI.")
    >>> [(p.base, p.state) for p in found.predicates], [(p.name, p.place) for p in found.parts]
    ([('buy', 'planned')], [('Meta', 'subject'), ('Scale AI', 'of')])
    """
    text = text.replace("’", "'")
    names = [(n.start, n.end, n.text) for n in find_names(text)]
    taken = [(start, end) for start, end, _ in names]
    names += [
        (f.start, f.end, f.text)
        for f in find_figures(text)
        if f.kind == "version" and not any(a < f.end and f.start < b for a, b in taken)
    ]
    words = _words(text, names)
    predicates = tuple(_predicates(words))
    denied = _denied(words)
    affirmed = frozenset(
        w.low for i, w in enumerate(words) if i not in denied and w.low[0].isalnum()
    )
    return Claims(
        predicates,
        tuple(_part(words, text, *name) for name in sorted(names)),
        frozenset(words[i].low for i in denied),
        affirmed,
    )


def _words(text: str, names: list[tuple[int, int, str]]) -> list[_Word]:
    words = []
    for match in _WORD.finditer(text):
        for piece, start in _halves(match[0], match.start()):
            named = any(a <= start < b for a, b, _ in names)
            low = piece.lower()
            words.append(_Word(piece, low, start, None if named else verb(low), named))
    return words


def _halves(word: str, start: int) -> list[tuple[str, int]]:
    """A word taken apart, with starts: "didn't" is "did" and "not", "Meta's" is "Meta" and "'s"."""
    if word.lower().endswith("n't") and len(word) > 3:
        return [(word[:-3], start), ("not", start + len(word) - 3)]
    if word.endswith("'s") and len(word) > 2:
        return [(word[:-2], start), ("'s", start + len(word) - 2)]
    return [(word, start)]


# -- states of events ------------------------------------------------------------------------------


def _predicates(words: list[_Word]) -> list[Predicate]:
    """The verbs of the sentence, without auxiliaries and words that are nouns there."""
    found = []
    for i, word in enumerate(words):
        if word.verb is None:
            continue
        base, form = word.verb
        following = words[i + 1].low if i + 1 < len(words) else ""
        if word.low in BE | HAVE and _auxiliary(words, i):
            continue
        if word.low in ("do", "does", "did") and _auxiliary(words, i):
            continue
        if word.low in PLANNING | AGREEING and following == "to":
            continue  # it gives the state of the next verb
        if form in ("base", "s") and i and words[i - 1].low in _NOUN_BEFORE:
            continue  # "an offer", "Meta's offer", "of shares"
        state = _state(words, i, form)
        found.append(
            Predicate(
                base, word.low, state, _negated(words, i), word.start, _phrase(words, i, base)
            )
        )
    return found


def _phrase(words: list[_Word], i: int, base: str) -> str:
    """The verb with its particle, at most four words after it: `turned the job down`."""
    if words[i + 1 : i + 2] and words[i + 1].low == "go" and base == "let":
        return "let-go"
    for place, word in enumerate(words[i + 1 : i + 5]):
        if word.low in PARTICLES and not word.named and (place == 0 or word.low in _PARTING):
            return f"{base}-{word.low}"
        if word.verb or word.low in (",", ";", ".", "and") or word.low in _PREPOSITIONS:
            break
    return base


def _auxiliary(words: list[_Word], i: int) -> bool:
    """Whether the verb at i is the auxiliary of another verb after it."""
    for word in words[i + 1 : i + 5]:
        if word.verb and word.low not in ("to",):
            return True
        if not (
            word.low in NEGATIONS
            or word.low.endswith("ly")
            or word.low in BE | HAVE
            or word.low in _SKIPPED
        ):
            return False
    return False


_SKIPPED = frozenset(
    "also already now still only just then yet since all ever once both each".split()
)


def _state(words: list[_Word], i: int, form: Form) -> State:
    """The state of the verb at i: by the words before it in its clause, else by its form."""
    whole = _before(words, i)
    before = whole[-_REACH:]
    infinitive = bool(before) and before[-1] == "to"
    helpers = [w for w in before if w in BE | HAVE]
    for reach, back in enumerate(reversed(before)):
        if back in WILL:
            return "will"
        if back in DENYING:
            return "denied"
        if (back in PLANNING and infinitive) or (back in MODALS and reach <= 3):
            return "planned"
        if back in AGREEING and infinitive and reach <= 4:
            return "agreed"
    if ALLEGING & set(whole):
        return "alleged"
    if infinitive and AGREEING & set(whole):
        return "agreed"
    if infinitive and PLANNING & set(whole):
        return "planned"
    if infinitive:
        return "will" if helpers and before[-2:-1] and before[-2] in BE else "open"
    if form == "past":
        return "done"
    if form == "ing":
        return "ongoing" if any(w in BE for w in before[-3:]) else "open"
    return "present" if form == "s" else "open"


def _before(words: list[_Word], i: int) -> list[str]:
    """The words before the verb at i in the same clause, in order, at most 14 (not measured)."""
    out: list[str] = []
    for word in reversed(words[max(0, i - 14) : i]):
        if word.low == "," and out and out[-1][:1].isdigit():
            continue  # inside a date
        if word.low in (",", ";", ":", ".", "(", ")", "which", "who", "while", "but", "where"):
            break
        if word.low == "and" and out and not (out[-1] in BE | HAVE or len(out) > 3):
            continue
        out.append("" if word.text == "May" else word.low)
    return out[::-1]


def _negated(words: list[_Word], i: int) -> bool:
    """Whether a negation is among the four words before the verb at i (four: not measured)."""
    before = _before(words, i)[-4:]
    return any(w in NEGATIONS for w in before) and not _only(before)


def _only(before: list[str]) -> bool:
    """Whether the negation is "not only" or "not just", which denies nothing."""
    return any(a == "not" and b in ("only", "just") for a, b in pairwise(before))


def _denied(words: list[_Word]) -> set[int]:
    """Indexes of the words that a negation denies: the next four at most (four: not measured)."""
    found: set[int] = set()
    for i, word in enumerate(words):
        if word.low not in NEGATIONS:
            continue
        for j in range(i + 1, min(i + 5, len(words))):
            if words[j].low in (",", ";", ":", ".", "but", "and"):
                break
            if words[j].low in ("only", "just"):
                break
            found.add(j)
    return found


# -- roles of names --------------------------------------------------------------------------------


def _part(words: list[_Word], text: str, start: int, end: int, name: str) -> Part:
    """The name from `start` to `end` with its place and the verb that goes with it."""
    place = _place(words, text, start, end)
    base = ""
    verbs = [(i, w) for i, w in enumerate(words) if w.verb and w.low not in BE | HAVE]
    before = [pair for pair in verbs if pair[1].start < start][-1:]
    after = [pair for pair in verbs if pair[1].start >= end][:1]
    if place == "subject":
        near = before if re.search(r"\bby $", text[:start]) else after
    else:
        near = (before or after) if place == "object" else []
    for i, word in near:
        base = plain(_phrase(words, i, word.verb[0])) if word.verb else ""
    if place == "'s":
        following = [w.low for w in words if w.start >= end][1:4]
        base = next((NOUNS[w] for w in following if w in NOUNS), "")
    return Part(name, place, start, base)


def _place(words: list[_Word], text: str, start: int, end: int) -> str:
    """The place of the name from `start` to `end`, read backwards from it word by word.

    Reads at most 24 words back (not measured). A name with nothing before it that decides is the
    subject, or the object where the verb after it is passive.
    """
    first = next((i for i, w in enumerate(words) if w.start >= start), len(words))
    last = max((i for i, w in enumerate(words) if w.start < end), default=first)
    if text[end : end + 2] == "'s" or text[start:end].endswith("'s"):
        return "'s"
    if text[end : end + 1] == "'" and text[end - 1] == "s":
        return "'s"
    passive = _passive(words, last)
    back = first - 1
    steps = 0
    while back >= 0 and steps < 24:
        word = words[back]
        if word.low == "," and _verb_follows(words, last):
            return "object" if passive else "subject"
        if word.low in _CONJUNCTIONS or word.low == ",":
            other = _listed(words, back)
            if other is not None:
                back = other - 1
                steps += 1
                continue
            if word.low in ("and", "but", "or") and _verb_follows(words, last):
                return "object" if passive else "subject"
            if word.low == ",":
                return "apposition"
        if word.low in _PREPOSITIONS and not word.named:
            if word.low == "by" and _participle(words, back):
                return "subject"
            return "because" if back and words[back - 1].low in _CAUSES else word.low
        if word.low in (";", ":", ".") or word.low in _BREAKS:
            return "object" if passive else "subject"
        if word.verb and not word.named and word.low not in HAVE:
            return "object"
        back -= 1
        steps += 1
    return "object" if passive else "subject"


def _listed(words: list[_Word], at: int) -> int | None:
    """Where "and" or a comma (at `at`) joins two names: the index of the first word of the name
    before it, else None."""
    before = at - 1
    while before >= 0 and words[before].low in (",", "and", "or", "as", "well"):
        before -= 1
    if before < 0 or not words[before].named:
        return None
    if at + 1 < len(words) and not any(w.named for w in words[at + 1 : at + 4]):
        return None
    start = before
    while start > 0 and words[start - 1].named:
        start -= 1
    return start


def _verb_follows(words: list[_Word], last: int) -> bool:
    """Whether a verb is among the four words after word `last`, in the same clause."""
    for word in words[last + 1 : last + 5]:
        if word.low in (",", ";", ".") or word.low in _PREPOSITIONS:
            return False
        if word.verb:
            return True
    return False


def _passive(words: list[_Word], last: int) -> bool:
    """Whether the verb after word `last` is passive: a form of "be", then a past participle."""
    for i in range(last + 1, min(last + 8, len(words))):
        word = words[i]
        if word.low in (",", ";", "."):
            return False
        if word.verb is None or word.named:
            continue
        if word.low in BE:
            for following in words[i + 1 : i + 4]:
                if following.verb and following.verb[1] == "past" and following.low not in BE:
                    return True
                if following.verb and following.low not in BE:
                    return False
            return False
        if word.low not in HAVE and word.low not in ("will", "would"):
            return False
    return False


def _participle(words: list[_Word], by: int) -> bool:
    """Whether a past participle is among the four words before the "by" at index `by`."""
    return any(w.verb is not None and w.verb[1] == "past" for w in words[max(0, by - 4) : by])
