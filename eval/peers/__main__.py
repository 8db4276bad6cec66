"""`python -m eval.peers`: Dateline beside other systems, on the same articles and model.

    questions -> each system in a process of its own, asked in turn -> one table

    dateline             this project with its defaults, no cached answers
    plain                600 tokens of the best passages in a prompt, nothing checked
    llama-index          LlamaIndex: VectorStoreIndex.from_documents(...).as_query_engine()
    llama-index-cited    LlamaIndex: CitationQueryEngine
    haystack             Haystack: embedding retriever, prompt, LlamaCppChatGenerator

All use the same articles, GGUF file and encoder; each peer is set up as in its quick start
(`peers/systems.py`). The bundled articles are briefs; MultiHop-RAG's files (--corpus, --queries)
have whole news articles. --questions asks what people type about articles of normal length, those
of --corpus or those that come along with `eval.realnews`. Peers need `pip install '.[peers]'`; a
peer that is not installed is left out with a message. How answers are judged: `peers/judging.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from eval.harness import Row, resident, sample
from eval.peers.judging import exam
from eval.peers.systems import SYSTEMS, Ask, Said, Shelf
from index.cli import one_line, run
from index.errors import DatelineError, UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def peers(
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Questions, of all kinds.")] = 20,
    only: Annotated[
        str | None, typer.Option(metavar="NAME,NAME", help="These systems alone.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Articles as MultiHop-RAG's corpus.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(metavar="FILE", help="MultiHop-RAG's queries over --corpus.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Questions as those of eval.realnews.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Model of all systems; default: auto.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    serve: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Ask every system in turn; accuracy, sources, seconds and memory, and ratios to Dateline."""
    from eval.harness import print_table, progress, say, settings_record, write_json

    shelf = Shelf(corpus, whole=questions is not None)
    if serve is not None:
        answer_lines(SYSTEMS[serve](model, shelf))
        return
    if questions is not None and queries is not None:
        raise UsageError("--questions and --queries exclude each other: give one of them")
    if queries is not None and corpus is None:
        raise UsageError("--queries needs its articles: give --corpus as well")
    if corpus is not None and queries is None and questions is None:
        raise UsageError("--corpus needs what to ask: give --queries or --questions as well")
    names = only.split(",") if only else list(SYSTEMS)
    if unknown := sorted(set(names) - set(SYSTEMS)):
        raise UsageError(f"--only knows no {', '.join(unknown)}: choose of {', '.join(SYSTEMS)}")
    test = exam(queries, questions)
    files = {"corpus": corpus, "queries": queries, "questions": questions}
    asked_of = {name: path and path.name for name, path in files.items()}
    record = settings_record("eval.peers", model, limit=limit, systems=names, **asked_of)
    asked = sample(test.rows, limit, lambda row: str(row["kind"]))
    shelf.library()
    rows: list[Row] = []
    with ExitStack() as stack:
        systems = {}
        for name in names:
            try:
                systems[name] = stack.enter_context(worker(name, model, corpus, questions))
            except OSError as error:
                say(f"{name} is left out: {error}")
        for row in progress(asked, "questions"):
            for name, system in list(systems.items()):
                try:
                    heard = system(row["question"])
                except OSError as error:
                    say(f"{name} broke off: {error}")
                    del systems[name]
                    continue
                if "error" in heard:
                    say(f"{name} gave no answer: {heard['error']}")
                told = {key: row[key] for key in ("id", "kind", "question")}
                rows.append({"system": name, **told, **heard} | test.judged(row, heard))
    metrics = {name: test.score([r for r in rows if r["system"] == name]) for name in systems}
    if own := metrics.get("dateline"):
        for found in metrics.values():
            found["whole_ratio"] = round(found["whole_s_p50"] / own["whole_s_p50"], 2)
    if not metrics:
        raise DatelineError("no system could be asked: see above, or pip install '.[peers]'")
    measures = list(next(iter(metrics.values())))
    lines = [(name, *(found.get(name) for found in metrics.values())) for name in measures]
    print_table("Side by side", ("measure", *metrics), lines)
    if json_file is not None:
        write_json(json_file, metrics, {}, record, rows)


@contextmanager
def worker(
    name: str, model: str | None, corpus: Path | None, questions: Path | None
) -> Iterator[Callable[[str], Row]]:
    """A function that asks a system in a process of its own.

    Its rows are those of `answer_lines`, with the memory of the process. OSError with the last line
    of its standard error where the process does not start, or ends.
    """
    command = [sys.executable, "-m", "eval.peers", "--serve", name]
    command += ["--model", model] if model else []
    command += ["--corpus", str(corpus)] if corpus else []
    command += ["--questions", str(questions)] if questions else []
    with (
        tempfile.TemporaryFile("w+") as noise,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=noise, text=True
        ) as process,
    ):
        assert process.stdin and process.stdout

        def heard() -> str:
            assert process.stdout
            if line := process.stdout.readline().strip():
                return line
            process.kill()
            noise.seek(0)
            raise OSError((noise.read().strip().splitlines() or ["it ended"])[-1])

        heard()

        def ask(question: str) -> Row:
            assert process.stdin
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            return {**json.loads(heard()), "memory_mb": resident(process.pid)}

        try:
            yield ask
        finally:
            process.kill()


def answer_lines(ask: Ask) -> None:
    """Answer the questions on standard input (JSON strings), one line of JSON each.

    A line has text, sources, status and short (None of a peer), seconds to the first useful text
    and to the last, and `error` where the question could not be answered.
    """
    out = sys.stdout
    sys.stdout = sys.stderr  # what libraries print
    ask("Who founded OpenAI?")  # so that all is loaded before the first question is timed
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        failed: Row = {}
        try:
            said = ask(json.loads(line))
        except Exception as error:  # peers raise anything, such as for too long a prompt
            said = Said("", [], 0.0)
            failed = {"error": one_line(f"{type(error).__name__}: {error}")}
        heard = failed | {
            "text": said.text,
            "sources": said.sources,
            "status": said.status,
            "short": said.short,
            "first_s": round(said.first, 3),
            "whole_s": round(time.perf_counter() - began, 3),
        }
        print(json.dumps(heard), file=out, flush=True)


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
