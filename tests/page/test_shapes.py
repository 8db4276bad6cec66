"""The shape of every form of an answer, its proof, its disagreements, and what a browser keeps."""

from __future__ import annotations

from typing import Any

import pytest
from fake_engine import FakeEngine

from index.types import Article
from page import history
from page.answer import answer_html
from page.cards import Around, evidence
from page.differences import disagreements
from page.examples import common_names, figure_questions
from page.exchange import Exchange
from page.markup import announced
from rag.types import Copy, Question


def exchange(question: str, number: int = 1) -> Exchange:
    answer = FakeEngine().ask(Question(question=question))
    return Exchange(number, question, citations=answer.citations, answer=answer)


def shown(question: str) -> str:
    item = exchange(question)
    assert item.answer is not None
    return answer_html(item, item.answer)


def test_a_timeline_has_its_days_as_headings_the_undated_told_so() -> None:
    html = shown("a timeline")
    assert html.count("<ol>") == 3
    assert '<time datetime="2025-06-10">2025-06-10</time></h3>' in html
    assert "No date told</h3>" in html
    assert "**" not in html and "- " not in html


def test_news_of_one_day_stand_under_one_heading() -> None:
    html = shown("what is new")
    assert html.count("<h3") == 2 and html.count("<li") == 3


def test_a_comparison_has_a_column_for_each_side() -> None:
    html = shown("compare them")
    assert html.count('<section class="run">') == 2
    assert ">Example Wire</h3>" in html and ">Morning Ledger</h3>" in html
    assert html.count("<li") == 3


@pytest.mark.parametrize(
    ("question", "tag", "count"),
    [("list it", "<li", 2), ("summarize it", '<p class="text"', 1), ("explain it", "<li", 0)],
)
def test_lists_are_lists_and_prose_is_prose(question: str, tag: str, count: int) -> None:
    assert shown(question).count(tag) == count


def test_a_notice_has_no_ticks_and_no_citations() -> None:
    html = shown("how many articles?")
    assert "The library holds 3 articles." in html
    assert "said" not in html and "citation" not in html


def test_a_figure_tells_all_that_bear_it_out() -> None:
    html = shown("what share?")
    assert 'class="figure" href="#evidence-1-1"' in html and ">49%</a>" in html
    proof = html.partition('role="tooltip"')[2].partition("</span></span>")[0]
    assert "[1] Example Wire, 2025-06-13: “Meta paid close to 14.8 billion" in proof
    assert "[2] Morning Ledger, 2025-06: “Meta plans" in proof


def test_a_figure_inside_another_number_is_not_marked() -> None:
    item = exchange("what share?")
    assert item.answer is not None
    item.answer.sentences[0].text = "Meta bought 149% or 49% of it."
    html = answer_html(item, item.answer)
    assert html.count('class="figure"') == 1 and "149% or <span" in html


def test_sentences_in_the_sources_words_are_said_to_be() -> None:
    assert "1 of 2 sentences was corrected to the source's own words." in shown("list it")
    assert "In the sources' own words." in shown("a timeline")
    assert "own words" not in shown("what share?")


def test_dropped_sentences_are_told_with_the_reason() -> None:
    html = shown("what did they pay?")
    assert "1 sentence of the draft failed the checks" in html
    assert "<s>Meta now owns all of Scale AI.</s>" in html


def test_a_card_tells_what_became_of_its_article() -> None:
    item = exchange("what share?")
    copy = Copy(article_id="e", title=None, publisher="Evening Post", url=None, published=None)
    item.citations[0].also_in = [copy]
    item.citations[0].gone = "2026-03-02"
    html = evidence([item], lambda c: Around("a ", " b"))
    assert "also in Evening Post" in html
    assert "its page is gone, seen on 2026-03-02" in html
    assert 'aria-labelledby="evidence-1-1-head"' in html


def test_a_table_lists_the_answer_first_and_then_the_newest() -> None:
    html = disagreements(exchange("contested"))
    order = [
        html.index(v)
        for v in ("$14.8 billion</th>", "some $15bn</th>", "nearly 29", "15 billion d")
    ]
    assert order == sorted(order)
    assert "two values of one past event" in html


