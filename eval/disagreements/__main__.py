"""`python -m eval.disagreements`: whether differences between articles are found and classified.

    labelled case -> a library of its articles -> its question asked -> the disagreements of the
    answer, compared with the labelled kind and values

Arguments and output only; cases are asked and judged in `disagreements/cases.py`. Without a model,
the default, finding and classifying are measured; with one (`--model auto`), what the reader gets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.disagreements.cases import load, measured, score
from eval.harness import Row, print_table, settings_record, write_json
from index.cli import run

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def measure(
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    cases: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Other cases in the same format.")
    ] = None,
    model: Annotated[str, typer.Option(metavar="SPEC", help="Model to answer with.")] = "none",
) -> None:
    """Ask the labelled cases and compare the disagreements told with their labels."""
    from rag.llm.load import load_writer

    rows = measured(load(cases), load_writer(model))
    metrics, by_type = score(rows)
    print_score(metrics, by_type)
    print_wrong(rows)
    if json_file is not None:
        write_json(json_file, metrics, by_type, settings_record("disagreements", model), rows)


def print_score(metrics: Mapping[str, Any], by_type: Mapping[str, Any]) -> None:
    """Print the table by kind and the metrics."""
    print_table(
        "Disagreements",
        ("kind", "n", "found", "right"),
        [(kind, row["n"], row["found"], row["right"]) for kind, row in by_type.items()],
    )
    print_table("Metrics", ("metric", "value"), list(metrics.items()))


def print_wrong(rows: Sequence[Row]) -> None:
    """Print one line for each case whose disagreement is not as labelled."""
    wrong = [
        (row["id"], row["kind"], ", ".join(row["told"]) or row["status"], row["answer"]["text"])
        for row in rows
        if not row["right"] or not row["values_shown"]
    ]
    if wrong:
        print_table("Not as labelled", ("case", "label", "told", "answer"), wrong)


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
