"""What speaks against a sentence as an answer, and premises that the articles contradict.

Another round, time or kind of sum than the question asks for, no reason where one is asked: in real
articles these are wrong too often to exclude a sentence, so `judge.py` weighs them as the sign
"fits". A premise that is contradicted ends the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.evidence.sentence import EvidenceSentence, stems_of
from rag.figures import same
from rag.language.lexicon import covers, groups, stem
from rag.question.intent import Intent

LEAST_DATES = 0.5  # of `EvidenceSentence.dates`: below, the sentence is of another time


_NOUNS = frozenset(
    "fee fine penalty salary bonus profit loss revenue damages tax dividend debt budget ticker"
    " successor founder".split()
)
_EXACT = {"fine", "revenue", "found", "replace", "loss"}  # groups whose words name one thing
_REASON = re.compile(
    r"(?i)\b(?:because|since|due to|owing to|so that|in order|as a result|after|following|reasons?"
    r"|why|cited?|citing|argu\w+|fear\w*|concern\w*|to (?!\$?\d)\w+|for \w+ing|blam\w+"
    r"|thanks to|therefore|so)\b"
)


def tells_noun(intent: Intent, e: EvidenceSentence) -> bool:
    """Whether a sentence or its context has the thing by whose name the question asks (a fee, a
    founder), where it asks for one that a figure or name alone does not show."""
    around = stems_of(e.text) | stems_of(e.context)
    asked = [t for t in intent.relation if t in _noun_stems()]
    return all(
        t in around or any(groups(t) & _EXACT & groups(other) for other in around) for t in asked
    )


@cache
def _noun_stems() -> frozenset[str]:
    return frozenset(stem(noun) for noun in _NOUNS)


def gives_reason(intent: Intent, e: EvidenceSentence) -> bool:
    """Whether a sentence can tell why, where that is asked: it has a word of cause or purpose."""
    return not _asks_why(intent) or bool(_REASON.search(e.text))


def _asks_why(intent: Intent) -> bool:
    why = r"(?i)^(?:\W*and |but |so )?why\b|\b(?:for what|what was the) reason\b"
    return bool(re.search(why, intent.text))


_EVENTS = frozenset(
    "accept approve complete close sell acquire purchase buy win lose sign veto settle resign sue"
    " appeal withdraw cancel".split()
)


@cache
def _event_stems() -> frozenset[str]:
    return frozenset(stem(verb) for verb in _EVENTS)


def fits(intent: Intent, e: EvidenceSentence) -> bool:
    """Whether nothing that is asked for speaks against a sentence: another round or law, another
    time, another kind of sum, no reason where one is asked, and an event taken for granted that it
    does not tell. Asked for Yes or No, another time or round may be just why the answer is No."""
    if intent.kind == "yesno":
        return True
    if not e.version or e.dates < LEAST_DATES or not gives_reason(intent, e):
        return False
    if intent.kind == "money" and not tells_noun(intent, e):
        return False
    if intent.kind != "date" and not _asks_why(intent):
        return True
    told = stems_of(e.text) | stems_of(e.article.title or "")
    return all(covers(t, told) for t in intent.relation if t in _event_stems())


def false_premise(intent: Intent, pool: Sequence[EvidenceSentence]) -> str | None:
    """A share or sum that the question takes for granted and the best evidence gives otherwise."""
    if intent.kind == "yesno":
        return None
    for figure in intent.figures:
        if figure.kind not in ("percent", "money"):
            continue
        fitting = [e for e in pool[:12] if e.names == 1]
        if any(same(figure, g) or same(g, figure) for e in pool for g in e.figures):
            continue
        others = [g for e in fitting[:4] for g in e.figures if g.kind == figure.kind]
        if others:
            return f"{others[0].text}, not {figure.text}"
    return None
