"""Other accounts that are names: the answer's name spelt otherwise, or another in its place.

    the answer's name, the sentences of other articles
    -> the same name in another spelling (`spelling.py`)
    -> where an office is asked about and one person holds it: who else is said to hold it
    -> else the name that stands in the same place beside the same verb

Leaves out figures (`other_figures.py`) and events (`other_events.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.disagreements.account import Account
from rag.disagreements.spelling import spelled_otherwise
from rag.evidence.fit import known, missing_terms
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure
from rag.language.claims import Claims, Part, claims_of
from rag.language.names import bears, mentions
from rag.question.intent import Intent

MOST = 5  # values shown of one difference, at most; not measured
# Words of a question about an office or a role that one person holds.
_OFFICES = re.compile(
    r"(?i)\b(?:chief|ceo|cto|cfo|head|heads|leads?|led|runs?|chair\w*|president|governor|judge|owns?)\b"
)


def accounts(
    intent: Intent, pool: Sequence[EvidenceSentence], lead: EvidenceSentence, name: str
) -> list[Account]:
    """`name` in the sentence `lead`, then what other articles give in its place: the same name
    spelt otherwise, or another one where only one can be right. Empty where none does.

    `pool` is sorted, best first.
    """
    place = lead.text.find(name)
    if place < 0:
        return []
    found = [Account(lead, _named(name, place))]
    lead_claims = claims_of(lead.text)
    part = next((p for p in lead_claims.parts if name in p.name or p.name in name), None)
    office = part is not None and _holder(intent, lead.text, lead_claims.parts) == part
    for e in pool:
        if e.article.id in {a.evidence.article.id for a in found} or e.in_article < lead.in_article:
            continue
        if name in e.text:
            continue
        parts = claims_of(e.text).parts
        spelt = next((p for p in parts if spelled_otherwise(name, p.name)), None)
        other = spelt
        if other is None and office:
            other = _holder(intent, e.text, parts) if e.names == 1 else None
            other = None if mentions(name, e.text) else other
        elif other is None and not bears(name, e.text):
            other = _instead(intent, part, lead_claims, e)
        if other is not None:
            found.append(Account(e, _named(other.name, other.start)))
    return found if len(found) > 1 else []


def _instead(intent: Intent, part: Part | None, lead: Claims, e: EvidenceSentence) -> Part | None:
    """The name that a sentence has in the place of the lead's `part`, where an office is asked
    about that only one can hold."""
    if part is None or e.names < 1 or not (intent.relation and _OFFICES.search(intent.text)):
        return None
    claims = claims_of(e.text)
    if not {p.base for p in lead.predicates} & {p.base for p in claims.predicates}:
        return None
    if missing_terms(intent, e) or not _same_but(part, lead, e.text):
        return None
    for candidate in claims.parts:
        if candidate.place == part.place and not known(intent, candidate.name):
            return candidate
    return None


def _holder(intent: Intent, text: str, parts: Sequence[Part]) -> Part | None:
    """Who holds the office that is asked about, by this sentence: "chief executive Jo Ek", "Jo Ek,
    its new chief executive", "named Jo Ek as chief executive".

    None where the sentence is about a former holder, or where the office may be another
    organisation's.
    """
    asked = _office(intent.text)
    if asked is None or _LEFT.search(intent.text) or _LEFT.search(text):
        return None
    persons = [p for p in parts if not known(intent, p.name)]  # names that the question lacks
    for match in _TITLE.finditer(text):
        bound = _of_the_asked(intent, text, match, parts)
        if _office(match[0]) != asked or bound is False:
            continue
        if asked in _OF_STATES and bound is None:
            continue
        after = next((p for p in persons if 0 <= p.start - match.end() <= _GAP_AFTER), None)
        if after is not None:
            return after
        before = [p for p in persons if 0 <= match.start() - p.start - len(p.name) <= _GAP_BEFORE]
        if before and not re.search(r"[.;:]", text[before[-1].start : match.start()]):
            return before[-1]
    return None


def _of_the_asked(
    intent: Intent, text: str, title: re.Match[str], parts: Sequence[Part]
) -> bool | None:
    """Whether a title belongs to what is asked about ("of OpenAI", "OpenAI's"); False where it
    belongs to something else, None where the sentence does not say."""
    before, after = text[: title.start()], text[title.end() :]
    if of := re.match(r"\s+(?:of|at|for)\s+", after):
        of_what = re.split(r"[,;.:]", after[of.end() : of.end() + _OF_WHAT])[0]
        return any(bears(name, of_what) for name in intent.names)
    for part in parts:
        gap = before[part.start + len(part.name) :]
        if part.start < title.start() and re.fullmatch(r"(?:['’]s?)?(?: new| next)? ", gap):
            return known(intent, part.name)
    return None


def _office(text: str) -> str | None:
    """The first office that a text names, in one form: "CEO" is "chief executive"."""
    match = _TITLE.search(text)
    if match is None:
        return None
    title = match[0].lower()
    title = _INITIALS.get(title, title).removesuffix(" officer")
    return re.sub(r"(?:(?:wo)?man|person)$", "", title)


# Characters between a title and the name after it, and between a name and the title after it.
_GAP_AFTER, _GAP_BEFORE = 2, 60  # not measured
_OF_WHAT = 40  # characters after "of" in which the organisation is looked for; not measured
_INITIALS = {
    "ceo": "chief executive", "cfo": "chief financial", "cto": "chief technology",
    "coo": "chief operating",
}  # fmt: skip
_OF_STATES = ("president", "governor")  # offices that states have too
_TITLE = re.compile(
    r"(?i)\b(?:chief executive(?: officer)?|chief \w+ officer|c[efto]o|chair(?:wo)?man|chairperson"
    r"|president|governor)\b"
)
# Words of a person who held the office before, or only for a time.
_LEFT = re.compile(
    r"(?i)\b(?:former(?:ly)?|ex|then|interim|acting|outgoing|previous(?:ly)?|until (?!now)|once|vice"
    r"|first|step(?:s|ped)? down|resign\w*|replac\w+|succe\w+|oust\w*|fired|left|leav\w+|quit"
    r"|was (?!named|appointed|made|elected|chosen|promoted))\b"
)


def _same_but(part: Part, lead: Claims, text: str) -> bool:
    """Whether `text` has every name of the lead but `part`."""
    return all(mentions(p.name, text) for p in lead.parts if p is not part)


def _named(name: str, start: int) -> Figure:
    """A name as an account's figure."""
    return Figure("version", name, start, start + len(name), name.casefold(), None)
