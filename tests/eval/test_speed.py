"""`eval.speed`: how timings are summed, and how many tokens a question may cost; no clock."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from eval.bundled.questions import load
from eval.libraries import bundled
from eval.speed import stages
from eval.speed.adding import making
from index.encoder import WordEncoder
from index.errors import UsageError
from rag.dateline import Dateline
from rag.llm.llama import LlamaWriter

COST = {"read_ms_a_token": 20.0, "write_ms_a_token": 70.0}


def row(**more: Any) -> dict[str, Any]:
    return {
        "refused": False, "evidence_ms": 100.0, "total_ms": 3000.0,
        "read_tokens": 100, "read_ms": 2100.0, "written_tokens": 10, "write_ms": 700.0, **more,
    }  # fmt: skip


def test_work_is_added_up_by_question_and_forgotten() -> None:
    def before(tokens: int, seconds: float, written: bool) -> None:
        raise AssertionError("the watch before is put aside")

    writer: Any = SimpleNamespace(watch=before)
    with stages.watching(writer) as watch:
        for seconds, tokens, written in ((1.0, 64, False), (0.25, 6, False), (0.07, 1, True)):
            writer.watch(tokens, seconds, written)
        writer.watch(1, 0.08, True)
        assert watch.row() == {
            "readings": 2, "read_tokens": 70, "read_ms": 1250.0, "written_tokens": 2, "write_ms": 150.0
        }  # fmt: skip
        assert watch.row()["read_tokens"] == 0
    assert writer.watch is before


def test_the_distance_to_the_limit_is_of_what_was_written() -> None:
    refused = row(refused=True, written_tokens=0, total_ms=9000.0)
    rows = [row(), row(total_ms=5400.0), row(total_ms=2700.0), refused]
    assert stages.distance(rows, COST) == pytest.approx(3000 / 2700)
    assert stages.distance([refused], COST) is None
    assert stages.parts([row()]) == [100, 2100, 700, 100]


def test_stages_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra 'plot'")
    stages.plot([row(), row(refused=True)], COST, tmp_path / "stages.svg")
    drawn = (tmp_path / "stages.svg").read_text()
    assert drawn.lstrip().startswith("<?xml") and "answered (1)" in drawn


def test_making_a_library_is_timed_both_ways(tmp_path: Path, words: WordEncoder) -> None:
    corpus = tmp_path / "corpus.jsonl"
    lines = [
        {"title": "One", "body": "Acme bought Wile.", "url": "https://example.org/1",
         "source": "Wire", "published_at": "2024-01-02T00:00:00+00:00", "author": None,
         "category": "technology"},
    ]  # fmt: skip
    corpus.write_text("".join(json.dumps(line) + "\n" for line in lines))
    made = making(tmp_path / "made", corpus)
    assert made["articles"] == 1 and made["times_as_fast"] > 0
    assert (tmp_path / "made" / "reference" / "library.sqlite3").is_file()
    with pytest.raises(UsageError, match="is there already: name a new folder"):
        making(tmp_path / "made", corpus)


@pytest.mark.model
@pytest.mark.timeout(600)
def test_a_question_costs_no_more_work_than_it_did() -> None:
    """The tokens that llama.cpp reads and writes for one CI question of each kind."""
    firsts = {q.kind: q for q in reversed(load()) if q.ci}
    with closing(Dateline.open(bundled(), "auto")) as dateline:
        writer = dateline.writer
        assert isinstance(writer, LlamaWriter)
        dateline.ask(firsts["figure"].asked())  # the fixed head is read, or fetched
        dateline.ask(firsts["yesno"].asked())
        with stages.watching(writer) as watch:
            work = {}
            for kind, question in sorted(firsts.items()):
                dateline.ask(question.asked())
                work[kind] = watch.row()
    for kind, one in work.items():  # a tenth to a quarter above what each was measured to cost
        twice = kind in ("yesno", "change")  # read again for what they tell, or to the next quotes
        assert one["read_tokens"] <= (450 if twice else 275), kind
        assert one["readings"] <= 6, kind  # one for the short answer, one beside the quotes
        assert one["written_tokens"] <= 32, kind
    assert sum(one["read_tokens"] for one in work.values()) / len(work) <= 185
