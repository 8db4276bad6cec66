"""Kills `index add` at random moments and looks for every article that it acknowledged.

    start adding -> read acknowledgements -> SIGKILL -> are they all there? is the library sound?

All kills are on one library, so that a later one also meets what an earlier one left.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from eval.harness import SEED, Row, progress
from index.errors import DatelineError

ARTICLES = 400  # articles to add at least; not measured


def crashes(folder: Path, kills: int, seed: int = SEED) -> list[Row]:
    """One row for each kill: articles acknowledged so far, lost (0 is right), `index check`.

    After 1 to 40 new articles and up to .08 s more; both ranges are not measured.
    """
    from eval.speed.synthetic import recombined

    generator = random.Random(seed)
    acknowledged: set[str] = set()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "articles.jsonl"
        fields = ("title", "text", "url", "publisher", "published")
        with file.open("w", encoding="utf-8") as lines:
            for article in recombined(max(ARTICLES, 80 * kills), seed):
                lines.write(json.dumps({name: getattr(article, name) for name in fields}) + "\n")
        for row in progress([{"kill": number + 1} for number in range(kills)], "kills"):
            wanted = generator.randint(1, 40)
            delay = generator.uniform(0, 0.08)
            states = killed_add(folder, file, wanted, delay)
            new = {name for name, state in states if state in ("added", "replaced")}
            acknowledged |= {name for name, _ in states}
            rows.append(
                {
                    **row,
                    "added": len(new),
                    "acknowledged": len(acknowledged),
                    "lost": len(acknowledged - stored(folder)),
                    "check": checked(folder),
                }
            )
    return rows


def killed_add(folder: Path, file: Path, wanted: int, delay: float) -> list[tuple[str, str]]:
    """(article id, state) of every acknowledgement of a process killed after `wanted` new articles.

    The kill comes `delay` seconds after the last of them; what is acknowledged meanwhile counts.
    DatelineError where nothing comes within 300 seconds or the process ends by itself.
    """
    command = [sys.executable, "-m", "index", "add", str(file), "--library", str(folder), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    lines: list[bytes] = []
    reached = threading.Event()

    def listen() -> None:
        new = 0
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            new += b'"unchanged"' not in line
            if new >= wanted:
                reached.set()
        reached.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        if not reached.wait(timeout=300):
            raise DatelineError("adding gave no acknowledgement within 300 seconds")
        time.sleep(delay)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        listener.join(timeout=30)
        process.stdout.close()
    if process.returncode not in (0, -signal.SIGKILL):
        raise DatelineError(f"index add ended with status {process.returncode} before the kill")
    states = []
    for line in lines:
        if line.endswith(b"\n"):  # a torn last line acknowledges nothing
            row: dict[str, Any] = json.loads(line)
            states.append((row["article_id"], row["state"]))
    return states


def stored(folder: Path) -> set[str]:
    """Ids of the articles whose text can be read back."""
    from index.library import Library

    with Library.open(folder) as library:
        return {article.id for article in library.articles() if article.text}


def checked(folder: Path) -> str:
    """Output of `python -m index check`: "ok", or the problems."""
    command = [sys.executable, "-m", "index", "check", "--library", str(folder)]
    made = subprocess.run(command, capture_output=True, text=True)
    said = (made.stdout + made.stderr).strip()
    return "ok" if made.returncode == 0 and said == "ok" else said or f"status {made.returncode}"


def print_crashes(rows: list[Row]) -> dict[str, Any]:
    """Print the table of kills; return its sums as metrics."""
    from eval.harness import print_table

    names = ("kill", "added", "acknowledged", "lost", "check")
    print_table("Kills while adding", names, [[row[name] for name in names] for row in rows])
    return {
        "kills": len(rows),
        "acknowledged": rows[-1]["acknowledged"] if rows else 0,
        "lost": sum(row["lost"] for row in rows),
        "damaged": sum(row["check"] != "ok" for row in rows),
    }
