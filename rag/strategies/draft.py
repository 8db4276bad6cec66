"""What a draft is made of: nothing found, bare values, a Yes before what asked for none.

Whether a sentence of it holds is decided in `checking/check.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.text.words import STOPWORDS
from rag.evidence.fit import candidates
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.slot import MEASURES, SUMS
from rag.figures import beyond, find_figures
from rag.language.lexicon import content, stems, words
from rag.language.names import find_names
from rag.question.intent import Intent
from rag.question.kind import Kind

_NOTHING = re.compile(
    r"(?i)^\W*(?:not stated|no(?:t)? (?:mention|specified|provided|given|information)|the (?:"
    r"sentences?|quoted|text|article)s? (?:do|does) not|it is not (?:stated|mentioned|specified))"
)


VALUES: tuple[Kind, ...] = (*MEASURES, "date")
NEAR = 0.15  # of score below the best sentence's that counts as no worse; not measured
MOST_CHECKED = 24  # sentences that a draft is checked against; not measured
_HEDGES = frozenset("about around roughly nearly almost close over approximately dollars".split())


def checked_against(pool: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """Evidence to check a draft against, what the model read first (`prompt.shown_first`)."""
    return list(pool[:MOST_CHECKED])


def found_nothing(draft: str) -> bool:
    """Whether the model says that the sentences do not answer."""
    return bool(_NOTHING.match(draft))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def bare(text: str) -> bool:
    """Whether a draft is only values and names, not a sentence."""
    rest = text
    for gone in (*(f.text for f in find_figures(text)), *(n.text for n in find_names(text))):
        rest = rest.replace(gone, " ")
    return not [w for w in words(rest) if w not in STOPWORDS and w not in _HEDGES]


def repeats(intent: Intent, text: str) -> bool:
    """Whether a draft tells nothing that the question does not: no figure, no word of meaning."""
    new = beyond(find_figures(text), intent.figures)
    return not new and not set(content(text)) - stems(intent.text)


def without_yes(text: str) -> str:
    """A sentence without the Yes or No that a model puts before what was no such question."""
    rest = re.sub(r"(?i)^(?:yes|no)[,:] +", "", text)
    return capital(rest) if rest != text else text


def told_kind(intent: Intent, draft: str, short: str = "") -> Intent:
    """The question with the kind that the model's short answer is of; without one with the kind
    that the draft gives: where its own words leave that open and the draft has a single sum or
    share, or where its sentence has another measure than they seem to ask for and not that one
    ("how much of the company": 26%)."""
    if intent.outcome or intent.kind == "yesno":
        return intent
    new = beyond(find_figures(short or draft), intent.figures)
    if short:
        given = {f.kind for f in new}
        told = next((kind for kind in VALUES if given == {kind}), None)
        told = told or ("open" if intent.kind in VALUES else None)
        return replace(intent, kind=told) if told else intent
    if intent.kind == "open":
        wanted = SUMS if len(new) == 1 else ()
    elif intent.kind in MEASURES and not candidates(intent, draft) and not bare(draft):
        wanted = MEASURES
    else:
        return intent
    told = next((kind for kind in wanted if new and new[0].kind == kind != intent.kind), None)
    return replace(intent, kind=told) if told else intent
