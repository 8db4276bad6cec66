"""Questions over real news: the judge, against its definition and against the shared scorer."""

from __future__ import annotations

import importlib.util
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from eval.harness import read_rows
from eval.realnews.asking import bundled_questions
from eval.realnews.judging import judge, scored
from index.ingest.sources import read
from index.types import Article

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "bench" / "realnews"
FACT = {
    "id": "a",
    "kind": "fact",
    "question": "?",
    "accept": [r"\b49\s?(%|percent)"],
    "reject": ["51"],
}


def said(text: str, short: str | None = None, status: str = "answered") -> dict[str, Any]:
    return {"status": status, "text": text, "short": short}


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        (FACT, said("Meta bought 49% [1].", "49%"), "right"),
        (FACT, said("Meta bought 51% [1]."), "wrong"),
        (FACT, said("Meta bought 49%, not 51% [1]."), "wrong"),
        (FACT, said("Meta bought 49% " + "of it " * 60), "wrong"),
        (FACT, said("Nearest: 49% [1].", status="unanswerable"), "refused"),
        (FACT | {"accept": ["Meta", "Scale"], "all": True}, said("Meta."), "wrong"),
        (FACT | {"also": ["2025"]}, said("49%"), "wrong"),
        (FACT | {"kind": "yesno", "accept": ["^no"]}, said("It did [1].", "No"), "right"),
        (FACT | {"unanswerable": True}, said("x", status="unanswerable"), "right"),
        (FACT | {"unanswerable": True}, said("It was 12 [1]."), "wrong"),
        (FACT | {"unanswerable": True, "deny": ["not 51"]}, said("49%, not 51% [1]."), "right"),
    ],
)
def test_a_verdict(question: dict[str, Any], answer: dict[str, Any], verdict: str) -> None:
    assert judge(question, answer) == verdict


def test_the_short_answer_can_be_judged_alone() -> None:
    answer = said("Meta bought 49% of Scale AI.", "Meta")
    assert judge(FACT, answer) == "right"
    assert judge(FACT, answer, short_only=True) == "wrong"


def test_the_same_verdicts_as_the_shared_scorer() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"no {SHARED.relative_to(ROOT.parent)} beside the checkout")
    spec = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    assert spec and spec.loader
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    rows = read_rows(SHARED / "questions.dev.jsonl.gz")
    for row in rows:
        short = row.get("short") or ""
        for answer in (
            said(f"It is {short} [1].", short),
            said(short, None),
            said("", short, "unanswerable"),
            said("The articles do not say."),
            said("Yes: it is so [1][2].", "Yes"),
            said(f"{short} " * 40, short),
            {"text": f"I cannot find it: {short}"},
        ):
            for alone in (False, True):
                assert judge(row, answer, short_only=alone) == score.judge(row, answer, alone)


def test_shares_by_kind() -> None:
    rows = [
        {"verdict": "right", "short": "49%", "text": "x", "rank": 1, "found": True, "shown": True,
         "status": "answered", "timings": {"total_ms": 5.0}},
        {"verdict": "refused", "short": None, "text": "x", "rank": 0, "found": True, "shown": False,
         "status": "unanswerable", "timings": {"total_ms": 7.0}},
        {"verdict": "wrong", "short": None, "text": "x", "status": "answered"},
    ]  # fmt: skip
    metrics, by_type = scored([FACT, FACT, FACT | {"unanswerable": True, "kind": "un"}], rows)
    assert metrics["score"] == 0
    assert by_type["answerable"] | {"rows": 2} == {
        "rows": 2, "right": 0.5, "refused": 0.5, "wrong": 0.0, "score": 0.5, "found": 1.0,
        "first": 0.5, "first3": 0.5, "shown": 0.5, "said": 0.5, "short": 1.0, "short_right": 1.0,
    }  # fmt: skip
    assert by_type["unanswerable"]["wrong"] == 1.0


def test_the_bundled_questions_rest_on_the_bundled_articles() -> None:
    folder = Path(str(files("eval.realnews") / "articles"))
    articles = {a.url: a for a in read(str(folder)) if isinstance(a, Article)}
    assert len(articles) == 12
    assert all(600 <= len(a.text.split()) <= 1200 for a in articles.values())
    rows = bundled_questions(None)
    assert len(rows) == 60 and len({row["id"] for row in rows}) == 60
    for row in rows:
        assert bool(row["evidence"]) != bool(row.get("unanswerable")) or row.get("deny")
        for item in row["evidence"]:
            assert item["quote"] in articles[item["url"]].text, row["id"]
