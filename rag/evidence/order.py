"""The order of evidence sentences: which one is likeliest to answer, by a learned weighted sum.

    sentences of the hits -> SIGNALS of each, (n, len(SIGNALS)) float32 -> weights -> best first

The weights in `order.json` are learned by `python -m eval.fit.order` on questions over real news:
the chance that a sentence is an answering one is a softmax over all sentences of a question
(McFadden 1974, conditional logit). Signals say how well a sentence fits; none says which it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.evidence.fit import candidates
from rag.evidence.sentence import EvidenceSentence, figures_of, stems_of
from rag.evidence.span import leans
from rag.language.lexicon import covers
from rag.language.names import find_names, mentions
from rag.question.intent import Intent

SIGNALS = (
    "hit", "hit_below", "own", "passage", "title", "own_below", "title_below", "score_below",
    "own_rank", "title_rank", "score_rank", "coverage", "covered", "exact", "in_title", "relation",
    "names", "names_around", "names_near", "kind", "dates", "version", "figures_fit",
    "before", "after", "depth", "first", "words", "short", "long", "leans", "asks", "quotes",
    "unended", "commas", "figures", "people", "why", "how", "who", "where", "when", "how_many",
)  # fmt: skip
# What a sentence that gives a reason, a way or a place often has: weak signs among the others.
_WHY = re.compile(
    r"(?i)\b(?:because|since|due to|as a result|so that|in order to|owing to|thanks to|reasons?"
    r"|caused?|led to|blam\w+|citing|therefore|to [a-z]{3,})\b"
)
_HOW = re.compile(r"(?i)\b(?:by|through|using|used|via|with|first|then|method|way|process)\b")
_PLACE = re.compile(r"\b(?:in|at|from|near|outside|of) [A-Z]")
_NUMERIC = ("percent", "money", "count", "date", "duration", "age")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: the rank and score of its passage among the hits, its cosines to
    the question, its number in its article of `of` sentences."""

    hit: int
    below: float  # how far its passage's score is below the best passage's
    own: float
    passage: float
    number: int
    of: int


def signals(
    intent: Intent,
    pool: Sequence[EvidenceSentence],
    places: Sequence[Place],
    rarity: Callable[[str], float],
) -> Floats:
    """The signals of each sentence, float32 (n, len(SIGNALS)), in the order of SIGNALS."""
    weights = {t: max(0.05, rarity(t)) for t in intent.terms}
    total = sum(weights.values()) or 1.0
    asked = _asked(intent)
    column: dict[str, list[float]] = {name: [] for name in SIGNALS}
    for e, place in zip(pool, places, strict=True):
        text, own, title = e.text, stems_of(e.text), stems_of(e.article.title or "")
        about = _about(text)
        row = {
            "hit": 1 / (1 + place.hit),
            "hit_below": max(place.below, -8.0),
            "own": place.own,
            "passage": place.passage,
            "title": e.cosine,
            "coverage": e.coverage,
            "covered": sum(w * covers(t, own) for t, w in weights.items()) / total,
            "exact": sum(w for t, w in weights.items() if t in own) / total,
            "in_title": sum(w for t, w in weights.items() if t in title) / total,
            "relation": _share([covers(t, own) for t in intent.relation]),
            "names": _share([float(mentions(n, text)) for n in intent.names]),
            "names_around": e.names,
            "names_near": e.in_article,
            "kind": float(e.holds_kind),
            "dates": e.dates,
            "version": float(e.version),
            "figures_fit": float(bool(candidates(intent, text)))
            if intent.kind in _NUMERIC
            else 0.5,
            "depth": place.number / max(1, place.of - 1),
            "first": float(place.number == 0),
            "words": min(about.words, 60) / 60,
            "short": float(about.words < 6),
            "long": float(about.words > 45),
            "leans": float(about.leans),
            "asks": float(about.asks),
            "quotes": float(about.quotes),
            "unended": float(about.unended),
            "commas": min(about.commas, 6) / 6,
            "figures": min(about.figures, 5) / 5,
            "people": min(about.names, 6) / 6,
            "why": float(about.why) if asked == "why" else 0.5,
            "how": float(about.how) if asked == "how" else 0.5,
            "who": min(about.names, 2) / 2 if asked == "who" else 0.5,
            "where": float(about.place) if asked == "where" else 0.5,
            "when": float(bool(about.kinds & {"date", "duration"})) if asked == "when" else 0.5,
            "how_many": float(bool(about.kinds & set(_NUMERIC))) if asked == "how_many" else 0.5,
        }
        for name, value in row.items():
            column[name].append(value)
    scores = np.array([e.score for e in pool], np.float32)
    for name, values in (
        ("own", np.array(column["own"], np.float32)),
        ("title", np.array(column["title"], np.float32)),
        ("score", scores),
    ):
        column[f"{name}_below"] = (values - values.max()).tolist()
        column[f"{name}_rank"] = _ranks(values).tolist()
    at = {(e.article.id, p.number): i for i, (e, p) in enumerate(zip(pool, places, strict=True))}
    for name, step in (("before", -1), ("after", 1)):
        beside = (
            at.get((e.article.id, p.number + step)) for e, p in zip(pool, places, strict=True)
        )
        column[name] = [float(scores[i]) if i is not None else 0.0 for i in beside]
    return np.array([column[name] for name in SIGNALS], np.float32).T


