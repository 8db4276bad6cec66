"""The usual way of answering: which sentences are read, in what order, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from reading import understood
from scripted_writer import ScriptedWriter

from index.encoder import load_encoder
from index.library import Library
from index.search import Searcher
from index.types import Article
from rag.dateline import Dateline
from rag.evidence.prompt import chosen
from rag.evidence.sentence import EvidenceSentence
from rag.strategies import single
from rag.strategies.case import Reply
from rag.strategies.draft import repeats
from rag.strategies.short import short_of
from rag.strategies.single import readings, told
from rag.types import Question


@pytest.mark.parametrize(
    ("question", "draft", "expected"),
    [
        ("What makes cranberries float?", "Cranberries float.", True),
        ("Who criticised the plan of Norvale?", "Norvale was criticised for the plan.", True),
        ("When did Norvale sell Tessel?", "Norvale sold Tessel in 2021.", False),
        ("How did Norvale pay for it?", "Norvale paid in shares.", False),
        ("Are 40 people at Norvale?", "40 people are at Norvale.", True),
    ],
)
def test_a_draft_that_only_repeats_the_question(question: str, draft: str, expected: bool) -> None:
    assert repeats(understood(question, (), ("Norvale", "Tessel")), draft) is expected


def evidence(text: str, lead_in: str = "") -> EvidenceSentence:
    """A sentence of an article, with the one before it that it leans on."""
    whole = f"{lead_in} {text}" if lead_in else text
    start = len(whole) - len(text)
    article = Article("a", whole, "Norvale", None, "Daily Wire", "2024-03-05")
    lead = evidence_of(article, start)
    return lead if not lead_in else replace(lead, start=0, text=whole, core=start)


def evidence_of(article: Article, start: int) -> EvidenceSentence:
    return EvidenceSentence(article, start, len(article.text), article.text[start:], "")


@pytest.mark.parametrize(
    ("question", "text", "draft", "short", "said", "answer"),
    [
        (
            "How much did Norvale pay for Quanta?",
            "Norvale paid 2,100 million dollars for Quanta, which made 90 million in 2019.",
            "Norvale paid $2.1 billion for Quanta.", "$2.1 billion",
            "Norvale paid $2.1 billion for Quanta.", "$2.1 billion",
        ),
        (  # a unit that no table has
            "How far did the Norvale probe get?",
            "The Norvale probe got 435 miles (700 kilometers) from the pole before it fell silent.",
            "The Norvale probe got 435 miles (700 kilometers) from the pole.",
            "435 miles (700 kilometers)",
            "The Norvale probe got 435 miles (700 kilometers) from the pole.",
            "435 miles (700 kilometers)",
        ),
        (
            "Which towns does the line of Norvale stop at?",
            "The line of Norvale stops at Ghent, Lille and Aachen.",
            "The line of Norvale stops at Ghent, Lille and Aachen.", "Ghent, Lille and Aachen",
            "The line of Norvale stops at Ghent, Lille and Aachen.", "Ghent, Lille and Aachen",
        ),
        (  # the model finds no answer in what it wrote
            "Which journal told of the works of Norvale in Hull?",
            "A team of Norvale told on Friday of its works in Hull.",
            "A team of Norvale told of its works in Hull.", "", None, None,
        ),
        (  # what it copies is not in the quote: nothing is said
            "How much did Norvale pay for Quanta?",
            "Norvale paid 2.1 billion dollars for Quanta.",
            "Norvale paid 3 billion dollars for Quanta.", "3 billion dollars", None, None,
        ),
        (  # the year is the question's
            "On what day of 2023 did Norvale close its works?",
            "Norvale closed its works on November 1st, and nobody was kept.",
            "Norvale closed its works on November 1st, 2023.", "November 1st, 2023",
            "Norvale closed its works on November 1st.", "November 1st",
        ),
    ],
)  # fmt: skip
def test_what_is_said_for_a_draft_and_its_short_answer(
    question: str, text: str, draft: str, short: str, said: str | None, answer: str | None
) -> None:
    intent = understood(question, (), ("Norvale", "Quanta"))
    reply = told(intent, [evidence(text)], draft, short)
    assert [(s.verdict.text, s.short) for s in reply.said] == ([(said, answer)] if said else [])


@pytest.mark.parametrize(
    ("question", "text", "lead_in", "draft", "said"),
    [
        (
            "What made Norvale sell Quanta?", "The trip prompted it to sell Quanta.",
            "The head of Norvale saw Quanta in May.", "The trip prompted Norvale to sell Quanta.",
            "The head of Norvale saw Quanta in May. The trip prompted it to sell Quanta.",
        ),
        (
            "Why is Norvale closing the works in Hull?",
            "Norvale is closing the works in Hull because its orders fell by a third.", "",
            "Norvale is closing the works in Hull.",
            "Norvale is closing the works in Hull because its orders fell by a third.",
        ),
    ],
)  # fmt: skip
def test_a_reason_is_told_in_the_words_of_the_article(
    question: str, text: str, lead_in: str, draft: str, said: str
) -> None:
    intent = replace(understood(question, (), ("Norvale", "Quanta")), explains=True)
    reply = told(intent, [evidence(text, lead_in)], draft, "")
    assert [s.verdict.text for s in reply.said] == [said]


def test_a_reason_is_told_as_far_as_its_draft_goes() -> None:
    reason = "Norvale is closing the works in Hull. Its orders for radar parts fell by a third."
    beside = " The works opened in 1971. A museum may move in."
    intent = replace(understood("Why is Norvale closing the works in Hull?"), explains=True)
    draft = "Norvale is closing the works in Hull because orders for radar parts fell."
    reply = told(intent, [evidence(reason + beside)], draft, "")
    assert [s.verdict.text for s in reply.said] == [reason]


def test_no_reason_is_told_of_what_did_not_happen() -> None:
    intent = replace(understood("Why did Norvale sell Quanta?"), explains=True)
    draft = "Norvale sold Quanta because it needed money."
    pool = [evidence("Norvale bought Quanta in May. It had put money aside.")]
    reply = told(intent, pool, draft, "", lambda text, cited: "the cited sentences do not say this")
    assert [d.text for d in reply.dropped] == [draft]
    assert not reply.said


@pytest.mark.parametrize(
    ("copied", "expected"),
    [
        (" Lena Orr\n", "Lena Orr"), (" none", ""), (" None.", ""), ("", None),
        (" Lena Orr has led Brightpan since 2019.", None), (" " + "word " * 30, None),
    ],
)  # fmt: skip
def test_the_answer_alone_is_copied_by_the_model(copied: str, expected: str | None) -> None:
    writer = ScriptedWriter(lambda system, user: copied)
    sentence = "Lena Orr has led Brightpan since 2019."
    assert short_of(writer, "Who leads Brightpan?", sentence) == expected


LEDGER = Article(
    "ledger",
    "Norvale has its seat in Leeds and makes radar parts. Norvale was founded by Lena Orr in 1990. "
    "Norvale employs 400 people in Leeds and Hull. Norvale sold its works in Hull to Tessel. "
    "Norvale paid 2.1 billion dollars for Quanta. Norvale has no debts.",
    "Norvale", None, "Daily Wire", "2024-03-05",
)  # fmt: skip


@pytest.mark.model
def test_the_next_sentences_are_read_where_the_first_do_not_answer(tmp_path: Path) -> None:
    asked = []

    def reply(system: str, user: str) -> str:
        asked.append(user)
        return " Norvale paid 2.1 billion dollars for Quanta." if "2.1 billion" in user else " ?"

    def choice(system: str, user: str, options: Sequence[str]) -> Mapping[str, float]:
        return dict(
            zip(options, (0.99, 0.01) if "2.1 billion" in user else (0.01, 0.99), strict=True)
        )

    library, encoder = Library.open(tmp_path / "news", create=True), load_encoder()
    library.add(LEDGER, encoder)
    writer = ScriptedWriter(reply, choice)
    dateline = Dateline(library, Searcher(library, encoder), writer, "scripted")
    case = dateline.case(Question(question="How much did Norvale pay for Quanta?"))
    last = [e for e in case.pool if "Quanta" not in e.text] + [
        e for e in case.pool if "Quanta" in e.text
    ]
    case = replace(case, pool=[replace(e, chance=0.2) for e in last])
    first, second = [chosen(pool) for pool, _ in readings(case, hopeful=True)]
    assert not any("Quanta" in e.text for e in first) and any("Quanta" in e.text for e in second)
    steps = list(single.reply(case, writer, lambda: False))
    said = steps[-1]
    assert isinstance(said, Reply)
    assert [s.verdict.text for s in said.said] == ["Norvale paid 2.1 billion dollars for Quanta."]
    assert said.shown == len(first) + len(second)
    drafts = asked[:-1]  # the last one is asked for the short answer
    assert not any("2.1 billion" in user for user in drafts[:-1])
