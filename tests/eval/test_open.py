"""Open questions: the judge, against its definition and against the shared scorer."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from eval.open.judging import judge, scored, uncited

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "bench" / "realnews"
POINTS = [
    {"what": "the bid", "accept": ["2.1 billion"], "day": "2024-03-04"},
    {"what": "the refusal", "accept": ["turned .* down", "refus"], "day": "2024-03-14"},
]
ROW = {"id": "a", "kind": "timeline", "question": "?", "points": POINTS, "least": 2, "order": True,
       "reject": ["approved"], "max_words": 20}  # fmt: skip


def said(text: str, status: str = "answered") -> dict[str, Any]:
    return {"status": status, "text": text, "sentences": [{"citations": [1]}, {"citations": []}]}


@pytest.mark.parametrize(
    ("text", "good", "points"),
    [
        ("Norvale bid 2.1 billion [1]. Tessel turned it down [2].", True, 1.0),
        ("Tessel refused 2.1 billion [2].", True, 1.0),
        ("Norvale bid 2.1 billion [1].", False, 0.5),
        ("Norvale bid 2.1 billion [1]; Tessel refused, the court approved.", False, 1.0),
        ("Norvale bid 2.1 billion, and Tessel refused. " + "So it was told. " * 5, False, 1.0),
    ],
)
def test_a_verdict(text: str, good: bool, points: float) -> None:
    verdict = judge(ROW, said(text))
    assert (verdict["good"], verdict["points"]) == (good, points)


def test_a_refusal_is_good_of_small_talk_alone() -> None:
    assert not judge(ROW, said("2.1 billion, refused", "unanswerable"))["good"]
    talk = ROW | {"kind": "small_talk", "least": 0}
    assert judge(talk, said("Hello.", "unanswerable"))["good"]


def test_scores() -> None:
    rows = [
        {"kind": "list", "good": True, "points": 1.0, "uncited": 0, "timings": {"total_ms": 5}},
        {"kind": "small_talk", "good": False, "points": 0.5, "uncited": 2, "rejected": True},
    ]
    metrics, by_type = scored(rows)
    assert (metrics["good"], metrics["points"], metrics["uncited"]) == (0.5, 0.75, 0)
    assert (metrics["rejected"], by_type["list"]["good"]) == (1, 1.0)
    assert uncited(said("x")) == 1


def test_the_same_verdicts_as_the_shared_scorer() -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared scorer is not beside this checkout")
    spec = importlib.util.spec_from_file_location("score_open", SHARED / "score_open.py")
    assert spec and spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    rows = scorer.rows(str(SHARED / "open.dev.jsonl.gz"))
    for place, row in enumerate(rows):
        points = row["points"][place % 3 :]
        text = " ".join(str(point["what"]) for point in points) + " word" * (place % 7) * 20
        answer = said(text, "unanswerable" if place % 5 == 4 else "answered")
        good, share, _ = scorer.judge(row, answer)
        mine = judge(row, answer)
        assert (mine["good"], mine["points"]) == (good, share)
