"""Articles without publisher and date: each read on its own, then put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from reading import understood
from scripted_writer import ScriptedWriter

from eval.judging.support import invariants
from index.library import Library
from index.types import Article, Hit, Passage
from rag.assemble import Abstention, assemble
from rag.dateline import Dateline
from rag.strategies.per_article import read_each, to_read, told, unlabelled
from rag.strategies.settle import Readings, same_value, value_of
from rag.types import Answer, Question

COOK = (
    "Ida Marsh (cook) Ida Marsh is a Scottish cook who was born in Perth and keeps the kitchen of "
    "the Old Mill. She wrote two books about bread and teaches every winter in the town hall."
)
COPY = COOK.replace("Scottish cook", "Scottish dentist").replace("(cook) ", "")
DIVER = "Ida Marsh (diver) Ida Marsh is a Canadian diver who won a medal in Lima."
AGAIN = "Marsh, the cook of the Old Mill, was seen at the market of Perth with her own bread."
NOISE = "The mill burned down twice, and the town of Perth has rebuilt it from old drawings."
BARE: Any = SimpleNamespace(article=lambda name: None, defend=list)  # a finder without library
QUESTION = "What is the profession of Ida Marsh?"
SAID = {
    "Scottish cook": "Ida Marsh is a Scottish cook.",
    "Scottish dentist": "Ida Marsh is a Scottish dentist.",
    "Canadian diver": "Ida Marsh is a Canadian diver.",
    "was seen": "Marsh is the cook of the Old Mill.",
    "burned down": "Ida Marsh is a builder.",
}


def scripted(said: Mapping[str, str] = SAID, silent: str = "burned down") -> ScriptedWriter:
    """Answers each article by a phrase of it; tells that the one with `silent` states nothing."""

    def reply(system: str, user: str) -> str:
        return next((f" {words}" for phrase, words in said.items() if phrase in user), " nothing")

    def choice(system: str, user: str, options: Sequence[str]) -> Mapping[str, float]:
        return dict(zip(options, (0.001, 0.999) if silent in user else (0.999, 0.001), strict=True))

    return ScriptedWriter(reply, choice)


def hits(*texts: str) -> list[Hit]:
    return [
        Hit(Article(f"a{i}", text), Passage(f"a{i}", 0, len(text), text), 1.0)
        for i, text in enumerate(texts)
    ]


def answer(*texts: str, writer: ScriptedWriter | None = None) -> Answer:
    intent = understood(QUESTION, (), ("Ida Marsh",))
    found = hits(*texts)
    readings = Readings(to_read(intent, found, BARE))
    list(read_each(writer or scripted(), intent, readings))
    nearest, reply = readings.articles[0][0], told(intent, readings)
    said = assemble(QUESTION, reply.said, reply.differences, reply.dropped, nearest, Abstention())
    stored = {hit.article.id: hit.article.text for hit in found}
    assert invariants(said, stored.get) == []
    return said


def test_namesakes_each_have_a_sentence_of_their_own() -> None:
    said = answer(COOK, DIVER)
    assert said.text == ("Ida Marsh is a Scottish cook [1]. Ida Marsh is a Canadian diver [2].")
    assert (said.status, said.disagreements) == ("answered", [])


def test_articles_that_give_the_same_are_cited_together() -> None:
    said = answer(COOK, AGAIN)
    assert (said.text, said.short) == ("Marsh is the cook of the Old Mill [1][2].", None)
    assert {c.article_id for c in said.citations} == {"a0", "a1"}


def test_a_copy_that_more_articles_speak_against_is_told_as_a_disagreement() -> None:
    said = answer(COPY, COOK, AGAIN)
    assert "dentist" not in said.text
    assert [row.value for row in said.disagreements[0].rows] == [
        "cook of the Old Mill",
        "Scottish dentist",
    ]
    assert said.status == "disputed"


def test_of_two_near_copies_both_are_said_as_a_disagreement() -> None:
    said = answer(COPY, COOK)
    assert said.text == "Ida Marsh is a Scottish dentist [1]. Ida Marsh is a Scottish cook [2]."
    rows = [row.value for row in said.disagreements[0].rows]
    assert (rows, said.status) == (["Scottish dentist", "Scottish cook"], "disputed")


def test_an_article_that_does_not_state_it_is_left_alone() -> None:
    said = answer(NOISE, COOK)
    assert (said.text, said.dropped) == ("Ida Marsh is a Scottish cook [1].", [])


def test_who_asks_can_leave_before_the_next_article_is_read() -> None:
    intent = understood(QUESTION, (), ("Ida Marsh",))
    readings = Readings(to_read(intent, hits(NOISE, NOISE + " Twice.", COOK), BARE))
    steps = read_each(scripted(), intent, readings)
    assert next(steps) == "" and len(readings.silent) == 1  # an article that states nothing
    assert next(steps) == "" and len(readings.silent) == 2
    assert next(steps).strip() == "Ida" and readings.found == []  # the first word of a draft
    steps.close()
    assert readings.found == [] and readings.generated_tokens == 0


def test_what_the_article_does_not_hold_is_not_said() -> None:
    said = answer(NOISE, writer=scripted(silent="nowhere"))
    assert said.status == "unanswerable"
    assert [dropped.text for dropped in said.dropped] == ["Ida Marsh is a builder."]


def test_a_sentence_that_does_not_hold_gives_way_to_the_quote() -> None:
    lie = {"Scottish cook": "Ida Marsh is a cook since 1850."}
    said = answer(COOK, writer=scripted(lie))
    assert "1850" not in said.text and said.sentences[0].repaired
    assert said.citations[0].quote in COOK


def test_only_the_first_sentence_of_a_draft_counts() -> None:
    more = {"Scottish cook": "Ida Marsh is a Scottish cook. She wrote two books about bread."}
    assert answer(COOK, writer=scripted(more)).text == "Ida Marsh is a Scottish cook [1]."


def test_a_draft_that_finds_nothing_is_not_said() -> None:
    said = answer(COOK, writer=scripted({"Scottish cook": "Not stated."}))
    assert (said.status, [d.text for d in said.dropped]) == ("unanswerable", ["Not stated."])


@pytest.mark.parametrize(
    ("question", "sentence", "value"),
    [
        (QUESTION, "Ida Marsh is a Scottish cook.", "Scottish cook"),
        (QUESTION, "Marsh was the cook of the Old Mill.", "cook of the Old Mill"),
        (QUESTION, "Ida Marsh has a profession.", ""),
        ("When was Ida Marsh born?", "Ida Marsh was born on May 3, 1921 in Perth.", "May 3, 1921"),
        ("Where was Ida Marsh born?", "Ida Marsh was born in Perth in 1921.", "Perth"),
        ("Who taught Ida Marsh?", "Lena Orr and Jon Vale taught Ida Marsh.", "Lena Orr, Jon Vale"),
    ],
)
def test_the_value_is_what_a_sentence_tells_beside_the_question(
    question: str, sentence: str, value: str
) -> None:
    assert value_of(understood(question, (), ("Ida Marsh",)), sentence) == value


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1921", "in 1921", True),
        ("Joe Jackson", "Jackson", True),
        ("3,559 people", "3,559", True),
        ("gangster thriller", "thriller", True),
        ("1921", "1923", False),
        ("cook since 1921", "dentist since 1921", False),
        ("Politician and lawyer", "Politician and writer", False),
        ("Joe Jackson", "Anthrax", False),
    ],
)
def test_one_value_in_two_forms(one: str, other: str, expected: bool) -> None:
    assert same_value(one, other) is expected


def test_a_publisher_or_a_date_is_enough_to_order_articles() -> None:
    intent = understood(QUESTION, (), ("Ida Marsh",))
    found = hits(COOK, DIVER)
    (own, _) = to_read(intent, found, BARE)
    assert unlabelled(intent, own)
    dated = [replace(e, article=replace(e.article, published="2025-01-02")) for e in own]
    assert not unlabelled(intent, dated)
    assert to_read(intent, [replace(found[0], article=dated[0].article)], BARE) == []


@pytest.mark.model
def test_a_folder_of_texts_about_namesakes(tmp_path: Path) -> None:
    from index.encoder import load_encoder
    from index.search import Searcher
    from rag.llm.load import load_writer

    texts = {f"a{i}": text for i, text in enumerate((COOK, COPY, AGAIN, DIVER, NOISE))}
    encoder = load_encoder()
    with Library.open(tmp_path / "texts", create=True, write=True) as library:
        for name, text in texts.items():
            library.add(Article(name, text), encoder)
        writer = load_writer("auto")
        dateline = Dateline(library, Searcher(library, encoder), writer, "auto")
        said = dateline.ask(Question(question=QUESTION))
    assert invariants(said, texts.get) == []
    assert "cook" in said.text and "diver" in said.text
    assert sum("dentist" in row.value for row in said.disagreements[0].rows) == 1
