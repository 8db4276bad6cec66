"""Libraries to measure on: built once; an interrupted build goes on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import LibraryError

if TYPE_CHECKING:
    from index.encoder import Encoder
    from index.types import Article
    from rag.dateline import Dateline


def build(folder: Path, articles: Sequence[Article], encoder: Encoder | None = None) -> None:
    """Add the articles that the library at `folder` lacks; it is made if missing."""
    from eval.harness import progress, say
    from index.encoder import load_encoder
    from index.library import FILE, Library
    from index.library.vectors import refresh

    if (folder / FILE).is_file():
        with Library.open(folder) as library:
            lacking = [item for item in articles if library.article(item.id) != item]
    else:
        lacking = list(articles)
    if not lacking:
        say(f"reusing the library at {folder}")
        return
    encoder = encoder or load_encoder()
    with Library.open(folder, create=True, write=True) as library:
        by_id = {item.id: item for item in lacking}
        for row in progress([{"id": name} for name in by_id], "articles"):
            library.add(by_id[row["id"]], encoder)
        refresh(library)


def briefs() -> list[Article]:
    """The bundled articles; LibraryError where one cannot be read."""
    from index.bundled import briefs_dir
    from index.ingest.sources import read
    from index.types import Rejected

    found = []
    for item in read(str(briefs_dir())):
        if isinstance(item, Rejected):
            raise LibraryError(f"bundled article {item.source}: {item.reason}; install again")
        found.append(item)
    return found


def bundled() -> Path:
    """Folder of the bundled library, built if missing; never the user's library."""
    from eval.harness import say
    from index.bundled import build as build_bundled
    from index.bundled import bundled_library
    from index.library import FILE

    folder = bundled_library()
    if not (folder / FILE).is_file():
        say("building the library of bundled articles, once")
        build_bundled(folder)
    return folder


def text_of(dateline: Dateline, article_id: str) -> str | None:
    """The stored text of an article; None for an unknown id."""
    article = dateline.library.article(article_id)
    return article.text if article else None
