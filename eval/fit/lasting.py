"""`python -m eval.fit.lasting`: learns what changes with time, `rag/question/lasting.json`.

    question with a sentence that answers it, labelled -> the question's vector, tenses of both
    -> logistic regression -> its weights

Learns from `lasting.jsonl`, written for this, of all subjects: `lasting` is true of a state, a
running total, a price on offer, a plan, and false of what happened once and of what a thing is.
Prints the accuracy on rows left out. No language model is needed; it takes some seconds.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from eval.harness import read_rows
from index.cli import run

FOLDS = 10
STRENGTH = 8.0  # scikit-learn's C; 4 and 16 differ by less than .015
TENSE = 0.5  # what a tense counts beside a number of the vector; 1 is within .01

app = typer.Typer(add_completion=False)


@app.command()
def learn(
    write: Annotated[bool, typer.Option(help="Write rag/question/lasting.json.")] = True,
) -> None:
    """Fit the score of what changes with time."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    from index.encoder import load_encoder
    from rag.language.event_status import tenses_of
    from rag.question.lasting import TENSES

    rows = read_rows(Path(str(files("eval.fit"))) / "lasting.jsonl")
    asked = [str(row["question"]) for row in rows]
    labels = np.array([bool(row["lasting"]) for row in rows])
    tenses = np.array(
        [
            [
                TENSE * (tense in tenses_of(str(row[side])))
                for side in ("question", "sentence")
                for tense in TENSES
            ]
            for row in rows
        ]
    )
    vectors = load_encoder().encode(asked)
    every = np.hstack([vectors, tenses])
    model = LogisticRegression(C=STRENGTH, max_iter=3000, fit_intercept=False)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    chances = cross_val_predict(model, every, labels, cv=folds, method="predict_proba")[:, 1]
    print(
        f"{len(rows)} rows ({labels.sum()} lasting), left out: AUC"
        f" {roc_auc_score(labels, chances):.3f}, right {np.mean((chances > 0.5) == labels):.3f}"
    )
    model.fit(every, labels)
    if write:
        weights = np.round(model.coef_[0], 3).tolist()
        by_tense = weights[vectors.shape[1] :]
        scaled = [round(TENSE * weight, 3) for weight in by_tense]
        found = {
            "source": f"eval.fit.lasting on {len(rows)} rows",
            "asked": dict(zip(TENSES, scaled[: len(TENSES)], strict=True)),
            "told": dict(zip(TENSES, scaled[len(TENSES) :], strict=True)),
            "vector": weights[: vectors.shape[1]],
        }
        path = Path(str(files("rag.question") / "lasting.json"))
        path.write_text(json.dumps(found) + "\n")
        print(f"wrote {path.name}")


if __name__ == "__main__":
    run(app)
