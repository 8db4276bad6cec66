"""Stories, lists and notices from a small library, with the real encoder and no language model."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.judging.support import invariants
from index.encoder import load_encoder
from index.library import Library
from index.search import Searcher
from index.types import Article
from rag.dateline import Dateline
from rag.types import Answer, Question

pytestmark = pytest.mark.model  # the encoder is the real one

NEWS = [
    Article(
        "bid",
        "Norvale offered 2.1 billion dollars for the chip maker Tessel on Monday. Tessel's board "
        "said that it would look at the offer. Shares in Tessel rose by 20 percent.",
        "Norvale bids for Tessel", None, "Daily Wire", "2024-03-05",
    ),
    Article(
        "refusal",
        "Tessel turned the offer of Norvale down on Thursday because it wants to stay independent. "
        "Norvale said that it was disappointed.",
        "Tessel refuses Norvale", None, "Harbor Post", "2024-03-15",
    ),
    Article(
        "deal",
        "Tessel and Norvale agreed on a merger worth 2.6 billion dollars on Wednesday. Lena Orr will "
        "lead the new company. Regulators have yet to approve the merger.",
        "Norvale and Tessel agree", None, "Daily Wire", "2024-04-11",
    ),
    Article(
        "rain",
        "It rained in Leeds for three weeks, and the river Aire left its banks twice in April.",
        "Rain in Leeds", None, "Harbor Post", "2024-04-12",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Answer]:
    folder: Path = tmp_path_factory.mktemp("news") / "library"
    library, encoder = Library.open(folder, create=True), load_encoder()
    for article in NEWS:
        library.add(article, encoder)
    dateline = Dateline(library, Searcher(library, encoder), None, "none")
    stored = {article.id: article.text for article in NEWS}

    def run(question: str) -> Answer:
        answer = dateline.ask(Question(question=question))
        if answer.form != "notice":
            assert invariants(answer, stored.get) == []
        return answer

    return run


def test_a_timeline_goes_by_the_days_of_what_happened(ask: Callable[[str], Answer]) -> None:
    answer = ask("Give me a timeline of the Norvale and Tessel takeover")
    assert answer.form == "timeline"
    days = [sentence.day for sentence in answer.sentences]
    assert days == sorted(days) and {"2024-03-04", "2024-03-14", "2024-04-10"} <= set(days)
    assert answer.text.startswith("- **2024-03-04** Norvale offered 2.1 billion dollars")
    assert "rained" not in answer.text


def test_news_begins_with_the_newest(ask: Callable[[str], Answer]) -> None:
    answer = ask("What's new with Tessel?")
    assert answer.form == "news"
    days = [sentence.day for sentence in answer.sentences]
    assert days == sorted(days, reverse=True) and days[0] == "2024-04-11"
    assert "2.6 billion" in answer.text


def test_a_summary_cites_every_sentence(ask: Callable[[str], Answer]) -> None:
    answer = ask("Please summarise the Norvale and Tessel story")
    assert answer.form == "summary" and len(answer.sentences) >= 3
    assert all(sentence.citations for sentence in answer.sentences)
    assert len(re.findall(r"\[\d+\]", answer.text)) >= 3


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many articles do you have?", "4 articles published from 2024-03-05 to 2024-04-12"),
        ("Which newspapers are in your archive?", "Daily Wire (2), Harbor Post (2)"),
        ("hello!", "Hello. I am Dateline, a program"),
        ("are you human?", "a program and no person"),
        (
            "what is the newest article that you have?",
            "The newest: Harbor Post, 2024-04-12, Rain in Leeds.",
        ),
        ("thank you very much", "You're welcome"),
        ("what can you do?", "I answer questions about the news in this library (4 articles"),
        ("Should I buy shares in Tessel?", "I only report what articles say"),
        ("Wer hat Tessel gekauft und wann?", "in English"),
    ],
)
def test_a_notice_has_no_sentences(
    ask: Callable[[str], Answer], question: str, expected: str
) -> None:
    answer = ask(question)
    assert (answer.form, answer.status) == ("notice", "answered")
    assert expected in answer.text
    assert (answer.sentences, answer.citations) == ([], [])


def test_each_side_of_a_comparison_has_all_that_its_name_means(tmp_path: Path) -> None:
    library, encoder = Library.open(tmp_path / "library", create=True), load_encoder()
    for article in NEWS:
        library.add(article, encoder)
    via = "Tessel's workers fear that the merger with Norvale will cost a thousand of their jobs."
    library.add(Article("via", via, "Fear", None, "Daily Wire via Sea News", "2024-04-12"), encoder)
    dateline = Dateline(library, Searcher(library, encoder), None, "none")
    question = "Compare how Daily Wire and Harbor Post reported on Tessel and Norvale"
    answer = dateline.ask(Question(question=question))
    assert answer.form == "comparison"
    of = {citation.id: citation.publisher for citation in answer.citations}
    told = {(s.side, of[n]) for s in answer.sentences for n in s.citations}
    assert told == {
        ("Daily Wire", "Daily Wire"),
        ("Daily Wire", "Daily Wire via Sea News"),
        ("Harbor Post", "Harbor Post"),
    }


def test_a_list_has_the_sentences_that_answer_each_once(tmp_path: Path) -> None:
    library, encoder = Library.open(tmp_path / "library", create=True), load_encoder()
    works = (
        "The town council met on Tuesday. In June Harrow will rebuild its old pier. In July Harrow "
        "will put a new roof on the ferry hall. In August Harrow will plant 40 trees along the quay."
    )
    again = (
        "Harrow will put a new roof on its ferry hall in July, the mayor said. She was cheerful."
    )
    for article in [
        *NEWS,
        Article("works", works, "Works in Harrow", None, "Daily Wire", "2024-05-02"),
        Article("again", again, "A roof for Harrow", None, "Harbor Post", "2024-05-03"),
    ]:
        library.add(article, encoder)
    dateline = Dateline(library, Searcher(library, encoder), None, "none")
    answer = dateline.ask(Question(question="List the works that Harrow plans for the summer"))
    assert answer.form == "list"
    assert {"pier", "roof", "trees"} <= set(re.findall(r"\w+", answer.text))
    assert answer.text.count("roof") == 1
