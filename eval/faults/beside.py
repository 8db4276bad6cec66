"""Readers, and a second writer, beside a process that writes.

Each reader checks the whole library again and again, reads an article whose revision only grows and
searches. Half of the readers see the folder read-only where this machine lets it be mounted so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.faults.scene import ENCODER, Ledger, article, build, damage, revision_of
from eval.harness import Row
from index.errors import DatelineError, LibraryLocked, LibraryUnwritable
from index.library import Library
from index.library.check import check
from index.library.vectors import refresh
from index.search import Searcher

ARTICLES = 20  # not measured


def read_beside(scratch: Path, seconds: float, readers: int) -> list[Row]:
    """One row for each reader and writer: rounds, what was wrong."""
    folder = scratch / "library"
    build(folder, ARTICLES)
    with shown_read_only(folder, scratch / "shown") as shown:
        views = [shown or folder if n % 2 else folder for n in range(readers)]
        started = [_start("read", view, seconds) for view in views]
        second = _start("write", folder, seconds)
        ledger = Ledger()
        for number in range(ARTICLES):
            ledger.done(f"Startup {number}", 2 if number == 0 else 1)
        row = write(folder, seconds, 10, ledger)
        rows = [{"who": "writer", **row}, {"who": "second writer", **_result(second)}]
        for view, process in zip(views, started, strict=True):
            kind = "reader, read-only" if view == shown else "reader"
            rows.append({"who": kind, **_result(process)})
        rows.append({"who": "denied", "rounds": 1, "wrong": _denied(shown) if shown else []})
    rows[0]["wrong"] += ledger.lost(folder) + damage(folder)
    return rows


def read(folder: Path, seconds: float) -> Row:
    """Read as one reader does; rounds, and what was wrong in words."""
    until, rounds, wrong, last = time.monotonic() + seconds, 0, list[str](), 0
    with Library.open(folder) as library:
        searcher = Searcher(library, ENCODER)
        while time.monotonic() < until and len(wrong) < 5:
            try:
                wrong += [problem.text for problem in check(library)]
                stored = library.article("Startup 3")
                revision = revision_of(stored.text) if stored else None
                if revision is None or revision < last:
                    wrong.append(f"revision {revision} after {last}")
                last = revision or last
                if library.count() != ARTICLES:
                    wrong.append(f"{library.count()} articles")
                hits = searcher.search("How much did Startup 7 raise?", 1)
                if [hit.article.id for hit in hits] != ["Startup 7"]:
                    wrong.append(f"found {[hit.article.id for hit in hits]}")
            except DatelineError as error:
                wrong.append(str(error))
            rounds += 1
    return {"rounds": rounds, "wrong": wrong}


def write(folder: Path, seconds: float, first: int, ledger: Ledger | None = None) -> Row:
    """Replace all articles again and again, or be told that another process writes."""
    until, rounds, told, wrong = time.monotonic() + seconds, 0, 0, list[str]()
    while time.monotonic() < until:
        try:
            with Library.open(folder, write=True) as library:
                for number in range(ARTICLES if ledger else 0):
                    name, revision = f"Startup {number}", first + rounds
                    ledger.begun(name, revision) if ledger else None
                    library.add(article(name, revision), ENCODER)
                    ledger.done(name, revision) if ledger else None
                refresh(library)
            rounds += 1
        except LibraryLocked:
            told += 1
        except DatelineError as error:
            wrong.append(str(error))
        time.sleep(0.05)
    return {"rounds": rounds, "told": told, "wrong": wrong}


@contextmanager
def shown_read_only(folder: Path, view: Path) -> Iterator[Path | None]:
    """The folder once more at `view`, where nothing may be written; None where it cannot be."""
    view.mkdir()
    mount = ["mount", "--bind", str(folder), str(view)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        yield None
        return
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(view)], check=True)
        yield view
    finally:
        subprocess.run(["umount", "--lazy", str(view)], check=True)


def _denied(view: Path) -> list[str]:
    """What a writer of a read-only folder is told, if it is not one clear line."""
    try:
        Library.open(view, write=True).close()
    except LibraryUnwritable as error:
        return [] if "cannot write" in str(error) else [str(error)]
    return ["a read-only folder was written"]


def _start(what: str, folder: Path, seconds: float) -> subprocess.Popen[str]:
    code = (
        "import json, sys; from pathlib import Path; from eval.faults import beside\n"
        "values = [Path(sys.argv[2]), float(sys.argv[3])] + ([0] if sys.argv[1] == 'write' else [])"
        "\nprint(json.dumps(getattr(beside, sys.argv[1])(*values)))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, what, str(folder), str(seconds)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _result(process: subprocess.Popen[str]) -> Row:
    out, err = process.communicate()
    if process.returncode:
        return {"rounds": 0, "wrong": [err.strip().splitlines()[-1] if err.strip() else "ended"]}
    row: Row = json.loads(out)
    return row
