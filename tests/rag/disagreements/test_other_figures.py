"""Which figures of other sentences are other accounts of what was asked, and how that is fitted."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from reading import understood

from eval.disagreements.cases import load
from eval.fit.other_figures import rows_of
from index.types import Article
from rag.disagreements.account import Account
from rag.disagreements.other_figures import accounts, chance, distance, weighed
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, find_figures
from rag.question.intent import Intent

QUESTION = "How much did Meta pay for its stake in Scale AI?"


def one(text: str) -> Figure:
    return find_figures(text)[0]


def sentence(name: str, text: str, cosine: float, coverage: float) -> EvidenceSentence:
    return EvidenceSentence(
        Article(name, text), 0, len(text), text, "", cosine=cosine, coverage=coverage
    )


def asked() -> Intent:
    return understood(QUESTION, [], ["Meta", "Scale AI"])


POOL = [
    sentence("a", "Meta paid $14.8 billion for its stake in Scale AI.", 0.9, 1.0),
    sentence("b", "Meta handed over 15 billion dollars for the Scale AI stake.", 0.85, 0.95),
    sentence("c", "Meta paid 14,800 million dollars for the Scale AI stake.", 0.85, 0.95),
    sentence("d", "Its cloud cost Meta $72 million.", 0.4, 0.3),
]


def test_a_near_value_is_another_account_and_a_far_one_is_not() -> None:
    lead = Account(POOL[0], one(POOL[0].text))
    found = {account.evidence.article.id for account in accounts(asked(), POOL, lead)}
    assert found == {"b", "c"}


def test_every_figure_beside_the_leads_sentence_is_weighed() -> None:
    lead = Account(POOL[0], one(POOL[0].text))
    known = {a.evidence.article.id: chance(signs) for a, signs in weighed(asked(), POOL, lead)}
    assert set(known) == {"b", "c", "d"}
    assert min(known["b"], known["c"]) > 0.9 and known["d"] < 0.1


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("$14.8 billion", "14,800 million dollars", 0.0),
        ("$2 billion", "$4 billion", 0.693),
        ("$1", "$9 billion", 3.0),
        ("12 June 2025", "20 June 2025", 0.115),
        ("2016", "2018", 1.609),
        ("1.2 gigawatts", "1,180 megawatts", 0.017),
        ("three months", "89 days", 0.026),
        ("6 October", "Q4 2025", 3.0),
        ("the 1990s", "1990", 0.0),
    ],
)
def test_how_far_apart_two_values_lie(first: str, second: str, expected: float) -> None:
    assert distance(one(first), one(second)) == pytest.approx(expected, abs=0.001)


def test_what_is_fitted_is_labelled_by_the_value_of_each_sentence() -> None:
    values = {"a": ["14.8 billion dollars"], "b": ["15 billion"]}
    rows = list(rows_of("case", "cases", asked(), POOL, lambda e: values.get(e.article.id, [])))
    # beside a: b answers, d does not, c gives the same; beside b: a answers, c's value too, d not
    assert [row["right"] for row in rows] == [True, False, True, False, False]


def test_the_labelled_cases_hold_together_and_are_none_of_the_measured_ones() -> None:
    folder = Path(str(files("eval")))
    cases = load(folder / "fit" / "calibration-accounts.jsonl")
    measured = [*load(), *load(folder / "disagreements" / "disagreements-unseen.jsonl")]
    texts, others_texts = ({a.text for c in some for a in c.articles} for some in (cases, measured))
    assert not texts & others_texts
    for case in cases:
        for item in case.articles:
            assert item.sentence in item.text
            assert item.gives is None or item.gives in item.sentence
        for value in case.values:
            assert any(value in item.text for item in case.articles), case.id
