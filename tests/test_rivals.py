"""What else might have been written where a figure stands."""

from __future__ import annotations

import pytest

from index.types import Article
from rag.differences import Account
from rag.evidence import EvidenceSentence
from rag.figures import Figure, find_figures
from rag.rivals import accepted, likelihood, signs
from rag.writer import Step

WRITTEN: list[Step] = [
    (" Meta", {" Meta": 0.9}), (" paid", {" paid": 1.0}), (" $", {" $": 0.8, " ": 0.1}),
    ("1", {"1": 0.95, "2": 0.04}), ("4", {"4": 0.7, "5": 0.25, " billion": 0.01}),
    (".", {".": 0.9, " billion": 0.08}), ("8", {"8": 0.6, "3": 0.35}), (" billion", {}), (".", {}),
]  # fmt: skip


def one(text: str) -> Figure:
    return find_figures(text)[0]


@pytest.mark.parametrize(
    ("rival", "odds"),
    [
        ("15 billion dollars", 0.25 / 0.95), ("$14.3 billion", 0.35 / 0.95),
        ("$14 billion", 0.08 / 0.98), ("$29 billion", 0.04 / 0.99), ("$900 million", 0.0),
        ("$1 billion", 0.01 / 0.71), ("$14.8 million", None), ("12 June 2025", None),
    ],
)  # fmt: skip
def test_the_odds_where_the_digits_part(rival: str, odds: float | None) -> None:
    found = likelihood(WRITTEN, one("$14.8 billion"), one(rival))
    assert found == (None if odds is None else pytest.approx(odds))


def test_what_was_not_written_has_no_odds() -> None:
    assert likelihood(WRITTEN, one("$3 billion"), one("$4 billion")) is None
    assert likelihood([], one("$14.8 billion"), one("$15 billion")) is None


def test_a_near_value_is_another_account_and_a_far_one_is_not() -> None:
    def account(name: str, text: str, score: float) -> Account:
        e = EvidenceSentence(Article(name, text), 0, len(text), text, "", cosine=0.7, score=score)
        return Account(e, one(text))

    said = "Meta paid $14.8 billion."
    lead = account("a", said, 1.2)
    near = signs(lead, said, account("b", "Meta paid 15 billion dollars.", 1.18), WRITTEN, True)
    far = signs(lead, said, account("c", "Its cloud cost $900 million.", 0.9), WRITTEN, False)
    assert near is not None and far is not None
    assert near["apart"] < 0.1 < far["apart"]
    assert (accepted(near), accepted(far)) == (True, False)
