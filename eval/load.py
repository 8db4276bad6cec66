"""`python -m eval.load`: many users at once ask the page's API for some minutes.

    users, each asking one question after the other -> POST /api/ask -> waits, failures, memory

Goals with 16 users in 10 minutes: no request fails, 95% of the waits are within twice the mean,
evidence takes a second at most (p95), memory does not grow. Without --url the command starts the
page without cached answers, and ends it afterwards.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.harness import SEED, Row, resident
from eval.judging.metrics import mean, percentile
from index.cli import run
from index.errors import DatelineError

# None of the three is measured.
READY = 120  # seconds within which the started page must be ready
PATIENCE = 600  # seconds that one question may take
LOOKS = 5.0  # seconds between two readings of the memory

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def load(
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="A page that runs; default: start one.")
    ] = None,
    users: Annotated[int, typer.Option(min=1, metavar="N", help="Users at once.")] = 16,
    minutes: Annotated[float, typer.Option(min=0.01, help="How long they ask.")] = 10,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Model of the page that is started.")
    ] = None,
    library: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Library of the page that is started.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
) -> None:
    """Ask with many users at once; exit status 1 where a request failed."""
    from eval.bundled.questions import load as questions
    from eval.harness import print_table, settings_record, write_json
    from eval.libraries import bundled

    record = settings_record("eval.load", model, users=users, minutes=minutes)
    asked = [
        {"question": q.question, "history": [turn.model_dump() for turn in q.history]}
        for q in questions()
    ]
    with running(url, library or bundled(), model) as (address, process):
        rows, memory = ask_all(address, asked, users, minutes * 60, process)
    metrics = score(rows, memory, users)
    print_table("Load", ("measure", "value"), list(metrics.items()))
    if json_file is not None:
        write_json(json_file, metrics, {}, record, rows)
    if metrics["failed"]:
        raise typer.Exit(1)


@contextmanager
def running(url: str | None, library: Path, model: str | None) -> Iterator[tuple[str, int | None]]:
    """(address, process id) of a page; the id is None for the page at `url`.

    DatelineError where the page does not start.
    """
    if url is not None:
        yield url.rstrip("/"), None
        return
    command = [sys.executable, str(Path(__file__).parent.parent / "ui.py"), "--port", "0"]
    command += ["--no-cache", "--library", str(library), *(["--model", model] if model else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as page:
        try:
            killer = threading.Timer(READY, page.kill)
            killer.start()
            assert page.stdout is not None
            found = re.search(r"http://\S+", page.stdout.readline())
            killer.cancel()
            if found is None:
                raise DatelineError("the page did not start: run 'python ui.py' and see why")
            yield found[0], page.pid
        finally:
            page.terminate()


def ask_all(
    address: str, asked: Sequence[Row], users: int, seconds: float, process: int | None
) -> tuple[list[Row], list[float]]:
    """One row for each request, and the resident megabytes of the process, read meanwhile."""
    rows: list[Row] = []
    memory: list[float] = []
    lock, end = threading.Lock(), time.monotonic() + seconds

    def user(number: int) -> None:
        import httpx

        order = random.Random(SEED + number).sample(range(len(asked)), len(asked))
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            while order and time.monotonic() < end:
                row = one(client, address, asked[order.pop()], number)
                with lock:
                    rows.append(row)

    threads = [threading.Thread(target=user, args=(n,), daemon=True) for n in range(users)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        memory.append(resident(process))
        time.sleep(LOOKS)
    return rows, memory


def one(client: Any, address: str, asked: Row, user: int) -> Row:
    """Ask one question: the client's seconds and the server's evidence_ms, or an error."""
    import httpx

    row: Row = {"user": user, "question": asked["question"], "error": None}
    began = time.perf_counter()
    try:
        response = client.post(f"{address}/api/ask", json=asked)
        answer = response.json()
        if response.is_success:
            row |= {"status": answer["status"], "evidence_ms": answer["timings"]["evidence_ms"]}
        else:
            row["error"] = f"{response.status_code} {answer.get('error')}"
    except (httpx.HTTPError, ValueError) as error:
        row["error"] = str(error) or type(error).__name__
    return {**row, "seconds": round(time.perf_counter() - began, 3)}


def score(rows: Sequence[Row], memory: Sequence[float], users: int) -> dict[str, Any]:
    """Failures, waits in seconds, answers of the least and most served user, memory in MB."""
    good = [row for row in rows if row["error"] is None]
    waits = [row["seconds"] for row in good]
    evidence = [row["evidence_ms"] for row in good]
    by_user = [sum(row["user"] == number for row in good) for number in range(users)]
    average = mean(waits) or 0.0
    worst = percentile(waits, 0.95) if waits else 0.0
    return {
        "requests": len(rows),
        "failed": len(rows) - len(good),
        "wait_mean_s": round(average, 2),
        "wait_p95_s": worst,
        "wait_p95_over_mean": round(worst / average, 2) if worst and average else 0.0,
        "answers_of_the_least_served_user": min(by_user),
        "answers_of_the_most_served_user": max(by_user),
        "evidence_ms_p50": percentile(evidence, 0.5) if evidence else None,
        "evidence_ms_p95": percentile(evidence, 0.95) if evidence else None,
        "memory_mb_first_tenth": round(max(memory[: max(1, len(memory) // 10)]), 1),
        "memory_mb_last_tenth": round(max(memory[-max(1, len(memory) // 10) :]), 1),
    }


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
