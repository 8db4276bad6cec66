"""`python -m eval.ramdocs`: RAMDocs (Wang et al. 2025, arXiv 2504.13079).

    row -> a library of its documents alone -> its question -> answer -> judged row -> metrics

The documents disagree, mislead or are noise. A row is right when the answer's text holds every gold
answer and no wrong one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.harness import Row
from eval.judging.metrics import bootstrap, mean
from eval.judging.texts import contains
from index.cli import run
from index.errors import SourceError

if TYPE_CHECKING:
    from index.encoder import Encoder
    from rag.llm.writer import Writer

_FIELDS = {"question", "documents", "gold_answers", "wrong_answers"}

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def ramdocs(
    questions: Annotated[Path, typer.Option(metavar="FILE", help="RAMDocs as .jsonl or .jsonl.gz")],
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="A fixed sample of N, by type."),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Model to answer with; default: auto.")
    ] = None,
    library: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the libraries go; default: a scratch folder."),
    ] = None,
) -> None:
    """Measure answers from a handful of documents that disagree, mislead or are noise.

    An interrupted run goes on where it stopped.
    """
    from eval.harness import partial, read_rows, run_rows, sample, say, settings_record, write_json
    from index.encoder import load_encoder
    from index.settings import settings
    from rag.llm.load import load_writer

    rows = sample(read_rows(questions), limit, kind_of)
    for row in rows:
        if not set(row) >= _FIELDS:
            raise SourceError(f"{questions} is no RAMDocs file: rows lack its fields")
    started = time.monotonic()
    record = settings_record("eval.ramdocs", model)
    kept = partial("ramdocs", json_file, record)
    if library is not None:
        library.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ramdocs-", dir=library) as scratch:
        encoder, writer = load_encoder(), load_writer(model or settings().model)
        results = run_rows(rows, lambda row: ask(row, encoder, writer, scratch), kept, "questions")
    found = [
        {**failed(row), **result} if "error" in result else result
        for row, result in zip(rows, results, strict=True)
    ]
    metrics, by_type = score(found)
    record |= {"limit": limit, "seconds": round(time.monotonic() - started, 1)}
    print_score(metrics, by_type)
    if json_file is not None:
        write_json(json_file, metrics, by_type, record, found)
    if metrics["errors"]:
        first = next(row["error"] for row in found if "error" in row)
        say(f"{metrics['errors']} questions could not be asked, the first: {first}")
        raise typer.Exit(1)
    kept.finish()


def kind_of(row: Row) -> str:
    """The type of a row: one or several gold answers, with or without misinformation."""
    several = "several answers" if len(row.get("gold_answers", ())) > 1 else "one answer"
    return several + (", misinformation" if row.get("wrong_answers") else "")


def ask(row: Row, encoder: Encoder, writer: Writer | None, scratch: str) -> Row:
    """Ask one row's question of a library of its documents; the judged row."""
    from index.ingest.formats import Draft
    from index.ingest.sources import article
    from index.library import Library
    from index.search import Searcher
    from rag.dateline import Dateline
    from rag.types import Question

    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        with Library.open(Path(folder), create=True, write=True) as library:
            for document in row["documents"]:
                if document["text"].strip():
                    library.add(article(Draft(text=document["text"])), encoder)
        with Library.open(Path(folder)) as library:
            name = writer.name if writer else "none"
            dateline = Dateline(library, Searcher(library, encoder), writer, name)
            answer = dateline.ask(Question(question=row["question"]))
    return {
        "question": row["question"],
        "kind": kind_of(row),
        "answer": answer.text,
        "status": answer.status,
        "short": answer.short,
        "gold_answers": row["gold_answers"],
        "wrong_answers": row["wrong_answers"],
        "right": right(answer.text, row["gold_answers"], row["wrong_answers"]),
        "disagreements": [group.model_dump(mode="json") for group in answer.disagreements],
        "timings": answer.timings.model_dump(),
    }


def failed(row: Row) -> Row:
    """The row of a question that could not be asked: not right."""
    return {
        "question": row["question"],
        "kind": kind_of(row),
        "answer": "",
        "gold_answers": row["gold_answers"],
        "wrong_answers": row["wrong_answers"],
        "right": False,
    }


def right(answer: str, gold: Sequence[str], wrong: Sequence[str]) -> bool:
    """Whether the answer holds every gold answer and no wrong one, all normalised."""
    return all(contains(answer, form) for form in gold) and not any(
        contains(answer, form) for form in wrong
    )


def score(rows: Sequence[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, by_type): shares of rows right, misled and abstained, of gold answers held."""
    metrics = _score(rows)
    metrics["intervals"] = {
        "answer_accuracy": bootstrap(rows, lambda some: mean([float(r["right"]) for r in some]))
    }
    metrics["errors"] = sum("error" in row for row in rows)
    kinds = sorted({row["kind"] for row in rows})
    return metrics, {kind: _score([row for row in rows if row["kind"] == kind]) for kind in kinds}


def _score(rows: Sequence[Row]) -> dict[str, Any]:
    gold = [contains(row["answer"], form) for row in rows for form in row["gold_answers"]]
    misled = [
        any(contains(row["answer"], form) for form in row["wrong_answers"])
        for row in rows
        if row["wrong_answers"]
    ]
    return {
        "n": len(rows),
        "answer_accuracy": mean([float(row["right"]) for row in rows]),
        "gold_answers_held": mean([float(held) for held in gold]),
        "misled": mean([float(one) for one in misled]),
        "abstained": mean([float(row.get("status") == "unanswerable") for row in rows]),
    }


def print_score(metrics: dict[str, Any], by_type: dict[str, Any]) -> None:
    """Print one line for each type and one for all, with the interval of answer_accuracy."""
    from eval.harness import print_table, shown

    names = ("n", "answer_accuracy", "gold_answers_held", "misled", "abstained")
    lines = [(kind, *(row[name] for name in names), "") for kind, row in by_type.items()]
    interval = metrics["intervals"]["answer_accuracy"]
    ends = " - ".join(map(shown, interval)) if interval else ""
    lines.append(("all", *(metrics[name] for name in names), ends))
    print_table("RAMDocs", ("type", *names, "95% interval"), lines)


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
