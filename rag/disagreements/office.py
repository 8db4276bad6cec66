"""Who holds an office, by a sentence: "chief executive Jo Ek", "Jo Ek was named its CEO".

    question -> the office that it asks about
    sentence -> its parse -> the same office, whose it is, the person beside it

Leaves out who held it before, and the same office elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.evidence.fit import known
from rag.language.clause import clause_at, clauses
from rag.language.names import Name, find_names, mentions
from rag.language.parse import parsed, stem_of
from rag.question.intent import Intent

if TYPE_CHECKING:
    from spacy.tokens import Token

# What one person at a time is, "chief ..." apart.
_OFFICES = frozenset(
    "president chair governor head director founder owner leader boss editor minister mayor".split()
)
# Of one who held the office before, or for a time.
_BEFORE = frozenset("former ex then once interim act outgo previous vice deputi".split())
# Who leaves an office, by the stem of the verb.
_LEAVES = {
    "step": "subject", "resign": "subject", "leav": "subject", "quit": "subject",
    "depart": "subject", "oust": "object", "fire": "object", "dismiss": "object",
    "replac": "object", "succeed": "object",
}  # fmt: skip


def holder(intent: Intent, text: str) -> Name | None:
    """Who holds the office that the question asks about, by this sentence.

    None where the sentence is about a former holder, or where the office may be another
    organisation's.
    """
    asked = next((title for word in parsed(intent.text) if (title := _title(word))), None)
    names = find_names(text)
    for word in parsed(text) if asked else ():
        if _title(word) != asked or _before(word):
            continue
        whose = [n for token in _whose(word) if (n := _name(names, token))]
        if whose and not any(known(intent, n.text) for n in whose):
            continue
        if not whose and not _of_the_asked(intent, text, word):
            continue
        for token in _persons(word):
            name = _name(names, token)
            if name and not known(intent, name.text) and not _leaves(text, name):
                return name
    return None


def _title(word: Token) -> tuple[str, frozenset[str]] | None:
    """The office that a word names, in one form ("CEO" is "chief executive officer"), and of what
    ("research"); None where it names none."""
    if word.pos_ not in ("NOUN", "PROPN"):
        return None
    office = re.sub(r"(?:(?:wo)?man|person)$", "", word.lemma_.lower())
    before = [w.lower_ for w in word.doc[max(0, word.i - 2) : word.i]]
    if "chief" in before:
        words = [*before[before.index("chief") :], word.lower_]
        initials = "".join(w[0] for w in words)
        office = initials if word.lower_ == "officer" else initials + "o"
    elif not (re.fullmatch(r"C[A-Z]O", word.text) or office in _OFFICES):
        return None
    nouns = [n for prep in word.children if prep.dep_ == "prep" for n in prep.children]
    return office, frozenset(stem_of(n) for n in nouns if n.pos_ == "NOUN")


def _persons(title: Token) -> Iterator[Token]:
    """The words on which the name of an office's holder may hang, the likeliest first."""
    word = title
    while word.dep_ in ("compound", "appos", "conj", "nmod"):
        word = word.head
        yield word
    yield from (child for child in title.children if child.dep_ == "appos")
    verb = word.head.head if word.dep_ == "pobj" and word.head.lower_ == "as" else word.head
    if verb.pos_ not in ("VERB", "AUX") or word.dep_ not in (
        "pobj",
        "attr",
        "oprd",
        "dobj",
        "nsubj",
    ):
        return
    told = {child.dep_: child for child in verb.children}
    taken = stem_of(verb) in _LEAVES  # "Jo Ek replaces him as chief executive"
    order = ("nsubj",) if taken or word.dep_ == "attr" else ("dobj", "nsubjpass", "nsubj")
    yield from (told[role] for role in order if role in told and told[role] != word)
    if word.dep_ == "nsubj" and "attr" in told:
        yield told["attr"]


def _whose(title: Token) -> Iterator[Token]:
    """The words that say whose office it is: "of OpenAI", "OpenAI's", "OpenAI chief executive"."""
    for word in (title, title.head) if title.dep_ in ("compound", "appos") else (title,):
        for child in word.children:
            if child.dep_ == "poss" or (child.dep_ == "compound" and word == title):
                yield child
            elif child.dep_ == "prep" and child.lower_ in ("of", "at", "for"):
                yield from child.children


def _of_the_asked(intent: Intent, text: str, title: Token) -> bool:
    """Whether an office without a name beside it is that of what is asked about: "its", in one
    clause with that, or a "chief ..." in one sentence with it."""
    office, _ = _title(title) or ("", None)
    if re.fullmatch(r"c\wo", office) and any(mentions(name, text) for name in intent.names):
        return True
    near = (title, title.head) if title.dep_ in ("compound", "appos") else (title,)
    if any(child.tag_ == "PRP$" for word in near for child in word.children):
        return True
    clause = clause_at(text, title.idx)
    return clause is not None and any(known(intent, part.word) for part in clause.names)


def _before(title: Token) -> bool:
    """Whether a title was held before or for a time: "former", "was chief executive"."""
    first = min(title.left_edge.i, title.head.left_edge.i if title.dep_ == "compound" else title.i)
    if _BEFORE & {stem_of(word) for word in title.doc[first : title.i]}:
        return True
    return title.dep_ == "attr" and title.head.lemma_ == "be" and title.head.tag_ == "VBD"


def _leaves(text: str, name: Name) -> bool:
    """Whether a sentence tells that a person leaves an office."""
    return any(
        part.name == name and part.role == (_LEAVES.get(stem_of(clause.verb)),)
        for clause in clauses(text)
        for part in clause.names
    )


def _name(names: list[Name], word: Token) -> Name | None:
    """The name that a word is part of."""
    return next((name for name in names if name.start <= word.idx < name.end), None)
