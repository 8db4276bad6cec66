"""The metrics against values computed by hand, and against the published script's formulas."""

from __future__ import annotations

import random
from typing import Any

import pytest

from eval.judging.metrics import (
    ANSWER_METRICS,
    RANKING_METRICS,
    Outcome,
    bootstrap,
    percentile,
    rank,
)
from eval.judging.support import Gold, cited, invariants, missing, names, supported
from eval.judging.texts import contains, exact, holds, markers, without_markers
from rag.types import (
    Answer,
    Citation,
    Disagreement,
    DisagreementRow,
    Dropped,
    LibraryInfo,
    Sentence,
)

TEXT = (
    "Meta unveiled the deal on June 12, 2025. It gives Meta 49% of Scale AI for $14.3 billion. "
    "Alexandr Wang leaves for Meta. The stake brings no votes."
)
ARTICLES = {"a": TEXT, "b": "Bitget says Meta paid nearly $14.8 billion for its part of Scale AI."}


def quote(number: int, article: str, words: str) -> Citation:
    start = ARTICLES[article].index(words)
    return Citation(
        id=number,
        article_id=article,
        title="Meta and Scale AI" if article == "a" else None,
        publisher="The Wire",
        url=None,
        published="2025-06-13",
        quote=words,
        start=start,
        end=start + len(words),
    )


def answered(**changes: Any) -> Answer:
    """Two sentences, both borne out; `changes` break it."""
    fields: dict[str, Any] = {
        "question": "what share of Scale AI did Meta buy, 51%?",
        "status": "answered",
        "text": "Meta bought 49% of Scale AI, not 51% [1]. The deal came on 12 June 2025 [2].",
        "short": "49%",
        "sentences": [
            Sentence(text="Meta bought 49% of Scale AI, not 51%.", citations=[1]),
            Sentence(text="The deal came on 12 June 2025.", citations=[2]),
        ],
        "citations": [
            quote(1, "a", "It gives Meta 49% of Scale AI for $14.3 billion."),
            quote(2, "a", "Meta unveiled the deal on June 12, 2025."),
        ],
        "model": "none",
        "library": LibraryInfo(path="x", articles=2, snapshot="s"),
    }
    return Answer(**(fields | changes))


RIGHT = Outcome(True, False, True, [True, True], [True], 1.0)
HALF = Outcome(True, False, True, [True, False], [True, False], 0.5)
WRONG = Outcome(True, False, False, [False, False], [False], 0.0)
REFUSED = Outcome(True, True, False, evidence=0.5)
DUE = Outcome(False, True, True)
INVENTED = Outcome(False, False, False, [True], [False])
ROWS = [RIGHT, HALF, WRONG, REFUSED, DUE, INVENTED]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("answer_accuracy", 2 / 4),
        ("abstention_precision", 1 / 2),
        ("abstention_recall", 1 / 2),
        ("crag_score", (1 + 1 - 1 + 0 + 1 - 1) / 6),
        ("citation_precision", (1 + 0.5 + 0 + 1) / 4),
        ("citation_recall", (1 + 0.5 + 0 + 0) / 4),
        ("evidence_recall@10", (1 + 0.5 + 0 + 0.5) / 4),
    ],
)
def test_answer_metrics_by_hand(name: str, value: float) -> None:
    assert ANSWER_METRICS[name](ROWS) == pytest.approx(value)


def test_what_does_not_apply_is_none_not_zero() -> None:
    assert {name: metric([]) for name, metric in ANSWER_METRICS.items()} == dict.fromkeys(
        ANSWER_METRICS
    )
    assert ANSWER_METRICS["answer_accuracy"]([DUE]) is None
    assert ANSWER_METRICS["abstention_recall"]([RIGHT]) is None
    assert ANSWER_METRICS["abstention_precision"]([RIGHT, INVENTED]) is None
    assert ANSWER_METRICS["citation_precision"]([DUE]) is None
    assert ANSWER_METRICS["evidence_recall@10"]([DUE]) is None
    assert all(metric([rank(["x"], [])]) is None for metric in RANKING_METRICS.values())


