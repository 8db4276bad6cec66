"""`eval.load`: many users on a real server with a scripted engine."""

from __future__ import annotations

from typing import cast

import pytest
from fake_engine import FakeEngine, serving

from eval.load import ask_all, score
from rag.api import application
from rag.dateline import Dateline


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.load.LOOKS", 0.05)


def test_every_user_s_questions_are_answered_and_counted() -> None:
    engine = FakeEngine()
    asked = [{"question": f"What share of Scale AI, part {n}?"} for n in range(3)]
    with serving(application(cast(Dateline, engine))) as address:
        rows, memory = ask_all(address, asked, users=4, seconds=20, process=None)
    found = score(rows, memory, users=4)
    assert (found["requests"], found["failed"]) == (12, 0)
    assert found["answers_of_the_least_served_user"] == 3
    assert {row["status"] for row in rows} == {"answered"}


def test_a_server_that_is_not_there_is_a_failure_and_not_an_end() -> None:
    rows, memory = ask_all("http://127.0.0.1:9", [{"question": "?"}], 1, 5, None)
    assert score(rows, memory, 1)["failed"] == 1
    assert "refused" in rows[0]["error"].lower()


def test_one_who_starves_shows() -> None:
    rows = [{"user": 0, "error": None, "seconds": 1.0, "evidence_ms": 10.0} for _ in range(9)] + [
        {"user": 1, "error": None, "seconds": 31.0, "evidence_ms": 900.0}
    ]
    found = score(rows, [100.0, 200.0], 2)
    assert found["wait_mean_s"] == 4.0
    assert found["wait_p95_s"] == 31.0
    assert found["wait_p95_over_mean"] == 7.75
    assert (found["memory_mb_first_tenth"], found["memory_mb_last_tenth"]) == (100.0, 200.0)
