"""A site on 127.0.0.1, and `python -m index` run against it without waiting."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest
from web_server import Site, served

from index.__main__ import main
from index.encoder import WordEncoder
from index.following import run
from index.library import Library, library
from index.web.visit import Visitor


class Ran:
    """What a command printed and its exit status."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Index = Callable[..., Ran]


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as found:
        yield found


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the program would have waited; it does not."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr(run, "Visitor", partial(Visitor, sleep=sleep))
    return found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries that do not wait for the disk."""
    kept = library.connect

    def connect(file: Path, write: bool, alone: bool = False) -> Connection:
        connection = kept(file, write, alone)
        if write:
            connection.execute("PRAGMA synchronous = OFF")
        return connection

    monkeypatch.setattr(library, "connect", connect)
    monkeypatch.setattr(Library, "unhurried", lambda self: nullcontext())


@pytest.fixture
def index(
    words: WordEncoder,
    own_folders: Path,
    waits: list[float],
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Index:
    """Runs `python -m index ...` in this process, with the word-overlap encoder."""

    def command(*words: str) -> Ran:
        private = ["--allow-private"] if words[0] in ("add", "update") else []
        monkeypatch.setattr(sys, "argv", ["index", *words, *private])
        with pytest.raises(SystemExit) as end:
            main()
        return Ran(int(end.value.code or 0), *capsys.readouterr())

    return command
