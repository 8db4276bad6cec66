"""The commands of `python -m index` that keep a library sound: check, rebuild, backup, export."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from index.cli import one_line
from index.errors import LibraryError
from index.options import AsJson, Folder, folder_of, library_at
from index.printing import particulars

app = typer.Typer()
Copy = Annotated[str, typer.Argument(metavar="FILE", help="The file of the backup.")]


@app.command()
def check(library: Folder = None, as_json: AsJson = False) -> None:
    """Look for damage, down to single bits; tells which command mends it."""
    from index.library import check as looking
    from index.library import vectors

    with library_at(library) as found:
        problems = [*looking.check(found), *vectors.problems(found)]
        commands = list(dict.fromkeys(problem.command(found) for problem in problems))
    texts = [one_line(problem.text) for problem in problems]
    if as_json:
        print(json.dumps({"ok": not problems, "problems": texts, "mend": commands}))
    else:
        print("\n".join([*texts, *(f"to mend it: {line}" for line in commands)]) or "ok")
    if problems:
        raise typer.Exit(1)


@app.command()
def rebuild(library: Folder = None, as_json: AsJson = False) -> None:
    """Make passages, lexical index and vectors anew from the stored text."""
    with library_at(library, write=True) as found:
        from index import encoder
        from index.library import vectors

        number = found.rebuild(encoder.load_encoder())
        vectors.refresh(found, anew=True)
    print(json.dumps({"articles": number}) if as_json else f"rebuilt {number} articles")


@app.command()
def backup(file: Copy, library: Folder = None, as_json: AsJson = False) -> None:
    """Copy the library into one file, also while it is read and written."""
    from index.library import backups

    with library_at(library) as found:
        number = backups.backup(found, Path(file).expanduser())
    done = {"file": file, "articles": number}
    print(json.dumps(done) if as_json else f"kept {number} articles in {one_line(file)}")


@app.command()
def restore(file: Copy, library: Folder = None, as_json: AsJson = False) -> None:
    """Put a backup in the library's place; what was there before is kept beside it."""
    from index.library import Library, backups, vectors

    folder = folder_of(library)
    kept = backups.restore(folder, Path(file).expanduser())
    with Library.open(folder, write=True) as found:
        vectors.refresh(found, anew=True)
        number = found.count()
    if as_json:
        print(json.dumps({"articles": number, "kept": str(kept) if kept else None}))
        return
    print(f"restored {number} articles" + (f"; as it was: {kept}" if kept else ""))


@app.command()
def export(library: Folder = None) -> None:
    """Print every article as one line of JSON, which `add -` reads again."""
    lost = 0
    with library_at(library) as found:
        for name in found.ids():
            try:
                article = found.article(name)
            except LibraryError as error:
                lost += 1
                print(
                    f"dateline: article {one_line(name)}: {one_line(str(error))}", file=sys.stderr
                )
                continue
            if article:
                row = {**particulars(article), "text": article.text}
                print(json.dumps(row, ensure_ascii=False))
    if lost:
        raise typer.Exit(1)
