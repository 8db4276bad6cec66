"""The list of hits: clauses take turns; copies fold, unless a figure or state differs."""

from __future__ import annotations

import numpy as np
import pytest

from index.library.packing import pack, unpack
from index.ranking.diversity import Waits, adds_nothing, choose, folded

TEXT = "Acme agreed to buy 49% of Wile for $3 billion on 6 June, the companies said in a statement."


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("49%", "51%"),
        TEXT.replace("$3 billion", "$3 million"),
        TEXT.replace("6 June", "6 July"),
        TEXT.replace("agreed to buy", "bought"),
        TEXT.replace("agreed", "has not agreed"),
        TEXT.replace("Wile", "Coyote"),
        TEXT.replace("49%", "€49"),
        TEXT.replace("agreed", "didn't agree"),
        TEXT.replace("agreed", "refused"),
        TEXT.replace("agreed", "was forced"),
        TEXT.replace("the companies said", "rivals said"),
        f"{TEXT} The regulator has blocked it.",
    ],
)
def test_another_figure_date_state_or_name_is_another_story(other: str) -> None:
    assert not adds_nothing(other, TEXT)
    assert folded([TEXT, other], ["a", "b"]) == [0, 1]


def test_a_copy_folds_into_the_better_one() -> None:
    copy = TEXT.replace("the companies said in a statement", "said the companies in a statement")
    assert folded([TEXT, "Something else happened.", copy], ["a", "b", "c"]) == [0, 1, 0]
    longer = f"NEW YORK (Wire). {TEXT} More to follow."
    assert folded([longer, TEXT], ["a", "b"]) == [0, 0]
    assert folded([TEXT, TEXT], ["a", "a"]) == [0, 1]  # one article's own passages stay


def test_the_sources_of_a_question_take_turns() -> None:
    scores = np.array([5.0, 4.9, 4.8, 4.0], np.float32)
    articles = np.array([1, 2, 3, 4])
    sources = np.array([0, 0, 0, 1], np.int32)
    order = choose(scores, articles, sources, np.zeros((4, 1), np.float32), 4, Waits(0, 1.0, 0))
    assert order == [0, 3, 1, 2]
    alone = choose(scores, articles, np.full(4, -1, np.int32), np.zeros((4, 0), np.float32), 3)
    assert alone == [0, 1, 2]


def test_an_article_waits_for_others() -> None:
    scores = np.array([5.0, 4.9, 4.8], np.float32)
    order = choose(
        scores, np.array([1, 1, 2]), np.full(3, -1, np.int32), np.zeros((3, 1), np.float32), 3,
        Waits(0.5, 0, 0),
    )  # fmt: skip
    assert order == [0, 2, 1]


def test_sentences_survive_packing() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    spans, back = unpack(pack([(0, 5), (6, 9), (9, 40)], rows), 16)
    assert spans.tolist() == [[0, 5], [6, 9], [9, 40]]
    assert np.abs((back * rows).sum(1) - 1).max() < 0.01
    empty, none = unpack(pack([], np.zeros((0, 16), np.float32)), 16)
    assert len(empty) == len(none) == 0
    with pytest.raises(ValueError):
        unpack(pack([(0, 5)], rows[:1])[:-1], 16)
    with pytest.raises(ValueError):
        unpack(b"", 16)
