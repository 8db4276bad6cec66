"""MultiHop-RAG and RAMDocs: rows as documented, scored as published, libraries built once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scripted import TEXT, Scripted

from eval import ramdocs
from eval.libraries import build
from eval.multihop import __main__ as multihop
from eval.multihop.corpus import article_of, cached_library
from eval.speed.synthetic import recombined
from index.errors import SourceError


def test_multihop_scores_by_hand() -> None:
    queries = [
        {"question_type": "inference_query", "evidence_list": [{"fact": "f one"}, {"fact": "g"}]},
        {"question_type": "comparison_query", "evidence_list": [{"fact": "h"}]},
        {"question_type": "null_query", "evidence_list": []},
        {"question_type": "comparison_query", "evidence_list": [{"fact": "h"}]},
    ]
    found = [
        ("inference_query", ["x", "f\none"], "Google", "Google", "answered"),
        ("comparison_query", ["h"], "Yes", "no", "answered"),
        ("null_query", ["h"], multihop.INSUFFICIENT, "Insufficient information.", "unanswerable"),
        ("comparison_query", [], multihop.INSUFFICIENT, "Yes", "unanswerable"),
    ]
    made = [
        {
            "question_type": kind,
            "retrieved": [{"text": text, "url": None} for text in texts],
            "answer": said,
            "gold": gold,
            "status": status,
            "right": multihop.exact(said, gold),
        }
        for kind, texts, said, gold, status in found
    ]
    metrics, by_type = multihop.score(queries, made)
    assert metrics["n"] == 4
    assert metrics["Hits@4"] == pytest.approx(2 / 3)
    assert metrics["MRR@10"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert metrics["MAP@10"] == pytest.approx((1 / 2 / 2 + 1 + 0) / 3)
    assert metrics["evidence_recall@10"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert metrics["answer_accuracy"] == 2 / 4
    assert metrics["abstention_precision"] == 1 / 2
    assert metrics["abstention_recall"] == 1
    assert metrics["baseline_always_yes"] == 1 / 4
    assert metrics["baseline_majority_per_type"] == 3 / 4
    assert by_type["null_query"]["Hits@4"] is None
    assert by_type["inference_query"]["abstention_recall"] is None
    for row in made:
        del row["answer"]
    assert "answer_accuracy" not in multihop.score(queries, made)[0]


def test_multihop_articles_have_datelines_fields() -> None:
    row = {
        "title": "T",
        "body": "Text.",
        "source": "The Verge",
        "published_at": "2023-09-28T12:00:00+00:00",
        "url": "https://example.org/a",
        "author": "A",
    }
    made = article_of(row)
    assert (made.publisher, made.text, made.author) == ("The Verge", "Text.", "A")
    assert made.published is not None and made.published.startswith("2023-09-28")
    with pytest.raises(SourceError, match="body"):
        article_of({"title": "T"})


def test_ramdocs_right_and_scores() -> None:
    assert ramdocs.right("It was 3,559 people in 2010.", ["3,559 people"], ["10,000 people"])
    assert not ramdocs.right("3,559 people or 10,000 people", ["3,559 people"], ["10,000 people"])
    assert not ramdocs.right("The Film", ["film", "book"], [])
    base = {"question": "q", "documents": []}
    asked = [
        {**base, "gold_answers": ["a1", "b1"], "wrong_answers": []},
        {**base, "gold_answers": ["a1"], "wrong_answers": ["c1"]},
    ]
    made = [ramdocs.failed(row) for row in asked]
    made[0] |= {"answer": "a1 and b1", "right": True}
    made[1] |= {"answer": "c1", "right": False}
    metrics, by_type = ramdocs.score(made)
    assert (metrics["answer_accuracy"], metrics["misled"]) == (1 / 2, 1)
    assert metrics["gold_answers_held"] == pytest.approx(2 / 3)
    assert by_type["several answers"]["misled"] is None
    assert set(by_type) == {"several answers", "one answer, misinformation"}


class Cut:
    """Stands for the encoder's tokenizer: a token is a character."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, text: str) -> str:
        return text[: self.most]

    def count(self, text: str) -> int:
        return len(text)


def test_multihop_rows_are_as_promised() -> None:
    scripted: Any = Scripted()
    whole: Any = Cut(10_000)
    four: Any = Cut(4)
    row = {"index": 5, "query": "what share?", "question_type": "inference_query", "answer": "49%."}
    made = multihop.ask(scripted, row, False, whole)
    assert made["answer"] == "49%" and made["right"] and made["status"] == "answered"
    assert made["retrieved"] == [{"text": TEXT, "url": None}] and made["gold"] == "49%."
    made = multihop.ask(scripted, row | {"query": "unknown?"}, False, whole)
    assert made["answer"] == "Insufficient information" and not made["right"]
    assert "answer" not in multihop.ask(scripted, row, True, whole)
    cut = multihop.ask(scripted, row, True, four)
    assert cut["retrieved"] == [{"text": TEXT[:4], "url": None}]


def test_multihop_builds_its_library_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from index.encoder import WordEncoder
    from index.library import Library

    articles = recombined(3)
    build(tmp_path / "library", articles[:2], WordEncoder())
    build(tmp_path / "library", articles, WordEncoder())
    with Library.open(tmp_path / "library") as library:
        assert list(library.articles()) == articles
    build(tmp_path / "library", articles, None)
    assert "reusing" in capsys.readouterr().err
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("{}")
    first = cached_library(corpus)
    corpus.write_text("{ }")
    assert cached_library(corpus) != first
