"""The learned order of evidence sentences."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import understood

from index.types import Article
from rag.evidence.order import SIGNALS, Place, chances_of, learned, signals
from rag.evidence.sentence import EvidenceSentence

QUESTION = "How many people work at Norvale?"


def pool(*texts: str) -> tuple[list[EvidenceSentence], list[Place]]:
    article = Article("a", " ".join(texts), "Norvale grows")
    out, at = [], 0
    for text in texts:
        out.append(EvidenceSentence(article, at, at + len(text), text, "Norvale grows.", 0.5))
        at += len(text) + 1
    return out, [Place(0, 0.0, 0.5, 0.5, n, len(texts)) for n in range(len(texts))]


def chances(*texts: str) -> list[float]:
    table = signals(understood(QUESTION, (), ("Norvale",)), *pool(*texts), lambda stem: 0.5)
    return [float(c) for c in chances_of(table)]


def test_every_signal_has_a_learned_weight() -> None:
    assert set(learned()["weights"]) == set(SIGNALS)
    assert any(learned()["weights"].values())


def test_the_chances_of_a_question_are_shares_of_one() -> None:
    found = chances("Norvale has 1,400 people.", "It rained in Oslo.", "Maps are sold.")
    assert abs(sum(found) - 1) < 1e-5 and min(found) > 0


def test_words_and_figures_of_the_question_count() -> None:
    first, second = chances("At Norvale 1,400 people work.", "The weather was mild.")
    assert first > second


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_text_has_finite_signals(texts: list[str]) -> None:
    intent = understood(QUESTION, (), ("Norvale",))
    table = signals(intent, *pool(*texts), lambda stem: 0.5)
    assert table.shape == (len(texts), len(SIGNALS)) and np.isfinite(table).all()
