"""Two questions in one: where the second begins, and what it is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.parts import parts_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Who chairs Norvale, and what does it make?",
            ["Who chairs Norvale?", "About chairs Norvale: what does it make?"],
        ),
        (
            "What did Norvale pay for Tessel and when did the two companies announce it?",
            [
                "What did Norvale pay for Tessel?",
                "About Norvale pay: when did the two companies announce it?",
            ],
        ),
        (
            "Where did rents stand in May, and where had they got to by June?",
            ["Where did rents stand in May?", "About rents stand: where had they got to by June?"],
        ),
        (
            "Who sold Tessel in 2020; who bought the Leeds works of Quanta a year on?",
            ["Who sold Tessel in 2020; who bought the Leeds works of Quanta a year on?"],
        ),
        (
            "Which bank lent Norvale the money, and which court in Peru heard Quanta last year?",
            [
                "Which bank lent Norvale the money?",
                "Which court in Peru heard Quanta last year?",
            ],
        ),
        (
            "Is Norvale bigger than Tessel, and who owns it now?",
            [
                "Is Norvale bigger than Tessel?",
                "About Norvale bigger than Tessel: who owns it now?",
            ],
        ),
    ],
)
def test_the_parts_of_a_question(question: str, parts: list[str]) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How and why did Norvale buy Tessel?",
        "When was the bill signed and by whom?",
        "Did an inquiry follow, and when?",
        "What did Norvale say about who paid and who lied?",
        "Norvale and what remains of Tessel",
        "Which of the two, Norvale or Tessel, has more staff?",
        "",
        "and what?",
    ],
)
def test_one_question_stays_whole(question: str) -> None:
    assert parts_of(question) == [question]


@given(st.text())
def test_any_text_has_parts(text: str) -> None:
    assert all(isinstance(part, str) for part in parts_of(text)) and parts_of(text)
