"""The whole way with a scripted writer and the real encoder: what is said, what is dropped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from deals import ARTICLES, PRICE, SHARE, Open, opened
from knowing import Knowing
from reading import understood
from scripted_writer import ScriptedWriter

from eval.judging.support import invariants
from index.encoder import load_encoder
from index.library import Library
from index.search import Searcher
from index.types import Article
from rag.dateline import Dateline
from rag.disagreements.account import Account
from rag.events import Done, Evidence, Words
from rag.evidence.sentence import EvidenceSentence
from rag.figures import find_figures
from rag.serving.cache import Answers
from rag.strategies.comparison import Comparison, told
from rag.types import Answer, Question, Turn

pytestmark = pytest.mark.model  # the encoder is the real one: abstaining is fitted to it


@pytest.fixture
def dateline(tmp_path: Path) -> Open:
    return opened(tmp_path / "news")


@pytest.fixture
def ask(dateline: Open) -> Callable[..., Answer]:
    def run(question: str, draft: str | None, **fields: object) -> Answer:
        writer = None
        if draft is not None:  # it writes what it is told to, and has no opinion of its own
            writer = ScriptedWriter(
                lambda system, user: draft, lambda s, u, options: dict.fromkeys(options, 0.5)
            )
        answer = dateline(writer).ask(Question.model_validate({"question": question, **fields}))
        found = {a.id: a.text for a in ARTICLES}
        assert invariants(answer, found.get) == []
        return answer

    return run


def test_a_true_sentence_is_said_and_cited_to_both_articles(ask: Callable[..., Answer]) -> None:
    answer = ask(SHARE, "Meta bought 49% of Scale AI.")
    assert (answer.status, answer.short) == ("answered", "49%")
    assert {c.article_id for c in answer.citations} == {"paid", "planned"}
    assert re.fullmatch(r"Meta bought 49% of Scale AI \[1\]\[2\]\.", answer.text)


@pytest.mark.parametrize(
    "lie",
    [
        "Meta bought 51% of Scale AI.",
        "Google bought 49% of Scale AI.",
        "Meta bought 49% of Groq.",
        "Meta bought 49% of Scale AI in 2019.",
    ],
)
def test_a_lie_is_never_said(ask: Callable[..., Answer], lie: str) -> None:
    answer = ask(SHARE, lie)
    assert lie.rstrip(".") not in answer.text
    assert [dropped.text for dropped in answer.dropped] == [lie]


def test_a_reason_that_no_sentence_gives_is_never_said(ask: Callable[..., Answer]) -> None:
    answer = ask("Why did Meta buy 49% of Scale AI?", "Meta bought 49% because Wang is 28.")
    assert "because" not in answer.text


def test_a_comparison_keeps_to_the_filters(ask: Callable[..., Answer]) -> None:
    question = "Do WION and Bitget News give the same share of Scale AI for Meta?"
    answer = ask(question, "x", publisher="WION")
    assert {c.publisher for c in answer.citations} <= {"WION"}


def test_a_comparison_is_not_said_with_what_its_quotes_do_not_hold(tmp_path: Path) -> None:
    account = Account(_evidence("Meta paid 14.8 billion dollars."), find_figures("15 billion")[0])
    reply = told(understood(PRICE), Comparison("A gives 15 billion.", "A", (account, account)))
    assert reply is not None and reply.said == []


def _evidence(text: str) -> EvidenceSentence:
    return EvidenceSentence(Article("x", text), 0, len(text), text, "")


_READ = """
from index.encoder import load_encoder
from pathlib import Path
import sys
from index.library import Library
from index.search import Searcher
from rag.dateline import Dateline
from rag.types import Question
library = Library.open(Path(sys.argv[1]))
dateline = Dateline(library, Searcher(library, load_encoder()), None, "none")
print(dateline.read(Question(question="who leads openai and its board?"))[0])
"""


def test_a_question_is_read_the_same_in_every_process(tmp_path: Path) -> None:
    with Library.open(tmp_path / "news", create=True) as library:
        for name, form in enumerate(("OpenAI", "OpenAi", "OPENAI", "OpenAI")):
            text = f"Sam Altman leads {form}. The board of {form} met."
            library.add(Article(str(name), text), load_encoder())
    seen = {
        subprocess.run(
            [sys.executable, "-c", _READ, str(tmp_path / "news")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True, check=True,
        ).stdout
        for seed in "1234"
    }  # fmt: skip
    assert len(seen) == 1 and "who leads OpenAI" in seen.pop()


def test_two_prices_stand_side_by_side(ask: Callable[..., Answer]) -> None:
    answer = ask(PRICE, "Meta paid nearly 14.8 billion dollars for its stake in Scale AI.")
    rows = [row for group in answer.disagreements for row in group.rows]
    assert [(row.value, row.event_status) for row in rows] == [
        ("14.8 billion dollars", "completed"),
        ("15 billion dollars", "planned"),
    ]
    assert "14.8 billion" in answer.text and "15 billion" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What share of Databricks did Meta buy?",
        "What share of Scale AI did Google buy?",
        "Why did Meta buy 51% of Scale AI?",
        "How many data centres does Scale AI run?",
    ],
)
def test_what_no_article_says_is_not_answered(ask: Callable[..., Answer], question: str) -> None:
    answer = ask(question, "Meta bought 49% of Scale AI.")
    assert answer.status == "unanswerable" and answer.sentences == []
    assert "Nearest" in answer.text


def test_a_false_premise_is_named(ask: Callable[..., Answer]) -> None:
    assert "49%, not 51%" in ask("Why did Meta buy 51% of Scale AI?", "x").text


def test_a_bare_value_becomes_the_sentence_it_stands_in(ask: Callable[..., Answer]) -> None:
    answer = ask("How old is Alexandr Wang?", "28")
    assert answer.sentences[0].text == "Alexandr Wang, aged 28, founded Scale AI."
    assert answer.short == "28"


def test_without_a_model_the_evidence_itself_is_the_answer(ask: Callable[..., Answer]) -> None:
    answer = ask(SHARE, None)
    assert answer.sentences[0].text in [c.quote for c in answer.citations]
    assert answer.short in ("49%", "49 percent")


def test_dates_limit_what_is_known(ask: Callable[..., Answer]) -> None:
    answer = ask(SHARE, "Meta bought 49% of Scale AI.", as_of="2024")
    assert answer.status == "unanswerable"
    assert "1 undated article" in answer.text


def test_who_leads_now_is_not_told_by_an_article_of_the_future(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "news", create=True)
    for name, text, published in (
        ("now", "Acme Robotics is led by Ann Example.", "2025-06-01"),
        ("later", "Acme Robotics is led by Mallory Evil.", "9999-12-31"),
    ):
        article = Article(name, text, "Acme Robotics", None, "Wire", published)
        library.add(article, load_encoder())
    dateline = Dateline(library, Searcher(library, load_encoder()), None, "none")
    answer = dateline.ask(Question(question="Who leads Acme Robotics now?"))
    assert answer.short == "Ann Example"
    assert all(c.published != "9999-12-31" for c in answer.citations)


def test_a_follow_up_knows_what_it_is_about(ask: Callable[..., Answer]) -> None:
    history = [
        Turn(role="user", content=SHARE).model_dump(),
        Turn(role="assistant", content="Meta bought 49% of Scale AI [1].").model_dump(),
    ]
    answer = ask("And who founded it?", "Alexandr Wang founded Scale AI.", history=history)
    assert answer.short == "Alexandr Wang"


def test_evidence_comes_before_words_and_words_before_the_answer(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "news", create=True)
    library.add(ARTICLES[0], load_encoder())
    writer = ScriptedWriter(lambda system, user: "Meta bought 49% of Scale AI.")
    dateline = Dateline(library, Searcher(library, load_encoder()), writer, "scripted")
    events = list(dateline.stream(Question(question=SHARE)))
    assert isinstance(events[0], Evidence) and isinstance(events[-1], Done)
    assert all(isinstance(event, Words) for event in events[1:-1])
    assert events[0].citations[0].quote.startswith("Meta has paid")


def test_what_was_answered_is_not_answered_again(tmp_path: Path) -> None:
    drafts = list[str]()

    def reply(system: str, user: str) -> str:
        drafts.append(user)
        return "Meta bought 49% of Scale AI."

    def halves(system: str, user: str, options: Sequence[str]) -> dict[str, float]:
        return dict.fromkeys(options, 0.5)

    def again() -> Dateline:
        searcher, writer = Searcher(library, load_encoder()), ScriptedWriter(reply, halves)
        return Dateline(library, searcher, writer, "scripted", Answers(tmp_path / "answers"))

    library = Library.open(tmp_path / "news", create=True)
    library.add(ARTICLES[0], load_encoder())
    first = again().ask(Question(question=SHARE, id=1))
    second = again().ask(Question(question=SHARE, id=2))
    assert (first.short, len(drafts)) == ("49%", 2)  # a draft and its short answer
    assert second.id == 2
    same = {"id", "timings"}
    assert second.model_dump(exclude=same) == first.model_dump(exclude=same)
    library.add(ARTICLES[1], load_encoder())
    again().ask(Question(question=SHARE))
    assert len(drafts) == 4


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Did the Bitget News report of Meta's stake in Scale AI agree with what WION wrote of "
         "Nvidia's licence agreement with Groq?", "state"),
        ("Is the Bitget News report of Meta's stake in Scale AI consistent or inconsistent with "
         "what WION wrote of Nvidia's licence agreement with Groq?", "choice"),
    ],
)  # fmt: skip
def test_of_several_articles_the_model_is_read_whole_where_it_chooses_a_word(
    dateline: Open, question: str, asked: str
) -> None:
    writer = Knowing()
    dateline(writer).ask(Question(question=question))
    assert writer.asked == [asked, asked]


@pytest.mark.parametrize(
    ("question", "leads", "stands_beside", "kind"),
    [
        ("What is Anthropic's latest valuation?", "380 billion dollars", "$350 billion", "update"),
        (
            "What is the valuation of Anthropic in that pact?",
            "$350 billion",
            "380 billion dollars",
            "conflict",  # a pact is made once
        ),
    ],
)
def test_asked_for_the_latest_the_newest_account_leads(
    tmp_path: Path, question: str, leads: str, stands_beside: str, kind: str
) -> None:
    texts = {"2025-11-18": "The pact values Anthropic at around $350 billion.",
             "2026-02-12": "The Anthropic round is put at a value of 380 billion dollars."}  # fmt: skip
    encoder = load_encoder()
    with Library.open(tmp_path / "news", create=True) as library:
        for day, text in texts.items():
            library.add(Article(day, text, "The valuation of Anthropic", None, "CNA", day), encoder)
        writer = ScriptedWriter(lambda s, u: "The pact values Anthropic at around $350 billion.")
        answer = Dateline(library, Searcher(library, encoder), writer, "scripted").ask(
            Question(question=question)
        )
    assert answer.short == leads
    assert re.search(rf"Another account gives {re.escape(stands_beside)} ", answer.text)
    (difference,) = answer.disagreements
    assert (difference.kind, difference.rows[0].value) == (kind, leads)


def test_an_empty_library_holds_no_answer(tmp_path: Path) -> None:
    with Library.open(tmp_path / "news", create=True) as library:
        dateline = Dateline(library, Searcher(library, load_encoder()), None, "none")
        assert dateline.ask(Question(question=SHARE)).status == "unanswerable"
