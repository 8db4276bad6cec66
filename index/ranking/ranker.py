"""Signals to one score: a small learned network, its weights in `ranking/ranker.json`.

    (signals - mean) / scale -> layers of weights, ReLU between them -> score, a logit

`python -m eval.fit.ranker` writes the weights. Scores can be compared within one question only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from index.ranking.bm25 import Floats
from index.ranking.sentence_signals import SIGNALS as SENTENCE_SIGNALS
from index.ranking.signals import SIGNALS


@dataclass(frozen=True, slots=True)
class Ranker:
    """`mean` and `scale` (signals,); layers of (weights (in, out), bias (out,)), the last out 1."""

    mean: Floats
    scale: Floats
    layers: tuple[tuple[Floats, Floats], ...]

    def scores(self, signals: Floats) -> Floats:
        """Scores (n,) of candidates with signals (n, len(SIGNALS)); higher is better."""
        states = (signals - self.mean) / self.scale
        for number, (weights, bias) in enumerate(self.layers):
            states = np.maximum(states, 0) if number else states
            states = states @ weights + bias
        return np.asarray(states[:, 0], np.float32)


@dataclass(frozen=True, slots=True)
class Rankers:
    """The ranker of passages, and that of the sentences of hits."""

    passages: Ranker
    sentences: Ranker


# Weights set by hand, not measured. Training collects its candidates with them, and they serve
# while there is no ranker.json. A signal that is not named weighs nothing.
_BY_HAND = {
    "lexical": 1.0, "dense": 0.8, "sentence": 0.4, "clause_lexical": 0.6, "clause_sentence": 1.0,
    "clause_terms": 1.0, "own_lexical": 0.5, "own_terms": 0.5, "source": 0.5, "source_rank": 0.4,
    "source_and_date": 1.0, "date": 0.3, "title_clause": 0.5, "names": 0.4, "feedback": 0.5,
    "article_lexical": 0.3,
}  # fmt: skip
_SENTENCES_BY_HAND = {
    "passage": 0.3, "rank": 0.5, "dense": 0.5, "clause_dense": 1.5, "lexical": 0.5,
    "clause_lexical": 1.5, "names": 0.3,
}  # fmt: skip


def by_hand() -> Rankers:
    """The linear rankers with weights set by hand."""
    return Rankers(_linear(SIGNALS, _BY_HAND), _linear(SENTENCE_SIGNALS, _SENTENCES_BY_HAND))


def _linear(signals: Sequence[str], weights: Mapping[str, float]) -> Ranker:
    column = np.array([[4 * weights.get(name, 0.0)] for name in signals], np.float32)
    n = len(signals)
    nothing = np.zeros(1, np.float32)
    return Ranker(np.zeros(n, np.float32), np.ones(n, np.float32), ((column, nothing),))


@lru_cache(maxsize=1)
def load_rankers() -> Rankers:
    """The learned rankers of ranker.json, or those by hand where the file is missing.

    ValueError where the file is of other signals.
    """
    file = files("index.ranking") / "ranker.json"
    if not file.is_file():
        return by_hand()
    return from_json(json.loads(file.read_text(encoding="utf-8")))


def from_json(data: Mapping[str, Any]) -> Rankers:
    """Rankers from their JSON; ValueError where they were trained on other signals."""
    return Rankers(_read(data["passages"], SIGNALS), _read(data["sentences"], SENTENCE_SIGNALS))


def to_json(passages: Ranker, sentences: Ranker, about: Mapping[str, str]) -> str:
    """The rankers as JSON; `about` says what made them."""
    data = {
        "about": dict(about),
        "passages": _written(passages, SIGNALS),
        "sentences": _written(sentences, SENTENCE_SIGNALS),
    }
    return json.dumps(data) + "\n"


def _read(data: Mapping[str, Any], signals: Sequence[str]) -> Ranker:
    if data["signals"] != list(signals):
        raise ValueError("ranker.json knows other signals: run 'python -m eval.fit.ranker'")
    return Ranker(
        np.array(data["mean"], np.float32),
        np.array(data["scale"], np.float32),
        tuple((np.array(w, np.float32), np.array(b, np.float32)) for w, b in data["layers"]),
    )


def _written(ranker: Ranker, signals: Sequence[str]) -> dict[str, object]:
    def rounded(values: Floats) -> object:
        return np.round(values.astype(float), 5).tolist()

    return {
        "signals": list(signals),
        "mean": rounded(ranker.mean),
        "scale": rounded(ranker.scale),
        "layers": [[rounded(weights), rounded(bias)] for weights, bias in ranker.layers],
    }
