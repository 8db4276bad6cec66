"""`python -m rag.ask`: answer one question, or a file of them, on standard output.

Only arguments and output: `dateline.py` answers, `show/terminal.py` lays the answer out. The model
and the library are opened only after the arguments have been checked.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from index.cli import run
from index.errors import DatelineError, UsageError
from rag.question.validate import Once, checked, parse_row, row_id
from rag.show.terminal import paragraphs, plain, print_rich
from rag.types import Answer, Question
from rag.web import options

if TYPE_CHECKING:
    from rag.dateline import Dateline

EXIT = {"answered": 0, "disputed": 0, "unanswerable": 3}
_MAX_INPUT = 64_000  # bytes read of a question on standard input; far above the limit in characters


def ask(
    question: Annotated[
        str | None, typer.Argument(help="The question, or - to read it from standard input.")
    ] = None,
    library: options.Library = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Answer from what was published by then (inclusive)."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only articles published on or after DATE.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only articles published on or before DATE.")
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only articles of this publisher.")
    ] = None,
    model: options.Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole answer as JSON.")] = False,
    batch: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.jsonl",
            help="Answer every row of a JSON lines file (- for standard input), as JSON lines.",
        ),
    ] = None,
    no_cache: options.NoCache = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the answer's text alone.")] = False,
) -> None:
    """Ask the articles a question; every sentence of the answer cites the text it rests on.

    Dates are YYYY, YYYY-MM or YYYY-MM-DD, in UTC. Exit status: 0 answered or disputed, 3 the
    library does not hold the answer, 2 wrong usage, 1 anything else.
    """
    limits = {"as_of": as_of, "since": since, "until": until, "publisher": publisher}
    if batch is not None:
        if question is not None:
            raise UsageError("give a question or --batch, not both")
        checked(Question(question="?", **limits))
        with _rows(batch) as rows, _engine(library, model, True, no_cache) as engine:
            engine.load()
            raise typer.Exit(answer_rows(engine, rows, limits, _write_line))
    if question is None:
        raise UsageError('no question: python -m rag.ask "QUESTION" (--help lists the options)')
    text = _stdin() if question == "-" else question
    asked = checked(Question(question=text, **limits))
    with _engine(library, model, quiet or as_json, no_cache) as engine:
        answer = engine.ask(asked)
    _print(answer, as_json, quiet)
    raise typer.Exit(EXIT[answer.status])


def answer_rows(
    engine: Dateline,
    rows: Iterator[bytes],
    limits: dict[str, str | None],
    write: Callable[[str], None],
) -> int:
    """`write` one line of JSON for each row as it comes; the exit status: 1 if any failed, else 0.

    `limits` are the command line's as_of, since, until and publisher; each holds for the rows that
    have none. A row that fails becomes a line `{"id": ..., "error": ...}`.
    """
    failed = False
    warn_once = Once(_warn)
    for row in rows:
        if not row.strip():
            continue
        try:
            question = parse_row(row, warn_once)
            missing = {name: limits[name] for name in limits if getattr(question, name) is None}
            question = checked(question.model_copy(update=missing))
            write(engine.ask(question).model_dump_json())
        except BrokenPipeError:
            raise
        except DatelineError as error:
            failed = True
            write(_failure(row, str(error)))
        except Exception as error:  # one bad row must not cost the rest of a long run
            failed = True
            write(_failure(row, f"unexpected {type(error).__name__}: {error}"))
    return int(failed)


def _failure(row: bytes, message: str) -> str:
    return json.dumps({"id": row_id(row), "error": " ".join(message.split())})


def _write_line(line: str) -> None:
    """Write a line in UTF-8, which JSON is whatever the locale says."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def _rows(batch: str) -> Iterator[Iterator[bytes]]:
    """The lines of the batch file or of standard input, read as they are needed. UsageError."""
    if batch == "-":
        yield iter(sys.stdin.buffer)
        return
    try:
        file: IO[bytes] = Path(batch).open("rb")  # noqa: SIM115, closed below
    except OSError as error:
        raise UsageError(f"cannot read --batch {batch}: {error.strerror}") from None
    with file:
        yield iter(file)


@contextmanager
def _engine(
    library: Path | None, model: str | None, quiet: bool, no_cache: bool
) -> Iterator[Dateline]:
    """The engine, opened; a spinner turns on standard error while the block runs."""
    from rag.dateline import Dateline
    from rag.serving.cache import kept_answers

    spinner: Any = nullcontext()
    log: Callable[[str], None] = _silent if quiet else _log
    if not quiet and sys.stderr.isatty():
        from rich.console import Console
        from rich.markup import escape

        spinner = Console(stderr=True).status("Reading the articles")
        log = lambda message: spinner.update(escape(message))  # noqa: E731
    with spinner:
        answers = None if no_cache else kept_answers()
        yield Dateline.open(library, model, log=log, answers=answers, wait=False)


def _silent(message: str) -> None:
    """Drop the message: the caller wants the answer alone."""


def _warn(message: str) -> None:
    print(f"dateline: {message}", file=sys.stderr, flush=True)


def _log(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _stdin() -> str:
    try:
        return sys.stdin.buffer.read(_MAX_INPUT).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("the question on standard input is not UTF-8") from None


def _print(answer: Answer, as_json: bool, quiet: bool) -> None:
    screen = sys.stdout.isatty()
    if as_json:
        _write_line(answer.model_dump_json(indent=2 if screen else None))
    elif quiet:
        print("\n".join(paragraphs(answer.text)) if screen else answer.text, flush=True)
    elif screen:
        from rich.console import Console

        print_rich(answer, Console())
    else:
        print(plain(answer), flush=True)


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(ask)


if __name__ == "__main__":
    main()
