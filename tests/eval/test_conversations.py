"""How turns of a conversation are judged and counted."""

from __future__ import annotations

import pytest

from eval.conversations.__main__ import judged, scored


@pytest.mark.parametrize(
    ("turn", "text", "status", "right"),
    [
        ({"kind": "first", "accept": [r"\b49\s?%"]}, "Meta bought 49 % [1].", "answered", True),
        ({"kind": "first", "accept": [r"\b49\s?%"]}, "Nearest: 49 %.", "unanswerable", False),
        ({"kind": "thanks", "accept": ["welcome"]}, "You're Welcome.", "answered", True),
        ({"kind": "first", "accept": ["a", "b"]}, "A conflict: b.", "disputed", True),
        ({"kind": "unanswerable", "unanswerable": True}, "Not held.", "unanswerable", True),
        ({"kind": "unanswerable", "unanswerable": True}, "Four.", "answered", False),
    ],
)
def test_a_turn_is_right_by_its_patterns(
    turn: dict[str, object], text: str, status: str, right: bool
) -> None:
    assert judged(turn, text, status) is right


def test_turns_that_were_learned_from_are_counted_apart() -> None:
    turns = [
        {"kind": "more", "question": "More", "right": True},
        {"kind": "more", "question": "what else did they say?", "right": False},
        {"kind": "first", "question": "Who sold it?", "right": True},
    ]
    metrics, by_kind = scored(turns, ["more", "thanks"])
    assert metrics == {"turns": 3, "right": 2 / 3, "unseen": 2, "right_unseen": 0.5}
    assert by_kind == {"more": {"turns": 2, "right": 0.5}, "first": {"turns": 1, "right": 1.0}}