def test_ranking_by_hand() -> None:
    passages = [
        "nothing",
        "holds fact\n one and fact two",
        "fact one again",
        "x",
        "y",
        "fact three",
    ]
    row = rank(passages, ["fact one", "fact two", "fact three", "fact four"])
    assert row.new == [0, 2, 0, 0, 0, 1]
    found = {name: metric([row]) for name, metric in RANKING_METRICS.items()}
    assert found == {
        "Hits@4": 1.0,
        "Hits@10": 1.0,
        "MRR@10": 1 / 2,
        "MAP@10": pytest.approx((2 / 2 + 1 / 6) / 4),
        "evidence_recall@10": 3 / 4,
    }


def test_the_eleventh_passage_counts_for_nothing() -> None:
    row = rank(["x"] * 10 + ["the fact"], ["the fact"])
    assert [metric([row]) for metric in RANKING_METRICS.values()] == [0, 0, 0, 0, 0]


def published(retrieved: list[list[str]], gold: list[list[str]]) -> dict[str, float]:
    """MultiHop-RAG's formulas, written a second time in the plainest way."""
    totals = dict.fromkeys(("Hits@4", "Hits@10", "MRR@10", "MAP@10"), 0.0)
    for passages, facts in zip(retrieved, gold, strict=True):
        facts = [fact.replace(" ", "").replace("\n", "") for fact in facts]
        seen: list[str] = []
        first, total = 0, 0.0
        for place in range(1, min(len(passages), 10) + 1):
            passage = passages[place - 1].replace(" ", "").replace("\n", "")
            if any(fact in passage for fact in facts):
                first = first or place
                fresh = 0
                for fact in facts:
                    if fact in passage and fact not in seen:
                        fresh += 1
                        seen.append(fact)
                total += fresh / place
        totals["Hits@4"] += 1 <= first <= 4
        totals["Hits@10"] += 1 <= first <= 10
        totals["MRR@10"] += 1 / first if first else 0
        totals["MAP@10"] += total / min(len(facts), 10)
    return {name: total / len(gold) for name, total in totals.items()}


def test_ranking_equals_the_published_formulas() -> None:
    generator = random.Random(7)
    words = [f"w{n} x" for n in range(12)]
    retrieved = [
        [" ".join(generator.sample(words, 3)) for _ in range(generator.randint(0, 12))]
        for _ in range(200)
    ]
    gold = [generator.choices(words, k=generator.randint(1, 4)) for _ in range(200)]  # with repeats
    rows = [rank(passages, facts) for passages, facts in zip(retrieved, gold, strict=True)]
    for name, value in published(retrieved, gold).items():
        assert RANKING_METRICS[name](rows) == pytest.approx(value), name


def test_bootstrap() -> None:
    accuracy = ANSWER_METRICS["answer_accuracy"]
    rows = [RIGHT] * 70 + [WRONG] * 30
    interval = bootstrap(rows, accuracy)
    assert interval is not None
    # the normal approximation: .7 +- 1.96 * sqrt(.7 * .3 / 100)
    assert interval == pytest.approx((0.61, 0.79), abs=0.02)
    assert bootstrap(rows, accuracy) == interval
    assert bootstrap([RIGHT] * 5, accuracy) == (1.0, 1.0)
    assert bootstrap([RIGHT], accuracy) is None
    assert bootstrap([DUE, DUE], accuracy) is None


