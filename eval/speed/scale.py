"""Search by size: `python -m eval.speed --sizes 1000,10000,100000,1000000`.

    synthetic library of each size -> a process of its own -> opened, searched, its memory read
    every stored vector -> the exact ten nearest -> recall@10 of what the index found

Half of the questions are bundled ones, half the first words of stored passages. Loads no language
model. The libraries are made in `speed/synthetic.py`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from eval.harness import SEED, Row, clock, print_table, resident, say
from eval.judging.metrics import percentile
from index.errors import DatelineError, UsageError

if TYPE_CHECKING:
    from index.encoder import Vectors
    from index.library import Library
    from index.ranking.corpus import Corpus

QUESTIONS = 200  # questions searched at each size; not measured
NEAREST = 10  # the 10 of recall@10
# Goals that were set, not measured; what was measured is in docs/scoreboard.md.
GOALS = {"search_ms_p95": {10_000: 60, 1_000_000: 600}, "vector_ms_p95": {1_000_000: 60}}
GOAL_RECALL, GOAL_MB = 0.97, 2_500
_BLOCK = 10_000  # vectors in memory at once; not measured


def sizes_of(text: str) -> list[int]:
    """The sizes of "1000,10000", smallest first; UsageError for anything else."""
    try:
        sizes = sorted({int(part) for part in text.split(",")})
    except ValueError:
        sizes = [0]
    if sizes[0] < NEAREST:
        raise UsageError(f"--sizes takes numbers from {NEAREST} on, as in 1000,10000: not {text!r}")
    return sizes


def measure_sizes(folder: Path, sizes: Sequence[int], corpus: Path | None) -> list[Row]:
    """One row for each size; the libraries stay in `folder` and are used again."""
    from eval.multihop.corpus import articles_of
    from eval.speed.synthetic import Pool, fill, holds, pool
    from index.encoder import load_encoder
    from index.library import Library
    from index.library.vectors import refresh

    encoder = load_encoder()

    @cache
    def made_of() -> tuple[Pool, Vectors]:
        of = pool(articles_of(corpus) if corpus else ())
        say(f"encoding {len(of.sentences):,} sentences")
        return of, of.vectors(encoder)

    rows: list[Row] = []
    for size in sizes:
        part = folder / str(size)
        started = time.monotonic()
        if holds(part, size):
            say(f"reusing the library at {part}")
        else:
            fill(part, size, *made_of(), encoder)
        filled = time.monotonic()
        with Library.open(part, write=True) as library:
            refresh(library)
        indexed = time.monotonic()
        command = [sys.executable, "-m", "eval.speed", "--one-size", "--library", str(part)]
        made = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if made.returncode:
            raise DatelineError(f"{size} passages could not be measured: see above")
        row = json.loads(made.stdout.strip().splitlines()[-1])
        row |= {"fill_seconds": filled - started, "index_seconds": indexed - filled}
        rows.append(row)
        say(f"{size:,} passages: {json.dumps(row)}")
    return rows


def measure_one(folder: Path) -> Row:
    """The row of one library; times are in ms unless a name says otherwise."""
    from index.encoder import load_encoder
    from index.library import Library
    from index.search import Searcher

    encoder = load_encoder()
    encoder.encode(["warm"])
    with Library.open(folder) as library:
        opening, searcher = clock(lambda: Searcher(library, encoder))
        asked = questions(library)
        first, _ = clock(lambda: searcher.search("Scale AI stake"))
        searches = [clock(partial(searcher.search, question))[0] for question in asked]
        again = [clock(partial(searcher.search, question))[0] for question in asked]
        vectors = searcher.encode(asked)
        corpus = searcher.corpus
        near, found = [], []
        for vector in vectors:
            taken, places = clock(partial(nearest, corpus, vector))
            near.append(taken)
            found.append(corpus.numbers[places])
        memory = resident(os.getpid())
        row: Row = {"passages": library.passage_count(), "open_seconds": opening / 1000}
        row |= {"first_search_ms": first, "resident_mb": memory}
        for name, times in (("search", searches), ("search_again", again), ("vector", near)):
            row[f"{name}_ms_p50"], row[f"{name}_ms_p95"] = (
                percentile(times, p) for p in (0.5, 0.95)
            )
        row["recall@10"] = recall(library, vectors, found)
    row |= {f"{file.name}_mb": file.stat().st_size / 1e6 for file in folder.iterdir()}
    return row


def nearest(corpus: Corpus, vector: NDArray[np.float32]) -> NDArray[np.int64]:
    """Places of the passages nearest to one vector (dim,), as a search finds them."""
    return corpus.cosines(vector[None]).top(0, NEAREST)


def questions(library: Library, count: int = QUESTIONS) -> list[str]:
    """`count` questions: half bundled ones, half first words of stored passages; by SEED."""
    from eval.bundled.questions import load

    generator = random.Random(SEED)
    bundled = [question.question for question in load()]
    some = generator.sample(bundled, min(count // 2, len(bundled)))
    numbers = library.passage_numbers().tolist()
    held = library.passages(generator.sample(numbers, min(count - len(some), len(numbers))))
    words = [held[number][1].text[:90] for number in sorted(held)]
    mixed = [*some, *words]
    generator.shuffle(mixed)
    return mixed


def recall(
    library: Library, vectors: NDArray[np.float32], found: Sequence[NDArray[np.int64]]
) -> float:
    """recall@10: mean share of the nearest passages by all stored vectors that were found.

    A passage as near as the last of them counts too. Reads every vector, a block at a time.
    """
    numbers = library.passage_numbers()
    best = np.full((len(vectors), NEAREST), -np.inf, np.float32)
    for first in range(0, len(numbers), _BLOCK):
        block = library.embeddings(numbers[first : first + _BLOCK].tolist())
        joined = np.hstack([best, vectors @ block.T])
        best = -np.partition(-joined, NEAREST - 1, axis=1)[:, :NEAREST]
    shares = []
    for vector, some, last in zip(vectors, found, best.min(1), strict=True):
        cosines = library.embeddings(some.tolist()) @ vector
        shares.append(float((cosines >= last - 1e-5).sum()) / min(NEAREST, len(numbers)))
    return round(sum(shares) / len(shares), 4)


def print_sizes(rows: Sequence[Row]) -> None:
    """Print one line for each size."""
    headers = ("passages", "files MB", "open s", "search p50, p95", "again", "vectors p50, p95",
               "recall@10", "resident MB")  # fmt: skip
    lines = [
        (
            f"{row['passages']:,}",
            f"{sum(value for name, value in row.items() if _is_file(name)):,.0f}",
            f"{row['open_seconds']:.1f}",
            *(f"{row[f'{n}_ms_p50']:.0f}, {row[f'{n}_ms_p95']:.0f}" for n in
              ("search", "search_again", "vector")),
            f"{row['recall@10']:.3f}",
            f"{row['resident_mb']:,.0f}",
        )
        for row in rows
    ]  # fmt: skip
    print_table("Search by size, in milliseconds", headers, lines)


def metrics_of(rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of the largest library, and which goals are missed."""
    missed = [
        f"{name} at {row['passages']:,}"
        for row in rows
        for name, goals in GOALS.items()
        if row[name] > goals.get(row["passages"], np.inf)
    ]
    missed += [f"recall@10 at {r['passages']:,}" for r in rows if r["recall@10"] < GOAL_RECALL]
    missed += [f"resident_mb at {r['passages']:,}" for r in rows if r["resident_mb"] > GOAL_MB]
    return {**rows[-1], "goals_missed": missed}


