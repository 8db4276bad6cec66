"""`python -m eval.peers`: Dateline beside other systems, on the same articles and model.

    questions -> each system in a process of its own, asked in turn -> one table

    dateline             this project with its defaults, no cached answers
    plain                600 tokens of the best passages in a prompt, nothing checked
    llama-index          LlamaIndex: VectorStoreIndex.from_documents(...).as_query_engine()
    llama-index-cited    LlamaIndex: CitationQueryEngine
    haystack             Haystack: embedding retriever, prompt, LlamaCppChatGenerator

All use the same articles, GGUF file and encoder; each peer is set up as in its quick start
(`peers/systems.py`). The bundled articles are briefs; MultiHop-RAG's files (--corpus, --queries)
have whole news articles. Peers need `pip install '.[peers]'`; a peer that is not installed is left
out with a message. A peer is judged by its text alone: right where it holds an accepted answer and
no wrong one, refused where it says that it does not know.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.bundled.questions import BundledQuestion
from eval.harness import Row, resident, sample
from eval.judging.metrics import mean, percentile
from eval.judging.texts import holds_any, squeezed
from eval.peers.systems import SYSTEMS, Ask
from index.cli import one_line, run
from index.errors import DatelineError, UsageError

_UNKNOWN = re.compile(
    r"(?i)\b(?:not (?:provided|mentioned|specified|stated|available|contain\w*|include\w*|given"
    r"|found|hold|know)|no (?:information|mention|answer)|insufficient|not enough|unable to"
    r"|(?:(?:do|does|is|are|could)(?:n['’]t| not)|can(?:not|['’]t| not)) (?:\w+ )?"
    r"(?:know|mention|provide|contain|specif\w+|state|include|answer|hold|clear|say|determine))\b"
)

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def peers(
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Questions, of all kinds.")] = 20,
    only: Annotated[
        str | None, typer.Option(metavar="NAME,NAME", help="These systems alone.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(metavar="FILE", help="MultiHop-RAG's corpus, for --queries.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its queries instead of the bundled ones.")
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
    from eval.peers.systems import library

    if serve is not None:
        answer_lines(SYSTEMS[serve](model, corpus))
        return
    if (corpus is None) != (queries is None):
        raise UsageError("--corpus and --queries go together: give both, or neither")
    names = only.split(",") if only else list(SYSTEMS)
    if unknown := sorted(set(names) - set(SYSTEMS)):
        raise UsageError(f"--only knows no {', '.join(unknown)}: choose of {', '.join(SYSTEMS)}")
    asked_of = {"corpus": corpus and corpus.name, "queries": queries and queries.name}
    record = settings_record("eval.peers", model, limit=limit, systems=names, **asked_of)
    known = questions(queries)
    asked = sample(
        [{"id": name, "kind": q.kind} for name, q in known.items()], limit, lambda r: str(r["kind"])
    )
    library(corpus)
    rows: list[Row] = []
    with ExitStack() as stack:
        systems = {}
        for name in names:
            try:
                systems[name] = stack.enter_context(worker(name, model, corpus))
            except OSError as error:
                say(f"{name} is left out: {error}")
        for row in progress(asked, "questions"):
            for name, system in list(systems.items()):
                question = known[row["id"]]
                try:
                    heard = system(question.question)
                except OSError as error:
                    say(f"{name} broke off: {error}")
                    del systems[name]
                    continue
                if "error" in heard:
                    say(f"{name} gave no answer: {heard['error']}")
                rows.append(
                    {"system": name, **row, "question": question.question, **heard}
                    | judged(question, heard["text"], heard["sources"], "error" in heard)
                )
    metrics = {name: score([r for r in rows if r["system"] == name]) for name in systems}
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
def worker(name: str, model: str | None, corpus: Path | None) -> Iterator[Callable[[str], Row]]:
    """A function that asks a system in a process of its own.

    Its rows are those of `answer_lines`, with the memory of the process. OSError with the last line
    of its standard error where the process does not start, or ends.
    """
    command = [sys.executable, "-m", "eval.peers", "--serve", name]
    command += ["--model", model] if model else []
    command += ["--corpus", str(corpus)] if corpus else []
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

    A line has text, sources, seconds to the first useful text and to the last, and `error` where
    the question could not be answered.
    """
    out = sys.stdout
    sys.stdout = sys.stderr  # what libraries print
    ask("Who founded OpenAI?")  # so that all is loaded before the first question is timed
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        said: Row = {}
        try:
            text, sources, first = ask(json.loads(line))
        except Exception as error:  # peers raise anything, such as for too long a prompt
            text, sources, first = "", [], 0.0
            said["error"] = one_line(f"{type(error).__name__}: {error}")
        whole = time.perf_counter() - began
        said |= {"text": text, "sources": sources}
        said |= {"first_s": round(first, 3), "whole_s": round(whole, 3)}
        print(json.dumps(said), file=out, flush=True)


