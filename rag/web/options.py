"""The options that several commands have, and those of `ui.py`, which `access.py` checks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Library = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Library folder; default: your own, else the bundled one."),
]
Host = Annotated[str, typer.Option(help="Address to listen on; other machines need --auth.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")]
Auth = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Who may ask: a file that `python -m rag.web.users FILE NAME` writes."
    ),
]
Insecure = Annotated[
    bool, typer.Option("--insecure-no-auth", help="Let everybody ask who reaches --host.")
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", help="A name that browsers reach it by, beside localhost and IP addresses."
    ),
]
RootPath = Annotated[
    str,
    typer.Option(
        metavar="PATH",
        help="Where a reverse proxy serves it: /dateline, or https://news.example/dateline.",
    ),
]
Proxy = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="A proxy whose X-Forwarded headers are believed."),
]
ReadOnly = Annotated[
    bool, typer.Option("--read-only", help="Let nobody add or remove articles on the page.")
]
Rate = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Questions a minute and client, 0 for no limit; default: 120, none on loopback alone.",
    ),
]
Audit = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write the audit log there, with the questions; default: standard error, without.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        metavar="SPEC",
        help="auto, a .gguf file, hf:OWNER/REPO/FILE.gguf, http(s)://HOST/v1#MODEL, or none.",
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Answer anew what was asked before.")]
