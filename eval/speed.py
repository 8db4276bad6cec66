"""`python -m eval.speed`: how long adding, searching and answering take on this machine.

    bundled sentences, recombined by a seed -> N one-passage articles -> library
    one more add in a fresh process; searches; bundled questions, warm and in a new process

Goals stand beside what they are for. `--corpus` times making a library by sentence-transformers and
by its twin; `--crash` is in `crash.py`, `--sizes` in `scale.py`. Leaves out quality: the library
tells the bundled facts many times over; see `python -m eval` for that.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.metrics import percentile
from eval.run import SEED, Row, clock
from index.cli import run
from index.errors import DatelineError, UsageError

if TYPE_CHECKING:
    from index.types import Article


SEARCHES = 100
GOAL_MS = 1000.0
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
    crash: Annotated[
        bool,
        typer.Option("--crash", help="Kill adding at random moments; nothing may be lost."),
    ] = False,
    kills: Annotated[int, typer.Option(min=1, metavar="N", help="Kills of --crash.")] = 5,
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
    from eval.run import settings_record, write_json

    if one_add is not None and library is not None:
        print(json.dumps(timed_add(library, one_add)))
        return
    if one_size and library is not None:
        from eval.scale import measure_one

        print(json.dumps(measure_one(library)))
        return
    started = time.monotonic()
    if plot is not None:
        from eval.scale import require_matplotlib

        if crash or (corpus is not None and sizes is None) or not questions:
            raise UsageError("--plot draws --sizes or the answers: leave it out here")
        require_matplotlib()
    with folder_of(library) as folder:
        if crash:
            from eval.crash import crashes, print_crashes

            record = settings_record("eval.speed --crash", "none", kills=kills)
            rows = crashes(folder, kills)
            metrics: dict[str, Any] = print_crashes(rows)
        elif sizes is not None:
            from eval import scale

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
    """The folder given, else one that is gone afterwards."""
    if library is not None:
        yield library
        return
    with tempfile.TemporaryDirectory(prefix="dateline-speed-") as scratch:
        yield Path(scratch) / "library"


def measure(
    folder: Path, count: int, questions: int, model: str | None, plot: Path | None
) -> tuple[dict[str, Any], list[Row]]:
    """(metrics in milliseconds unless their name says otherwise, one row a timed call)."""
    from eval.libraries import build
    from eval.synthetic import recombined
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
            taken, hits = clock(lambda query=query: searcher.search(query))  # type: ignore[misc]
            rows.append({"what": "search", "query": query, "ms": taken, "hits": len(hits)})
    times = [row["ms"] for row in rows]
    metrics["search_ms_p50"], metrics["search_ms_p95"] = (percentile(times, p) for p in (0.5, 0.95))
    if questions:
        more, asked = answers(folder, questions, model, plot)
        metrics |= more | (cold(folder, model) if more else {})
        rows += asked
    return metrics, rows


def making(folder: Path, corpus: Path) -> dict[str, Any]:
    """Seconds to make the library of a corpus by sentence-transformers and by its twin.

    They stay in `folder`, as `reference` and `twin`, to be searched; `eval.multihop --library`.
    """
    from eval.libraries import build
    from eval.multihop import articles_of
    from index.encoder import load_encoder, load_reference

    articles = articles_of(corpus)
    metrics: dict[str, Any] = {"articles": len(articles)}
    both = (("reference", load_reference), ("twin", load_encoder))
    for name, _ in both:
        if (folder / name).exists():
            raise UsageError(f"{folder / name} is there already: name a new folder")
    for name, load in both:
        encoder = load()
        encoder.encode(["warm"])
        taken, _ = clock(partial(build, folder / name, articles, encoder))
        metrics[f"{name}_seconds"] = taken / 1000
    metrics["times_as_fast"] = metrics["reference_seconds"] / metrics["twin_seconds"]
    return metrics


def fresh_add(folder: Path, article: Article) -> dict[str, Any]:
    """Timings of one add by a process of its own, as the command line does it."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "one.jsonl"
        fields = ("title", "text", "url", "publisher", "published")
        file.write_text(json.dumps({name: getattr(article, name) for name in fields}) + "\n")
        command = [sys.executable, "-m", "eval.speed"]
        command += ["--library", str(folder), "--one-add", str(file)]
        taken, made = clock(lambda: subprocess.run(command, capture_output=True, text=True))
    if made.returncode:
        raise DatelineError(f"the fresh process could not add: {made.stderr.strip()[-300:]}")
    times: dict[str, Any] = json.loads(made.stdout.strip().splitlines()[-1])
    return {**times, "fresh_process_ms": taken, "add_within_goal": times["add_ms"] <= GOAL_MS}


