"""Whether two sentences tell the same but for the value, by their grammar."""

from __future__ import annotations

import pytest
from reading import understood

from index.types import Article
from rag.disagreements.account import Account
from rag.disagreements.alike import compared
from rag.disagreements.replaced import corrects, given_up
from rag.evidence.sentence import EvidenceSentence
from rag.figures import find_figures


def account(text: str, name: str = "a") -> Account:
    e = EvidenceSentence(Article(name, text), 0, len(text), text, "")
    return Account(e, e.figures[0])


PAID = "How much did Orrery pay for Kestrel?"
HELD = "What share of Kestrel does Orrery hold?"
# Whether they tell the same, and how many names that are asked about give way to another.
PAIRS = [
    (PAID, "Orrery paid $3 million for Kestrel.", "Orrery paid $40 million for Kestrel.", True, 0),
    (
        PAID,
        "Orrery paid $3 million for Kestrel.",
        "For Kestrel Orrery has paid $9 million.",
        True,
        0,
    ),
    (
        PAID,
        "Orrery paid $3 million for Kestrel.",
        "Orrery paid $9 million for Tamsel, a rival of Kestrel.",
        False,
        1,
    ),
    (PAID, "Orrery paid $3 million for Kestrel.", "Norvik paid $9 million for Kestrel.", False, 1),
    (HELD, "Orrery holds 27% of Kestrel.", "Tamsel holds 26% of Kestrel.", False, 1),
    (HELD, "Orrery holds 27% of Kestrel.", "The group holds 26% of Kestrel.", False, 0),
    (HELD, "Orrery holds 27% of Kestrel.", "Of Kestrel 31% is held by Orrery.", True, 0),
    (
        "How many users does Vela have?",
        "Vela has 9 million users.",
        "Vela has 2 million users.",
        True,
        0,
    ),
    (
        "How many users does Vela have?",
        "Vela has 9 million users.",
        "Vela has 2 million paying users.",
        False,
        0,
    ),
    ("How many teachers use Vela?", "600 teachers use Vela.", "9,000 pupils use Vela.", False, 0),
    (
        "When was Vela released?",
        "Vela was released on 8 July 2024.",
        "Vela was announced on 2 May 2024.",
        False,
        0,
    ),
    (
        "How much rent does Vela pay?",
        "Vela pays $3 million in rent.",
        "Vela pays $9 million in taxes.",
        False,
        0,
    ),
]


@pytest.mark.parametrize(("question", "one", "other", "alike", "displaced"), PAIRS)
def test_two_sentences_told_alike(
    question: str, one: str, other: str, alike: bool, displaced: int
) -> None:
    intent = understood(question, [], ["Orrery", "Kestrel", "Vela"])
    found = compared(intent, account(one), account(other, "b"))
    assert (found.alike, found.displaced) == (alike, displaced)


@pytest.mark.parametrize(
    ("other", "another"),
    [
        ("Vela was announced on 2 May 2024.", True),
        ("Vela was sold in 2025.", True),
        ("Vela was released on 9 July 2024.", False),
        ("The maker released Vela on 9 July 2024.", False),
    ],
)
def test_the_day_of_something_else_done(other: str, another: bool) -> None:
    intent = understood("When was Vela released?", [], ["Vela"])
    lead = account("Vela was released on 8 July 2024.")
    assert compared(intent, lead, account(other, "b")).another is another


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("It now costs $25, up from $20.", ["$25"], ["$20"]),
        ("The trial was moved from 3 March to 9 May.", ["9 May"], ["3 March"]),
        ("Revenue was $790 million instead of $840 million.", ["$790 million"], ["$840 million"]),
        ("It is 31, not 13.", ["31"], ["13"]),
        ("It sold 12 rather than 20 planes.", ["12"], ["20 planes"]),
        ("It cut its forecast from $3 billion to $2 billion.", ["$2 billion"], ["$3 billion"]),
        ("The rules apply from 2 August 2026.", ["2 August 2026"], []),
        ("It raised $5 million from 3 investors.", ["$5 million", "3 investors"], []),
        ("More than 400 people work there.", ["400 people"], []),
        ("The price rose to 5 euros from 4 euros.", ["5 euros"], ["4 euros"]),
    ],
)
def test_a_value_that_is_given_up(text: str, kept: list[str], gone: list[str]) -> None:
    figures = find_figures(text)
    assert [f.text for f in figures if not given_up(text, f)] == kept
    assert [f.text for f in figures if given_up(text, f)] == gone


def test_a_correction_says_that_the_other_is_wrong() -> None:
    first = account("Lexor used 190,000 books.")
    assert corrects(account("Lexor used 19,000 books, not 190,000.", "b"), first)
    assert corrects(account("Corrected: Lexor used 19,000 books.", "b"), first)
    assert not corrects(account("Lexor used 19,000 books.", "b"), first)
    assert not corrects(account("Lexor now uses 19,000 books, down from 190,000.", "b"), first)
