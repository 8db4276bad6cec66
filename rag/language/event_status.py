"""How far along an event is: `status_of`, for the public field `event_status`; and its tense.

    sentence -> its parse (`language/parse.py`) -> the word asked about, or the innermost verb
    -> up the tree to the main clause: will, "plans to", "denied that", "called off"
    -> else the verb's own tense -> "planned", "completed", "announced", ...

Modals, infinitives, negations and tenses are read from the tree. Which verbs and nouns cancel,
deny, plan or announce is no matter of grammar: these few stand below, by their stems.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from rag.language.parse import parsed, stem_of, word_at
from rag.types import EventStatus

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Tense = Literal["modal", "past", "present", "perfect"]

_ENDED = frozenset(
    "cancel scrap abandon termin annul revok rescind veto block withdraw quash shelv overturn undo"
    " ban bar prohibit collaps drop dead call-off fall-through strike-down throw-out vote-down"
    " walk-away back-out pull-out".split()
)
_DENIED = frozenset("deni reject disput refus declin contradict rebut fals untru dishonest".split())
_PLANNED = frozenset(
    "plan consid weigh seek propos offer bid expect intend aim mull discuss want target forecast"
    " predict anticip hope talk".split()
)
_ANNOUNCED = frozenset(
    "announc unveil reveal disclos present declar introduc pledg sign file agre".split()
)
_CLOSED = frozenset("complet close finish finalis final conclud".split())
# With these an infinitive is no plan: "managed to raise", "is said to own".
_FACTUAL = frozenset(
    "begin start continu manag help come get forc prove use seem appear say believ think report"
    " know understand".split()
)
_NO_EVENT = frozenset("be have own hold employ stand remain belong say tell".split())
_NONE = frozenset("no none nobody nothing neither".split())
_VERBS = frozenset(("VERB", "AUX"))
_FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
_PAST = frozenset(("VBD", "VBN"))
_ASIDE = frozenset(("relcl", "advcl", "parataxis", "conj"))  # clauses that tell of another event


def status_of(text: str, at: int | None = None) -> EventStatus:
    """The status of the event in a sentence, of that which the character `at` belongs to if it is
    given; "reported" where it tells no event.

    >>> status_of("Meta plans to buy 49% of Scale AI."), status_of("Meta has spent 14.8 billion.")
    ('planned', 'completed')
    >>> told = "Orrery, which had sought $2 billion, raised $3 billion."
    >>> status_of(told, told.index("$2")), status_of(told, told.index("$3"))
    ('planned', 'completed')
    """
    path = _upwards(text, at)
    planned = False
    below = ""  # what the word before is to this one
    for word in path:
        by = {*map(stem_of, (word, *_adjectives(word))), _phrase(word)}
        denied = _negated(word)
        if by & _ENDED and not _counted(word):
            return "reported" if denied else "cancelled"
        acts = below == "nsubj"  # what is told of somebody is not undone by what he denies or plans
        if denied or (by & _DENIED and not acts):
            return "denied"
        if by & _CLOSED and word.tag_ in _PAST:
            planned = False
            break
        planned = planned or (bool(by & _PLANNED) and not acts) or _ahead(word)
        below = word.dep_
    if planned:
        return "planned"
    verbs = [word for word in path if word.pos_ in _VERBS]
    if not verbs or (stem_of(verbs[0]) in _NO_EVENT and not _passive(verbs[0])):
        return "reported"
    if stem_of(verbs[0]) in _ANNOUNCED:
        return "announced"
    return "completed" if _past(_finite(verbs)) else "reported"


def tenses_of(text: str, at: int | None = None) -> set[Tense]:
    """The tense of the verb that the character `at` belongs to, else of the innermost verb; "has
    paid" is present and perfect. Empty where there is no verb.

    >>> sorted(tenses_of("It has paid $3 million.")), sorted(tenses_of("It will pay $3 million."))
    (['perfect', 'present'], ['modal'])
    """
    verbs = [word for word in _upwards(text, at) if word.pos_ in _VERBS]
    if not verbs:
        return set()
    verb = _finite(verbs)
    found = {tense for word in (verb, *_helpers(verb)) if (tense := _TENSES.get(word.tag_))}
    if verb.tag_ == "VBN" and any(h.lemma_ == "have" for h in _helpers(verb)):
        found.add("perfect")
    return found


_TENSES: dict[str, Tense] = {"MD": "modal", "VBD": "past", "VBZ": "present", "VBP": "present"}


def _upwards(text: str, at: int | None) -> list[Token]:
    """The word at `at`, else the innermost verb, and what it hangs on, one above the other, to the
    top of the clauses that tell of the same event."""
    doc = _read(text)
    if at is None:
        roots = [s.root for s in doc.sents]
        word = _innermost(next((r for r in roots if r.pos_ in _VERBS), roots[0]))
    else:
        word = word_at(doc, at)
    return list(_clause(word))


def _read(text: str) -> Doc:
    """The parse; of a headline whose capitals hide its verb, that of the text without capitals."""
    doc = parsed(text)
    if len(text.lower()) == len(text) and not any(t.tag_ in _FINITE for t in doc):
        plain = parsed(text.lower())
        return plain if any(t.tag_ in _FINITE for t in plain) else doc
    return doc


def _innermost(verb: Token) -> Token:
    """From a verb down to what is said, planned or begun."""
    while inner := [c for c in verb.children if c.dep_ in ("ccomp", "xcomp") and c.pos_ in _VERBS]:
        verb = inner[-1]
    return verb


def _clause(word: Token) -> Iterator[Token]:
    while True:
        yield word
        after_comma = word.left_edge.i > 0 and word.left_edge.nbor(-1).text == ","
        finite = any(w.tag_ in _FINITE for w in (word, *_helpers(word)))
        participle = word.tag_ == "VBN" and word.dep_ == "acl"
        aside = word.dep_ in _ASIDE or (word.dep_ == "acl" and after_comma)
        if word.head == word or (aside and (finite or participle)):
            return
        word = word.head


def _finite(verbs: list[Token]) -> Token:
    """The first verb that has a tense of its own."""
    tensed = _FINITE | _PAST
    return next((v for v in verbs if any(w.tag_ in tensed for w in (v, *_helpers(v)))), verbs[0])


def _phrase(verb: Token) -> str:
    """A verb with the word after it: "call-off", "back-out"."""
    following = verb.nbor().lower_ if verb.i + 1 < len(verb.doc) else ""
    return f"{stem_of(verb)}-{following}"


def _adjectives(word: Token) -> list[Token]:
    """What describes a noun ("the planned sale"), or with "be" or "call" its subject or object."""
    return [c for c in word.children if c.dep_ in ("amod", "acomp", "oprd")]


def _helpers(verb: Token) -> list[Token]:
    return [c for c in verb.children if c.dep_ in ("aux", "auxpass")]


def _passive(verb: Token) -> bool:
    return any(h.dep_ == "auxpass" for h in _helpers(verb))


def _past(verb: Token) -> bool:
    """Whether a verb is in the past: "paid", "has paid", "was paid", "paid by"."""
    now = any(h.tag_ in ("VBZ", "VBP") and h.lemma_ == "be" for h in _helpers(verb))
    return verb.tag_ in _PAST and not now


def _ahead(verb: Token) -> bool:
    """Whether a verb tells what is still to come: with "will" or "may" (what must be is
    settled), or with "to" unless that
    only gives a purpose or what has been done."""
    helpers = _helpers(verb)
    if any(h.tag_ == "MD" and h.lower_ != "must" for h in helpers):
        return True
    infinitive = any(h.tag_ == "TO" for h in helpers) and all(h.lemma_ != "have" for h in helpers)
    return infinitive and verb.dep_ != "advcl" and stem_of(verb.head) not in _FACTUAL


def _negated(verb: Token) -> bool:
    """Whether "not" or "never" stands by a verb, or "no" before its subject or object."""
    if verb.pos_ not in _VERBS:
        return False
    for child in verb.children:
        if child.dep_ == "neg":
            following = child.nbor().lower_ if child.i + 1 < len(child.doc) else ""
            return following not in ("only", "just", "until")
        if child.dep_ in ("nsubj", "nsubjpass", "dobj", "attr"):
            determiners = {c.lower_ for c in child.children if c.dep_ == "det"}
            if {child.lower_, *determiners} & _NONE:
                return True
    return False


def _counted(verb: Token) -> bool:
    """Whether a verb's object are things counted: "scrapped 400 jobs" ends no event."""
    objects = (c for c in verb.children if c.dep_ in ("dobj", "nsubjpass"))
    return any(c.tag_ == "NNS" and any(n.dep_ == "nummod" for n in c.children) for c in objects)
