"""Linear probes: what a model's hidden state says about the quotes that it has read.

    hidden state of one layer (`hidden_state.py`) -> weighted sum -> log odds

Each probe is a logistic regression on the state at the prompt's last token:

    stated   do the quotes state the answer to the question?
    held     with the model's own draft behind the quotes: does it answer?
    borne    do the quotes say what a sentence says?
    yes      does what the model has copied from the quotes make the answer Yes?
    agree    the same of quotes from several articles, with nothing copied

The weights in `probes.json` belong to one model; `python -m eval.fit.probes` fits them. For any
other model its own odds of Yes over No stand in, stretched to the same scale.
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

Name = Literal["stated", "held", "borne", "yes", "agree"]
_CERTAIN = 8.0  # log odds of a probe are cut off here; not measured
# Those from a model's own odds are cut off here: one token that it is sure of is no proof.
_HEARSAY = 3.0  # not measured
_LEAST = 1e-6  # share of Yes or No, so that the odds stay finite; not measured


def log_odds(
    writer: Writer,
    name: Name,
    system: str,
    user: str,
    begin: str,
    enough: Callable[[float], bool] | bool = False,
) -> float | None:
    """Natural log odds that the quotes in the prompt state the answer, or that it is Yes.

    `begin` is the given beginning of the reply, up to where Yes or No would follow. None where the
    model cannot tell, as a server that gives no odds. A third of the reading is left out if the
    odds are `enough` (then no word may follow the prompt); with `enough` True whatever they are.
    """
    probes, probed = fitted(), writer.name == fitted()["model"]
    state = None
    if probed and enough:
        when = (lambda state: enough(_by_probe(name, state))) if callable(enough) else None
        state = writer.state(system, user, begin, when)
    own = 0.0
    if state is None or not _fits(name, state):
        own, state = odds_of(writer, system, user, begin)
    if probed and state is not None and _fits(name, state):
        return _by_probe(name, state)
    if own == 0:
        return None
    line = probes["odds"][name]
    found = float(line["bias"]) + float(line["slope"]) * own
    return min(max(found, -_HEARSAY), _HEARSAY)


def odds_of(
    writer: Writer, system: str, user: str, begin: str
) -> tuple[float, NDArray[np.float32] | None]:
    """The model's own log odds of Yes over No after `begin`, and its hidden state there."""
    odds = writer.choose(system, user, [" Yes", " No"], begin=begin)
    share = min(max(odds[" Yes"], _LEAST), 1 - _LEAST)
    return math.log(share / (1 - share)), writer.hidden


def layer_of(model: str) -> int | None:
    """The layer whose state the probes read; None for a model that they were not fitted on."""
    return int(fitted()["layer"]) if fitted()["model"] == model else None


def _fits(name: Name, state: NDArray[np.float32]) -> bool:
    """Whether the state has the width of the probe's weights."""
    return len(state) == len(_weights(name))


def _by_probe(name: Name, state: NDArray[np.float32]) -> float:
    """Log odds by the probe `name`; 0 for a state of another width."""
    if not _fits(name, state):
        return 0.0
    found = float(fitted()[name]["bias"]) + float(state @ _weights(name))
    return min(max(found, -_CERTAIN), _CERTAIN)


@cache
def _weights(name: Name) -> NDArray[np.float32]:
    return np.array(fitted()[name]["weights"], np.float32)


@cache
def fitted() -> dict[str, Any]:
    """The content of `probes.json`: the model, its layer, each probe's weights and bias, and the
    line that stretches another model's odds."""
    loaded: dict[str, Any] = json.loads(files("rag.llm").joinpath("probes.json").read_text())
    return loaded
