"""Numbers of threads: which of a few is taken, and that each is timed once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.llm import threads as tuning
from rag.llm.threads import Threads, best, cores, counts, kept


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path))
    return tmp_path


def processors(monkeypatch: pytest.MonkeyPatch, physical: int, every: int) -> None:
    monkeypatch.setattr(tuning, "_processors", lambda: (physical, every))


def test_reading_and_writing_each_take_the_fastest() -> None:
    seconds = {
        (8, False): 1.0, (4, False): 1.9, (16, False): 0.97,  # no gain worth it
        (8, True): 1.0, (4, True): 0.8, (16, True): 1.5,
    }  # fmt: skip
    assert best([8, 4, 16], lambda *asked: seconds[asked]) == Threads(reading=8, writing=4)


def test_one_slow_try_decides_nothing() -> None:
    tries: list[tuple[int, bool]] = []

    def seconds(threads: int, writing: bool) -> float:
        tries.append((threads, writing))
        return 1 / threads + 9 * (tries.count((threads, writing)) == 1)

    assert best([2, 4], seconds) == Threads(4, 4)


@pytest.mark.parametrize(
    ("physical", "every", "tried"),
    [(2, 2, [2]), (2, 4, [2, 4]), (8, 16, [8, 4, 16]), (10, 10, [10, 5]), (1, 1, [1])],
)
def test_what_is_tried(
    physical: int, every: int, tried: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    processors(monkeypatch, physical, every)
    assert counts() == tried


def test_it_is_timed_once_for_a_model_on_a_machine(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def make() -> Threads:
        made.append(1)
        return Threads(4, 8)

    processors(monkeypatch, 8, 16)
    assert kept(["model", 1], make) == kept(["model", 1], make) == Threads(4, 8)
    assert len(made) == 1
    assert kept(["other", 1], make) == Threads(4, 8)
    assert len(made) == 2 and len(json.loads((cache / "threads.json").read_text())) == 2
    processors(monkeypatch, 4, 8)  # fewer than before, as in a smaller container
    kept(["model", 1], make)
    assert len(made) == 3
    for damage in ("{", "[]", '{"x": 1}'):
        (cache / "threads.json").write_text(damage)
        kept(["model", 1], make)
    (cache / "threads.json").write_text(
        (cache / "threads.json").read_text().replace('"reading": 4', '"reading": "all"')
    )
    kept(["model", 1], make)
    assert len(made) == 7


def test_where_there_is_no_choice_nothing_is_timed(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processors(monkeypatch, 2, 2)
    assert kept(["model"], lambda: pytest.fail("timed")) == Threads(2, 2)
    assert not (cache / "threads.json").exists()


def test_a_cache_that_cannot_be_written_costs_time_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "file"))
    processors(monkeypatch, 8, 8)
    assert kept(["model"], lambda: Threads(4, 4)) == Threads(4, 4)


def test_this_machine_has_cores() -> None:
    assert 1 <= cores() <= max(counts())
