"""From passages to the sentences that answer: each scored by itself, with its place in its article.

    sentences of the hits -> cosine to the question, terms and names covered, kind of answer held
    -> one score -> best first

The context of a sentence is its article's title, publisher and its neighbours, two before and one
after: who "the company" is. What is decided from the scores is in `abstain.py` and `answer.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.encoder import Vectors
from index.search import STOPWORDS, Nearness
from index.types import Article, Hit
from rag.figures import Figure, find_figures, same
from rag.language.event_status import status_of
from rag.language.lexicon import covers, stem, stems
from rag.language.names import find_names, mentions
from rag.question.intent import Intent

NEWER = 0.12  # what the newest of all gains where the latest state is asked for
POOL = 60  # sentences scored per question
ENCODED = 10  # the best of them are encoded with their titles; the others' cosine is estimated
COSINE = 0.45  # what a cosine of 1 is worth beside the words
# Cosine of a sentence with its title, from its own and its passage's: least squares over 5,700
# sentences of 150 calibration questions, R2 .91 on those left out.
OWN, PASSAGE = 0.32, 0.71
NEARBY = 700  # characters on each side of a sentence in which its subject may be named
Encode = Callable[[Sequence[str]], Vectors]

_KINDS = {
    "percent": ("percent",),
    "money": ("money",),
    "count": ("count",),
    "date": ("date",),
    "duration": ("duration",),
    "age": ("age",),
}


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """One verbatim sentence, `article.text[start:end]`, and how well it fits the question."""

    article: Article
    start: int
    end: int
    text: str
    context: str  # title, publisher and the neighbouring sentences
    cosine: float = 0.0
    coverage: float = 0.0  # share of the question's terms, by rarity
    names: float = 1.0  # share of the question's names that sentence or context mention
    in_article: float = 1.0  # the same for its wider surroundings
    version: bool = True  # it or its context names the very round, law or model that is asked about
    dates: float = 1.0  # whether the dates that the question states fit: 1, 0.5 unknown, 0 other
    holds_kind: bool = True  # has a figure, date or name that could be the answer
    score: float = 0.0

    @property
    def figures(self) -> tuple[Figure, ...]:
        return figures_of(self.text)


@lru_cache(maxsize=4096)
def figures_of(text: str) -> tuple[Figure, ...]:
    """Figures of a sentence (remembered: the same sentences come back)."""
    return tuple(find_figures(text))


@lru_cache(maxsize=4096)
def stems_of(text: str) -> frozenset[str]:
    """Stems of a sentence's or context's words (remembered)."""
    return stems(text)


def gather(
    intent: Intent,
    hits: Sequence[Hit],
    nearness: Sequence[Nearness],
    encode: Encode,
    rarity: Callable[[str], float],
) -> list[EvidenceSentence]:
    """Sentences of the hits' passages, best first; two of the same text from one article once.

    `nearness` is that of each hit to the question.
    """
    found: dict[tuple[str, int], EvidenceSentence] = {}
    for hit, near in zip(hits, nearness, strict=True):
        text, spans = hit.article.text, near.spans
        for place, (start, end) in enumerate(spans):
            if start < hit.passage.start or end > hit.passage.end or len(found) >= POOL:
                continue
            own = text[start:end]
            if len(own) > 1500 or not re.search(r"\w\w", own):
                continue
            beside = [*spans[max(0, place - 2) : place], *spans[place + 1 : place + 2]]
            around = " ".join(text[a:b] for a, b in beside)
            head = f"{hit.article.title or ''}. {hit.article.publisher or ''}. "
            cosine = OWN * near.sentences.get(start, near.passage) + PASSAGE * near.passage
            found.setdefault(
                (hit.article.id, start),
                EvidenceSentence(hit.article, start, end, own, head + around, cosine),
            )
    pool = list(found.values())
    if not pool:
        return []
    weights = {t: max(0.05, rarity(t)) for t in intent.terms}
    scored = sorted((_scored(intent, e, weights) for e in pool), key=_order)
    best = scored[:ENCODED]
    vectors = encode([intent.text, *(f"{e.article.title or ''}. {e.text}" for e in best)])
    cosines = (vectors[1:] @ vectors[0]).tolist()
    scored[:ENCODED] = [
        replace(e, cosine=c, score=e.score + COSINE * (c - e.cosine))
        for e, c in zip(best, cosines, strict=True)
    ]
    if intent.outcome or intent.recent:
        scored = _newer_first(scored)
    return sorted(scored, key=_order)


def _order(e: EvidenceSentence) -> tuple[float, str, int]:
    return -e.score, e.article.id, e.start


def _newer_first(pool: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentences with a little more score the later they were published; undated ones none."""
    days = sorted({(e.article.published or "")[:10] for e in pool} - {""})
    rank = {day: (place + 1) / len(days) for place, day in enumerate(days)}
    return [
        replace(e, score=e.score + NEWER * rank.get((e.article.published or "")[:10], 0.0))
        for e in pool
    ]


def _scored(intent: Intent, e: EvidenceSentence, weights: dict[str, float]) -> EvidenceSentence:
    """The sentence with all its signs, and the score that they give."""
    own, around = stems_of(e.text), stems_of(e.context)
    total = sum(weights.values()) or 1.0
    coverage = (
        sum(w * max(covers(t, own), 0.7 * covers(t, around)) for t, w in weights.items()) / total
    )
    names = _share(intent.names, e.text + " " + e.context)
    in_article = names if names == 1 else _share(intent.names, _nearby(e))
    kind, dates = holds_kind(intent, e.text), dates_fit(intent, e)
    version = names_version(intent, f"{e.text} {e.context}")
    score = 0.35 * coverage + 0.25 * names + 0.1 * in_article + 0.2 * kind + 0.2 * dates
    score += COSINE * e.cosine
    if not version:
        score -= 0.3
    if intent.outcome and status_of(e.text) in ("cancelled", "denied", "completed"):
        score += 0.15
    return replace(
        e, coverage=coverage, names=names, in_article=in_article, dates=dates,
        version=version, holds_kind=kind, score=score,
    )  # fmt: skip


def _nearby(e: EvidenceSentence) -> str:
    """The sentence's surroundings in its article, title included."""
    start, end = max(0, e.start - NEARBY), e.end + NEARBY
    return f"{e.context} {e.article.text[start:end]}"


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


def _share(names: Sequence[str], text: str) -> float:
    if not names:
        return 1.0
    return sum(mentions(name, text) for name in names) / len(names)
