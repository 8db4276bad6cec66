"""`python -m rag.verdicts`: what users thought of answers, as rows for `python -m eval.realnews`.

They are kept by the page in the library's folder (`serving/kept.py`); nothing is sent anywhere.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from index.cli import run
from index.settings import user_library
from rag.serving.kept import Kept

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def verdicts(
    library: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The library (default: your own).")
    ] = None,
) -> None:
    """Print every user's verdicts on answers, oldest first, one JSON row a line."""
    for row in Kept(library or user_library()).eval_rows():
        print(json.dumps(row, ensure_ascii=False))


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