def test_values_over_time_are_plotted_one_mark_a_source() -> None:
    html = disagreements(exchange("contested"))
    assert html.count("<circle") == 5
    assert "<title>$14.8 billion, Example Wire, 2025-06-13: “Meta paid" in html
    assert 'aria-label="$14.8 billion, Example Wire, 2025-06-13: “Meta paid' in html


@pytest.mark.parametrize(
    "change",
    [{"published": "2025-06"}, {"normalized": None}, {"normalized": 1.0}, {"unit": "EUR"}],
)
def test_nothing_is_plotted_without_time_or_number(change: dict[str, Any]) -> None:
    """All of one day, no numbers, one number, or more than one unit."""
    item = exchange("contested")
    assert item.answer is not None
    rows = item.answer.disagreements[0].rows
    changed = rows[1:] if "unit" in change else rows
    for row in changed:
        for name, value in change.items():
            setattr(row, name, value)
    assert "<svg" not in disagreements(item)


def test_what_is_announced_is_the_answer_without_marks() -> None:
    item = exchange("contested")
    assert item.answer is not None
    assert announced(item.answer) == (
        "Answer: Meta paid close to 14.8 billion dollars. Sources differ: see the table."
    )


def test_a_kept_conversation_comes_back_as_it_was() -> None:
    items = [exchange("what share?"), exchange("a timeline", 2), Exchange(3, "and?", error="No.")]
    items.append(Exchange(4, "stopped?", citations=items[0].citations))
    again = history.taken_up(history.put_by(items, "ann"), "ann")
    assert again[:3] == items[:3]
    assert again[3].stopped and again[3].citations == items[0].citations


@pytest.mark.parametrize(
    "record",
    [None, 3, {}, {"user": None}, {"user": None, "exchanges": [3]}, {"user": None, "exchanges": ["{}"]},
     {"user": None, "exchanges": ['{"number": 1, "question": "a", "answer": {"text": "x"}}']}],
)  # fmt: skip
def test_an_unreadable_record_is_no_conversation(record: Any) -> None:
    assert history.taken_up(record, None) == []


def test_nobody_sees_the_conversation_of_the_user_before() -> None:
    record = history.put_by([exchange("what share?")], "ann")
    assert history.taken_up(record, "bob") == []
    assert history.taken_up(record, None) == []


def test_only_what_there_is_room_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [exchange("what share?", n) for n in range(1, 6)]
    one = len(history.put_by(items[:1], None)["exchanges"][0])
    monkeypatch.setattr(history, "MOST", 2 * one + 20)
    assert [e.number for e in history.taken_up(history.put_by(items, None), None)] == [4, 5]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Orrery raised $40 million.", "How much did Orrery raise?"),
        ("On Monday Kestrel Labs paid 3.2 billion euros for Wren.",
         "How much did Kestrel Labs pay for Wren?"),
        ("Last year Tarn Systems lost 12 million dollars.", "How much did Tarn Systems lose?"),
        ("Vireo bought 30% of Halden Robotics, its oldest supplier.",
         "What share of Halden Robotics did Vireo buy?"),
        ("In May Ibex AI borrowed 900 million pounds from Northbank.",
         "How much did Ibex AI borrow from Northbank?"),
        ("Mistral invested 2 billion euros in Fjord.", "How much did Mistral invest in Fjord?"),
        ("Kestrel did not pay 3 billion dollars.", None),
        ("It raised $40 million.", None),
        ("Orrery will raise $40 million.", None),
        ("Revenue came to 5 billion dollars.", None),
        ("The board of Tarn approved a plan.", None),
        ("Orrery announced a 40 million dollar round.", None),
    ],
)  # fmt: skip
def test_a_figure_becomes_a_question(sentence: str, question: str | None) -> None:
    made = list(figure_questions([Article(id="a", text=sentence)]))
    assert made == ([question] if question else [])


def test_names_that_headlines_share() -> None:
    titles = ["Orrery sues Kestrel", "Orrery opens in Oslo", "Kestrel and Orrery settle", "Rain"]
    articles = [Article(id=t, text="x", title=t) for t in titles]
    assert common_names(articles)[:2] == ["Orrery", "Kestrel"]
