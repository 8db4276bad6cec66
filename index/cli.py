"""What the command lines share: errors as one line, output that survives pipes and terminals.

Exit status: the command's, 2 for wrong usage, 130 when interrupted, 1 for any other error.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import typer
from typer.exceptions import Abort, TyperException

from index.errors import DatelineError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ADVICE = {
    errno.ENOSPC: "no space left on the device: free some and run this again",
    errno.EDQUOT: "the disk quota is used up: free some space and run this again",
    errno.EROFS: "the file system is read-only: choose another folder",
    errno.EACCES: "permission denied: check who may read and write it, or choose another folder",
}


def run(command: typer.Typer | Callable[..., None]) -> NoReturn:
    """Run a function, or an app of several, on the program's arguments and exit; an error prints
    one line and no traceback.

    With `python -X dev` an unexpected error, which is a bug of Dateline, shows its traceback.
    """
    if isinstance(command, typer.Typer):
        app = command
    else:
        app = typer.Typer(
            add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
        )
        app.command()(command)
    if sys.stdout is None:  # it was closed (`>&-`)
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _status(app)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output, such as `head`, has had enough
        _close_stdout()
        status = 1
    except OSError as error:
        _close_stdout()
        status = _fail(_advice(error), 1)
    sys.exit(status)


def one_line(text: str) -> str:
    """`text` on one line, without the characters that control a terminal."""
    return " ".join(safe(text).split())


def safe(text: str) -> str:
    """`text` with its line breaks, without the characters that control a terminal."""
    return _CONTROL.sub("", text)


def _status(app: typer.Typer) -> int:
    try:
        status = app(standalone_mode=False)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        hint = f" (see '{context.command_path} --help')" if context else ""
        return _fail(error.format_message() + hint, error.exit_code)
    except DatelineError as error:
        return _fail(str(error), error.status)
    except (KeyboardInterrupt, Abort):
        return 130
    except OSError:
        raise
    except MemoryError:
        return _fail("out of memory: close other programs, or give smaller files", 1)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        return _fail(
            f"unexpected {type(error).__name__}: {error}; run python -X dev to see where", 1
        )
    return status if isinstance(status, int) else 0


def _advice(error: OSError) -> str:
    reason = _ADVICE.get(error.errno or 0) or error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def _fail(message: str, status: int) -> int:
    print(f"dateline: {one_line(message)}", file=sys.stderr, flush=True)
    return status


def _close_stdout() -> None:
    """Point stdout at the null device, so that Python's flush at exit does not fail."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
