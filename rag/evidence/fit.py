"""What of the question a sentence holds: the kind of answer, names, dates, the version meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.text.words import STOPWORDS
from rag.evidence.sentence import EvidenceSentence, figures_of, stems_of
from rag.figures import Figure, find_figures, same
from rag.language.lexicon import covers, stem
from rag.language.names import find_names, mentions
from rag.question.intent import Intent

_KINDS = {
    "percent": ("percent",),
    "money": ("money",),
    "count": ("count",),
    "date": ("date",),
    "duration": ("duration",),
    "age": ("age",),
}


def dates_fit(intent: Intent, e: EvidenceSentence) -> float:
    """Whether the dates that a question states stand in the sentence or its article's date.

    1 where they do or there are none; .9 or .6 where the article's date or one of several asked
    dates fits; 0 where the sentence tells other dates only; .4 otherwise.
    """
    asked = [f for f in intent.figures if f.kind == "date"]
    if not asked:
        return 1.0
    told = [f for f in e.figures if f.kind == "date"]
    if all(_date_in(f, told) for f in asked):
        return 1.0
    published = find_figures((e.article.published or "")[:10])
    around = [f for f in figures_of(e.context) if f.kind == "date"]
    if all(_date_in(f, [*told, *published, *around]) for f in asked):
        return 0.6 if told else 0.9
    if len(asked) > 1 and any(_date_in(f, told) for f in asked):  # one end of "from ... to ..."
        return 0.6
    return 0.0 if told else 0.4


def names_version(intent: Intent, text: str) -> bool:
    """Whether a text has every name with a number of the question ("Series F", "SB 53")."""
    asked = [f for f in intent.figures if f.kind == "version"]
    told = [f for f in figures_of(text) if f.kind == "version"] if asked else []
    return all(any(same(f, g) for g in told) or mentions(f.text, text) for f in asked)


def _date_in(asked: Figure, told: Sequence[Figure]) -> bool:
    return any(same(asked, f) or same(f, asked) for f in told)


def holds_kind(intent: Intent, text: str) -> bool:
    """Whether a text has something that could be the answer: a figure of the kind, a new name."""
    if intent.kind in _KINDS:
        return bool(candidates(intent, text))
    if intent.kind in ("person", "org", "place"):
        return any(not known(intent, n.text) for n in find_names(text))
    return True


def candidates(intent: Intent, text: str) -> list[Figure]:
    """Figures of a text that are of the kind asked for and not in the question itself."""
    kinds = _KINDS.get(intent.kind, ())
    found = []
    for figure in figures_of(text):
        fits = figure.kind in kinds
        if intent.kind == "money" and figure.kind == "count" and not figure.unit:
            fits = bool(re.search(r"(?i)(?:million|billion|trillion|bn|m)$", figure.text))
        if intent.kind == "count" and figure.kind == "count":
            fits = True
        if fits and not any(same(figure, asked) for asked in intent.figures):
            found.append(figure)
    if intent.kind == "count" and (counted := _counted(intent.text)):
        of_unit = [f for f in found if f.unit and covers(stem(f.unit), counted)]
        beside = [f for f in found if stems_of(text[f.end : f.end + 40]) & counted]
        return of_unit or beside or [f for f in found if not f.unit]
    return found


@lru_cache(maxsize=256)
def _counted(question: str) -> frozenset[str]:
    """Stems of what "how many ..." counts: the words up to the verb, at most three."""
    match = re.search(
        r"(?i)how many (?:of (?:its|the|their|his|her) )?((?:[\w'-]+ ?){1,3})", question
    )
    if not match:
        return frozenset()
    kept = []
    for word in match[1].lower().split():
        if word in STOPWORDS:
            break
        kept.append(stem(word))
    return frozenset(kept)


def known(intent: Intent, name: str) -> bool:
    """Whether the question itself names this."""
    return any(mentions(name, asked) or mentions(asked, name) for asked in intent.names) or any(
        name == p for p in intent.publishers
    )


def missing_terms(intent: Intent, e: EvidenceSentence) -> list[str]:
    """Stems of the question's relation that neither the sentence nor its context cover."""
    around = stems_of(e.text) | stems_of(e.context)
    return [t for t in intent.relation if not covers(stem(t), around)]
