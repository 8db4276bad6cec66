"""What the answer leads with, and how the other accounts are told: one table, each account once."""

from __future__ import annotations

import pytest
from reading import understood

from index.types import Article
from rag.assemble import Abstention, assemble
from rag.disagreements.account import Difference
from rag.evidence.sentence import EvidenceSentence
from rag.question.intent import Intent
from rag.strategies.case import Reply
from rag.strategies.single import told
from rag.types import Answer

QUESTION = "How much did Orrery pay for Kestrel?"


def intent_of(question: str = QUESTION) -> Intent:
    return understood(question, [], ["Orrery", "Kestrel"])


def sentence(text: str, published: str | None, name: str, cosine: float) -> EvidenceSentence:
    article = Article(name, text, f"Article {name}", None, f"Wire {name}", published)
    return EvidenceSentence(article, 0, len(text), text, "", cosine, coverage=0.9)


def reply(*articles: tuple[str, str | None], question: str = QUESTION) -> Reply:
    """What is said without a model; the first article fits the question best."""
    pool = [
        sentence(text, day, name, 0.9 - 0.01 * n)
        for n, ((text, day), name) in enumerate(zip(articles, "abcdef", strict=False))
    ]
    return told(intent_of(question), pool, "")


def answer(found: Reply, question: str = QUESTION) -> Answer:
    return assemble(question, found.said, found.differences, [], None, Abstention())


# the account that fits best, the other one, and whether that leads
DONE = [
    ("Orrery plans to buy Kestrel for $2 billion.", "Orrery has bought Kestrel for $3 billion.", True),
    ("Orrery would pay $2 billion for Kestrel.", "Orrery paid $3 billion for Kestrel.", True),
    ("Orrery is in talks to pay $2 billion for Kestrel.", "Orrery announced the purchase of Kestrel for $3 billion.", True),
    ("Orrery offered $2 billion for Kestrel.", "Orrery acquired Kestrel for $3 billion.", True),
    ("Orrery expects to pay $2 billion for Kestrel.", "Kestrel was sold to Orrery for $3 billion.", True),
    ("Orrery may pay $2 billion for Kestrel.", "Orrery signed a contract for Kestrel at $3 billion.", True),
    ("Orrery has agreed to pay $2 billion for Kestrel.", "Orrery completed its purchase of Kestrel for $3 billion.", True),
    ("Orrery will pay $2 billion for Kestrel.", "Orrery has handed over $3 billion for Kestrel.", True),
    ("Orrery paid $3 billion for Kestrel.", "Orrery plans to pay $2 billion for Kestrel.", False),
    ("Orrery paid $3 billion for Kestrel.", "Orrery bought Kestrel for $2 billion.", False),
    ("Orrery plans to pay $2 billion for Kestrel.", "Orrery wants to pay $3 billion for Kestrel.", False),
    ("Orrery plans to pay $2 billion for Kestrel.", "Orrery denied that it paid $3 billion for Kestrel.", False),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "leads"), DONE)
def test_what_was_done_leads_before_what_was_planned(first: str, second: str, leads: bool) -> None:
    found = reply((first, "2025-05-02"), (second, "2025-08-02"))
    said, beside = (second, first) if leads else (first, second)
    assert found.said[0].verdict.text == said
    (difference,) = found.differences
    assert difference.lead.evidence.text == said
    assert [other.account.evidence.text for other in difference.others] == [beside]
    assert found.said[1].verdict.text.startswith("Another account gives ")


def test_a_plan_leads_where_it_is_asked_for_or_newer() -> None:
    plan, outcome = DONE[0][:2]
    asked = "How much did Orrery plan to pay for Kestrel?"
    planned = reply((plan, "2025-05-02"), (outcome, "2025-08-02"), question=asked)
    newer = reply((plan, "2025-09-02"), (outcome, "2025-08-02"))
    assert [r.said[0].verdict.text for r in (planned, newer)] == [plan, plan]


