"""`python -m eval.realnews`: questions as people type them, over articles of normal length.

    question -> hits -> evidence -> what the model reads -> answer -> verdict, and the stage at
    which an answer was lost

Only arguments and output: the verdicts are `judging.py`. Without --questions and --corpus the
bundled questions over the bundled articles of normal length are asked.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.harness import Row
from index.cli import run

if TYPE_CHECKING:
    pass

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def realnews(
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="questions.jsonl or .jsonl.gz")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Articles as MultiHop-RAG's corpus.jsonl.")
    ] = None,
    given: Annotated[
        bool, typer.Option("--given", help="Give the answering sentences: what reading is worth.")
    ] = False,
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
    """Measure answers to real questions by kind, and where the answers that are missing got lost.

    An interrupted run goes on where it stopped, and the library is built once.
    """
    from eval.harness import partial, run_rows, sample, say, settings_record, write_json
    from eval.realnews.asking import articles_library, ask, bundled_questions, questions_over
    from eval.realnews.judging import scored
    from rag.dateline import Dateline

    read = questions_over(corpus, [questions]) if corpus and questions else None
    rows = sample(read or bundled_questions(questions), limit, lambda row: str(row["kind"]))
    started = time.monotonic()
    dateline = Dateline.open(library or articles_library(corpus), model, log=say)
    record = settings_record(
        "eval.realnews",
        model,
        library={"articles": dateline.library.count(), "snapshot": dateline.library.snapshot},
        given=given,
    )
    kept = partial("realnews", json_file, record)
    found = run_rows(rows, lambda row: ask(dateline, row, given=given), kept, "questions")
    failed = [row for row in found if "error" in row]
    pairs = [(q, r) for q, r in zip(rows, found, strict=True) if "error" not in r]
    metrics, by_type = scored([q for q, _ in pairs], [r for _, r in pairs])
    metrics["errors"] = len(failed)
    print_score(metrics, by_type)
    record |= {"limit": limit, "seconds": round(time.monotonic() - started, 1)}
    if json_file is not None:
        write_json(json_file, metrics, by_type, record, found)
    if failed:
        say(f"{len(failed)} questions could not be asked, the first: {failed[0]['error']}")
        raise typer.Exit(1)
    kept.finish()


def print_score(metrics: Row, by_type: dict[str, Any]) -> None:
    """The verdicts and the stages by kind, then the score of all."""
    from eval.harness import print_table, shown

    verdicts = ("rows", "right", "refused", "wrong", "score", "short", "short_right")
    print_table(
        "Answers",
        ("kind", *verdicts),
        [(kind, *(shown(row.get(name)) for name in verdicts)) for kind, row in by_type.items()],
    )
    stages = ("found", "first", "first3", "shown", "said", "right")
    print_table(
        "Share of the questions whose answer comes this far",
        ("kind", *stages),
        [
            (kind, *(shown(row.get(name)) for name in stages))
            for kind, row in by_type.items()
            if "found" in row
        ],
    )
    for name in ("score", "total_ms_p50", "total_ms_p95"):
        if name in metrics:
            print(f"{name} {shown(metrics[name])}")


if __name__ == "__main__":
    run(app)
