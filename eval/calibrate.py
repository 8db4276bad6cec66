"""Fit the weights that decide on abstaining, on the calibration questions alone.

`python -m eval.calibrate` asks no model: it reads each question, takes the signs of its evidence
and fits a ridge logistic regression, both classes weighing the same. It prints what leave-one-out
gives at several thresholds and writes `rag/abstain.json`. The test questions are never looked at.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from eval.bundled import load
from index.cli import run

RIDGE = 0.05
STEPS, RATE = 3000, 0.5
THRESHOLD = 0.2  # low: the checks of the draft refuse more after this
RANKS = 3  # an answerable question counts when its evidence is among the first so many

Floats = NDArray[np.float64]
app = typer.Typer(add_completion=False)


def fit(signs: Floats, answers: Floats) -> Floats:
    """Bias and weights (1 + columns) for signs (rows, columns) and answers 0 or 1 (rows,)."""
    mean, spread = signs.mean(0), signs.std(0) + 1e-6
    table = np.c_[np.ones(len(signs)), (signs - mean) / spread]
    share = answers.mean()
    balance = np.where(answers == 1, 0.5 / share, 0.5 / (1 - share))
    weights = np.zeros(table.shape[1])
    for _ in range(STEPS):
        wrong = balance * (_chance(table @ weights) - answers)
        weights -= RATE * (table.T @ wrong / len(answers) + RIDGE * np.r_[0, weights[1:]])
    scaled = weights[1:] / spread
    return np.asarray(np.r_[weights[0] - scaled @ mean, scaled])


def left_out(signs: Floats, answers: Floats) -> Floats:
    """The chance of each row by weights fitted on all the others."""
    rows = np.arange(len(answers))
    fitted = [fit(signs[rows != i], answers[rows != i]) for i in rows]
    return _chance(np.array([w[0] + signs[i] @ w[1:] for i, w in enumerate(fitted)]))


def _chance(score: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-score)))


@app.command()
def calibrate(write: bool = typer.Option(True, help="Write rag/abstain.json.")) -> None:
    """Fit the abstaining weights on eval/calibration.jsonl and say how well they part the two."""
    from rag.abstain import SIGNS
    from rag.answer import Dateline

    dateline = Dateline.open(None, "none")
    rows: list[tuple[Sequence[float], bool]] = []
    for question in load(Path(str(files("eval") / "calibration.jsonl"))):
        _, pool, judgement = dateline.read(question.asked())
        gold = {g.sentence for g in question.evidence}
        found = any(e.text in s or s in e.text for e in pool[:RANKS] for s in gold)
        if judgement.signs and (found or not question.answerable):
            rows.append(([judgement.signs[name] for name in SIGNS], question.answerable))
    signs = np.array([row for row, _ in rows])
    answers = np.array([float(answerable) for _, answerable in rows])
    chances = left_out(signs, answers)
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6):
        kept = (chances[answers == 1] >= threshold).mean()
        refused = (chances[answers == 0] < threshold).mean()
        print(f"threshold {threshold}: answerable kept {kept:.2f}, others refused {refused:.2f}")
    weights = fit(signs, answers)
    result = {
        "source": f"python -m eval.calibrate, {len(rows)} questions",
        "threshold": THRESHOLD,
        "bias": round(float(weights[0]), 3),
        **{name: round(float(w), 3) for name, w in zip(SIGNS, weights[1:], strict=True)},
    }
    if write:
        path = Path(str(files("rag") / "abstain.json"))
        path.write_text(json.dumps(result, indent=1) + "\n")
        print(f"wrote {path.name}")


if __name__ == "__main__":
    run(app)
