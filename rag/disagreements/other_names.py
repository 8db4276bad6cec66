"""What a sentence gives for what was asked: its figure in the asked role, or its name.

    evidence, question -> the figure that fills it, nearest to the question's words
    a name -> the same name spelt otherwise elsewhere, or another one in its place
    accounts -> groups of one value

A figure's role (a price, a valuation, a revenue) is read from the words beside it, so that an age
never meets a valuation. Which figures of other articles are accounts of the same is decided in
`rivals.py`.
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

MOST = 5  # values shown
_OFFICES = re.compile(
    r"(?i)\b(?:chief|ceo|cto|cfo|head|heads|leads?|led|runs?|chair\w*|president|governor|judge|owns?)\b"
)


def name_accounts(
    intent: Intent, pool: Sequence[EvidenceSentence], lead: EvidenceSentence, name: str
) -> list[Account]:
    """The lead's name for who or what was asked, and what other articles give in its place: the
    same name spelt otherwise, or another one where only one can be meant."""
    place = lead.text.find(name)
    if place < 0:
        return []
    found = [Account(lead, _named(name, place))]
    mine = claims_of(lead.text)
    own = next((p for p in mine.parts if name in p.name or p.name in name), None)
    office = own is not None and _holder(intent, lead.text, mine.parts) == own
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
            other = _instead(intent, own, mine, e)
        if other is not None:
            found.append(Account(e, _named(other.name, other.start)))
    return found if len(found) > 1 else []


def _instead(intent: Intent, own: Part | None, mine: Claims, e: EvidenceSentence) -> Part | None:
    """The name that stands in a sentence where the lead has its own, in an office for one."""
    if own is None or e.names < 1 or not (intent.relation and _OFFICES.search(intent.text)):
        return None
    theirs = claims_of(e.text)
    if not {p.base for p in mine.predicates} & {p.base for p in theirs.predicates}:
        return None
    if missing_terms(intent, e) or not _told_alike_but(own, mine, e.text):
        return None
    for part in theirs.parts:
        if part.place == own.place and not known(intent, part.name):
            return part
    return None


def _holder(intent: Intent, text: str, parts: Sequence[Part]) -> Part | None:
    """Who a sentence says to hold the office that is asked about: "chief executive Jo Ek", "Jo Ek,
    its new chief executive", "named Jo Ek as chief executive". None where it tells of one who held
    it before, or of an office that may be another organisation's."""
    asked = _office(intent.text)
    if asked is None or _LEFT.search(intent.text) or _LEFT.search(text):
        return None
    others = [p for p in parts if not known(intent, p.name)]
    for match in _TITLE.finditer(text):
        bound = _of_the_asked(intent, text, match, parts)
        if _office(match[0]) != asked or bound is False:
            continue
        if asked in _OF_STATES and bound is None:
            continue
        after = next((p for p in others if 0 <= p.start - match.end() <= 2), None)
        if after is not None:
            return after
        before = [p for p in others if 0 <= match.start() - p.start - len(p.name) <= 60]
        if before and not re.search(r"[.;:]", text[before[-1].start : match.start()]):
            return before[-1]
    return None


def _of_the_asked(
    intent: Intent, text: str, title: re.Match[str], parts: Sequence[Part]
) -> bool | None:
    """Whether a title is said to be one at what is asked about: "of OpenAI", "OpenAI's"; False
    where it is another's, None where neither is told."""
    before, after = text[: title.start()], text[title.end() :]
    if of := re.match(r"\s+(?:of|at|for)\s+", after):
        of_what = re.split(r"[,;.:]", after[of.end() : of.end() + 40])[0]
        return any(bears(name, of_what) for name in intent.names)
    for part in parts:
        gap = before[part.start + len(part.name) :]
        if part.start < title.start() and re.fullmatch(r"(?:['’]s?)?(?: new| next)? ", gap):
            return known(intent, part.name)
    return None


def _office(text: str) -> str | None:
    """The office that a text names: "CEO" is the chief executive."""
    match = _TITLE.search(text)
    if match is None:
        return None
    title = match[0].lower()
    title = _INITIALS.get(title, title).removesuffix(" officer")
    return re.sub(r"(?:(?:wo)?man|person)$", "", title)


_INITIALS = {
    "ceo": "chief executive", "cfo": "chief financial", "cto": "chief technology",
    "coo": "chief operating",
}  # fmt: skip
_OF_STATES = ("president", "governor")
_TITLE = re.compile(
    r"(?i)\b(?:chief executive(?: officer)?|chief \w+ officer|c[efto]o|chair(?:wo)?man|chairperson"
    r"|president|governor)\b"
)
_LEFT = re.compile(
    r"(?i)\b(?:former(?:ly)?|ex|then|interim|acting|outgoing|previous(?:ly)?|until (?!now)|once|vice"
    r"|first|step(?:s|ped)? down|resign\w*|replac\w+|succe\w+|oust\w*|fired|left|leav\w+|quit"
    r"|was (?!named|appointed|made|elected|chosen|promoted))\b"
)


def _told_alike_but(own: Part, mine: Claims, other: str) -> bool:
    return all(mentions(p.name, other) for p in mine.parts if p is not own)


def _named(name: str, start: int) -> Figure:
    return Figure("version", name, start, start + len(name), name.casefold(), None)
