"""Writing large files: free space, a progress bar, and one line when the disk refuses."""

from __future__ import annotations

import errno
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import ModelError


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Make `folder`; an OSError while the block writes there becomes a ModelError of one line."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise ModelError(
            f"cannot keep the model in {folder} ({error.strerror or error}): "
            + ("free some space there, or " if full else "")
            + "set DATELINE_CACHE to another folder"
        ) from None


def need(wanted: int, folder: Path) -> None:
    """OSError (ENOSPC) unless `wanted` bytes are free in `folder`."""
    if shutil.disk_usage(folder).free < wanted:
        raise OSError(errno.ENOSPC, f"disk too full for {in_words(wanted)}")


@contextmanager
def progress(label: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, else one line. Yields a function to call with each number of
    bytes done. `total` and `done` are bytes; a `total` of 0 is unknown."""
    label = f"{label} ({in_words(total)})"
    if not sys.stderr.isatty():
        say(f"{label} ...")
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total or None, completed=done)
        yield lambda count: bar.advance(task, count)


def say(line: str) -> None:
    """Print one line for the user on standard error."""
    print(line, file=sys.stderr, flush=True)


def in_words(count: int) -> str:
    """A number of bytes as people say it: in_words(1_117_320_768) == "1.1 GB"."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
