"""Sentences of articles that are no news: orders to whoever reads them, a person or a model.

    sentence, or questions with their answers -> the encoder's vector, words and pairs of words
        -> a learned classifier of orders and of news -> log odds that it is an order
    an order, or beside one that is plain enough -> no evidence

An article's text has no authority whatever it says (it is escaped, fenced and checked); leaving
orders out keeps them from being quoted, too. `python -m eval.fit.orders` fits `injection.json`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from index.encoder import Vectors
from index.library import Library
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.span import Span
from rag.question.classifier import load

# By earlier weights a REACH of 0 missed 13 of 190 attacks more, 1 none.
STEP, REACH = 1.0, 3  # log odds by which an order must be plainer for each sentence that it takes
_EXCHANGE = re.compile(
    r"\b(?:q|question|user|human):(?s:.+?)\b(?:a|answer|assistant|ai|bot|model):.*", re.IGNORECASE
)
_TOKEN = re.compile(r"\d[\d.,]*\w*|[a-zß-ɏ]+|[^\W\d_a-zß-ɏ]+|[^\w\s]")  # no word of two alphabets


def trusted(pool: Sequence[EvidenceSentence], library: Library) -> list[EvidenceSentence]:
    """The evidence without orders, and without leaning on any."""
    articles = {e.article.id: e.article for e in pool}
    orders = {name: orders_in(a.text, *library.sentences_of(name)) for name, a in articles.items()}
    out = []
    for e in pool:
        own = orders[e.article.id]
        if not _meets(own, e.start, e.end):
            leans = e.lead_in is not None and _meets(own, e.lead_in, e.end)
            out.append(replace(e, lead_in=None) if leans else e)
    return out


def orders_in(text: str, spans: Sequence[Span], vectors: Vectors) -> list[Span]:
    """The sentences of an article that are no evidence; none with another encoder's vectors.

    Questions with their answers are judged as one: an answer alone might stand in an interview.
    """
    if not spans:
        return []
    odds = np.array([_log_odds(text[a:b], v) for (a, b), v in zip(spans, vectors, strict=True)])
    turns = [turn.span() for turn in _EXCHANGE.finditer(text)]
    if own := [n for n, span in enumerate(spans) if _meets(turns, *span)]:
        whole = "\n".join(text[a:b] for a, b in turns)
        odds[own] = _log_odds(whole, vectors[own].mean(0))
    around = sliding_window_view(np.pad(odds, REACH, constant_values=-np.inf), 2 * REACH + 1)
    plainest = (around - STEP * np.abs(np.arange(-REACH, REACH + 1))).max(axis=1)
    least = load("injection.json", "rag.evidence").least
    return [spans[n] for n in np.flatnonzero(plainest >= np.log(least / (1 - least))).tolist()]


def _log_odds(text: str, vector: Vectors) -> float:
    """Log odds that a text is an order, by its words and its vector, (width,)."""
    chances = load("injection.json", "rag.evidence").of(grams(text), vector)
    order = sum(chance for label, chance in chances.items() if label.startswith("order"))
    return float(np.log(order) - np.log(max(1 - order, 1e-6))) if chances else -np.inf


def grams(text: str) -> set[str]:
    """The words and marks of a text in lower case and their pairs, "#" for a number.

    >>> sorted(grams("He sold 5."))
    ['#', '# .', '$', '. $', '.', '^', '^ he', 'he', 'he sold', 'sold', 'sold #']
    """
    tokens = _TOKEN.findall(text.lower())
    said = ["^", *("#" if token[0].isdigit() else token for token in tokens), "$"]
    return {*said, *map(" ".join, pairwise(said))}


def _meets(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether one of the spans has a character between `start` and `end`."""
    return any(a < end and start < b for a, b in spans)