def timed_add(folder: Path, file: Path) -> dict[str, Any]:
    """Add the article of `file` as `index add` does, the encoder loaded before the clock."""
    from index.encoder import load_encoder
    from index.ingest.sources import read
    from index.library import Library
    from index.library.vectors import refresh
    from index.search import Searcher
    from index.types import Article

    loading, encoder = clock(load_encoder)
    encoder.encode(["warm"])
    article = next(item for item in read(str(file)) if isinstance(item, Article))

    def add() -> str:
        with Library.open(folder, write=True) as library:
            state = library.add(article, encoder)
            refresh(library)
        return state

    def find() -> bool:
        with Library.open(folder) as library:
            hits = Searcher(library, encoder).search(article.text)
            return any(hit.article.id == article.id for hit in hits)

    with Library.open(folder, write=True) as library:
        library.remove(article.id)  # left by an earlier run in the same folder
        refresh(library)
    adding, state = clock(add)
    finding, found = clock(find)
    return {
        "fresh_load_encoder_ms": loading,
        "add_ms": adding,
        "add_state": state,
        "add_then_find_ms": adding + finding,
        "found_after_add": found,
    }


def answers(
    folder: Path, count: int, model: str | None, plot: Path | None
) -> tuple[dict[str, Any], list[Row]]:
    """Timings of bundled questions of all kinds asked of the library in one process, warmed by two;
    what is answered and what is refused apart. And the memory of that process."""
    from eval import stages
    from eval.bundled import load
    from eval.run import machine, progress, resident, sample, say
    from index.errors import ModelError
    from rag.answer import Dateline
    from rag.llm.llama import LlamaWriter

    known = {q.id: q for q in load()}
    asked = sample([{"id": q.id, "kind": q.kind} for q in known.values()], count, _kind)
    try:
        opening, dateline = clock(lambda: Dateline.open(folder, model, log=say))
        for name in list(known)[:2]:
            dateline.ask(known[name].asked())
    except ModelError as error:
        say(f"answers are not timed: {error}")
        return {}, []
    local = dateline.writer if isinstance(dateline.writer, LlamaWriter) else None
    here = {name: machine()[name] for name in ("processor", "cores")}
    runs = {**here, **(local.chosen if local else {"answers_from": dateline.model})}
    rows: list[Row] = []
    with stages.watching(local) if local else nullcontext() as watch:
        for row in progress(asked, "questions"):
            answer = dateline.ask(known[row["id"]].asked())
            status = {"what": "answer", "refused": answer.status == "unanswerable"}
            work = watch.row() if watch else {}
            rows.append({**status, **row, **answer.timings.model_dump(), **work})
    found: dict[str, Any] = {"open_engine_ms": opening, "resident_mb": resident(os.getpid())}
    refused = [row["total_ms"] for row in rows if row["refused"]]
    answered = [row for row in rows if not row["refused"]]
    for name, values in (
        ("evidence_ms", [row["evidence_ms"] for row in rows]),
        ("first_word_ms", [r["first_token_ms"] for r in answered if r["first_token_ms"]]),
        ("answer_ms", [row["total_ms"] for row in answered]),
        ("abstention_ms", refused),
    ):
        found[f"{name}_p50"], found[f"{name}_p95"] = (percentile(values, p) for p in (0.5, 0.95))
    found |= {"answered": len(answered), "refused": len(refused)}
    if local:
        cost = stages.costs(local)
        found |= {**cost, "times_the_limit": stages.distance(rows, cost)}
        if plot is not None:
            stages.plot(rows, cost, plot)
    return {**runs, **found}, rows


def cold(folder: Path, model: str | None, runs: int = 3) -> dict[str, Any]:
    """Medians of a new process for one question, and for --help, once the files were read."""
    ask = [sys.executable, "-m", "rag.ask"]
    question = [*ask, "What share of Scale AI did Meta buy?", "--no-cache", "--json"]
    question += ["--library", str(folder), *(["--model", model] if model else [])]
    wholes, evidence, helps = [], [], []
    for number in range(runs + 1):
        taken, made = clock(lambda: subprocess.run(question, capture_output=True, text=True))
        if made.returncode not in (0, 3):
            raise DatelineError(f"the fresh process could not answer: {made.stderr.strip()[-300:]}")
        help_taken, _ = clock(lambda: subprocess.run([*ask, "--help"], capture_output=True))
        if number:  # the first one reads the files from the disk
            loaded = taken - json.loads(made.stdout)["timings"]["total_ms"]
            evidence.append(loaded + json.loads(made.stdout)["timings"]["evidence_ms"])
            wholes.append(taken)
            helps.append(help_taken)
    medians = {"cold_evidence_ms": evidence, "cold_answer_ms": wholes, "help_ms": helps}
    return {name: round(percentile(values, 0.5) or 0, 1) for name, values in medians.items()}


def _kind(row: Row) -> str:
    return str(row["kind"])


def print_score(metrics: dict[str, Any]) -> None:
    """One line a measure; the goal beside the one that has one."""
    from eval.run import print_table

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
