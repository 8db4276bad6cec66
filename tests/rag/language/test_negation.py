"""Whether a yes/no question is put in the negative, and what a sentence that denies answers it."""

from __future__ import annotations

import pytest

from rag.language.negation import negative, polarity


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Did the ferry not sail on Sunday?", True),
        ("Has the mayor never met the union?", True),
        ("Is there no ceiling on the rent?", True),
        ("The bridge was not rebuilt, was it?", True),
        ("Is it true that the bakery doesn't open on Mondays?", True),
        ("Didn't the ferry sail on Sunday?", False),
        ("Wasn’t the bridge rebuilt?", False),
        ("The mayor met the union, didn't she?", False),
        ("Did the repair cost no more than 2 million euros?", False),
        ("Are there not fewer than nine wells?", False),
    ],
)
def test_a_question_in_the_negative(question: str, expected: bool) -> None:
    assert negative(question) is expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Did the ferry sail?", "The ferry did not sail.", False),
        ("Did the ferry not sail?", "The ferry never sailed.", True),
        ("Didn't the ferry sail?", "The ferry never sailed.", False),
        ("Did the ferry sail?", "The ferry sailed at noon.", None),
    ],
)
def test_a_denial_answers(question: str, sentence: str, expected: bool | None) -> None:
    assert polarity(question, sentence) is expected