def chances_of(table: Floats) -> Floats:
    """The chance of each sentence to be the answering one, float32 (n,); their sum is 1."""
    loaded = learned()
    weights = np.array([loaded["weights"][name] for name in SIGNALS], np.float32)
    scores = np.exp((scores := table @ weights) - scores.max())
    return np.asarray(scores / scores.sum(), np.float32)


@cache
def learned() -> dict[str, Any]:
    """The weights of `order.json`."""
    loaded: dict[str, Any] = json.loads(files("rag.evidence").joinpath("order.json").read_text())
    return loaded


@dataclass(frozen=True, slots=True)
class _Text:
    """What of a sentence does not depend on the question."""

    words: int
    names: int
    figures: int
    commas: int
    kinds: frozenset[str]
    leans: bool
    asks: bool
    quotes: bool
    unended: bool
    why: bool
    how: bool
    place: bool


@lru_cache(maxsize=8192)
def _about(text: str) -> _Text:
    figures = figures_of(text)
    return _Text(
        words=len(text.split()),
        names=len(find_names(text)),
        figures=len(figures),
        commas=text.count(",") + text.count(";"),
        kinds=frozenset(f.kind for f in figures),
        leans=leans(text),
        asks=text.rstrip().endswith("?"),
        quotes=bool(re.search(r"[\"“”]", text)),
        unended=text.rstrip()[-1:] not in set(".!?\"”’'"),
        why=bool(_WHY.search(text)),
        how=bool(_HOW.search(text)),
        place=bool(_PLACE.search(text)),
    )


def _asked(intent: Intent) -> str:
    """The question word that says what is asked for, or "" where there is none of these."""
    low = intent.text.lower()
    if intent.kind == "yesno":
        return ""
    if re.search(r"\bwhy\b|\breasons?\b|\bwhat (?:made|caused|prompted|led)\b", low):
        return "why"
    if re.search(r"\bhow (?:many|much|long|old|big|large|far|often|high)\b", low):
        return "how_many"
    return next((w for w in ("who", "when", "where", "how") if re.search(rf"\b{w}\b", low)), "")


def _share(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 1.0


def _ranks(values: Floats) -> Floats:
    """1 for the highest, 1/2 for the next, and so on."""
    out = np.empty(len(values), np.float32)
    out[np.argsort(-values, kind="stable")] = 1 / (1 + np.arange(len(values), dtype=np.float32))
    return out
