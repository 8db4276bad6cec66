"""`python -m eval.fit.kinds`: learns which kind of answer is asked for, `rag/question/kind.json`.

Learns from `kinds.jsonl`: questions written for this, and those of `calibration.jsonl` and
`news.jsonl` whose kind their answer bears out. Prints the accuracy on questions left out, and how
many others some chances would take for yes/no. No language model is needed; it takes two minutes.
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

CHANCES = (0.3, 0.4, 0.5, 0.6, 0.7)
LEAST = 0.5  # chosen on the printed table

app = typer.Typer(add_completion=False)


@app.command()
def main(
    write: Annotated[bool, typer.Option(help="Write rag/question/kind.json.")] = True,
) -> None:
    """Fit the classifier of kinds."""
    rows = read_rows(Path(str(files("eval.fit") / "kinds.jsonl")))
    kinds = np.array([str(row["kind"]) for row in rows])
    asked = [str(row["question"]) for row in rows]
    names, chances = learn(
        "kind.json", asked, kinds, LEAST, write, contexts=True, command="eval.fit.kinds"
    )
    right = names[chances.argmax(axis=1)] == kinds
    print(f"{len(rows)} questions, accuracy left out {right.mean():.3f}")
    yes = kinds == "yesno"
    sure = chances[:, names.tolist().index("yesno")]
    for cut in CHANCES:
        told = sure >= cut
        print(
            f"  from {cut}: {np.mean(told[~yes]):.4f} of the others taken for yes/no, "
            f"yes/no {np.mean(told[yes]):.3f}"
        )


if __name__ == "__main__":
    run(app)
