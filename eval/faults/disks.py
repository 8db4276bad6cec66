"""An error at each write, sync and rename of adding, replacing and removing; a disk that is full.

a copy of a library -> the Nth operation fails (once, for good, or for want of room) -> the disk
works again -> is what was acknowledged there, and the library sound?
"""

from __future__ import annotations

import shutil
from pathlib import Path

from eval.faults.failing import Disk, failing
from eval.faults.scene import ENCODER, Ledger, article, build, damage
from eval.harness import Row
from index.errors import DatelineError
from index.library import Library
from index.library.vectors import refresh

WAYS = ("once", "for good", "full")
ARTICLES = 6  # not measured


def broken(scratch: Path, every: int) -> list[Row]:
    """One row for each operation that failed, in each way; every `every`th operation is tried."""
    base, folder, rows = scratch / "base", scratch / "broken", list[Row]()
    build(base, ARTICLES)
    with failing() as disk:
        for way in WAYS:
            at = 1
            while True:
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(base, folder)
                row = _one(folder, disk, at, way)
                if row is None:
                    break
                rows.append(row)
                at += every
    return rows


def _one(folder: Path, disk: Disk, at: int, way: str) -> Row | None:
    """What came of a failure at the operation `at`; None where there are fewer."""
    ledger, said = Ledger(), ""
    for number in range(ARTICLES):
        ledger.done(f"Startup {number}", 2 if number == 0 else 1)
    disk.count, disk.at, disk.on, disk.full = 0, at, way != "once", way == "full"
    try:
        with Library.open(folder, write=True) as library:
            for name, revision in (("Startup 1", 5), ("New", 5)):
                ledger.begun(name, revision)
                library.add(article(name, revision), ENCODER)
                ledger.done(name, revision)
            ledger.begun("Startup 2", None)
            library.remove("Startup 2")
            ledger.done("Startup 2", None)
            refresh(library)
    except DatelineError as error:
        said = "told" if "\n" not in str(error) else str(error)
    except Exception as error:
        said = f"unexpected {type(error).__name__}: {error}"
    happened, disk.at = disk.count >= at, 0
    if not happened:
        return None
    lost, wrong = ledger.lost(folder), damage(folder)
    with Library.open(folder, write=True) as library:  # and it can be written again
        library.add(article("After", 9), ENCODER)
        refresh(library)
    ledger.done("After", 9)
    return {
        "operation": at,
        "way": way,
        "said": said,
        "lost": len(lost) + len(ledger.lost(folder)),
        "check": "; ".join([*wrong, *damage(folder)]),
    }
