"""`python -m eval.faults`: kills, failing disks, flipped bits, readers and writers side by side.

Exit status 1 where anything acknowledged was lost, damage was not found, or a message is unclear.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from index.cli import run

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def faults(
    kills: Annotated[int, typer.Option(min=0, metavar="N", help="SIGKILLs.")] = 200,
    flips: Annotated[int, typer.Option(min=0, metavar="N", help="Single flipped bits.")] = 500,
    every: Annotated[
        int, typer.Option(min=0, metavar="N", help="Fail at every Nth write; 0: at none.")
    ] = 1,
    seconds: Annotated[
        float, typer.Option(min=0, metavar="S", help="Readers beside a writer.")
    ] = 300.0,
    readers: Annotated[int, typer.Option(min=1, metavar="N", help="How many readers.")] = 8,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Of all that is random; printed.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
) -> None:
    """Harm libraries in scratch folders and look for what was lost, or damaged unnoticed."""
    from eval.harness import print_table, say, settings_record, write_json

    seed = random.randrange(10**6) if seed is None else seed
    say(f"seed {seed}")
    metrics: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        for part, amount in (("kills", kills), ("disks", every), ("flips", flips),
                             ("beside", seconds)):  # fmt: skip
            if amount:
                scratch = Path(name, part)
                scratch.mkdir()
                found = _part(part, scratch, amount, seed, readers)
                rows += found
                metrics |= _score(part, found)
    print_table("Faults", ("measure", "value"), list(metrics.items()))
    if json_file is not None:
        record = settings_record("eval.faults", "none", seed=seed, kills=kills, flips=flips)
        write_json(json_file, metrics, {}, record, rows)
    bad = [name for name in metrics if name.rpartition(" ")[2] in _BAD and metrics[name]]
    if bad:
        for row in rows:
            if row.get("lost") or row.get("check") or row.get("wrong") or not row.get("found", 1):
                say(str(row))
        raise typer.Exit(1)


_BAD = ("lost", "damaged", "unclear", "missed", "wrong")


def _part(part: str, scratch: Path, amount: float, seed: int, readers: int) -> list[dict[str, Any]]:
    if part == "kills":
        from eval.faults.kills import killed

        return killed(scratch, int(amount), seed)
    if part == "disks":
        from eval.faults.disks import broken

        return broken(scratch, int(amount))
    if part == "flips":
        from eval.faults.flips import flipped

        return flipped(scratch, int(amount), seed)
    from eval.faults.beside import read_beside

    return read_beside(scratch, amount, readers)


def _score(part: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The numbers of a part; those named in `_BAD` should be 0."""
    if part == "flips":
        return {"bits flipped": len(rows), "bits missed": sum(not row["found"] for row in rows)}
    if part == "beside":
        return {
            "rounds of readers": sum(r["rounds"] for r in rows if r["who"].startswith("reader")),
            "second writer told": rows[1].get("told", 0),
            "beside a writer: wrong": sum(len(row["wrong"]) for row in rows),
        }
    told = {"disks": "failures of the disk", "kills": "kills"}[part]
    return {
        told: len(rows),
        f"{told}: lost": sum(row["lost"] for row in rows),
        f"{told}: damaged": sum(bool(row["check"]) for row in rows),
    } | (
        {"acknowledged before a kill": sum(row["acknowledged"] for row in rows)}
        if part == "kills"
        else {f"{told}: unclear": sum(row["said"] not in ("", "told") for row in rows)}
    )


if __name__ == "__main__":
    run(app)
