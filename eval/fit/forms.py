"""`python -m eval.fit.forms`: learns what form of answer is wanted, `rag/question/form.json`.

Learns from `forms.jsonl`, written for this, and from the questions of one fact, and of one reason,
of `news.jsonl` and `calibration.jsonl`. Prints the accuracy on questions left out, and how many
facts some chances would take for something else. No language model is needed; it takes a minute.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from eval.fit.classifier import learn
from eval.harness import read_rows
from index.cli import run
from rag.question.form import form_of

ONE_FACT = "fact reworded context keywords yesno why_how unanswerable".split()
CHANCES = (0.4, 0.5, 0.6, 0.65, 0.7, 0.8)
LEAST = 0.65  # chosen on the printed table

app = typer.Typer(add_completion=False)


@app.command()
def main(
    write: Annotated[bool, typer.Option(help="Write rag/question/form.json.")] = True,
) -> None:
    """Fit the classifier of forms."""
    folder = Path(str(files("eval.fit")))
    rows = read_rows(folder / "forms.jsonl")
    others = [row for row in read_rows(folder / "calibration.jsonl") if not row.get("history")]
    others += [row for row in read_rows(folder / "news.jsonl") if row["kind"] in ONE_FACT]
    for row in others:
        why = row["kind"] == "why_how" or row["question"].startswith("Why ")
        rows.append({"question": row["question"], "form": "explanation" if why else "fact"})
    forms = np.array([str(row["form"]) for row in rows])
    names, chances = learn(
        "form.json",
        [str(row["question"]) for row in rows],
        forms,
        LEAST,
        write,
        command="eval.fit.forms",
    )
    best = names[chances.argmax(axis=1)]
    print(f"{len(forms)} questions, accuracy left out {np.mean(best == forms):.3f}")
    fact = (forms == "fact") | (forms == "explanation")  # both are tried as a fact
    for cut in CHANCES:
        told = np.array([form_of(dict(zip(names, row, strict=True)), cut) for row in chances])
        lost, right = np.mean(told[fact] != "fact"), np.mean(told[~fact] == forms[~fact])
        print(f"  from {cut}: {lost:.4f} of the facts taken for another, other forms {right:.3f}")


if __name__ == "__main__":
    run(app)
