"""Whether what is asked for changes with time: a price on offer does, a price that was paid does not.

    question -> the encoder's vector -> one number: `by_vector`, kept with the question's intent
    question, sentences that answer -> tenses of their verbs -> another number -> `lasting`

Two values of a thing that changes may both be right, each in its time. Two values of one past event
cannot. The weights in `lasting.json` are fitted by `python -m eval.fit.lasting`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, get_args

import numpy as np

from rag.language.event_status import Tense, tenses_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

TENSES: tuple[Tense, ...] = get_args(Tense)
Told = tuple[str, int | None]  # a sentence, and a character of the value in it


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight of each number of the question's vector, and of each tense of question and sentence."""

    vector: NDArray[np.float32]
    asked: dict[Tense, float]
    told: dict[Tense, float]


def by_vector(
    question: str, names: Sequence[str], encode: Callable[[Sequence[str]], NDArray[np.float32]]
) -> float:
    """What the question's vector adds to the log odds; `encode` is the library's encoder. 0 where
    that is another encoder than the one that the weights were fitted on.

    Of whom a question asks decides nothing here: for each of its `names` stands an X.
    """
    for name in names:
        question = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "X", question)
    weights, vector = _weights(), encode([question])[0]
    return float(weights.vector @ vector) if len(vector) == len(weights.vector) else 0.0


def lasting(question: str, vector: float, told: Iterable[Told]) -> float:
    """Log odds that what a question asks for changes with time, given sentences that answer it;
    `vector` is what `by_vector` gave for the question."""
    weights = _weights()
    each = [sum(weights.told[tense] for tense in tenses_of(*one)) for one in told]
    asked = sum(weights.asked[tense] for tense in tenses_of(question))
    return vector + asked + sum(each) / (len(each) or 1)


@cache
def _weights() -> Weights:
    loaded = json.loads(files("rag.question").joinpath("lasting.json").read_text())
    return Weights(
        np.array(loaded["vector"], np.float32),
        *({tense: float(loaded[side][tense]) for tense in TENSES} for side in ("asked", "told")),
    )
