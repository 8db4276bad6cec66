"""What a model's hidden state says of the quotes that it has read: linear probes.

    hidden state of one layer (`hidden.py`) -> weighted sum -> log odds

A probe is a logistic regression on the state at the prompt's last token: "stated", whether the
quotes state the answer to the question; "yes", whether what is told of the thing asked makes the
answer Yes; "agree", the same of quotes from several articles with nothing written out. The weights
in `probes.json` belong to one model and are fitted by `eval/calibrate.py`. For any other model its
own odds of Yes over No stand in, stretched to the same scale.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.llm.writer import Writer

Name = Literal["stated", "yes", "agree"]
_CERTAIN = 8.0  # log odds beyond which more says no more
_HEARSAY = 3.0  # the same for a model's own odds: one token that it is sure of is no proof


def log_odds(
    writer: Writer,
    name: Name,
    system: str,
    user: str,
    begin: str,
    enough: Callable[[float], bool] | bool = False,
) -> float | None:
    """Log odds that the quotes in the prompt state the answer, or that the answer is Yes; `begin`
    is put into the model's mouth, up to where it would say so. None where the model cannot tell,
    as a server that gives no odds. Where they are `enough`, or whatever they are where that is
    True, as no word is to follow the prompt, a third of the reading is left out."""
    probes, known = fitted(), writer.name == fitted()["model"]
    state = None
    if known and enough:
        when = (lambda state: enough(_told(name, state))) if callable(enough) else None
        state = writer.state(system, user, begin, when)
    own = 0.0
    if state is None or not _fits(name, state):
        own, state = odds_of(writer, system, user, begin)
    if known and state is not None and _fits(name, state):
        return _told(name, state)
    if own == 0:
        return None
    line = probes["odds"][name]
    found = float(line["bias"]) + float(line["slope"]) * own
    return min(max(found, -_HEARSAY), _HEARSAY)


def odds_of(
    writer: Writer, system: str, user: str, begin: str
) -> tuple[float, NDArray[np.float32] | None]:
    """The model's own log odds of Yes over No, and its hidden state where the two meet."""
    odds = writer.choose(system, user, [" Yes", " No"], begin=begin)
    share = min(max(odds[" Yes"], 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share)), writer.hidden


def layer_of(model: str) -> int | None:
    """The layer that the probes read, None for a model that they were not fitted on."""
    return int(fitted()["layer"]) if fitted()["model"] == model else None


def _fits(name: Name, state: NDArray[np.float32]) -> bool:
    return len(state) == len(_weights(name))


def _told(name: Name, state: NDArray[np.float32]) -> float:
    """Log odds by the probe of that name; of no use for a state of another width."""
    if not _fits(name, state):
        return 0.0
    found = float(fitted()[name]["bias"]) + float(state @ _weights(name))
    return min(max(found, -_CERTAIN), _CERTAIN)


@cache
def _weights(name: Name) -> NDArray[np.float32]:
    return np.array(fitted()[name]["weights"], np.float32)


@cache
def fitted() -> dict[str, Any]:
    """The probes of `probes.json` as they stand there."""
    loaded: dict[str, Any] = json.loads(files("rag.llm").joinpath("probes.json").read_text())
    return loaded
