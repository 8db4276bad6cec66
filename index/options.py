"""What the commands of `python -m index` share: the option --library, and the library opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import UsageError

if TYPE_CHECKING:
    from index.library import Library

Folder = Annotated[
    str | None, typer.Option("--library", metavar="DIR", help="The library (default: your own).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def folder_of(given: str | None) -> Path:
    """The folder given by --library, else the user's library; UsageError for what is no folder."""
    if given is None:
        from index.settings import user_library

        return user_library()
    if not given:
        raise UsageError("--library is empty: give a folder")
    if given.startswith("milvus:"):
        raise UsageError("milvus libraries are not supported yet: give a folder to --library")
    return Path(given).expanduser()


@contextmanager
def library_at(given: str | None, write: bool = False) -> Iterator[Library]:
    """The library of --library."""
    from index.library import Library

    with Library.open(folder_of(given), write=write) as library:
        yield library
