"""Libraries harmed on purpose, each in a small number: `python -m eval.faults` does many more."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.faults.__main__ import app
from eval.faults.beside import read_beside
from eval.faults.disks import broken
from eval.faults.flips import flipped
from eval.faults.kills import killed
from eval.faults.scene import ENCODER, Ledger, article
from index.library import Library


def test_killed_at_random_moments_nothing_is_lost(tmp_path: Path) -> None:
    rows = killed(tmp_path, 5, seed=6)
    assert [(row["lost"], row["check"]) for row in rows] == [(0, "")] * 5
    assert sum(row["acknowledged"] for row in rows) > 0


def test_a_disk_that_fails_loses_nothing_and_is_told(tmp_path: Path) -> None:
    rows = broken(tmp_path, every=9)
    assert {row["way"] for row in rows} == {"once", "for good", "full"} and len(rows) > 30
    assert [row for row in rows if row["lost"] or row["check"]] == []
    assert {row["said"] for row in rows} <= {"", "told"}
    assert sum(row["said"] == "told" for row in rows) > 10


def test_every_flipped_bit_of_what_is_stored_is_found(tmp_path: Path) -> None:
    rows = flipped(tmp_path, 60, seed=7)
    assert [row for row in rows if not row["found"]] == []
    assert {row["file"] for row in rows} >= {"library.sqlite3", "vectors.faiss"}


def test_readers_beside_a_writer_see_one_state_each_time(tmp_path: Path) -> None:
    rows = read_beside(tmp_path, 3.0, 2)
    assert [row for row in rows if row["wrong"]] == []
    assert min(row["rounds"] for row in rows if row["who"] != "second writer") > 0


def test_what_is_lost_or_made_up_is_told(tmp_path: Path) -> None:
    ledger = Ledger()
    for name in ("Startup 1", "Startup 2", "Startup 3"):
        ledger.begun(name, 1)
    ledger.done("Startup 1", 1)
    ledger.done("Startup 2", 1)
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(article("Startup 1", 1), ENCODER)
        library.add(article("Startup 9", 1), ENCODER)
    assert ledger.lost(tmp_path / "library") == ["Startup 2", "Startup 9"]
    assert ledger.lost(tmp_path / "library") == []  # told once


def test_the_command_prints_its_seed_and_fails_where_damage_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = ["--kills", "0", "--every", "0", "--seconds", "0", "--flips", "3", "--seed", "5"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0 and "seed 5" in done.output and "bits missed" in done.output
    monkeypatch.setattr("eval.faults.flips.damage", lambda folder: [])
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1 and "'found': False" in done.output