def test_percentile_is_nearest_rank() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2
    assert percentile(list(range(1, 101)), 0.95) == 95
    assert percentile([7], 0.95) == 7
    assert percentile([], 0.5) is None


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("It is 49 percent.", "49%"),
        ("a price of 14,800 million dollars", "$14.8 billion"),
        ("the founder, Alexandr Wang, left", "Alexandr Wang"),
        ("Wang's fortune", "wang"),
        ("There were 3559 people", "3,559 people"),
        ("The deal closed on June 12, 2025", "12 June 2025"),
        ("The deal closed on June 12, 2025", "June 2025"),
        ("GPT-4o", "gpt-4o"),
        ("it cut 500 contractors", "500"),
    ],
)
def test_holds(text: str, form: str) -> None:
    assert holds(text, form)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("14.3 billion", "3 billion"),
        ("5 million", "5"),
        ("149%", "49%"),
        ("49.5%", "49%"),
        ("$14.3 billion", "$14.3 million"),
        ("Wangs and Changs", "Chang Wang"),
        ("in June 2025", "12 June 2025"),
        ("Scalex", "Scale"),
        ("anything", ""),
    ],
)
def test_holds_not(text: str, form: str) -> None:
    assert not holds(text, form)


def test_exact_and_contains() -> None:
    assert exact("Insufficient information", "Insufficient information.")
    assert exact("the Verge", "The  Verge") and not exact("Yes, it is", "Yes")
    assert contains("It has 3,559 people.", "3,559 people")
    assert not contains("It has 13,559 people", "3,559 people") and not contains("x", "the")


def test_markers() -> None:
    assert markers("49% [1][12].") == [1, 12]
    assert without_markers("Meta bought 49% [1][2]. So [3].") == "Meta bought 49%. So."


def test_names_and_what_is_missing() -> None:
    assert names("Buying Scale AI cost Meta dear in June") == ["Scale", "Meta"]
    assert names("Meta bought it", known="so Meta bought it") == ["Meta"]
    source = ["It gives Meta 49% of Scale AI for $14.3 billion."]
    assert missing("Meta bought 49 percent of Scale AI for 14,300 million dollars", source) == []
    assert missing("In 2024 Meta bought 48% of Grok", source) == ["2024", "48%", "Grok"]
    assert missing("It bought 49%, not 51%", source, question="was it 51%?") == []
    assert missing("It bought 49%, not 51%", source) == ["51%"]
    assert missing("It bought 51%", source, question="was it 51%?") == ["51%"]


def test_a_publisher_beside_a_number_is_no_version() -> None:
    sentence = "NewsBytes gives 700 people and The Independent Singapore 200 employees."
    sources = [
        "It cut 700 people.\nNewsBytes",
        "It let 200 employees go.\nThe Independent Singapore",
    ]
    assert missing(sentence, sources) == []
    assert missing(sentence, sources[:1]) != []


def test_supported_needs_half_of_the_words_too() -> None:
    source = ["It gives Meta 49% of Scale AI for $14.3 billion."]
    assert supported("Meta got 49% of Scale AI.", source)
    assert not supported("Regulators angrily rejected the 49% transaction yesterday.", source)
    assert not supported("Meta got 49% of Scale AI.", [])
    frame, asked = "Another account gives $14.3 billion.", "What did Meta pay for Scale AI?"
    assert supported(frame, source, question=asked)
    assert not supported(frame, source, question="What did Disney pay for Lucasfilm?")


def test_citations_of_a_good_answer() -> None:
    verdict = cited(answered(), ARTICLES.get)
    assert (verdict.precise, verdict.recalled) == ([True, True], [True, True])


def test_a_citation_beside_the_point_is_imprecise() -> None:
    answer = answered()
    answer.citations.append(quote(3, "a", "The stake brings no votes."))
    answer.sentences[0].citations.append(3)
    verdict = cited(answer, ARTICLES.get)
    assert (verdict.precise, verdict.recalled) == ([True, False, True], [True, True])
    start = TEXT.index("The stake")
    verdict = cited(answer, ARTICLES.get, [Gold("a", start, start + 5)])
    assert verdict.precise == [True, True, True]


def test_an_unsupported_sentence_makes_its_citations_imprecise() -> None:
    answer = answered()
    answer.sentences[0].text = "Meta bought 50% of Scale AI."
    verdict = cited(answer, ARTICLES.get)
    assert (verdict.precise, verdict.recalled) == ([False, True], [False, True])


