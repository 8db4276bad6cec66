"""Questions that rest on several articles: which they are, what they need, what is chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reading import understood

from index.query.question import understand as asked_of
from index.ranking.selection import Selected
from index.types import Article, Hit, Passage
from rag.evidence.sentence import EvidenceSentence
from rag.strategies.comparison import kinds_compared
from rag.strategies.multihop import alternatives, common_name, near_best, quotes, spans, unheld

PUBLISHERS = ["The Wire", "CNA", "Harbor Post"]
BOTH = (
    "Did the Harbor Post report of the layoffs at Norvik agree with what CNA wrote "
    "of the profit that Norvik made in the same quarter?"
)
TEXTS = {
    "CNA": "Norvik's profit rose by a tenth. Lena Orr, who leads Norvik, called it a good start.",
    "Harbor Post": "Norvik laid off two hundred people in Leeds. Lena Orr spoke of hard choices.",
    "The Wire": "Lena Orr bought a house by the sea. Joseph Quanta sold it to her.",
}
ARTICLES = {name: Article(name, text, None, None, name) for name, text in TEXTS.items()}
HITS = [
    Hit(article, Passage(article.id, 0, len(article.text), article.text), 1.0)
    for article in ARTICLES.values()
]


def sentence(publisher: str, text: str) -> EvidenceSentence:
    article = ARTICLES[publisher]
    start = article.text.index(text)
    return EvidenceSentence(article, start, start + len(text), text, "")


SAID = [
    sentence("CNA", "Lena Orr, who leads Norvik, called it a good start."),
    sentence("Harbor Post", "Lena Orr spoke of hard choices."),
    sentence("CNA", "Norvik's profit rose by a tenth."),
    sentence("The Wire", "Joseph Quanta sold it to her."),
]


@pytest.mark.parametrize(
    ("question", "several"),
    [
        (BOTH, True),
        ("Did the story of the layoffs differ from the report of the profit at Norvik?", True),
        ("Do CNA and the Harbor Post agree on Norvik's profit?", True),
        ("What do CNA and the Harbor Post give for Norvik's profit?", False),
        ("Did CNA and The Wire sign a deal with Norvik?", False),
        ("Has the agency's review of the deal led to a second review?", False),
        ("Do both sources of revenue at Norvik change?", False),
        ("By the two reports on the deal, how much did Norvik pay for its stake?", False),
        ("How much did Norvik pay?", False),
        ("What did CNA write of the profit that Norvik made?", False),
    ],
)
def test_a_question_spans_articles_where_it_names_several_sources(
    question: str, several: bool
) -> None:
    asked, intent = asked_of(question, PUBLISHERS), understood(question, PUBLISHERS)
    assert spans(asked, intent) is several


def test_a_source_that_nothing_found_is_of_is_told() -> None:
    question = BOTH.replace("CNA", "an article by Fenwick Gazette")
    found = unheld(asked_of(question, PUBLISHERS), understood(question, PUBLISHERS), HITS)
    assert found == ["Fenwick Gazette"]
    assert unheld(asked_of(BOTH, PUBLISHERS), understood(BOTH, PUBLISHERS), HITS) == []


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Are the two reports consistent or inconsistent?", ("Consistent", "Inconsistent")),
        ("Was the later figure lower or higher?", ("Lower", "Higher")),
        ("Are the two reports consistent?", None),
    ],
)
def test_words_to_choose_between(question: str, words: tuple[str, str] | None) -> None:
    assert alternatives(question) == words


def test_the_name_that_most_articles_speak_of_and_the_question_has_not() -> None:
    question = "Who leads Norvik, as CNA and the Harbor Post and The Wire tell?"
    intent = understood(question, PUBLISHERS)
    assert common_name(asked_of(question, PUBLISHERS), intent, SAID, HITS) == "Lena Orr"


def test_one_quote_of_each_article() -> None:
    assert [e.text for e in quotes(SAID)] == [SAID[0].text, SAID[1].text, SAID[3].text]
    assert quotes(SAID, lambda text: "profit" in text) == [SAID[2]]


def picked(publisher: str, text: str, score: float) -> Selected:
    article = ARTICLES[publisher]
    start = article.text.index(text)
    return Selected(article, start, start + len(text), score, 0)


def test_sentences_far_behind_the_best_are_left_out() -> None:
    asked = asked_of("Who leads Norvik?", PUBLISHERS)
    some = [picked("CNA", "Norvik", score) for score in (0.4, 1.5, -0.4, -0.6, -3.0)]
    assert [s.score for s in near_best(some, asked)] == [0.4, 1.5, -0.4]
    assert near_best([], asked) == []


def test_but_not_the_only_one_of_a_source_that_is_named() -> None:
    some = [
        picked("CNA", "Norvik's profit rose by a tenth.", 2.0),
        picked("Harbor Post", "Norvik laid off two hundred people in Leeds.", -0.5),
        picked("Harbor Post", "Lena Orr spoke of hard choices.", -0.9),
        picked("The Wire", "Joseph Quanta sold it to her.", -1.0),
    ]
    assert near_best(some, asked_of(BOTH, PUBLISHERS)) == some[:2]


def test_nor_one_that_a_good_sentence_leans_on() -> None:
    article = Article("lean", "Norvik laid off half of Leeds.\nIt spoke of hard choices.")
    first, second = Selected(article, 0, 30, -2.0, 0), Selected(article, 31, 57, 1.0, 0)
    asked = asked_of("Who spoke of hard choices?", PUBLISHERS)
    assert near_best([second, first], asked) == [second, first]


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Do CNA and The Wire name the same price for Norvik?", ["money", "percent", "count"]),
        ("Do CNA and The Wire date the ruling to the same day?", ["date"]),
        ("Does The Wire put the same figure on it as CNA?", ["money", "percent", "count"]),
        ("Does The Wire's portrayal agree with what CNA wrote on the same day?", []),
        ("Is what CNA wrote on the same day consistent with The Wire's portrayal?", []),
        ("Did CNA tell of another Norvik than The Wire?", []),
        ("Do CNA and The Wire agree on how big the settlement is?", ["money", "percent", "count"]),
        ("Did Norvik lay off more workers than Brightpan?", ["money", "percent", "count"]),
    ],
)
def test_values_are_compared_only_where_one_is_asked_about(question: str, kinds: list[str]) -> None:
    assert kinds_compared(understood(question, PUBLISHERS))[: len(kinds) or None] == kinds


def test_a_persons_whole_name_is_given_where_an_article_has_it() -> None:
    whole = "After the sale, Lena Orr moved to Leeds, and Orr wrote a book."
    others = ("Orr wrote a book.", "A book by Orr is out.", "Friends of Orr praise it.")
    articles = [Article(f"a{i}", text) for i, text in enumerate((whole, *others))]
    hits = [Hit(a, Passage(a.id, 0, len(a.text), a.text), 1.0) for a in articles]
    said = [EvidenceSentence(a, 0, len(a.text), a.text, "") for a in articles]
    question = "Who wrote a book?"
    asked, intent = asked_of(question, ()), understood(question, ())
    assert common_name(asked, intent, said, hits) == "Lena Orr"
    stray = [replace(said[0], text="Meanwhile Orr moved to Leeds."), *said[1:]]
    assert common_name(asked, intent, stray, hits[1:]) == "Orr"