def questions(queries: Path | None) -> dict[str, BundledQuestion]:
    """Questions by id: of MultiHop-RAG's file, or the bundled ones without history and limits.

    Of MultiHop-RAG only those that `eval.multihop --limit 400` asks: no probe is fitted on them.
    """
    from eval.bundled.questions import load
    from eval.multihop.corpus import MEASURED_QUERIES, NULL, read_queries

    if queries is None:
        usable = [
            q for q in load() if not (q.history or q.as_of or q.since or q.until or q.publisher)
        ]
        return {q.id: q for q in usable}
    kinds = {"inference_query": "person", "comparison_query": "comparison", NULL: "unanswerable"}
    found = {}
    measured = sample(read_queries(queries), MEASURED_QUERIES, lambda row: row["question_type"])
    for place, row in enumerate(measured):
        kind = kinds.get(row["question_type"], "yesno")
        word = row["answer"].strip(" .")
        answer = word.capitalize() if word.lower() in ("yes", "no") else word
        found[str(place)] = BundledQuestion.model_validate({
            "id": str(place), "kind": kind, "question": row["query"],
            "answers": [] if kind == "unanswerable" else [answer],
            "evidence": [{"article": e["title"], "sentence": e["fact"]}
                         for e in row["evidence_list"]],
        })  # fmt: skip
    return found


def judged(
    question: BundledQuestion, text: str, sources: Sequence[str], failed: bool = False
) -> Row:
    """Whether a text is right or a refusal, and which share of its sources holds the answer.

    The text of a question that could not be asked (`failed`) is no refusal.
    """
    gold = "\n".join(e.sentence for e in question.evidence)
    held = not question.answers or holds_any(text, question.answers)
    held = held and all(holds_any(text, group) for group in question.all_of)
    if question.answers and set(question.answers) <= {"Yes", "No"}:
        word = re.match(r"\W*(yes|no)\b(?! (?:information|mention|answer))", text, re.IGNORECASE)
        held = word is not None and word[1].capitalize() in question.answers
    held = held and question.answerable
    refused = not failed and (not text.strip() or (bool(_UNKNOWN.search(text)) and not held))
    lied = any(holds_any(text, [f]) and not holds_any(gold, [f]) for f in question.wrong)
    right = held and not lied if question.answerable else refused
    forms = [*question.answers, *(form for group in question.all_of for form in group)]
    facts = [squeezed(e.sentence) for e in question.evidence]
    bearing = [
        any(told in squeezed(source) or squeezed(source) in told for told in facts)
        or (not set(forms) <= {"Yes", "No"} and holds_any(source, forms))
        for source in sources
    ]
    return {
        "answerable": question.answerable,
        "right": right,
        "refused": refused,
        "shown": len(sources),
        "sources_right": mean([float(b) for b in bearing]) if question.answerable else None,
    }


def score(rows: Sequence[Row]) -> dict[str, Any]:
    """The measures of one system."""
    answerable = [row for row in rows if row["answerable"]]
    others = [row for row in rows if not row["answerable"]]
    shown = [row["sources_right"] for row in answerable if row["sources_right"] is not None]
    return {
        "n": len(rows),
        "answer_accuracy": mean([float(row["right"]) for row in answerable]),
        "unanswerable_refused": mean([float(row["right"]) for row in others]),
        "sources_right": mean(shown),
        "first_s_p50": percentile([row["first_s"] for row in rows], 0.5),
        "whole_s_p50": percentile([row["whole_s"] for row in rows], 0.5),
        "whole_s_p95": percentile([row["whole_s"] for row in rows], 0.95),
        "memory_mb": max(row["memory_mb"] for row in rows),
    }


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
