"""Yes or no by counting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.bounds import decides


@pytest.mark.parametrize(
    ("question", "told", "verdict"),
    [
        ("Did it pay more than $10 billion?", "It paid $9 billion.", False),
        ("Did it pay more than $10 billion?", "It paid 14.3 billion dollars.", True),
        ("did it not pay more than $10 billion", "It paid $9 billion.", True),
        ("Does ChatGPT have over 900 million users?", "More than 900 million people use it.", True),
        ("Is the stake above 40%?", "Meta got 49 percent.", True),
        ("Is the stake below 40%?", "Meta got 49 percent.", False),
        ("Did Meta buy 51% of Scale?", "Meta bought 49% of Scale AI.", False),
        ("Did Meta buy 49% of Scale?", "Meta bought 49% of Scale AI.", None),
        ("Was Altman fired in December 2023?", "He was fired on November 17, 2023.", False),
        ("Was Altman fired in November 2023?", "He was fired on November 17, 2023.", None),
        ("Did it open before 2024?", "It opened in June 2023.", True),
        ("Had they agreed by November 22, 2023?", "They agreed on November 21, 2023.", True),
        ("Did it lay off at least 200 people?", "It laid off 14% of its people.", None),
        ("Did it pay more than $10 billion?", "It paid $9 billion and then $12 billion.", None),
        ("Did users grow between October 2025 and February 2026?", "In June 2024 it grew.", None),
        ("Did Meta buy Scale?", "Meta bought 49% of Scale AI.", None),
        ("more than 500 jobs cut?", "The firm cut 600 jobs.", True),
    ],
)
def test_what_figures_decide(question: str, told: str, verdict: bool | None) -> None:
    assert decides(question, told) is verdict


@given(st.integers(2, 999), st.integers(2, 999), st.booleans())
def test_bounds_hold_whatever_the_figures(told: int, bound: int, denied: bool) -> None:
    question = f"Did it {'not ' if denied else ''}pay more than ${bound} million?"
    assert decides(question, f"It paid {told} million dollars.") is ((told > bound) != denied)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_read(question: str, told: str) -> None:
    assert decides(question, told) in (True, False, None)
