"""Yes or no by counting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.figures import find_figures, order
from rag.strategies.bounds import decides


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
        ("Did it pay no more than $10 million?", "It paid $5 million.", True),
        ("Was it no later than March 2024?", "It came in February 2024.", True),
        ("Did it lay off at least 200 people?", "It laid off 200 people.", True),
        ("Does it offer up to $6.5 billion?", "It offers up to $6.5 billion.", True),
        ("Has it raised $40 billion at a $300 billion valuation?", "It raised $40 billion.", None),
        ("Did it rise from $14 billion to $29 billion?", "It is valued at $29 billion.", None),
        ("Did it pay about $14 billion?", "It paid $14.3 billion.", None),
        ("Did revenue top $10 billion?", "Revenue came to $12 billion.", True),
        ("Did it reach $10 billion?", "It reached $12 billion.", True),
        ("Did it grow in the past 3 years?", "It grew in the past three years.", None),
        ("Is it between $5 billion and $10 billion?", "It is $7 billion.", None),
        ("Is it more than $7 billion?", "It is $5 billion to $10 billion.", None),
        ("Didn't Meta pay more than $10 billion?", "It paid $14.3 billion.", True),
        ("The stake is 49%, isn't it?", "The stake is 51 percent.", False),
        ("Was it not less than $10 billion?", "It was $14 billion.", True),
        ("Did it open after June 2024?", "It opened in 2024.", None),
        ("Was it sued over the $10 billion investment?", "It was sued over $10 billion.", None),
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


@pytest.mark.parametrize(
    ("one", "other", "rank"),
    [
        ("$9 billion", "$10 billion", -1), ("$1.2 trillion", "900 billion dollars", 1),
        ("49%", "49 percent", 0), ("over 900 million users", "900 million users", 1),
        ("two years", "18 months", 1), ("$9 billion", "9 billion euros", None),
        ("49%", "$49 million", None), ("June 2023", "2024", -1), ("12 June 2025", "June 2025", 0),
        ("2025", "June 2025", None), ("GPT-4", "GPT-5", None),
    ],
)  # fmt: skip
def test_which_is_more(one: str, other: str, rank: int | None) -> None:
    assert order(find_figures(one)[0], find_figures(other)[0]) == rank
