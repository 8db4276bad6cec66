"""A command as a process: its pipes and exit status, what its start loads, and how it tells errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from index import cli
from index.errors import UsageError
from index.library import Library

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (OSError(28, "No space left", "/x"), 1, "/x: no space left on the device: free some"),
        (OSError(30, "Read-only", "/x"), 1, "/x: the file system is read-only: choose"),
        (PermissionError(13, "Permission denied", "/x"), 1, "/x: permission denied: check"),
        (OSError(5, "Input/output error"), 1, "Input/output error"),
        (UsageError("a\nb"), 2, "a b"),
        (MemoryError(), 1, "out of memory"),
        (ZeroDivisionError("oops"), 1, "unexpected ZeroDivisionError: oops; run python -X dev"),
        (KeyboardInterrupt(), 130, None),
        (BrokenPipeError(32, "Broken pipe"), 1, None),
    ],
)
def test_every_error_of_a_command_is_told(
    error: BaseException,
    status: int,
    message: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["fail"])
    monkeypatch.setattr(cli, "_close_stdout", lambda: None)
    with pytest.raises(SystemExit) as end:
        cli.run(app)
    assert end.value.code == status
    err = capsys.readouterr().err
    if message is None:
        assert not err.strip()
    else:
        assert err.startswith(f"dateline: {message}") and err.count("\n") == 1


def process(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, **options
    )


_WITH_WORDS = (
    "import index.encoder as e; e.load_reference = e.load_encoder = e.WordEncoder\n"
    "from index.__main__ import main; main()"
)


def test_rows_come_in_and_lines_go_out_through_pipes(own_folders: Path) -> None:
    rows = "".join(json.dumps({"text": f"Text {n}."}) + "\n" for n in range(3))
    added = process("-c", _WITH_WORDS, "add", "-", "--json", input=rows)
    assert (added.returncode, added.stderr) == (0, "")
    assert [json.loads(line)["state"] for line in added.stdout.splitlines()] == ["added"] * 3
    head = process("-c", _WITH_WORDS, "list", "--json")
    assert [row["title"] for row in json.loads(head.stdout)] == [None] * 3


def test_a_reader_that_stops_and_a_full_device_leave_no_traceback(own_folders: Path) -> None:
    with Library.open(own_folders / "library", create=True):
        pass
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "index", "status"]
    with os.fdopen(writing, "wb") as closed:
        ran = subprocess.run(command, cwd=ROOT, stdout=closed, stderr=subprocess.PIPE, timeout=60)
    assert (ran.returncode, ran.stderr) == (1, b"")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            ran = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=60)
        assert ran.returncode == 1
        assert ran.stderr.startswith(b"dateline: no space left") and ran.stderr.count(b"\n") == 1


def test_a_closed_output_is_no_error(own_folders: Path) -> None:
    with Library.open(own_folders / "library", create=True):
        pass
    command = f"{sys.executable} -m index status >&-"
    ran = subprocess.run(command, shell=True, cwd=ROOT, stderr=subprocess.PIPE, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_help_imports_nothing_heavy() -> None:
    heavy = ["torch", "faiss", "sentence_transformers", "openvino", "trafilatura", "gradio"]
    program = (
        "import runpy, sys\nsys.argv = ['index', '--help']\n"
        "try:\n    runpy.run_module('index', run_name='__main__')\nexcept SystemExit: pass\n"
        f"loaded = [name for name in {heavy} if name in sys.modules]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    ran = process("-c", program)
    assert (ran.returncode, ran.stderr) == (0, "")
    for command in "add update sources status list show search remove check rebuild".split():
        assert f"\n  {command}" in ran.stdout
