"""`python -m eval.fit.forms`: learns what form of answer is wanted, `rag/question/form.json`.

    labelled questions -> vector of the encoder, words and pairs of words -> logistic regression

Learns from `forms.jsonl`, written for this, and from the questions of one fact, and of one reason,
of `news.jsonl` and `calibration.jsonl`. Prints the accuracy on questions left out, and how many
facts some chances would take for something else. No language model is needed; it takes a minute.
"""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from eval.harness import read_rows
from index.cli import run

FOLDS = 10
STRENGTH = 8.0  # scikit-learn's C; 4 and 16 differ by less than .01
WORD = 0.3  # what a word counts beside a number of the vector; .5 is within .01
ONE_FACT = "fact reworded context keywords yesno why_how unanswerable".split()
LEAST_ROWS = 4  # rows that have a word which is weighed
CHANCES = (0.4, 0.5, 0.6, 0.7, 0.8)
LEAST = 0.7  # chosen on the printed table

app = typer.Typer(add_completion=False)


@app.command()
def learn(
    write: Annotated[bool, typer.Option(help="Write rag/question/form.json.")] = True,
) -> None:
    """Fit the classifier of forms."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    from index.encoder import load_encoder
    from rag.question.form import grams

    folder = Path(str(files("eval.fit")))
    rows = read_rows(folder / "forms.jsonl")
    others = [row for row in read_rows(folder / "calibration.jsonl") if not row.get("history")]
    others += [row for row in read_rows(folder / "news.jsonl") if row["kind"] in ONE_FACT]
    for row in others:
        why = row["kind"] == "why_how" or row["question"].startswith("Why ")
        rows.append({"question": row["question"], "form": "explanation" if why else "fact"})
    asked = [str(row["question"]) for row in rows]
    forms = np.array([str(row["form"]) for row in rows])
    count = Counter(word for question in asked for word in grams(question))
    words = sorted(word for word, times in count.items() if times >= LEAST_ROWS)
    place = {word: n for n, word in enumerate(words)}
    table = np.zeros((len(rows), len(words)), np.float32)
    for n, question in enumerate(asked):
        table[n, [place[word] for word in grams(question) if word in place]] = WORD
    vectors = load_encoder().encode(asked)
    every = np.hstack([vectors, table])
    model = LogisticRegression(C=STRENGTH, max_iter=3000, class_weight="balanced")
    chances = cross_val_predict(model, every, forms, cv=FOLDS, method="predict_proba")
    names = sorted(set(forms.tolist()))
    print_left_out(np.array(names), forms, chances)
    model.fit(every, forms)
    if write:
        width = vectors.shape[1]
        found = {
            "source": f"eval.fit.forms on {len(rows)} questions",
            "forms": names,
            "least": LEAST,
            "bias": np.round(model.intercept_, 3).tolist(),
            "vector": np.round(model.coef_[:, :width], 3).tolist(),
            "words": {
                word: np.round(WORD * model.coef_[:, width + n], 2).tolist()
                for word, n in place.items()
            },
        }
        path = Path(str(files("rag.question") / "form.json"))
        path.write_text(json.dumps(found) + "\n")
        print(f"wrote {path.name}")


def print_left_out(names: np.ndarray, forms: np.ndarray, chances: np.ndarray) -> None:
    """The accuracy on rows left out, and from some chances on: the facts taken for something else,
    and the other forms found."""
    best = names[chances.argmax(axis=1)]
    sure = chances.max(axis=1)
    print(f"{len(forms)} questions, accuracy left out {np.mean(best == forms):.3f}")
    for cut in CHANCES:
        told = np.where(sure >= cut, best, "fact")
        fact = forms == "fact"
        lost, right = np.mean(told[fact] != "fact"), np.mean(told[~fact] == forms[~fact])
        print(f"  from {cut}: {lost:.4f} of the facts taken for another, other forms {right:.3f}")


if __name__ == "__main__":
    run(app)
