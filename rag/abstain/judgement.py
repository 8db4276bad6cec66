"""Whether the evidence answers the question: a logistic score at each stage.

    signs of the best sentences (names, terms, cosine)
    -> what the model's hidden state says of them (`llm/probes.py`)
    -> what it says of the draft, and whether the draft passes the checks
    -> answer or abstain

The weights in `abstain.json` are fitted by `python -m eval.fit.abstain`, on questions that are not
in the eval set.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal

SIGNS = (
    "cosine", "coverage", "names", "in_article", "kind", "dates", "missing", "distance",
    "exact", "absent", "noun", "fits", "chance", "next",
)  # fmt: skip
# Those that still count once the model has read: with all of them the AUC is .929 instead of .931.
LATER = ("chance", "next", "names", "distance")
Stage = Literal["evidence", "stated", "drafted"]
STAGES: dict[Stage, tuple[str, ...]] = {
    "evidence": SIGNS,
    "stated": (*LATER, "stated"),
    "drafted": (*LATER, "stated", "held", "holds", "lost"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the evidence answers the question, from what is known so far.

    `signs` are those of the evidence; `told` adds what the model makes of it ("stated", log odds)
    and `drafted` what it makes of its draft ("held", log odds) and whether that passes the checks.
    Each stage has weights of its own.
    """

    signs: dict[str, float]
    false_premise: str | None = None
    stage: Stage = "evidence"

    @property
    def chance(self) -> float:
        """0 to 1, by the weights fitted for this stage."""
        if not self.signs:
            return 0.0
        weights = weights_of(self.stage)
        score = weights["bias"] + sum(
            weights.get(name, 0.0) * self.signs[name] for name in STAGES[self.stage]
        )
        return 1 / (1 + math.exp(-score))

    @property
    def missing(self) -> float:
        """Share of the question's relation that the best sentence and its context lack."""
        return self.signs.get("missing", 0.0)

    @property
    def hopeless(self) -> bool:
        """Whether what is known so far is so far off that the next stage need not be asked."""
        return self.false_premise is not None or self.chance < weights_of(self.stage)["floor"]

    @property
    def answers(self) -> bool:
        return self.false_premise is None and self.chance >= weights_of(self.stage)["threshold"]

    def told(self, stated: float | None) -> Judgement:
        """The same with the log odds, by the model's reading, that the answer is stated; itself
        for a model that cannot tell."""
        if stated is None:
            return self
        return replace(self, signs={**self.signs, "stated": stated}, stage="stated")

    def drafted(self, held: float | None, holds: bool, lost: bool) -> Judgement:
        """The same with a draft: the log odds, by the model's state behind it, that it answers
        (`held`), whether the checks let it pass (`holds`), whether it `lost` an item of it.
        Without the model's reading of the evidence a draft tells nothing more."""
        if self.stage == "evidence" or held is None:
            return self
        signs = {**self.signs, "held": held, "holds": float(holds), "lost": float(lost)}
        return replace(self, signs=signs, stage="drafted")


@cache
def weights_of(stage: Stage) -> dict[str, float]:
    """Bias, weights, threshold (answered from there on) and floor (given up below) of a stage."""
    loaded = json.loads(files("rag.abstain").joinpath("abstain.json").read_text())
    return {key: float(value) for key, value in loaded[stage].items()}