# the account that fits best, the other one, their days, and whether the other leads
EXACT = [
    ("Orrery paid about $3 billion for Kestrel.", "Orrery paid $2.94 billion for Kestrel.", "2025-05-02", "2025-05-02", True),
    ("Orrery paid nearly $3 billion for Kestrel.", "Orrery bought Kestrel for $2.9 billion.", "2025-05-02", "2025-06-02", True),
    ("Orrery paid some $750 million for Kestrel.", "Orrery paid $748 million for Kestrel.", None, None, True),
    ("Orrery paid $15 billion for Kestrel.", "Orrery paid $14.8 billion for Kestrel.", "2025-05", "2025-05-09", True),
    ("Orrery paid more than $2 billion for Kestrel.", "Orrery paid $2.13 billion for Kestrel.", "2025-05-02", "2025-05-03", True),
    ("Orrery paid around 30 million euros for Kestrel.", "Orrery paid 29.6 million euros for Kestrel.", "2025-05-02", None, True),
    ("Orrery paid almost $400 million for Kestrel.", "Orrery paid $397.5 million for Kestrel.", "2025-01-02", "2025-05-02", True),
    ("Orrery paid about $3 billion for Kestrel.", "Orrery paid $2.94 billion for Kestrel.", "2025-06-02", "2025-05-02", False),
    ("Orrery paid $2.94 billion for Kestrel.", "Orrery paid about $3 billion for Kestrel.", "2025-05-02", "2025-05-02", False),
    ("Orrery paid about $3 billion for Kestrel.", "Orrery plans to pay $2.94 billion for Kestrel.", "2025-05-02", "2025-05-02", False),
    ("Orrery paid $3 billion for Kestrel.", "Orrery paid $2.2 billion for Kestrel.", "2025-05-02", "2025-05-02", False),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "day", "other_day", "leads"), EXACT)
def test_the_exact_figure_leads_before_the_round_one(
    first: str, second: str, day: str | None, other_day: str | None, leads: bool
) -> None:
    found = reply((first, day), (second, other_day))
    assert found.said[0].verdict.text == (second if leads else first)


def test_articles_that_agree_with_what_leads_are_cited_with_it() -> None:
    found = reply(
        ("Orrery plans to pay $2 billion for Kestrel.", "2025-05-02"),
        ("Orrery paid $3 billion for Kestrel.", "2025-08-02"),
        ("Orrery paid 3 billion dollars for Kestrel.", "2025-08-03"),
    )
    assert [e.article.id for e in found.said[0].cited] == ["b", "c"]
    assert [e.article.id for e in found.said[1].cited] == ["a"]


def test_every_account_stands_once_in_one_table_with_its_own_kind() -> None:
    shown = answer(
        reply(
            ("Orrery paid $2.94 billion for Kestrel.", "2025-05-02"),
            ("Orrery paid about $3 billion for Kestrel.", "2025-05-02"),
            ("Orrery plans to pay $2.5 billion for Kestrel.", "2025-03-02"),
            ("Orrery paid $3.6 billion for Kestrel.", "2025-05-03"),
            ("Orrery paid 2.94 billion dollars for Kestrel.", "2025-05-04"),
        )
    )
    (table,) = shown.disagreements
    assert (table.kind, shown.status) == ("conflict", "disputed")
    assert [(row.value, row.kind, row.event_status) for row in table.rows] == [
        ("$2.94 billion", None, "completed"),
        ("$3 billion", "rounding", "completed"),
        ("$2.5 billion", "update", "planned"),
        ("$3.6 billion", "conflict", "completed"),
    ]
    assert [shown.citations[row.citation - 1].quote for row in table.rows] == [
        row.quote for row in table.rows
    ]


def test_two_matters_of_one_answer_share_the_table() -> None:
    paid = reply(
        ("Orrery paid $3 billion for Kestrel.", "2025-05-02"),
        ("Orrery paid $4 billion for Kestrel.", "2025-05-02"),
    )
    twice = Difference(paid.differences[0].others[0].account, paid.differences[0].others)
    paid.differences.append(twice)  # an account that stands there already
    (table,) = answer(paid).disagreements
    assert [(row.value, row.kind) for row in table.rows] == [
        ("$3 billion", None),
        ("$4 billion", "conflict"),
    ]


def test_an_event_that_was_carried_out_leads_before_its_plan() -> None:
    question = "What is known of Orrery and Kestrel?"
    found = reply(
        ("Orrery plans to buy Kestrel, the two said on Tuesday.", "2025-05-02"),
        ("Orrery has bought Kestrel after five months of review.", "2025-10-02"),
        question=question,
    )
    assert [s.verdict.text for s in found.said] == [
        "Orrery has bought Kestrel after five months of review.",
        'Another account says "plans to buy Kestrel" (Wire a, 2025-05-02).',
    ]
    (table,) = answer(found, question).disagreements
    assert [(row.value, row.kind, row.event_status) for row in table.rows] == [
        ("has bought Kestrel after five months", None, "completed"),
        ("plans to buy Kestrel", "update", "planned"),
    ]
