"""`python -m eval.open`: questions that ask for more than one fact, judged by the points made.

    question -> answer -> points found, patterns rejected, length, order -> good or not

Only arguments and output: the judge is `judging.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eval.harness import Row
from index.cli import run

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def open_questions(
    questions: Annotated[
        Path, typer.Option(metavar="FILE", help="questions.jsonl or .jsonl.gz with points")
    ],
    corpus: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Articles as MultiHop-RAG's corpus.jsonl.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="A fixed sample of N, by kind.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Model to answer with; default: auto.")
    ] = None,
    library: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Library to ask; default: one of the articles."),
    ] = None,
) -> None:
    """Measure answers to open questions by kind.

    An interrupted run goes on where it stopped, and the library is built once.
    """
    from eval.harness import partial, print_table, run_rows, sample, say, settings_record, shown
    from eval.harness import write_json as write
    from eval.open.judging import scored
    from eval.realnews.asking import articles_library, bundled_questions
    from rag.dateline import Dateline

    rows = sample(bundled_questions(questions), limit, lambda row: str(row["kind"]))
    dateline = Dateline.open(library or articles_library(corpus), model, log=say)
    record = settings_record(
        "eval.open",
        model,
        library={"articles": dateline.library.count(), "snapshot": dateline.library.snapshot},
    )
    kept = partial("open", json_file, record)
    found = run_rows(rows, lambda row: ask(dateline, row), kept, "questions")
    judged = [row for row in found if "error" not in row]
    metrics, by_type = scored(judged)
    metrics["errors"] = len(found) - len(judged)
    print_table(
        "Open questions",
        ("kind", "rows", "good", "points"),
        [(kind, part["rows"], shown(part["good"]), shown(part["points"]))
         for kind, part in by_type.items()],
    )  # fmt: skip
    for name, value in metrics.items():
        print(f"{name} {shown(value)}")
    if json_file is not None:
        write(json_file, metrics, by_type, record, found)
    if metrics["errors"]:
        raise typer.Exit(1)
    kept.finish()


def ask(dateline: object, row: Row) -> Row:
    """One answer with its verdict."""
    from eval.open.judging import judge, uncited
    from eval.realnews.asking import question_of
    from rag.dateline import Dateline

    assert isinstance(dateline, Dateline)
    answer = dateline.ask(question_of(row)).model_dump(mode="json")
    told = {name: answer[name] for name in ("status", "form", "text", "sentences", "timings")}
    return {
        "id": row["id"], "kind": row["kind"], "question": row["question"], **told,
        "uncited": uncited(answer), **judge(row, answer),
    }  # fmt: skip


if __name__ == "__main__":
    run(app)
