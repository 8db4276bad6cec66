"""SIGKILL at random moments of adds, updates and removes, all on one library.

    start a command -> read acknowledgements -> SIGKILL -> are all there? is the library sound?

The commands are the real ones, with an encoder that counts words in place of the real one: so most
moments fall into writing.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from eval.faults.scene import Ledger, damage, text_of
from eval.harness import Row, progress
from index.library import Library

AT_ONCE = 12  # articles of one command; not measured
DELAY = 0.05  # seconds after an acknowledgement within which the kill comes; not measured
_COMMANDS = """
import json, sys
from index import encoder
words = encoder.WordEncoder(dim=32)
encoder.load_reference = encoder.load_encoder = lambda: words
from index.__main__ import app
for command in json.loads(sys.argv[1]):
    app(command, standalone_mode=False)
"""


def killed(scratch: Path, kills: int, seed: int) -> list[Row]:
    """One row for each kill: command, acknowledged, lost and what `check` says."""
    chosen, ledger = random.Random(seed), Ledger()
    folder, rows = scratch / "library", list[Row]()
    with _feed() as (url, items):
        for row in progress([{"kill": n + 1} for n in range(kills)], "kills"):
            kind = chosen.choice(["add", "replace", "update", "remove"] if rows else ["add"])
            revision = row["kill"]
            commands, names = _commands(kind, ledger, revision, scratch, url, chosen)
            for name in names:
                ledger.begun(name, None if kind == "remove" else revision)
            if kind == "update":
                items[:] = [(name, revision) for name in names]
            done = _run(commands, chosen.randint(0, len(names)), chosen.uniform(0, DELAY), folder)
            for name in done:
                ledger.done(name, None if kind == "remove" else revision)
            there = (folder / "library.sqlite3").is_file()
            rows.append(
                {
                    **row,
                    "command": kind,
                    "acknowledged": len(done),
                    "lost": len(ledger.lost(folder)) if there and not _empty(folder) else 0,
                    "check": "; ".join(damage(folder)) if there and not _empty(folder) else "",
                }
            )
    return rows


def _empty(folder: Path) -> bool:
    """Whether the process was killed before it had made any table: `add` makes them then."""
    try:
        with Library.open(folder):
            return False
    except Exception as error:
        return "is not a Dateline library" in str(error)


def _commands(
    kind: str, ledger: Ledger, revision: int, scratch: Path, url: str, chosen: random.Random
) -> tuple[list[list[str]], list[str]]:
    """The commands of a round, and the titles of the articles that they change."""
    if kind == "update":
        return [["add", url, "--allow-private"]], [f"Entry {n}" for n in range(AT_ONCE)]
    had = [name for name in ledger.names() if name.startswith("Startup")]
    if kind == "add" or not had:
        names = [f"Startup {revision}-{n}" for n in range(AT_ONCE)]
    else:
        names = chosen.sample(had, min(len(had), AT_ONCE))
    if kind == "remove" and had:
        return [["remove", address(name)] for name in names], names
    file = scratch / "articles.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for name in names:
            row = {"title": name, "text": text_of(name, revision), "url": address(name)}
            lines.write(json.dumps(row) + "\n")
    return [["add", str(file)]], names


def address(name: str) -> str:
    """The address of an article."""
    return f"https://news.example/{name.replace(' ', '-').lower()}"


def _run(commands: list[list[str]], after: int, delay: float, folder: Path) -> list[str]:
    """Titles acknowledged by commands killed `delay` seconds after so many acknowledgements."""
    given = [[*command, "--json", "--library", str(folder)] for command in commands]
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMANDS, json.dumps(given)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
    )  # fmt: skip
    assert process.stdout is not None
    lines: list[bytes] = []
    if not after:
        time.sleep(delay * 40)  # somewhere between starting and the first article
    for line in process.stdout if after else ():
        lines.append(line)
        if len(lines) >= after:
            time.sleep(delay)
            break
    process.kill()
    lines += process.stdout.read().splitlines(keepends=True)
    process.wait()
    process.stdout.close()
    told = [json.loads(line) for line in lines if line.endswith(b"\n")]  # a torn line tells nothing
    return [name for row in told if (name := _title(row))]


def _environment() -> dict[str, str]:
    return {**os.environ, "NO_PROXY": "127.0.0.1"}


def _title(row: dict[str, Any]) -> str | None:
    if row.get("state") == "removed":
        return str(row["article"]).rpartition("/")[2].replace("-", " ", 1).capitalize()
    return row.get("title") if row.get("state") in ("added", "replaced", "unchanged") else None


@contextmanager
def _feed() -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """A feed on this machine: its address, and its items (title, revision), to be changed."""
    items: list[tuple[str, int]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/feed.json"
            listed = [
                {"id": n, "title": n, "url": address(n), "content_text": text_of(n, revision)}
                for n, revision in items
            ]
            feed = {"version": "https://jsonfeed.org/version/1.1", "title": "N", "items": listed}
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/feed+json")
            self.end_headers()
            self.wfile.write(json.dumps(feed).encode() if found else b"")

        def log_message(self, format: str, *values: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/feed.json", items
        server.shutdown()
