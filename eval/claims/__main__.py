"""`python -m eval.claims`: claims about quoted sentences; what follows from the quote is to pass.

    quote, claim -> the check of one sentence, as of a draft (`rag/checking/`) -> passed or refused

A row has `id`, `evidence`, `claim`, `kind` and `label`: supported, contradicted or not_stated.
Without --claims the bundled ones are judged, which nothing was learned from. Only arguments and
output: the judge is `judging.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from index.cli import run

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def claims(
    claims_file: Annotated[
        Path | None, typer.Option("--claims", metavar="FILE", help="claims.jsonl or .jsonl.gz")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="A fixed sample of N, by label.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Model that reads; default: auto.")
    ] = None,
) -> None:
    """Measure the check: claims that follow passed, contradicted and unstated ones caught.

    An interrupted run goes on where it stopped.
    """
    from eval.claims.judging import claims_of, judged, scored
    from eval.harness import partial, print_table, run_rows, sample, settings_record, shown
    from eval.harness import write_json as write
    from rag.llm.load import load_writer

    rows = sample(claims_of(claims_file), limit, lambda row: str(row["label"]))
    writer = load_writer(model or "auto")
    record = settings_record("eval.claims", model)
    kept = partial("claims", json_file, record)
    found = run_rows(rows, lambda row: judged(writer, row), kept, "claims")
    metrics, by_type = scored(found)
    print_table(
        "Claims judged as they should be",
        ("label or kind", "rows", "right"),
        [(name, part["rows"], shown(part["right"])) for name, part in by_type.items()],
    )
    for name, value in metrics.items():
        print(f"{name} {shown(value)}")
    if json_file is not None:
        write(json_file, metrics, by_type, record, found)
    kept.finish()


if __name__ == "__main__":
    run(app)
