"""Messages about the last answer, with the real encoder and no language model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from scripted_writer import ScriptedWriter

from eval.judging.support import invariants
from index.encoder import load_encoder
from index.library import Library
from index.search import Searcher
from index.types import Article
from rag.dateline import Dateline
from rag.serving.cache import Answers
from rag.strategies.open.last_answer import resolved
from rag.types import Answer, Question, Turn

pytestmark = pytest.mark.model  # the encoder is the real one

NEWS = [
    Article(
        "wire",
        "Norvale paid 2.1 billion dollars for the chip maker Tessel. Lena Orr, who founded Tessel, "
        "will stay. The two had talked for a year.",
        "Norvale buys Tessel", None, "Daily Wire", "2024-03-05",
    ),
    Article(
        "post",
        "Norvale bought Tessel for 2.3 billion dollars, people close to the talks say.",
        "Tessel sold", None, "Harbor Post", "2024-03-06",
    ),
]  # fmt: skip
PRICE = "How much did Norvale pay for Tessel?"


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Searcher]:
    folder: Path = tmp_path_factory.mktemp("news") / "library"
    library, encoder = Library.open(folder, create=True), load_encoder()
    for article in NEWS:
        library.add(article, encoder)
    return library, Searcher(library, encoder)


@pytest.fixture(scope="module")
def talk(searched: tuple[Library, Searcher]) -> Callable[..., Answer]:
    dateline = Dateline(*searched, None, "none")
    stored = {article.id: article.text for article in NEWS}

    def run(*messages: str) -> Answer:
        history: list[Turn] = []
        for message in messages:
            answer = dateline.ask(Question(question=message, history=list(history)))
            if answer.form != "notice":
                assert invariants(answer, stored.get) == []
            history.append(Turn(role="user", content=message))
            history.append(Turn(role="assistant", content=answer.text))
        return answer

    return run


@pytest.mark.parametrize(
    "message",
    ["who said that?", "show me the quote", "source?", "What are the exact words?", "says who",
     "which outlet reported that", "where did you read this", "can you cite that",
     "what does the article say exactly?", "let me see the original sentence"],
)  # fmt: skip
def test_the_last_answer_is_told_in_its_words(talk: Callable[..., Answer], message: str) -> None:
    told = talk(PRICE, message).text
    assert 'Harbor Post, 2024-03-06: "Norvale bought Tessel for 2.3 billion dollars' in told


def test_what_more_told_is_quoted_after_it(talk: Callable[..., Answer]) -> None:
    told = talk(PRICE, "more", "who said that?").text
    assert 'Daily Wire, 2024-03-05: "' in told and "Lena Orr" in told
    assert "Norvale bought Tessel for 2.3" not in told


def test_the_answer_that_was_given_is_quoted(
    searched: tuple[Library, Searcher], tmp_path: Path
) -> None:
    asked: list[str] = []

    def write(system: str, user: str) -> str:
        asked.append(user)
        return "Norvale paid 2.1 billion dollars for Tessel."

    dateline = Dateline(*searched, ScriptedWriter(write), "scripted", Answers(tmp_path / "answers"))
    given = dateline.ask(Question(question=PRICE))
    times = len(asked)
    history = [Turn(role="user", content=PRICE), Turn(role="assistant", content=given.text)]
    answer = dateline.ask(Question(question="who said that?", history=history))
    assert len(asked) == times > 0  # nothing was written for it
    assert answer.citations == given.citations
    assert answer.sentences[0].text == (
        'Daily Wire, 2024-03-05: "Norvale paid 2.1 billion dollars for the chip maker Tessel."'
    )


@pytest.mark.parametrize("message", ["thanks", "great, that helps", "ok thank you!", "cheers"])
def test_thanks_ask_nothing(talk: Callable[..., Answer], message: str) -> None:
    answer = talk(PRICE, message)
    assert answer.form == "notice" and "welcome" in answer.text


@pytest.mark.parametrize("message", ["more", "tell me more", "anything else?", "go on"])
def test_more_tells_what_was_not_told(talk: Callable[..., Answer], message: str) -> None:
    answer = talk(PRICE, message)
    assert "Lena Orr" in answer.text
    assert "Norvale bought Tessel for 2.3" not in answer.text


@pytest.mark.parametrize(
    "message",
    ["only Harbor Post", "and what does Harbor Post say?", "and according to Harbor Post?",
     "How does Harbor Post put it?", "what is Harbor Post's version?", "just Harbor Post, please",
     "What did Harbor Post write about that?", "and Harbor Post, what does it report?",
     "can you tell me what Harbor Post claimed?", "is that what Harbor Post says too?",
     "how is it told in Harbor Post?"],
)  # fmt: skip
def test_one_publisher_is_asked_the_same(talk: Callable[..., Answer], message: str) -> None:
    answer = talk(PRICE, message)
    assert "2.3 billion" in answer.text
    assert {citation.publisher for citation in answer.citations} == {"Harbor Post"}


@pytest.mark.parametrize(
    "message",
    ["who owns Harbor Post?", "what did Harbor Post earn?", "how old is Harbor Post?",
     "who founded Harbor Post?"],
)  # fmt: skip
def test_a_question_about_a_publisher_is_asked_itself(
    searched: tuple[Library, Searcher], message: str
) -> None:
    history = [Turn(role="user", content=PRICE), Turn(role="assistant", content="2.1 billion.")]
    asked, more = resolved(
        Question(question=message, history=history),
        searched[0].publishers(),
        searched[1].encode,
    )
    assert (asked.question, asked.publisher, more) == (message, None, False)


def test_what_was_told_is_not_told_again(talk: Callable[..., Answer]) -> None:
    assert talk(PRICE, "more", "more").text == "The articles tell no more of it."


def test_messages_about_an_answer_are_no_topic(talk: Callable[..., Answer]) -> None:
    told = talk(PRICE, "thanks", "who said that?", "and who founded Tessel?")
    assert "Lena Orr" in told.text
    narrowed = talk(PRICE, "only Harbor Post", "and what does Daily Wire say?", "show me the quote")
    assert {citation.publisher for citation in narrowed.citations} == {"Daily Wire"}


def test_nothing_was_asked_before(talk: Callable[..., Answer]) -> None:
    assert talk("who said that?").form in ("notice", "fact")
    assert talk("hello", "thanks", "show me the quote").form == "notice"
