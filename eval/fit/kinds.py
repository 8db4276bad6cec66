"""`python -m eval.fit.kinds`: learns which kind of answer is asked for, `rag/question/kind.json`.

Learns from `kinds.jsonl`, written for this, and from the questions of `calibration.jsonl` and
`news.jsonl` whose kind their answer bears out (`known-kinds.jsonl`). Prints the accuracy on
questions left out, and how many others some chances would take for yes/no. It takes two minutes.
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
LEAST = 0.6  # chosen on the printed table

app = typer.Typer(add_completion=False)


@app.command()
def main(
    write: Annotated[bool, typer.Option(help="Write rag/question/kind.json.")] = True,
) -> None:
    """Fit the classifier of kinds."""
    folder = Path(str(files("eval.fit")))
    rows = read_rows(folder / "kinds.jsonl")
    written = len(rows)
    kinds = {row["id"]: row["kind"] for row in read_rows(folder / "known-kinds.jsonl")}
    for name in ("calibration.jsonl", "news.jsonl"):
        rows += [
            {"question": row["question"], "kind": kinds[row["id"]]}
            for row in read_rows(folder / name)
            if row["id"] in kinds
        ]
    labels = np.array([str(row["kind"]) for row in rows])
    asked = [str(row["question"]) for row in rows]
    names, chances = learn("kind.json", asked, labels, LEAST, write, contexts=True)
    right = names[chances.argmax(axis=1)] == labels
    print(
        f"{len(rows)} questions, accuracy left out {right[:written].mean():.3f} of those written "
        f"for this, {right[written:].mean():.3f} of the others"
    )
    yes = labels == "yesno"
    sure = chances[:, names.tolist().index("yesno")]
    for cut in CHANCES:
        told = sure >= cut
        print(
            f"  from {cut}: {np.mean(told[~yes]):.4f} of the others taken for yes/no, "
            f"yes/no {np.mean(told[yes]):.3f}"
        )


if __name__ == "__main__":
    run(app)
