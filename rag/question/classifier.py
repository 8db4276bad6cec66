"""Which of a few labels a question has, by weights learned from labelled questions.

question -> the encoder's vector, runs of words -> logistic regression -> chances

The weights stand beside this file, one file for each classifier. `python -m eval.fit.forms` and
`python -m eval.fit.kinds` write them. `rag/evidence/injection.py` has one of sentences.
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
    place: dict[str, int]  # of each run of words
    runs: NDArray[np.float32]  # (runs, labels)
    bias: NDArray[np.float32]  # (labels,)
    least: float  # chance below which a label that does harm where it is wrong is not taken

    def chances(self, question: str, encode: Encode) -> dict[str, float]:
        """How likely the question has each label, 0 to 1.

        Empty with another encoder than the one that the weights were fitted on: its vectors are of
        another width.
        """
        return self.of(grams(question), encode([question])[0])

    def of(self, runs: set[str], vector: NDArray[np.float32]) -> dict[str, float]:
        """The same for a text whose runs of words and vector, (width,), are at hand."""
        if len(vector) != self.vector.shape[1]:
            return {}
        known = [self.place[run] for run in runs if run in self.place]
        scores = self.bias + self.vector @ vector + self.runs[known].sum(axis=0)
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        return dict(zip(self.labels, chances.tolist(), strict=True))


@cache
def load(name: str, package: str = "rag.question") -> Classifier:
    """The classifier whose weights are in the file `name` of a package, as "form.json"."""
    loaded = json.loads(files(package).joinpath(name).read_text("utf-8"))
    return Classifier(
        labels=tuple(loaded["labels"]),
        vector=np.array(loaded["vector"], np.float32),
        place={run: n for n, run in enumerate(loaded["hundredths"])},
        runs=np.array([*loaded["hundredths"].values()], np.float32) / np.float32(100),
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
