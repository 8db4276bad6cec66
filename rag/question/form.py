"""What form of answer a question wants: one fact, or a timeline, a summary, a list and the like.

    question -> the encoder's vector, words and pairs of words -> logistic regression -> form

The weights in `form.json` are fitted by `python -m eval.fit.forms`. A form other than a fact is
taken only where the classifier is sure of it: a fact that is told as a summary is a worse mistake
than a summary that is told as a fact.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Form = Literal[
    "fact", "timeline", "summary", "list", "comparison", "explanation", "news",
    "library", "talk", "opinion", "foreign", "source", "more",
]  # fmt: skip
NOTICES = ("library", "talk", "opinion", "foreign")  # that no article answers
BACK = ("source", "more")  # of the last answer: its very words, or more of the same
STORIES = ("timeline", "summary", "list", "comparison", "news")  # of several sentences
EXPLAINS = 0.3  # chance from which an answer is told in the articles' own sentences
STORY = 0.85  # chance of all of these, from which one is told; not measured on questions left out
SECOND = 0.8  # chance of all of these, from which one is taken where no fact is found
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Weights:
    """The classifier: for each form a weight of each number of the vector, and of each word."""

    forms: tuple[Form, ...]
    vector: NDArray[np.float32]  # (forms, width of the vector)
    words: dict[str, NDArray[np.float32]]  # (forms,) each
    bias: NDArray[np.float32]  # (forms,)
    least: float  # chance from which a form other than a fact is taken


def chances_of(
    question: str, encode: Callable[[Sequence[str]], NDArray[np.float32]]
) -> dict[Form, float]:
    """How likely a question wants each form of answer, 0 to 1; `encode` is the library's encoder."""
    weights = _weights()
    vector = encode([question])[0]
    if len(vector) != weights.vector.shape[1]:
        return {"fact": 1.0}  # another encoder than the one that the weights were fitted on
    scores = weights.bias + weights.vector @ vector
    for word in grams(question):
        if word in weights.words:
            scores = scores + weights.words[word]
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    return dict(zip(weights.forms, chances.tolist(), strict=True))


def form_of(chances: Mapping[Form, float]) -> Form:
    """The form to answer in: the likeliest, where it is sure enough, else a fact; of the stories,
    where all of them together are.

    An explanation is tried as a fact: most questions with "why" ask for one reason, and whether an
    article gives it is judged there.
    """
    told = {form: chance for form, chance in chances.items() if form in STORIES}
    if sum(told.values()) >= STORY:
        return max(told, key=lambda form: told[form])
    best = max(chances, key=lambda form: chances[form])
    sure = chances[best] >= _weights().least and best != "explanation"
    return best if sure else "fact"


def explains(chances: Mapping[Form, float]) -> bool:
    """Whether a question asks why or how, so that a clause answers it and no figure or name."""
    return chances.get("explanation", 0.0) >= EXPLAINS


def second_of(chances: Mapping[Form, float]) -> Form | None:
    """The form to answer in where no fact answers: the likeliest that is none, if all that are
    none are likely enough together."""
    told = {form: c for form, c in chances.items() if form in STORIES}
    if sum(told.values()) < SECOND:
        return None
    return max(told, key=lambda form: told[form])


def grams(question: str) -> set[str]:
    """The words and pairs of words of a question, in lower case."""
    words: Sequence[str] = _WORD.findall(question.lower())
    return {*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))}


@cache
def _weights() -> Weights:
    loaded = json.loads(files("rag.question").joinpath("form.json").read_text())
    return Weights(
        forms=tuple(cast(Form, form) for form in loaded["forms"]),
        vector=np.array(loaded["vector"], np.float32),
        words={word: np.array(row, np.float32) for word, row in loaded["words"].items()},
        bias=np.array(loaded["bias"], np.float32),
        least=float(loaded["least"]),
    )
