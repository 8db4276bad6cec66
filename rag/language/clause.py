"""Who does what to whom: the verbs of a sentence, each with what takes part in it.

    sentence -> its parse (`language/parse.py`) -> for each verb its subject, its object and the
    rest, by the same names whether the verb is active, passive or a participle

How far along an event is, is read in `language/event_status.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.figures import find_figures
from rag.language.names import Name, find_names
from rag.language.parse import parsed, stem_of, word_at

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Role = tuple[str, ...]  # ("object",), ("by",), ("object", "is"): an adjective of the object
_ROLES = {
    "nsubj": "subject", "nsubjpass": "object", "dobj": "object", "attr": "object",
    "oprd": "object", "dative": "to", "poss": "of", "compound": "is", "nmod": "is", "amod": "is",
}  # fmt: skip
_NUMBERS = ("NUM", "SYM", "DET", "PRON")


@dataclass(frozen=True, slots=True)
class Part:
    """What takes part in an event: a name, or the stem of a word; and how."""

    word: str
    role: Role
    name: Name | None = None
    counted: bool = False  # "200 people", "5 million euros"


@dataclass(frozen=True, slots=True)
class Clause:
    """A verb with what takes part in it."""

    verb: Token
    parts: tuple[Part, ...]

    @property
    def names(self) -> list[Part]:
        """The names that take part."""
        return [part for part in self.parts if part.name]

    @property
    def words(self) -> frozenset[str]:
        """The stems that say what happens: of the verb, also with its particle ("call-off"), and of
        what it is done to ("merger"), or is ("the merger is off")."""
        about = [("object",), ("subject",)] if self.verb.lemma_ == "be" else [("object",)]
        done_to = {p.word for p in self.parts if p.role in about and not (p.name or p.counted)}
        particles = {
            f"{stem_of(self.verb)}-{c.lower_}" for c in self.verb.children if c.dep_ == "prt"
        }
        return frozenset({stem_of(self.verb), *particles, *done_to})


@lru_cache(maxsize=2048)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a sentence, in the order of their verbs.

    >>> [found] = clauses("The offices of Kestrel were bought by Orrery.")
    >>> [(part.word, part.role) for part in found.parts]
    [('offic', ('object',)), ('Kestrel', ('of',)), ('Orrery', ('subject',))]
    """
    doc = parsed(text)
    names = _names(text, doc)
    found = []
    for verb in doc:
        if verb.pos_ not in ("VERB", "AUX") or verb.dep_ in ("aux", "auxpass"):
            continue
        parts = []
        for word, role in sorted(_arguments(verb), key=lambda pair: pair[0].i):
            name = names.get(word.i)
            if name is None and word.pos_ not in _NUMBERS:
                counted = any(c.dep_ in ("nummod", "quantmod") for c in word.children)
                parts.append(Part(stem_of(word), role, None, counted))
            elif name and _heads(doc, name, word):
                parts.append(Part(name.text, role, name))
        found.append(Clause(verb, tuple(dict.fromkeys(parts))))
    return tuple(found)


def clause_at(text: str, place: int) -> Clause | None:
    """The clause that the character `place` of a sentence belongs to; None where it has no verb."""
    by_verb = {clause.verb.i: clause for clause in clauses(text)}
    word = word_at(parsed(text), place)
    return next((by_verb[w.i] for w in (word, *word.ancestors) if w.i in by_verb), None)


def role_at(text: str, place: int) -> Role | None:
    """How the word at the character `place` takes part in its clause; None where it does not."""
    word, clause = word_at(parsed(text), place), clause_at(text, place)
    arguments = dict(_arguments(clause.verb)) if clause else {}
    return next((arguments[w] for w in (word, *word.ancestors) if w in arguments), None)


def _names(text: str, doc: Doc) -> dict[int, Name]:
    """Names, and things with a number ("Wren 2"), by the words that they have in the text."""
    numbered = [Name(f.text, f.start) for f in find_figures(text) if f.kind == "version"]
    return {w.i: name for name in (*find_names(text), *numbered) for w in _words(doc, name)}


def _words(doc: Doc, name: Name) -> list[Token]:
    return [word for word in doc if word.idx < name.end and name.start < word.idx + len(word)]


def _heads(doc: Doc, name: Name, word: Token) -> bool:
    """Whether the other words of a name hang on this one."""
    return word.head == word or word.head not in _words(doc, name)


def _arguments(verb: Token) -> Iterator[tuple[Token, Role]]:
    """The words that take part in a verb's event, with their roles."""
    yield from _below(verb, ())
    own = _subject(verb)
    if own is None or (own.head == verb and own.tag_ not in ("WP", "WDT")):
        return
    helpers = [child.dep_ for child in verb.children]
    passive = "auxpass" in helpers or (verb.tag_ == "VBN" and "aux" not in helpers)
    asks = own.tag_ in ("WP", "WDT") and verb.dep_ == "relcl"  # "Kestrel, which was bought"
    yield from _noun(verb.head if asks else own, ("object" if passive else "subject",))


def _subject(verb: Token) -> Token | None:
    """The subject of a verb: its own, that of the verb that it hangs on, or the noun of which it
    tells ("Kestrel, bought by Orrery")."""
    own = next((c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")), None)
    if own is None and verb.dep_ in ("xcomp", "advcl", "conj"):
        return _subject(verb.head)
    return verb.head if own is None and verb.dep_ == "acl" else own


def _below(word: Token, role: Role) -> Iterator[tuple[Token, Role]]:
    """The nouns and adjectives that hang on a word which has the role `role`."""
    for child in word.children:
        if child.dep_ in ("prep", "agent") or (child.dep_ == "dative" and child.pos_ == "ADP"):
            by = "subject" if child.dep_ == "agent" else child.lower_
            for noun in child.children:
                if noun.dep_ == "pobj":  # to which noun before it a parser ties it is a guess
                    yield from _noun(noun, (by,))
        elif child.dep_ in _ROLES:
            yield from _noun(child, (*role, _ROLES[child.dep_]))
        elif role and child.dep_ in ("appos", "conj"):
            yield from _noun(child, role)


def _noun(noun: Token, role: Role) -> Iterator[tuple[Token, Role]]:
    yield noun, role
    yield from _below(noun, role)
