"""Times of answers: bundled questions in one warm process, and one question in a new process.

questions -> answers: evidence, first word, whole answer, refusal, memory, distance to the limit
one question -> cold: a new process to its evidence and its answer, and its --help
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from eval.harness import Row, clock
from eval.judging.metrics import percentile
from index.errors import DatelineError


def answers(
    folder: Path, count: int, model: str | None, plot: Path | None
) -> tuple[dict[str, Any], list[Row]]:
    """(metrics, one row for each of `count` bundled questions), in milliseconds, and memory in MB.

    All are asked in this process, after two untimed ones. Answers and refusals are apart. Empty
    where the model cannot be loaded.
    """
    from eval.bundled.questions import load
    from eval.harness import machine, progress, resident, sample, say
    from eval.speed import stages
    from index.errors import ModelError
    from rag.dateline import Dateline
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
    """Medians in ms of `runs` new processes for one question, and for --help.

    A first process, which reads the files from the disk, is not counted.
    """
    ask = [sys.executable, "-m", "rag.ask"]
    question = [*ask, "What share of Scale AI did Meta buy?", "--no-cache", "--json"]
    question += ["--library", str(folder), *(["--model", model] if model else [])]
    wholes, evidence, helps = [], [], []
    for number in range(runs + 1):
        taken, made = clock(lambda: subprocess.run(question, capture_output=True, text=True))
        if made.returncode not in (0, 3):
            raise DatelineError(f"the fresh process could not answer: {made.stderr.strip()[-300:]}")
        help_taken, _ = clock(lambda: subprocess.run([*ask, "--help"], capture_output=True))
        if number:  # not the first one, which reads the files from the disk
            loaded = taken - json.loads(made.stdout)["timings"]["total_ms"]
            evidence.append(loaded + json.loads(made.stdout)["timings"]["evidence_ms"])
            wholes.append(taken)
            helps.append(help_taken)
    medians = {"cold_evidence_ms": evidence, "cold_answer_ms": wholes, "help_ms": helps}
    return {name: round(percentile(values, 0.5) or 0, 1) for name, values in medians.items()}


def _kind(row: Row) -> str:
    return str(row["kind"])
