"""Signals of each sentence of the hits, which `ranking/ranker.py` weighs.

hits -> their stored sentences and vectors -> one row of SIGNALS each, float32
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.query.question import Asked
from index.ranking.bm25 import Floats
from index.ranking.corpus import Corpus
from index.text.words import topical_only
from index.types import Hit

SIGNALS = (
    "passage", "rank", "dense", "clause_dense", "any_dense", "below_passage",
    "lexical", "clause_lexical", "names", "length", "first", "figure", "quoted", "source",
)  # fmt: skip
_LONGEST = 1500  # characters; a longer sentence is left out; not measured


@dataclass(frozen=True, slots=True)
class Pool:
    """The sentences of some hits.

    Of each: the place of its hit, its span in the article, its signals, the clause it fits best.
    """

    hits: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    signals: Floats  # (n, len(SIGNALS))
    clause: tuple[int, ...]


def pool(
    asked: Asked, vectors: Floats, hits: Sequence[Hit], numbers: Sequence[int], corpus: Corpus
) -> Pool:
    """Every sentence of the hits once.

    `numbers` are the passage numbers of the hits. A clause of another source counts half; that
    weight and the scale of the length (400 characters) are not measured.

    `vectors` (1 + clauses, dim) are the embeddings of the question and its clauses.
    """
    lexical = corpus.lexical
    idf = lexical.idf
    whole = set(lexical.stems(asked.terms))
    parts = [set(lexical.stems(clause.terms)) for clause in asked.clauses]
    names = set(lexical.stems(asked.names))
    total = sum(map(idf, whole)) or 1.0
    weights = [sum(map(idf, part)) or 1.0 for part in parts]
    named = sum(map(idf, names))
    rows: list[list[float]] = []
    where: list[int] = []
    spans: list[tuple[int, int]] = []
    clauses: list[int] = []
    seen: set[tuple[str, int]] = set()
    top = max((hit.score for hit in hits), default=0.0)
    held = corpus.library.sentences(numbers)
    lexical.stems(w for h in hits for w in topical_only(h.passage.text))  # one query for all words
    for rank, (hit, (bounds, within)) in enumerate(zip(hits, held, strict=True)):
        if not len(bounds):
            continue
        cosines = within @ vectors.T
        eligible = [
            not c.publishers or hit.article.publisher in c.publishers for c in asked.clauses
        ]
        mine = np.where(eligible, cosines[:, 1:], 0)
        best = mine.max(1)
        for i, (start, end) in enumerate(bounds.tolist()):
            text = hit.article.text[start:end]
            if (
                (hit.article.id, start) in seen
                or len(text) > _LONGEST
                or not re.search(r"\w\w", text)
            ):
                continue
            seen.add((hit.article.id, start))
            stems = set(lexical.stems(topical_only(text)))
            fits = [
                sum(map(idf, part & stems)) / weight * (1.0 if ok else 0.5)
                for part, weight, ok in zip(parts, weights, eligible, strict=True)
            ]
            rows.append([
                hit.score - top, 1 / (1 + rank), float(cosines[i, 0]), float(best[i]),
                float(cosines[i, 1:].max()), float(best.max() - best[i]),
                sum(map(idf, whole & stems)) / total, max(fits),
                sum(map(idf, names & stems)) / named if named else 0.0,
                min(len(text), 400) / 400, float(start == 0), float(bool(re.search(r"\d", text))),
                float(bool(re.search(r"[\"“”]", text))),
                float(hit.article.publisher in asked.publishers),
            ])  # fmt: skip
            where.append(rank)
            spans.append((start, end))
            clauses.append(int(mine[i].argmax()))
    signals = np.array(rows, np.float32).reshape(-1, len(SIGNALS))
    return Pool(tuple(where), tuple(spans), signals, tuple(clauses))
