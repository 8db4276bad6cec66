"""Times of adding: a whole corpus by each encoder, one article in a fresh process.

corpus -> making: a library by sentence-transformers, one by its twin -> seconds
article -> fresh_add: `eval.speed --one-add` in a process of its own -> milliseconds
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.harness import clock
from index.errors import DatelineError, UsageError

if TYPE_CHECKING:
    from index.types import Article

GOAL_MS = 1000.0  # goal for adding one article, beyond loading the encoder; set, not measured


def making(folder: Path, corpus: Path) -> dict[str, Any]:
    """Seconds to make the library of a corpus by sentence-transformers and by its twin.

    The two libraries stay in `folder` as `reference` and `twin`, for `eval.multihop --library`.
    UsageError where one is there already.
    """
    from eval.libraries import build
    from eval.multihop.corpus import articles_of
    from index.encoder import load_encoder, load_reference

    articles = articles_of(corpus)
    metrics: dict[str, Any] = {"articles": len(articles)}
    both = (("reference", load_reference), ("twin", load_encoder))
    for name, _ in both:
        if (folder / name).exists():
            raise UsageError(f"{folder / name} is there already: name a new folder")
    for name, load in both:
        encoder = load()
        encoder.encode(["warm"])
        taken, _ = clock(partial(build, folder / name, articles, encoder))
        metrics[f"{name}_seconds"] = taken / 1000
    metrics["times_as_fast"] = metrics["reference_seconds"] / metrics["twin_seconds"]
    return metrics


def fresh_add(folder: Path, article: Article) -> dict[str, Any]:
    """Timings of adding one article in a process of its own; DatelineError where it fails."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "one.jsonl"
        fields = ("title", "text", "url", "publisher", "published")
        file.write_text(json.dumps({name: getattr(article, name) for name in fields}) + "\n")
        command = [sys.executable, "-m", "eval.speed"]
        command += ["--library", str(folder), "--one-add", str(file)]
        taken, made = clock(lambda: subprocess.run(command, capture_output=True, text=True))
    if made.returncode:
        raise DatelineError(f"the fresh process could not add: {made.stderr.strip()[-300:]}")
    times: dict[str, Any] = json.loads(made.stdout.strip().splitlines()[-1])
    return {**times, "fresh_process_ms": taken, "add_within_goal": times["add_ms"] <= GOAL_MS}


def timed_add(folder: Path, file: Path) -> dict[str, Any]:
    """Add the article of `file` as `python -m index add` does; the encoder is loaded untimed."""
    from index.encoder import load_encoder
    from index.ingest.sources import read
    from index.library import Library
    from index.library.vectors import refresh
    from index.search import Searcher
    from index.types import Article

    loading, encoder = clock(load_encoder)
    encoder.encode(["warm"])
    article = next(item for item in read(str(file)) if isinstance(item, Article))

    def add() -> str:
        with Library.open(folder, write=True) as library:
            state = library.add(article, encoder)
            refresh(library)
        return state

    def find() -> bool:
        with Library.open(folder) as library:
            hits = Searcher(library, encoder).search(article.text)
            return any(hit.article.id == article.id for hit in hits)

    with Library.open(folder, write=True) as library:
        library.remove(article.id)  # an earlier run in the same folder may have added it
        refresh(library)
    adding, state = clock(add)
    finding, found = clock(find)
    return {
        "fresh_load_encoder_ms": loading,
        "add_ms": adding,
        "add_state": state,
        "add_then_find_ms": adding + finding,
        "found_after_add": found,
    }
