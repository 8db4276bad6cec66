"""Which of a few labels a question has, by weights learned from labelled questions.

question -> the encoder's vector, runs of words -> logistic regression -> chances

The weights stand beside this file, one file for each classifier. `python -m eval.fit.forms` and
`python -m eval.fit.kinds` write them.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[Sequence[str]], NDArray[np.float32]]  # texts to unit vectors, (texts, width)

_TOKEN = re.compile(r"\w+|[%$€£]|[.,:;?!…–—]")
_BREAK = "^"  # stands for the beginning of the question and the end of a clause


@dataclass(frozen=True, slots=True)
class Classifier:
    """For each label a weight of each number of the vector, and of each run of words."""

    labels: tuple[str, ...]
    vector: NDArray[np.float32]  # (labels, width of the vector)
    hundredths: dict[str, list[int]]  # of each run of words, for each label
    bias: NDArray[np.float32]  # (labels,)
    least: float  # chance below which a label that does harm where it is wrong is not taken

    def chances(self, question: str, encode: Encode) -> dict[str, float]:
        """How likely the question has each label, 0 to 1.

        Empty with another encoder than the one that the weights were fitted on: its vectors are of
        another width.
        """
        vector = encode([question])[0]
        if len(vector) != self.vector.shape[1]:
            return {}
        known = [self.hundredths[run] for run in grams(question) if run in self.hundredths]
        scores = self.bias + self.vector @ vector
        if known:
            scores = scores + np.sum(known, axis=0) / 100
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        return dict(zip(self.labels, chances.tolist(), strict=True))


@cache
def load(name: str) -> Classifier:
    """The classifier whose weights are in the file `name`, "form.json" or "kind.json"."""
    loaded = json.loads(files("rag.question").joinpath(name).read_text())
    return Classifier(
        labels=tuple(loaded["labels"]),
        vector=np.array(loaded["vector"], np.float32),
        hundredths=loaded["hundredths"],
        bias=np.array(loaded["bias"], np.float32),
        least=float(loaded["least"]),
    )


def grams(question: str) -> set[str]:
    """The words of a question in lower case, its runs of two and three words, with "~" the words
    and the beginning of its last clause, and with "?" its first words where it ends in one. "^"
    stands where a clause begins or ends.

    >>> sorted(grams("So why?"))[:8]
    ['?', '^', '^ so', '^ so why', 'so', 'so ?', 'so why', 'so why ^']
    """
    tokens = _TOKEN.findall(question.lower())
    marked = [_BREAK, *(_BREAK if token in ".,:;?!…–—" else token for token in tokens)]
    words = [word for word, _ in itertools.groupby(marked)]
    runs = {" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    last = " ".join(words).strip(f" {_BREAK}").rpartition(_BREAK)[2].split()
    runs |= {f"~{word}" for word in last} | {f"~ {' '.join(last[:n])}" for n in (1, 2)}
    if tokens[-1:] == ["?"]:  # a statement that asks looks like keywords without it
        runs |= {"?", *(f"{word} ?" for word in words[1:3])}
    return runs
