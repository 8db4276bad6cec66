"""How a value went from one time to another: each value of its own time, or no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reading import understood

from index.types import Article
from rag.evidence.sentence import EvidenceSentence
from rag.strategies.comparison import told
from rag.strategies.over_time import developed

POOL = [
    ("2026-02-27", "More than 900 million people use Norvik every week, against 800 million in"
     " October 2025."),
    ("2026-02-27", "Consumers who pay for Norvik number more than 50 million."),
    (None, "Norvik's weekly users came to 250 million in October 2024."),
    ("2025-04-01", "Norvik raised $40 billion on March 31, 2025 and is valued at $300 billion."),
    ("2024-10-03", "Norvik completed a round of $6.6 billion and is valued at $157 billion."),
    (None, "Norvik had been valued at $86 billion early in 2024."),
]  # fmt: skip


def pool() -> list[EvidenceSentence]:
    """The sentences, the first the best."""
    return [
        EvidenceSentence(
            Article(f"a{i}", text, None, None, None, day), 0, len(text), text, "",
            cosine=0.8 - i / 100, coverage=0.6,
        )
        for i, (day, text) in enumerate(POOL)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How did Norvik's weekly audience develop between October 2024 and February 2026?",
         "From 250 million to 900 million people."),
        ("How did Norvik's user count change from October 2024 to October 2025?",
         "From 250 million to 800 million."),
        ("How did Norvik's valuation move from October 2024 to March 2025?",
         "From $157 billion to $300 billion."),
        ("How did Norvik's valuation change between May 2023 and March 2025?", None),
        ("How many people used Norvik in October 2024 and February 2026?", None),
        ("Did Norvik's audience grow from October 2024 to February 2026?", None),
        ("What user count did Norvik's developers name in October 2024 and October 2025?", None),
        ("How did the mood at Norvik change from October 2024 to February 2026?", None),
    ],
)  # fmt: skip
def test_each_value_is_of_its_own_time(question: str, said: str | None) -> None:
    found = developed(understood(question, (), ("Norvik",)), pool())
    assert (found and found.text) == said


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (
            "from October to February 2026",
            "From 800 million (October) to 900 million people (February 2026).",
        ),
        (
            "from October 2025 to February",
            "From 800 million (October 2025) to 900 million people (February).",
        ),
        ("from October to December 2024", None),
    ],
)
def test_a_date_without_a_year_takes_that_of_the_other(times: str, said: str | None) -> None:
    asked = understood(f"How did Norvik's user count grow {times}?", (), ("Norvik",))
    found = developed(asked, pool())
    assert (found and found.text) == said


def test_two_times_are_no_disagreement() -> None:
    question = "How did Norvik's user count change from October 2024 to October 2025?"
    intent = understood(question, (), ("Norvik",))
    found = developed(intent, pool())
    assert found is not None
    reply = told(intent, found)
    assert reply is not None and [s.short for s in reply.said] == ["250 million to 800 million"]
    assert (len(reply.said[0].cited), reply.differences) == (2, [])
    reply = told(intent, replace(found, over_time=False))
    assert reply is not None and len(reply.differences) == 1
