"""The bundled library: where it is, how it is built, and when it is the default.

    briefs/*.md -> articles -> a scratch folder -> renamed to its place in the cache

Without --library the user's library is asked if it exists, else this one. It is built on first use;
the rename comes last, so that nobody opens a half-built library.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from index.ingest.sources import read
from index.library import FILE, Library
from index.library.vectors import refresh
from index.settings import cache_dir, user_library
from index.types import Rejected


def default_library(log: Callable[[str], None]) -> Path:
    """Folder of the user's library if it exists, else of the bundled one, built if it is missing.

    `log` is given one line before a build.
    """
    own = user_library()
    if (own / FILE).is_file():
        return own
    target = bundled_library()
    if not (target / FILE).is_file():
        log("Building the library of sample briefs, once (under a minute) ...")
        build(target)
    return target


def build(target: Path) -> None:
    """Build the library of the briefs at `target`, whole or not at all.

    ValueError for a brief that cannot be read.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        from index.encoder import load_encoder

        encoder = load_encoder()
        with Library.open(scratch, create=True) as library:
            for article in read(str(briefs_dir())):
                if isinstance(article, Rejected):
                    raise ValueError(f"{article.source}: {article.reason}")
                library.add(article, encoder)
            refresh(library)
        try:
            os.rename(scratch, target)
        except OSError:
            if not (target / FILE).is_file():  # no other process has built it meanwhile
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def briefs_dir() -> Path:
    """Folder of the bundled articles (Markdown)."""
    with as_file(files("index") / "briefs") as path:
        return Path(path)


def bundled_library() -> Path:
    """Folder of the bundled library in the cache, named by a hash of its articles and format."""
    from index.library.sqlite import FORMAT

    digest = hashlib.sha256(FORMAT.encode())
    briefs = briefs_dir()
    paths = sorted(path for path in briefs.rglob("*") if path.is_file()) if briefs.is_dir() else []
    for path in paths:
        name, data = path.relative_to(briefs).as_posix().encode(), path.read_bytes()
        for part in (name, data):
            digest.update(len(part).to_bytes(8, "big") + part)
    return cache_dir() / f"bundled-{digest.hexdigest()[:12]}"