def require_matplotlib() -> None:
    """DatelineError where matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise DatelineError("a plot needs matplotlib: pip install 'dateline[plot]'")


def plot(rows: Sequence[Row], file: Path) -> None:
    """Draw time and memory against size into an SVG or PNG file."""
    require_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "size", "font.size": 9}):
        figure = Figure(figsize=(8, 3.4), layout="constrained")
        times, memory = figure.subplots(1, 2)
        sizes = [row["passages"] for row in rows]
        for name, label in (
            ("search_ms_p95", "search, p95"),
            ("search_ms_p50", "search, p50"),
            ("vector_ms_p95", "vectors alone, p95"),
        ):
            times.plot(sizes, [row[name] for row in rows], marker="o", label=label)
        for size, most in GOALS["search_ms_p95"].items():
            times.plot([size], [most], "k_", markersize=14)
        times.plot([], [], "k_", label="goal for search, p95")
        times.set(xscale="log", yscale="log", xlabel="passages", ylabel="milliseconds")
        times.legend(frameon=False)
        memory.plot(sizes, [row["resident_mb"] for row in rows], marker="o", label="in memory")
        files = [sum(value for name, value in row.items() if _is_file(name)) for row in rows]
        memory.plot(sizes, files, marker="o", label="files")
        memory.axhline(GOAL_MB, color="k", linewidth=0.8, label="goal for memory")
        memory.set(xscale="log", yscale="log", xlabel="passages", ylabel="MB")
        memory.legend(frameon=False)
        for axes in (times, memory):
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(alpha=0.3)
        metadata = {"Date": None} if file.suffix == ".svg" else None
        figure.savefig(file, metadata=metadata, dpi=120)


def _is_file(name: str) -> bool:
    return name.endswith("_mb") and name != "resident_mb"
