"""Hedges: the words around a quantity that say how exact it is (nearly, more than, 700-plus)."""

from __future__ import annotations

from rag.figures.scan import Scan

_HEDGES = {
    words: approx
    for approx, phrases in (
        (
            "under",
            "nearly|almost|close to|closer to|just under|under|below|less than|fewer than|shy of"
            "|approaching|not quite",
        ),
        (
            "over",
            "more than|over|at least|north of|above|upwards of|upward of|exceeding|exceeds|exceed"
            "|exceeded|in excess of|no less than|not less than|no fewer than|greater than"
            "|minimum of|topping|surpassing",
        ),
        (
            "about",
            "about|around|roughly|some|approximately|approx|estimated|circa|ca|near|an estimated"
            "|~|≈|somewhere around",
        ),
        ("upto", "up to|as much as|as many as|at most|no more than|not more than|maximum of"),
    )
    for words in phrases.split("|")
}
_AFTER = {"+": "over", "plus": "over", "or more": "over", "or so": "about", "or less": "upto"}


def hedge_before(scan: Scan, first: int) -> str | None:
    """The hedge just before token `first`: "about", "over", "under", "upto" or None."""
    one = scan.back(first - 1)
    if one == "." and scan.back(first - 2) in ("approx", "ca"):
        return "about"
    if one in ("a", "an", "the"):
        first -= 1
        one = scan.back(first - 1)
    two = f"{scan.back(first - 2)} {one}"
    three = f"{scan.back(first - 3)} {two}"
    return _HEDGES.get(three) or _HEDGES.get(two) or _HEDGES.get(one)


def hedge_after(scan: Scan, after: int) -> str | None:
    """The hedge at token `after`: `700+`, `700-plus`, `fifty or so`; None where there is none."""
    j = scan.after_hyphen(after)
    if scan.low(after) == "+" and scan.gap(after) == 0:
        return "over"
    if j > after and scan.low(j) in ("plus", "odd", "ish"):
        return "over" if scan.low(j) == "plus" else "about"
    return _AFTER.get(f"{scan.low(after)} {scan.low(after + 1)}")
