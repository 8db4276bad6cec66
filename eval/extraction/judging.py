"""A page read, and its text and day compared with what is right.

Shape -> webpage -> tokens in common -> F1; the day right, unknown or wrong
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from eval.extraction.shapes import Shape
from eval.harness import Row
from index.errors import SourceError
from index.ingest.pages import webpage
from index.ingest.sources import article

_TOKEN = re.compile(r"\w+(?:[.,]\d+)*|[^\w\s]")


def judged(shape: Shape) -> Row:
    """One page's row: `f1` of its tokens, `date_right`, `date_wrong` (another day than the right
    one, which is shown as sure), the text that came out and the day."""
    try:
        made = article(webpage(shape.page, shape.content_type))
        text, published = made.text, made.published
    except SourceError as error:
        text, published = f"refused: {error}", None
    right = shape.published
    day = published and published[:10]
    return {
        "id": shape.name,
        "f1": f1(text, "\n\n".join(shape.text)),
        "date_right": day == right,
        "date_wrong": day is not None and day != right,
        "published": published,
        "text": text,
    }


def f1(text: str, expected: str) -> float:
    """Twice the tokens in common by the tokens of both, each counted as often as it stands there.

    >>> f1("a b b", "a b")
    0.8
    """
    found, right = Counter(_TOKEN.findall(text)), Counter(_TOKEN.findall(expected))
    total = found.total() + right.total()
    return 2 * (found & right).total() / total if total else 1.0


def scored(rows: Sequence[Row]) -> dict[str, float]:
    """Means over the pages, and the lowest F1."""
    count = len(rows)
    return {
        "pages": count,
        "token_f1": sum(row["f1"] for row in rows) / count,
        "lowest_f1": min(row["f1"] for row in rows),
        "date_right": sum(row["date_right"] for row in rows) / count,
        "date_wrong": sum(row["date_wrong"] for row in rows),
    }
