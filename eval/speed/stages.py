"""Where the time of an answer goes, and how near it is to the least that its tokens can take.

    every call of llama.cpp -> tokens read, in blocks; tokens written, one by one
    limit = tokens read x cost of reading one + tokens written x cost of writing one

The two costs are measured apart, on the same model. As a token costs more the more stands before
it, they are measured behind the questions' prompt head, with a prompt about as long as theirs.
Finding evidence, checking and waiting are what an answer takes beyond the limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.harness import Row
from eval.judging.metrics import percentile
from prompts import render

if TYPE_CHECKING:
    from rag.llm.llama import LlamaWriter

Piece = tuple[float, float, bool]  # tokens, seconds, whether the model wrote them
STAGES = ("evidence", "reading", "writing", "checking and the rest")
# Sentences read and tokens written to learn the costs, and how many times; not measured
_SENTENCES, _WORDS, _TIMES = 12, 24, 5


class Watch:
    """Collects the calls of one writer; `row` sums them after each question."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []

    def __call__(self, tokens: float, seconds: float, written: bool) -> None:
        self._pieces.append((tokens, seconds, written))

    def row(self) -> Row:
        """Sums since the last call: blocks, tokens and ms of reading; tokens and ms of writing."""
        pieces, self._pieces = self._pieces, []
        read = [(n, s) for n, s, written in pieces if not written]
        wrote = [(n, s) for n, s, written in pieces if written]
        return {
            "readings": len(read),
            "read_tokens": round(sum(n for n, _ in read), 1),
            "read_ms": round(sum(s for _, s in read) * 1000, 1),
            "written_tokens": len(wrote),
            "write_ms": round(sum(s for _, s in wrote) * 1000, 1),
        }


@contextmanager
def watching(writer: LlamaWriter) -> Iterator[Watch]:
    """A watch on a writer for as long as the `with` block lasts."""
    watch, before = Watch(), writer.watch
    writer.watch = watch
    try:
        yield watch
    finally:
        writer.watch = before


def costs(writer: LlamaWriter) -> dict[str, float]:
    """Medians of the ms that it takes to read a token of a prompt, and to write one."""
    head = render("answer.system")
    list(writer.write(head, "Ready?", max_tokens=1))  # so that the head is read already
    text = "The company said on Monday that it had agreed to sell the unit. " * _SENTENCES
    pieces: list[Piece] = []
    before, writer.watch = writer.watch, lambda *piece: pieces.append(piece)
    try:
        for number in range(_TIMES):
            list(writer.write(head, f"{number}. {text}", max_tokens=_WORDS))
    finally:
        writer.watch = before
    reading = percentile([s / n for n, s, written in pieces if not written], 0.5) or 0.0
    writing = percentile([s for _, s, written in pieces if written], 0.5) or 0.0
    return {"read_ms_a_token": reading * 1000, "write_ms_a_token": writing * 1000}


def limit(row: Row, cost: dict[str, float]) -> float:
    """The limit of a row: the least ms that reading and writing its tokens takes."""
    read = row["read_tokens"] * cost["read_ms_a_token"]
    return float(read + row["written_tokens"] * cost["write_ms_a_token"])


def distance(rows: Sequence[Row], cost: dict[str, float]) -> float | None:
    """Median of whole time over limit, of the rows with written tokens; None without any."""
    found = [row["total_ms"] / limit(row, cost) for row in rows if row["written_tokens"]]
    return percentile(found, 0.5) if found else None


def parts(rows: Sequence[Row]) -> list[float]:
    """Mean ms of each of STAGES."""
    sums = [0.0] * len(STAGES)
    for row in rows:
        known = (row["evidence_ms"], row["read_ms"], row["write_ms"])
        for place, value in enumerate((*known, max(0.0, row["total_ms"] - sum(known)))):
            sums[place] += value / len(rows)
    return sums


def plot(rows: Sequence[Row], cost: dict[str, float], file: Path) -> None:
    """Draw a bar for answers and one for refusals, by stage, with the limit as a line."""
    from matplotlib import pyplot, rc_context

    groups = {
        "answered": [row for row in rows if not row["refused"]],
        "refused": [row for row in rows if row["refused"]],
    }
    groups = {f"{name} ({len(own)})": own for name, own in groups.items() if own}
    with rc_context({"svg.hashsalt": "dateline"}):
        figure, axes = pyplot.subplots(figsize=(8, 2.4), layout="constrained")
        left = [0.0] * len(groups)
        values = [parts(own) for own in groups.values()]
        for place, stage in enumerate(STAGES):
            widths = [value[place] / 1000 for value in values]
            axes.barh(list(groups), widths, left=left, label=stage)
            left = [a + b for a, b in zip(left, widths, strict=True)]
        for height, own in enumerate(groups.values()):
            least = sum(limit(row, cost) for row in own) / len(own) / 1000
            axes.plot([least] * 2, [height - 0.45, height + 0.45], "k", linewidth=1.5)
        axes.plot([], [], "k", label="limit")
        axes.set(xlabel="seconds, mean")
        axes.invert_yaxis()
        figure.legend(loc="outside upper center", ncols=len(STAGES) + 1, frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
        metadata: dict[str, Any] | None = {"Date": None} if file.suffix == ".svg" else None
        figure.savefig(file, metadata=metadata, dpi=120)
