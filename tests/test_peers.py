"""`eval.peers`: how what a peer says is judged. The peers themselves are not installed here."""

from __future__ import annotations

import pytest

from eval.bundled import BundledQuestion
from eval.peers import judged, score

SHARE = BundledQuestion.model_validate({
    "id": "q", "kind": "figure", "question": "What share of Scale AI did Meta buy?",
    "answers": ["49%", "49 percent"], "wrong": ["51%"],
    "evidence": [{"article": "meta-scale-ai-hngn", "sentence": "It gives Meta 49% of Scale."}],
})  # fmt: skip
BOARD = SHARE.model_copy(update={"answers": ["No"], "wrong": [], "kind": "yesno"})
NOBODY = SHARE.model_copy(
    update={"answers": [], "wrong": [], "evidence": [], "kind": "unanswerable"}
)


@pytest.mark.parametrize(
    ("question", "text", "right", "refused"),
    [
        (SHARE, "Meta bought 49 percent.", True, False),
        (SHARE, "Meta bought 51%, not 49%.", False, False),
        (SHARE, "The articles do not say. It is not mentioned.", False, True),
        (BOARD, "No, it does not.", True, False),
        (BOARD, "Yes.", False, False),
        (NOBODY, "The context does not provide this.", True, True),
        (NOBODY, "It is 12%.", False, False),
    ],
)
def test_a_text_is_judged(question: BundledQuestion, text: str, right: bool, refused: bool) -> None:
    found = judged(question, text, [])
    assert (found["right"], found["refused"]) == (right, refused)


def test_sources_count_where_they_hold_the_answer() -> None:
    sources = ["News. It gives Meta 49% of Scale. More.", "Meta held talks.", "Stake: 49 percent"]
    assert judged(SHARE, "49%", sources)["sources_right"] == pytest.approx(2 / 3)
    assert judged(NOBODY, "49%", sources)["sources_right"] is None


def test_a_table_has_one_column_a_system() -> None:
    row = {"first_s": 0.1, "whole_s": 3.0, "memory_mb": 900.0}
    rows = [
        {**judged(SHARE, "49%", ["It gives Meta 49% of Scale."]), **row},
        {**judged(NOBODY, "49%", []), **row, "whole_s": 5.0},
    ]
    found = score(rows)
    assert (found["answer_accuracy"], found["unanswerable_refused"]) == (1.0, 0.0)
    assert (found["whole_s_p50"], found["whole_s_p95"]) == (3.0, 5.0)
