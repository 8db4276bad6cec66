"""The usual way of answering: which sentences are read, in what order, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from scripted_writer import ScriptedWriter

from index.encoder import load_encoder
from index.library import Library
from index.search import Searcher
from index.types import Article
from rag.dateline import Dateline
from rag.evidence.prompt import chosen
from rag.question.intent import understand
from rag.strategies import single
from rag.strategies.case import Reply
from rag.strategies.draft import repeats
from rag.strategies.single import readings
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
    assert repeats(understand(question, (), ("Norvale", "Tessel")), draft) is expected


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
    assert not any("2.1 billion" in user for user in asked[:-1])
