"""`python -m eval.extraction`: the text and the date of pages of many shapes.

    page made in code -> the reader of pages -> text and day, compared with those written beside it

Only arguments and output: the pages are in `shapes.py`, the judge in `judging.py`. No model, no
network; half a minute.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from index.cli import run

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def extraction(
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
) -> None:
    """Read the pages, and print where text or date is not as it should be."""
    from eval.extraction.judging import judged, scored
    from eval.extraction.shapes import shapes
    from eval.harness import print_table, settings_record, shown
    from eval.harness import write_json as write

    rows = [judged(shape) for shape in shapes()]
    worse = [
        (row["id"], shown(row["f1"]), row["published"] or "-")
        for row in rows
        if row["f1"] < 1 or not row["date_right"]
    ]
    if worse:
        print_table("Not as it should be", ("page", "F1", "date"), worse)
    metrics = scored(rows)
    print_table(
        "Extraction", ("metric", "value"), [(name, shown(v)) for name, v in metrics.items()]
    )
    if json_file is not None:
        write(json_file, metrics, {}, settings_record("eval.extraction", "none"), rows)


if __name__ == "__main__":
    run(app)
