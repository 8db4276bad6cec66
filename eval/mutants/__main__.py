"""`python -m eval.mutants`: false sentences made from true ones, and how many are caught.

    bundled articles -> true sentences and true rewrites -> mutants
    each -> checked against sentences of its and related articles, as a draft is
    -> share of mutants caught by kind, share of true sentences flagged

Arguments and output only; cases are made and judged in `mutants/cases.py`. Loads no model and no
encoder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.harness import Row, print_table, settings_record, write_json
from eval.mutants.cases import cases, judged, score
from index.cli import run

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def measure(
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    show: Annotated[
        int, typer.Option(min=0, metavar="N", help="Show N lies missed and N truths flagged.")
    ] = 0,
) -> None:
    """Make lies from the bundled articles and count those that the checker lets through."""
    from eval.harness import progress
    from eval.libraries import briefs

    made = list(cases(briefs()))
    rows = [
        judged(made[row["n"]])
        for row in progress([{"n": i} for i in range(len(made))], "sentences")
    ]
    metrics, by_type = score(rows)
    print_score(metrics, by_type)
    if show:
        print_wrong(rows, show)
    if json_file is not None:
        write_json(json_file, metrics, by_type, settings_record("mutants", "none"), rows)


def print_score(metrics: Mapping[str, Any], by_type: Mapping[str, Any]) -> None:
    """Print the tables of mutants by kind and of true sentences by rewrite."""
    lies = [(k, r["n"], r["caught"], r["share"]) for k, r in by_type.items() if "caught" in r]
    print_table("Lies", ("kind", "n", "caught", "share"), lies)
    truth = [(k, r["n"], r["flagged"], r["share"]) for k, r in by_type.items() if "flagged" in r]
    print_table("True sentences", ("kind", "n", "flagged", "share"), truth)
    print_table("Metrics", ("metric", "value"), list(metrics.items()))


def print_wrong(rows: Sequence[Row], most: int) -> None:
    """Print mutants that were let through and true sentences flagged, `most` of each at most."""
    missed = [r for r in rows if r["kind"] != "true" and not r["caught"]][:most]
    flagged = [r for r in rows if r.get("flagged")][:most]
    print_table("Lies let through", ("kind", "text"), [(r["kind"], r["text"]) for r in missed])
    print_table("Truths flagged", ("reason", "text"), [(r["reason"], r["text"]) for r in flagged])


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
