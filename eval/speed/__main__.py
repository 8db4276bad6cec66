"""`python -m eval.speed`: how long adding, searching and answering take on this machine.

    bundled sentences, recombined by a seed -> N one-passage articles -> library
    -> one more article added in a fresh process (`speed/adding.py`)
    -> searches
    -> bundled questions, warm and in a new process (`speed/answering.py`, `speed/stages.py`)

`--corpus` times making a library (`speed/adding.py`),
`--sizes` times search by size (`speed/scale.py`). Does not measure quality, as the library repeats
the bundled facts many times; `python -m eval` does.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.harness import SEED, Row, clock
from eval.judging.metrics import percentile
from eval.speed.adding import GOAL_MS, fresh_add, making, timed_add
from eval.speed.answering import answers, cold
from index.cli import run
from index.errors import UsageError

SEARCHES = 100  # searches that are timed; not measured
# Goals that were set, not measured; what was measured is in docs/scoreboard.md.
GOALS = {
    "add_ms": GOAL_MS, "search_ms_p95": 60, "evidence_ms_p50": 100, "evidence_ms_p95": 200,
    "first_word_ms_p50": 2500, "answer_ms_p50": 4500, "answer_ms_p95": 8000,
    "abstention_ms_p50": 1500, "resident_mb": 2000, "cold_evidence_ms": 1500,
    "cold_answer_ms": 6000, "help_ms": 300, "times_the_limit": 1.15,
}  # fmt: skip

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def speed(
    articles: Annotated[
        int, typer.Option(min=1, metavar="N", help="Articles in the library.")
    ] = 10_000,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Model to answer with; default: auto.")
    ] = None,
    library: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Build or reuse it here; default: a scratch folder."),
    ] = None,
    questions: Annotated[
        int, typer.Option(min=0, metavar="N", help="Bundled questions to time.")
    ] = 60,
    sizes: Annotated[
        str | None,
        typer.Option(metavar="N,N,...", help="Time search alone, in libraries of these sizes."),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A corpus.jsonl.gz: time making a library of it, with sentence-transformers and"
            " as Dateline does; with --sizes, more sentences.",
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw where the time goes; of --sizes, time and memory."),
    ] = None,
    one_size: Annotated[bool, typer.Option("--one-size", hidden=True)] = False,
    one_add: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Time the whole way: adding, searching, evidence, answers."""
    from eval.harness import settings_record, write_json

    if one_add is not None and library is not None:
        print(json.dumps(timed_add(library, one_add)))
        return
    if one_size and library is not None:
        from eval.speed.scale import measure_one

        print(json.dumps(measure_one(library)))
        return
    started = time.monotonic()
    if plot is not None:
        from eval.speed.scale import require_matplotlib

        if (corpus is not None and sizes is None) or not questions:
            raise UsageError("--plot draws --sizes or the answers: leave it out here")
        require_matplotlib()
    with folder_of(library) as folder:
        if sizes is not None:
            from eval.speed import scale

            record = settings_record("eval.speed --sizes", "none", sizes=sizes)
            rows = scale.measure_sizes(folder, scale.sizes_of(sizes), corpus)
            scale.print_sizes(rows)
            metrics = scale.metrics_of(rows)
            if plot is not None:
                scale.plot(rows, plot)
        elif corpus is not None:
            record = settings_record("eval.speed --corpus", "none")
            metrics, rows = making(folder, corpus), []
            print_score(metrics)
        else:
            record = settings_record(
                "eval.speed", model if questions else "none", articles=articles, questions=questions
            )
            metrics, rows = measure(folder, articles, questions, model, plot)
            print_score(metrics)
    record["seconds"] = round(time.monotonic() - started, 1)
    if json_file is not None:
        write_json(json_file, metrics, {}, record, rows)
    if metrics.get("lost") or metrics.get("damaged"):
        raise typer.Exit(1)


@contextmanager
def folder_of(library: Path | None) -> Iterator[Path]:
    """The folder given, else a scratch folder that is removed afterwards."""
    if library is not None:
        yield library
        return
    with tempfile.TemporaryDirectory(prefix="dateline-speed-") as scratch:
        yield Path(scratch) / "library"


def measure(
    folder: Path, count: int, questions: int, model: str | None, plot: Path | None
) -> tuple[dict[str, Any], list[Row]]:
    """(metrics, one row for each timed call); times are in ms unless a name says otherwise."""
    from eval.libraries import build
    from eval.speed.synthetic import recombined
    from index.encoder import load_encoder
    from index.library import Library
    from index.search import Searcher

    metrics: dict[str, Any] = {"articles": count}
    made = recombined(count + 1)
    metrics["load_encoder_ms"], encoder = clock(load_encoder)
    seconds, _ = clock(lambda: build(folder, made[:-1], encoder))
    metrics["build_seconds"] = round(seconds / 1000, 1)
    metrics["build_articles_per_second"] = round(count / max(seconds / 1000, 1e-3), 1)
    metrics |= fresh_add(folder, made[-1])
    metrics["library_mb"] = round(sum(f.stat().st_size for f in folder.iterdir()) / 1e6, 1)
    queries = [
        article.text[:90] for article in random.Random(SEED).sample(made, min(SEARCHES, count))
    ]
    rows: list[Row] = []
    with Library.open(folder) as library:
        metrics["open_search_ms"], searcher = clock(lambda: Searcher(library, encoder))
        metrics["first_search_ms"], _ = clock(lambda: searcher.search("Scale AI stake"))
        for query in queries:
            taken, hits = clock(partial(searcher.search, query))
            rows.append({"what": "search", "query": query, "ms": taken, "hits": len(hits)})
    times = [row["ms"] for row in rows]
    metrics["search_ms_p50"], metrics["search_ms_p95"] = (percentile(times, p) for p in (0.5, 0.95))
    if questions:
        more, asked = answers(folder, questions, model, plot)
        metrics |= more | (cold(folder, model) if more else {})
        rows += asked
    return metrics, rows


def print_score(metrics: dict[str, Any]) -> None:
    """Print one line for each measure, with its goal if it has one."""
    from eval.harness import print_table

    goals = {name: f"goal: <= {most:,g}" for name, most in GOALS.items()}
    lines: Sequence[tuple[object, ...]] = [
        (name, f"{value:,.2f}" if isinstance(value, float) else value, goals.get(name, ""))
        for name, value in metrics.items()
    ]
    print_table("Speed", ("measure", "value", ""), lines)


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
