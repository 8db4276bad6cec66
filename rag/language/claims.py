"""What a sentence claims: who does what to whom, in which state, denied or not.

    sentence -> words -> predicates (verb, state, negated) and parts (a name and its place)

No parser: places are read from word order, prepositions, possessives and voice, which is enough to
tell "A bought B" from "B bought A" and "plans to buy" from "has bought". What is compared, and what
follows from it, is in `bearing.py`.
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
_PARTING = frozenset("up down off out over".split())  # may stand after the object
_REACH = 6  # words before a verb that may say how far along it is


@dataclass(frozen=True, slots=True)
class Predicate:
    """A verb of the sentence by its base, how far along its event is told, and whether it is denied."""

    base: str
    word: str
    state: State
    negated: bool
    start: int
    phrase: str  # the base with its particle ("give-up"), where one follows


@dataclass(frozen=True, slots=True)
class Part:
    """A name and its place: "subject", "object", "'s", or the preposition before it; `verb` is the
    verb that it is subject or object of, "hire" for "took on"."""

    name: str
    place: str
    start: int
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """Everything that one sentence claims, as far as it is read."""

    predicates: tuple[Predicate, ...]
    parts: tuple[Part, ...]
    denied: frozenset[str]  # words under a negation
    affirmed: frozenset[str]  # the others


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    low: str
    start: int
    verb: tuple[str, Form] | None
    named: bool


@lru_cache(maxsize=8192)
def claims_of(text: str) -> Claims:
    """Read a sentence (remembered: the same sentences come back).

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
    """ "didn't" as "did" and "not", "Meta's" as "Meta" and "'s"."""
    if word.lower().endswith("n't") and len(word) > 3:
        return [(word[:-3], start), ("not", start + len(word) - 3)]
    if word.endswith("'s") and len(word) > 2:
        return [(word[:-2], start), ("'s", start + len(word) - 2)]
    return [(word, start)]


# -- how far along ---------------------------------------------------------------------------------


def _predicates(words: list[_Word]) -> list[Predicate]:
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
            continue  # it says how far along the next verb is
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
    """The verb with the particle that follows it, at most three words on: `turned the job down`."""
    if words[i + 1 : i + 2] and words[i + 1].low == "go" and base == "let":
        return "let-go"
    for place, word in enumerate(words[i + 1 : i + 5]):
        if word.low in PARTICLES and not word.named and (place == 0 or word.low in _PARTING):
            return f"{base}-{word.low}"
        if word.verb or word.low in (",", ";", ".", "and") or word.low in _PREPOSITIONS:
            break
    return base


def _auxiliary(words: list[_Word], i: int) -> bool:
    """Whether another verb follows that this one only helps."""
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
    """The state of the verb at `i` from the words right before it."""
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
    """Words before the verb in its own clause, nearest last."""
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
    before = _before(words, i)[-4:]
    return any(w in NEGATIONS for w in before) and not _only(before)


def _only(before: list[str]) -> bool:
    return any(a == "not" and b in ("only", "just") for a, b in pairwise(before))


def _denied(words: list[_Word]) -> set[int]:
    """Places of the words that a negation before them denies."""
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


# -- who and whom ------------------------------------------------------------------------------------


def _part(words: list[_Word], text: str, start: int, end: int, name: str) -> Part:
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
    """The start of the name before "and" or a comma that a further name of the list follows."""
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
    for word in words[last + 1 : last + 5]:
        if word.low in (",", ";", ".") or word.low in _PREPOSITIONS:
            return False
        if word.verb:
            return True
    return False


def _passive(words: list[_Word], last: int) -> bool:
    """Whether the verb after the name is passive: a form of be and then a past participle."""
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
    """Whether a past participle stands before "by", with at most a few words between."""
    return any(w.verb is not None and w.verb[1] == "past" for w in words[max(0, by - 4) : by])
