"""`python -m eval`: asks the bundled questions and prints how many answers are right.

    bundled questions -> rows -> metrics -> tables, JSON file, HTML report, gates

Arguments and output only. Questions are asked and judged in `bundled/questions.py`, rows scored in
`bundled/scores.py`; gates are in `bundled/gates.py`, the page in `bundled/report.py`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from index.cli import run
from index.errors import UsageError

if TYPE_CHECKING:
    from eval.harness import Row
    from rag.dateline import Dateline

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def evaluate(
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Model to answer with; default: auto.")
    ] = None,
    library: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Library; default: the bundled one.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write an HTML report to DIR/index.html.")
    ] = None,
    subset: Annotated[
        str, typer.Option(metavar="ci|all", help="All questions, or the quick ones for CI.")
    ] = "all",
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit 1 when a metric falls below its gate.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="A fixed sample of N, by kind."),
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Other questions in the same format.")
    ] = None,
) -> None:
    """Measure answers, evidence, citations and abstentions on the bundled questions.

    An interrupted run goes on where it stopped. Exit status: 1 when a gate fell or a question
    could not be asked.
    """
    from eval.bundled import questions as bundled
    from eval.bundled.gates import gates
    from eval.bundled.scores import score
    from eval.harness import partial, run_rows, sample, settings_record, write_json
    from eval.libraries import text_of

    if subset not in ("ci", "all"):
        raise UsageError(f"--subset is ci or all, not {subset}")
    loaded = {question.id: question for question in bundled.load(questions)}
    chosen = [q.model_dump(mode="json") for q in loaded.values() if subset == "all" or q.ci]
    chosen = sample(chosen, limit, lambda row: str(row["kind"]))
    if not chosen:
        raise UsageError("no question is in this subset: use --subset all")
    started = time.monotonic()
    dateline = engine(library, model)
    record = settings_record(
        "eval",
        model,
        library={"articles": dateline.library.count(), "snapshot": dateline.library.snapshot},
    )
    kept = partial("eval", json_file, record)
    asked = run_rows(
        chosen,
        lambda row: bundled.ask(dateline, loaded[row["id"]], lambda name: text_of(dateline, name)),
        kept,
        "questions",
    )
    rows = [
        bundled.failed(loaded[question["id"]], row["error"]) if "outcome" not in row else row
        for question, row in zip(chosen, asked, strict=True)
    ]
    metrics, by_type = score(rows)
    record |= {"subset": subset, "limit": limit, "seconds": round(time.monotonic() - started, 1)}
    print_score(metrics, by_type)
    print_failures(rows)
    found = gates(metrics)
    if json_file is not None:
        write_json(json_file, metrics, by_type, record, rows)
    if report is not None:
        from eval.bundled.report import write_report

        write_report(report / "index.html", metrics, by_type, record, rows, found)
    if not metrics["errors"]:
        kept.finish()
    fell = print_gates(found) if gate else False
    if fell or metrics["errors"]:
        raise typer.Exit(1)


def engine(library: Path | None, model: str | None) -> Dateline:
    """Dateline over `library`, by default over the bundled one, never over the user's library."""
    from eval.harness import say
    from eval.libraries import bundled
    from rag.dateline import Dateline

    return Dateline.open(library or bundled(), model, log=say)


def print_score(metrics: Mapping[str, Any], by_type: Mapping[str, Any]) -> None:
    """Print the table by kind, the metrics with their intervals, and the timings."""
    from eval.harness import print_table, shown

    names = ("n", "right", "abstained", "wrong", "accuracy", "crag_score")
    print_table(
        "Answers by kind",
        ("kind", *names),
        [(kind, *(row[name] for name in names)) for kind, row in by_type.items()],
    )
    lines: list[tuple[object, ...]] = []
    for name, value in metrics.items():
        if name in ("intervals", "timings"):
            continue
        interval = metrics["intervals"].get(name)
        lines.append((name, value, " - ".join(map(shown, interval)) if interval else ""))
    for name, value in metrics["timings"].items():
        lines.append((name, None if value is None else round(value), ""))
    print_table("Metrics", ("metric", "value", "95% interval"), lines)


def print_failures(rows: list[Row]) -> None:
    """Print one line for each row that is not right, and for each broken invariant."""
    from eval.harness import print_table

    lines = []
    for row in rows:
        if not row["right"]:
            lines.append((row["id"], row["outcome"], row["reason"]))
        lines.extend((row["id"], "invariant", broken) for broken in row["invariants"])
    if lines:
        print_table("Not right", ("question", "outcome", "why"), lines)


def print_gates(found: list[Any]) -> bool:
    """Print every gate and whether it holds; True where one does not."""
    from eval.harness import print_table

    sign: dict[Literal["minimum", "maximum"], str] = {"minimum": ">=", "maximum": "<="}
    print_table(
        "Gates",
        ("gate", "value", ""),
        [
            (f"{g.metric} {sign[g.bound]} {g.limit:g}", g.value, "ok" if g.passed else "FELL")
            for g in found
        ],
    )
    return not all(g.passed for g in found)


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
