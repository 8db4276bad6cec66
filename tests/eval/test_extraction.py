"""Pages of many shapes: the text of each comes out, and its day or none."""

from __future__ import annotations

import pytest

from eval.extraction.judging import f1, judged, scored
from eval.extraction.shapes import Shape, shapes

SHAPES = shapes()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_shape_of_page(shape: Shape) -> None:
    row = judged(shape)
    assert row["f1"] >= 0.95, row["text"]
    assert row["date_right"], row["published"]


def test_there_are_enough_of_them() -> None:
    assert len({shape.name for shape in SHAPES}) == len(SHAPES) >= 40


def test_scores() -> None:
    assert f1("", "") == 1.0
    assert f1("a b b", "a b") == 0.8
    assert f1("9.5, no", "9.5") == 0.5
    page = b"<html><body><p>Too little.</p></body></html>"
    rows = [
        judged(Shape("a", page, ("Kestrel",), "2025-06-10")),
        judged(Shape("b", page, ("Too little.",), None)),
    ]
    assert scored(rows) == {
        "pages": 2,
        "token_f1": 0.5,
        "lowest_f1": 0.0,
        "date_right": 0.5,
        "date_wrong": 0,
    }
