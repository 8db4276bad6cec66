"""Fit the weights that decide on abstaining, on the calibration questions alone.

    question -> signs of its evidence, the model's word on it, its draft checked
    -> ridge logistic regression, one for each stage of judging

Both classes weigh the same; without a model the first stage decides alone.
Prints what leaving one question out gives at several thresholds and writes `rag/abstain.json`. The
test questions are never looked at. An interrupted run goes on where it stopped.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import typer
from numpy.typing import NDArray

from eval.bundled import BundledQuestion, load
from eval.run import Row, partial, run_rows, settings_record
from index.cli import run

if TYPE_CHECKING:
    from rag.answer import Dateline

RIDGE = 0.05
STEPS, RATE = 3000, 0.5
CUTS: dict[str, tuple[float, float]] = {  # threshold that is answered, floor below which to stop
    "evidence": (0.5, 0.12),
    "stated": (0.4, 0.2),
    "drafted": (0.45, 0.0),
}

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
    from eval.libraries import bundled
    from rag.abstain import STAGES
    from rag.answer import Dateline

    dateline = Dateline.open(bundled())
    questions = load(Path(str(files("eval") / "calibration.jsonl")))
    asked = {question.id: question for question in questions}
    kept = partial("calibrate", None, settings_record("eval.calibrate", None))
    rows = run_rows(
        [question.model_dump(mode="json") for question in questions],
        lambda row: read(dateline, asked[row["id"]]),
        kept,
        "calibration",
    )
    rows = [row for row in rows if row.get("signs") and (row["found"] or not row["answerable"])]
    result: dict[str, object] = {"source": f"python -m eval.calibrate, {len(rows)} questions"}
    for stage, names in STAGES.items():
        reached = [row for row in rows if set(names) <= set(row["signs"])]
        answers = np.array([float(row["answerable"]) for row in reached])
        signs = np.array([[row["signs"][name] for name in names] for row in reached])
        print_cut(stage, left_out(signs, answers), answers)
        fitted = fit(signs, answers)
        weights = {"bias": fitted[0], **dict(zip(names, fitted[1:], strict=True))}
        rounded = {name: round(float(weight), 3) for name, weight in weights.items()}
        threshold, floor = CUTS[stage]
        result[stage] = {"threshold": threshold, "floor": floor, **rounded}
    if write:
        path = Path(str(files("rag") / "abstain.json"))
        path.write_text(json.dumps(result, indent=1) + "\n")
        print(f"wrote {path.name}")
    kept.finish()


def read(dateline: Dateline, question: BundledQuestion) -> Row:
    """The signs of one question at every stage, and whether the model was shown its evidence."""
    from rag.compose import Composer

    intent, pool, judgement = dateline.read(question.asked())
    if not judgement.signs:
        return {"signs": {}}
    composer = Composer(intent, pool)
    chosen = composer.chosen()
    if (writer := dateline.writer) is not None and judgement.false_premise is None:
        judgement = dateline.verdict(writer, intent, chosen, judgement)
        draft = "".join(dateline.draft(writer, intent, composer)).strip()
        judgement = judgement.drafted(*composer.weighed(draft))
    gold = {g.sentence for g in question.evidence}
    return {
        "answerable": question.answerable,
        "found": any(e.text in s or s in e.text for e in chosen for s in gold),
        "signs": judgement.signs,
    }


def print_cut(stage: str, chances: Floats, answers: Floats) -> None:
    """How many of each class lie on the right side of several thresholds."""
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
        kept = (chances[answers == 1] >= threshold).mean()
        refused = (chances[answers == 0] < threshold).mean()
        print(f"{stage}, {threshold}: answerable kept {kept:.3f}, others refused {refused:.3f}")


if __name__ == "__main__":
    run(app)
