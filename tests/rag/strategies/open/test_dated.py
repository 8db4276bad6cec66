"""The day of what a sentence tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Article
from rag.evidence.sentence import EvidenceSentence
from rag.strategies.open.dated import day_of


def told(text: str, published: str | None = "2023-11-24") -> str | None:
    return day_of(
        EvidenceSentence(Article("a", text, None, None, None, published), 0, len(text), text, "")
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The court ruled on Tuesday.", "2023-11-21"),
        ("The court ruled on Friday.", "2023-11-24"),
        ("The court ruled last Sunday.", "2023-11-19"),
        ("The court will rule next Monday.", "2023-11-27"),
        ("The court ruled yesterday.", "2023-11-23"),
        ("The court ruled on 3 November 2022.", "2022-11-03"),
        ("The court ruled on November 17.", "2023-11-17"),
        ("The court will rule on January 5.", "2024-01-05"),
        ("The court ruled.", "2023-11-24"),
    ],
)
def test_the_day_of_a_sentence(text: str, day: str) -> None:
    assert told(text) == day


def test_an_undated_article_tells_only_whole_dates() -> None:
    assert told("The court ruled on Tuesday.", None) is None
    assert told("The court ruled on 3 November 2022.", None) == "2022-11-03"
    assert told("The court ruled on Tuesday.", "2023-11") == "2023-11"


@given(st.text(max_size=80))
def test_any_text_has_a_day_or_none(text: str) -> None:
    day = told(text)
    assert day is None or day[:4].isdigit()
