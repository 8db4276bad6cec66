"""Which kind a text is, by the signs that it has: a logistic regression, learned elsewhere."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = re.compile(r"[^\W\d_]+|[0-9]+")
_READ = 4000  # characters of a text that are weighed; not measured
NEWS = "news"  # the kind that every set of weights has


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of signs for each kind; `python -m eval.fit.boilerplate` fits them."""

    kinds: tuple[str, ...]
    words: dict[str, NDArray[np.float32]]  # (kinds,) each
    bias: NDArray[np.float32]  # (kinds,)

    def kind_of(self, signs: Collection[str]) -> tuple[str, float]:
        """What a text with these signs is if it is no news, and how likely it is none, 0 to 1."""
        import numpy as np

        rows = [self.words[sign] for sign in signs if sign in self.words]
        scores = self.bias + (sum(rows) if rows else 0.0)
        chances = np.exp(scores - scores.max())
        news = self.kinds.index(NEWS)
        none = 1.0 - float(chances[news] / chances.sum())
        chances[news] = 0.0
        return self.kinds[int(chances.argmax())], none


@cache
def weights(name: str) -> Weights:
    """The weights that are kept under a name beside this file."""
    import numpy as np

    loaded = json.loads(files("index.ingest.hygiene").joinpath(f"{name}.json").read_text("utf-8"))
    return Weights(
        tuple(loaded["kinds"]),
        {word: np.array(row, np.float32) for word, row in loaded["words"].items()},
        np.array(loaded["bias"], np.float32),
    )


def grams(text: str) -> set[str]:
    """The words and pairs of words of a text in lower case; any number is `0`."""
    words: Sequence[str] = [
        "0" if word[0].isdigit() else word for word in _WORD.findall(text[:_READ].lower())
    ]
    return {*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))}
