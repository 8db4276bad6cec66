"""What form of answer a question wants, by the packaged weights and the real encoder."""

from __future__ import annotations

import pytest

from index.encoder import load_encoder
from rag.question.form import chances_of, form_of, second_of

pytestmark = pytest.mark.model  # the encoder is the real one: the weights are fitted to it


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("What share of Scale AI did Meta buy?", "fact"),
        ("who leads tessel now", "fact"),
        ("Did Norvale sell its works in Leeds in 2021?", "fact"),
        ("Why did Norvale turn the first bid down?", "fact"),
        ("I need the number of people that Quanta let go last spring.", "fact"),
        ("Give me a timeline of the Norvale takeover", "timeline"),
        ("How did the strike at Tessel unfold, day by day?", "timeline"),
        ("Please summarise the row over the harbour tunnel", "summary"),
        ("tl;dr of the Quanta affair", "summary"),
        ("What's new with Norvale?", "news"),
        ("any news on the tunnel this week?", "news"),
        ("List all the firms that have sued Quanta", "list"),
        ("Compare Norvale's offer with Tessel's", "comparison"),
        ("How many articles do you have?", "library"),
        ("hello there", "talk"),
        ("thanks a lot!", "talk"),
        ("Should I buy shares in Norvale?", "opinion"),
        ("Wer hat Norvale gekauft?", "foreign"),
    ],
)
def test_the_form_of_a_question(question: str, form: str) -> None:
    assert form_of(chances_of(question, load_encoder().encode)) == form


def test_where_no_fact_is_found_a_likely_form_stands_in() -> None:
    assert second_of({"fact": 0.1, "summary": 0.5, "news": 0.35, "talk": 0.05}) == "summary"
    assert second_of({"fact": 0.6, "summary": 0.4}) is None
    assert second_of({"fact": 0.2, "talk": 0.8}) is None
