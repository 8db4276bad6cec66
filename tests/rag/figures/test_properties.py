"""Properties of finding figures in any text: it never fails, and takes linear time."""

from __future__ import annotations

import datetime
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.figures import Figure, close, find_figures, same


def one(text: str) -> Figure:
    (figure,) = find_figures(text)
    return figure


def well_formed(text: str) -> list[Figure]:
    figures = find_figures(text)
    assert all(text[figure.start : figure.end] == figure.text for figure in figures)
    assert all(figure.start < figure.end for figure in figures)
    assert all(left.end <= right.start for left, right in pairwise(figures))
    return figures


NEWS_WORDS = (
    "$ € US$ USD 14.3 15 49 2025 2,000 1,400 .5 0 1st 12 June May Sept. Q3 third quarter half of a"
    " an one two twenty hundred thousand million billion bn m B % percent per cent points - – to"
    " and between from nearly about more than over years old year months day people employees,"
    " Llama GPT-4 Pro Series B order 14179 early mid end spring . , ; ' ’s ( ) + / : ^ 10^26 \n"
    " \n\n Meta’s S & P DALL-E #1 No. 4- 12/06/2025 2025-06-12T 24/7 70B model dozen cents ~"
).split(" ")


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_never_fails_on_any_text(text: str) -> None:
    figures = well_formed(text)
    for figure in figures:
        assert same(figure, figure)


@given(st.lists(st.tuples(st.sampled_from(NEWS_WORDS), st.sampled_from(["", " ", " ", " ", "\n"]))))
@settings(max_examples=600, deadline=None)
def test_never_fails_on_words_of_the_news(words: list[tuple[str, str]]) -> None:
    figures = well_formed("".join(word + gap for word, gap in words))
    for figure in figures:
        assert same(figure, figure)
        assert close(figure, figures[0]) == close(figures[0], figure)


@given(
    st.integers(1, 999_999),
    st.integers(0, 3),
    st.sampled_from(["{} billion dollars", "${}bn", "$ {} billion", "USD {} bn", "US${}B"]),
    st.sampled_from(["${} million", "{} million US dollars", "${}m", "USD {} mn"]),
)
def test_an_amount_is_found_again_however_written(
    units: int, places: int, big: str, small: str
) -> None:
    scaled = f"{units / 10**places:,.{places}f}"
    millions = f"{units * 10 ** (3 - places):,}"
    a, b = one(f"It paid {big.format(scaled)} for it."), one(f"Worth {small.format(millions)}.")
    assert a.value == pytest.approx(units * 10.0 ** (9 - places))
    assert a.text in big.format(scaled)
    assert same(a, b) and same(b, a) and close(a, b)


@given(
    st.dates(
        min_value=datetime.date(1900, 1, 1),
        max_value=datetime.date(2099, 12, 31),
    ),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%b %d, %Y", "%d.%m.%Y", "%d %b %Y"]),
)
def test_a_date_is_found_again_however_written(day: datetime.date, form: str) -> None:
    written = day.strftime(form)
    figure = one(f"It was signed on {written} in Paris.")
    assert (figure.kind, figure.value, figure.text) == ("date", day.isoformat(), written)
    assert same(one(day.strftime("%B %Y")), figure)
    assert not same(figure, one(day.strftime("%B %Y")))


@given(st.integers(1, 10**12), st.sampled_from(["{:,} employees", "{} employees", "{:,}-person"]))
def test_a_count_is_found_again(count: int, form: str) -> None:
    figure = one("It has " + form.format(count) + ".")
    assert (figure.kind, figure.value) == ("count", float(count))


REPEATED = (
    "1. 1- 1_ a- A1- GPT- billion_ one_ twenty- $ $1_to_ 12_ June_ 12_June_ 2025- 1/ 1: half_a_"
    " nearly_ - ' 1' U.S. and_ 1_or_ S&P& 1\u00a0000 ½ １ \n"
).split(" ")


@pytest.mark.parametrize(
    ("piece", "length"),
    [(piece, 20_000) for piece in ("1", ",", "1,", "12,345,")]
    + [(piece.replace("_", " "), 12_000) for piece in REPEATED],
)
def test_time_grows_with_the_length_alone(piece: str, length: int) -> None:
    # A ratio, as machines differ: 4 if it grows with the length, 16 with its square. The better of
    # two tries.
    assert any(seconds(piece, length) < 9 * seconds(piece, length // 4) + 0.02 for _ in range(2))


def seconds(piece: str, length: int) -> float:
    """The processor's seconds for a text of `length` characters."""
    text = (piece * (length // len(piece) + 1))[:length]
    began = time.process_time()
    well_formed(text)
    return time.process_time() - began