def test_an_altered_quote_supports_nothing() -> None:
    answer = answered()
    answer.citations[0].quote = answer.citations[0].quote.replace("Meta", "META")
    assert cited(answer, ARTICLES.get).recalled == [False, True]


def test_two_citations_that_hold_half_each_are_both_precise() -> None:
    text = "Accounts of what Meta paid for Scale AI differ: $14.3 billion and $14.8 billion."
    answer = answered(
        status="disputed",
        sentences=[Sentence(text=text, citations=[1, 2])],
        citations=[
            quote(1, "a", "It gives Meta 49% of Scale AI for $14.3 billion."),
            quote(2, "b", ARTICLES["b"]),
        ],
    )
    assert cited(answer, ARTICLES.get).precise == [True, True]


def test_a_bare_yes_is_recalled_by_gold_only() -> None:
    answer = answered(
        text="Yes [1].",
        sentences=[Sentence(text="Yes.", citations=[1])],
        citations=[quote(1, "a", "Alexandr Wang leaves for Meta.")],
    )
    assert cited(answer, ARTICLES.get).recalled == [False]
    start = TEXT.index("Alexandr")
    assert cited(answer, ARTICLES.get, [Gold("a", start, start + 9)]).recalled == [True]


def test_a_good_answer_breaks_nothing() -> None:
    assert invariants(answered(), ARTICLES.get) == []


def row_of(value: str, quoted: str, citation: int) -> Disagreement:
    row = DisagreementRow(
        value=value,
        normalized=None,
        unit=None,
        quote=quoted,
        citation=citation,
        published=None,
        event_status="reported",
    )
    return Disagreement(about="price", kind="conflict", rows=[row])


def test_refusals() -> None:
    refused = answered(status="unanswerable", text="Nothing holds it.", sentences=[], citations=[])
    assert invariants(refused, ARTICLES.get) == []
    refused = answered(status="unanswerable")
    assert invariants(refused, ARTICLES.get) == ["5: unanswerable, but has sentences"]
    refused = answered(status="unanswerable", text=" ", sentences=[], citations=[])
    assert invariants(refused, ARTICLES.get)[0].startswith("5:")


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("1: quote [1]", lambda a: setattr(a.citations[0], "start", a.citations[0].start + 1)),
        ("1: quote [1]", lambda a: setattr(a.citations[0], "quote", "It gives Meta 51%")),
        ("1: quote [1]", lambda a: setattr(a.citations[0], "article_id", "gone")),
        ("1: quote of dis", lambda a: a.disagreements.append(row_of("x", "not there", 1))),
        ("2: disagreement", lambda a: a.disagreements.append(row_of("x", "Meta", 9))),
        ("2: [7]", lambda a: setattr(a, "text", a.text + " [7]")),
        ("2: sentence without", lambda a: setattr(a.sentences[1], "citations", [])),
        ("2: sentence cites [9]", lambda a: a.sentences[0].citations.append(9)),
        ("2: answered, but", lambda a: setattr(a, "sentences", [])),
        ("2: two citations", lambda a: a.citations.append(a.citations[0])),
        ("3: '12 June 2025'", lambda a: setattr(a.sentences[1], "citations", [1])),
        ("3: '$14.8 billion'", lambda a: setattr(a.sentences[0], "text", "It paid $14.8 billion.")),
        ("3: 'Grok'", lambda a: setattr(a.sentences[0], "text", "It is said Grok got 49%.")),
        ("4: a sentence is not", lambda a: setattr(a, "text", "Meta bought 49% [1].")),
        (
            "4: dropped, yet",
            lambda a: a.dropped.append(Dropped(text=a.sentences[0].text, reason="x")),
        ),
        ("4: '70%'", lambda a: setattr(a, "text", a.text + " Others say 70%.")),
    ],
)
def test_every_kind_of_violation_is_caught(rule: str, change: Any) -> None:
    answer = answered()
    change(answer)
    broken = invariants(answer, ARTICLES.get)
    assert any(text.startswith(rule) for text in broken), broken
