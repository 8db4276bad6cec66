"""Two figures compared: the same quantity, the same but for rounding, or which one is greater.

    claim, source -> `in_one_unit` -> values -> `same`, `close`, `order`

Dates are compared in `figures/periods.py`, versions in `figures/versions.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from rag.figures.figure import Figure
from rag.figures.periods import date_bears_out
from rag.figures.tables import METRIC, PREFIXES
from rag.figures.versions import same_version

_SCALED = re.compile(
    r"\b(?:thousand|[mbtr]+illion|bn|mn|mln|tn|trn|mio|mrd)\b|[0-9] ?[kmbt]\b", re.IGNORECASE
)
_NUMBER = re.compile(r"[0-9][0-9,.\u00a0\u202f]*(?<=[0-9])|\.[0-9]+")
_SCALE_WORDS = (
    (re.compile(r"trillion|\b(?:tn|trn)\b|[0-9]t\b", re.IGNORECASE), 10**12),
    (re.compile(r"billion|\b(?:bn|mrd)\b|[0-9]bn?\b", re.IGNORECASE), 10**9),
    (re.compile(r"million|\b(?:mn|mln|mio)\b|[0-9](?:m|mn|mln)\b", re.IGNORECASE), 10**6),
    (re.compile(r"thousand|[0-9]k\b", re.IGNORECASE), 10**3),
)
_WORKERS = frozenset("employee worker staff staffer person job position role colleague".split())
_PERSONS = _WORKERS | frozenset(
    "engineer researcher contractor member developer profile scientist expert executive recruit"
    " hire user author man woman individual specialist annotator lawmaker investor participant"
    " customer artist plaintiff".split()
)
_SYNONYMS = (
    _WORKERS,
    frozenset("customer client".split()),
    frozenset("firm company business startup corporation".split()),
    frozenset("gpu chip processor accelerator card".split()),
    frozenset("lawsuit suit case".split()),
    frozenset("country nation".split()),
    frozenset("website site".split()),
    frozenset("book work title copy".split()),
    frozenset("author writer".split()),
    frozenset("centre center".split()),
)
_ISO = re.compile(r"\d{4}(?:-\d\d){0,2}")
_MONTH = 2629746  # seconds of a twelfth of the mean Gregorian year
_SECONDS = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800,
    "month": _MONTH, "year": 12 * _MONTH,
}  # fmt: skip


def _number(value: float | str) -> float:
    """The value where it is a number, else NaN, which equals nothing."""
    return value if isinstance(value, float) else float("nan")


def _equal(a: float, b: float) -> bool:
    """Whether two amounts of money differ by at most .05% of the larger (not measured)."""
    return abs(a - b) <= 0.0005 * max(abs(a), abs(b))


def _exactly(a: float, b: float) -> bool:
    """Whether two numbers are equal but for errors of floating point."""
    return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


def _is_fraction(figure: Figure) -> bool:
    """Whether a share is written in words or as a quotient: "a third", "1/3"."""
    written = figure.text.lower()
    return figure.kind == "percent" and not re.search(r"%|cent|pct|point|^[\d., ]+$", written)


def _unmarked_money(count: Figure) -> bool:
    """Whether a count may be money without its currency: no noun, but a scale ("15 billion")."""
    return count.kind == "count" and count.unit is None and bool(_SCALED.search(count.text))


def _same_noun(a: str | None, b: str | None) -> bool:
    """Whether two nouns may count the same things; no noun may count anything."""
    if a is None or b is None or a == b:
        return True
    if "person" in (a, b) and a in _PERSONS and b in _PERSONS:
        return True
    return any(a in group and b in group for group in _SYNONYMS)


def in_one_unit(a: Figure, b: Figure) -> tuple[Figure, Figure] | None:
    """Both figures in the unit of `a`, or None when they cannot measure the same thing.

    Counts whose nouns may mean the same ("employees", "staff") come back unchanged.
    """
    if a.kind == b.kind:
        if a.unit == b.unit:
            return a, b
        sizes = _size(a), _size(b)
        if sizes[0] and sizes[1] and sizes[0][0] == sizes[1][0]:
            return a, _converted(b, sizes[1][1] / sizes[0][1], a.unit)
        return (a, b) if a.kind == "count" and _same_noun(a.unit, b.unit) else None
    kinds = {a.kind, b.kind}
    count = a if a.kind == "count" else b
    if kinds == {"money", "count"}:
        return (a, b) if _unmarked_money(count) else None
    if kinds == {"age", "count"}:
        return (a, b) if count.unit is None and not _SCALED.search(count.text) else None
    return None


def _size(figure: Figure) -> tuple[str, float] | None:
    """The base unit of a figure's unit, and its size in it: a gigawatt is ("watt", 1e9).

    None where the unit is no duration and no metric unit.
    """
    unit = figure.unit or ""
    if figure.kind == "duration":
        return ("second", _SECONDS[unit]) if unit in _SECONDS else None
    match = METRIC.fullmatch(unit.removesuffix("-hour")) if figure.kind == "count" else None
    if match is None:
        return None
    plain = match[2].replace("meter", "metre").replace("tonne", "ton").removesuffix("s")
    if unit.endswith("-hour"):
        plain += "-hour"
    return plain, 1000.0 ** PREFIXES.index(match[1])


def _converted(figure: Figure, factor: float, unit: str | None) -> Figure:
    """The figure in another unit: its value and upper end multiplied by `factor`."""
    upper = None if figure.upper is None else figure.upper * factor
    return replace(figure, value=_number(figure.value) * factor, unit=unit, upper=upper)


def same(a: Figure, b: Figure) -> bool:
    """Whether source `b` gives exactly the quantity of claim `a`, however either is written.

    Hedges are ignored. A date may be less precise in the claim than in the source, never more
    precise. Money agrees with a count without a unit when the count has a scale word of thousand
    or more ("15 billion"): the sentence has then most likely left the currency out. Counts of
    different nouns are not the same, nor are an age and a duration.
    """
    if a.kind == "date" and b.kind == "date":
        return date_bears_out(a, b)
    if a.kind == "version" and b.kind == "version":
        return same_version(str(a.value), str(b.value))
    if {a.kind, b.kind} == {"version", "count"}:
        name, count = (a, b) if a.kind == "version" else (b, a)
        bare = count.text.isdecimal() and len(count.text) >= 4
        return bare and str(name.value).endswith("-" + count.text)
    pair = in_one_unit(a, b)
    if pair is None:
        return False
    left, right = pair
    if (left.upper is None) != (right.upper is None):
        return False
    equal = _equal if "money" in (a.kind, b.kind) else _exactly
    if _is_fraction(a) != _is_fraction(b):  # a third is 33%, but not 33.1%
        share, percent = (left, right) if _is_fraction(a) else (right, left)
        fine, _ = _steps(percent, _number(percent.value))
        return abs(_number(share.value) - _number(percent.value)) <= fine / 2
    if left.upper is not None and right.upper is not None and not equal(left.upper, right.upper):
        return False
    return equal(_number(left.value), _number(right.value))


def beyond(figures: Iterable[Figure], known: Sequence[Figure]) -> list[Figure]:
    """The figures whose quantity is none of the known ones."""
    return [f for f in figures if not any(same(f, g) for g in known)]


def same_amount(a: Figure, b: Figure) -> bool:
    """Whether source `b` gives the number of claim `a`, whatever the nouns that two counts stand
    before: "3,000 supporters" is told by "3,000 Arsenal fans". Units of measure must agree.

    What is counted is a matter of words, not of figures.
    """
    if same(a, b):
        return True
    counts = a.kind == b.kind == "count" and _size(a) is None and _size(b) is None
    return counts and same(replace(a, unit=None), replace(b, unit=None))


def order(a: Figure, b: Figure) -> int | None:
    """-1, 0 or 1 as quantity `a` is less than, the same as or more than `b`.

    None where the two measure different things, or where a period `a` contains the date `b`. A
    date `a` within the period `b` is the same as `b`. Upper ends of ranges are ignored. A hedge
    counts only between equal values: "over 900 million" is more than 900 million.
    """
    if a.kind == "date" and b.kind == "date":
        one, other = str(a.value), str(b.value)
        size = min(len(one), len(other))
        if not (_ISO.fullmatch(one) and _ISO.fullmatch(other)):
            return None
        if one[:size] == other[:size] and len(one) < len(other):
            return None
        return (one[:size] > other[:size]) - (one[:size] < other[:size])
    pair = None if "version" in (a.kind, b.kind) else in_one_unit(a, b)
    if pair is None:
        return None
    left, right = (_number(figure.value) for figure in pair)
    months = [figure.unit in ("month", "year") for figure in (a, b)]
    if a.kind == "duration" and months[0] != months[1] and _near(*pair):
        return None  # months have no fixed number of days
    if _exactly(left, right):
        hedges = {"over": 1, "under": -1}
        return hedges.get(a.approx or "", 0) - hedges.get(b.approx or "", 0)
    return 1 if left > right else -1


def _steps(figure: Figure, value: float) -> tuple[float, float]:
    """The size of one step in the last digit written, and in the last digit that is not a zero.

    For "1,200" these are 1 and 100; for "14.8 billion" both are 100 million.
    """
    match = _NUMBER.search(figure.text)
    scale = next((size for pattern, size in _SCALE_WORDS if pattern.search(figure.text)), 1)
    if match is None:
        parts = Decimal("0.1") if abs(value) < scale else Decimal(1)  # half a million
        digits = str(int(abs(value) / scale / float(parts))) if value < 1e18 else "1"
        written = parts
    else:
        digits = re.sub("[,\u00a0\u202f]", "", match.group())
        decimals = len(digits.partition(".")[2])
        written = Decimal(1).scaleb(-decimals)
        digits = digits.replace(".", "")
    zeros = len(digits) - len(digits.rstrip("0")) if digits.strip("0") else 0
    step = float(written) * scale
    return step, step * 10**zeros


def _interval(figure: Figure) -> tuple[float, float]:
    """The least and greatest value that the figure may stand for, given its rounding and hedge.

    Without a hedge that is half a step of the last digit either way. The widths are not measured.
    """
    value = _number(figure.value)
    if _is_fraction(figure):  # percentage points either way
        return value - 2.5, value + 2.5
    top = value if figure.upper is None else figure.upper
    fine, coarse = _steps(figure, value)
    if figure.kind in ("age", "ordinal"):
        return value, top
    if figure.approx == "about":
        return value - coarse / 2, top + coarse / 2
    if figure.approx == "over":
        return value - fine / 2, top + coarse
    if figure.approx in ("under", "upto"):
        return value - coarse, top + fine / 2
    return value - fine / 2, top + fine / 2


def close(a: Figure, b: Figure) -> bool:
    """Whether one figure may be the other rounded, at the precision in which it is written.

    15 billion and 14.8 billion are close; 600 and 620 only when one is hedged ("some 600"). Dates
    are close when either bears out the other.
    """
    if same(a, b) or same(b, a):
        return True
    if {a.kind, b.kind} & {"date", "version"}:
        return False
    if a.kind == b.kind == "percent" and a.unit != b.unit:
        return False
    sized = _size(a) is not None and _size(b) is not None
    if a.kind == "count" and not sized and a.approx is None and b.approx is None:
        scaled = _SCALED.search(a.text) or _SCALED.search(b.text)
        if not scaled and a.upper is None and b.upper is None:
            return False
    for one, other in ((a, b), (b, a)):
        pair = in_one_unit(one, other)
        if pair is None:
            return False
        low, high = _interval(one)
        value = _number(pair[1].value)
        top = value if pair[1].upper is None else pair[1].upper
        if low <= value and top <= high and (a.unit == b.unit or not sized or _near(*pair)):
            return True
        if one.kind != "age" and one.approx is None and _cut(one, value) and _near(*pair, by=0.02):
            return True
    return False


def _cut(figure: Figure, value: float) -> bool:
    """Whether a value has the figure's digits and more behind them (70.6 billion, cut to 70), or
    rounds to it where the figure ends in zeros (251 million, 250)."""
    fine, coarse = _steps(figure, _number(figure.value))
    beyond = value - _number(figure.value)
    return 0 <= beyond < fine or abs(beyond) <= min(coarse / 2, 0.01 * abs(value))


def _near(a: Figure, b: Figure, by: float = 0.05) -> bool:
    """Whether two values, converted to one unit, differ by at most a twentieth (not measured)."""
    one, other = _number(a.value), _number(b.value)
    return abs(one - other) <= by * max(abs(one), abs(other))


def normalize(figure: Figure) -> float | str:
    """The bare value: amounts unscaled, shares in percent, dates in ISO, versions in lower case."""
    return figure.value
