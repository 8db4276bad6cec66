"""Every quantity of a text: `find_figures`.

    text -> tokens (`figures/scan.py`) -> at each token, the first reader that finds a figure

Shares, fractions, ages and ordinals are read here. Dates, versions, and amounts with their nouns
and hedges are read by the other modules of this folder.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from index.dates import MONTHS
from rag.figures.amounts import SYMBOLS, Part, lend, part_at, range_at
from rag.figures.dates import date_at
from rag.figures.figure import Figure, Kind
from rag.figures.hedges import hedge_after, hedge_before
from rag.figures.nouns import MONEY_NOUNS, noun_at
from rag.figures.scan import Scan
from rag.figures.tables import DASHES, DURATIONS, LONG_SCALES, UNITS
from rag.figures.versions import version_at

_DENOMINATORS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
        " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
        " twentieth".split(),
        1,
    )
}
_DETERMINERS = frozenset("the a an its his her their our my your this that whose for".split())
_SPACER = frozenset(
    "full more consecutive straight working calendar business additional whole long short".split()
)


def _age_words(scan: Scan, i: int) -> int | None:
    """The position after `-year-old`, `years old` or `years of age` at i, else None."""
    j = i
    if scan.low(j) in DASHES and scan.gap(j) <= 1:
        j += 1
    if scan.low(j) not in ("year", "years", "yr"):
        return None
    j += 1
    if scan.low(j) == "of" and scan.low(j + 1) == "age":
        return j + 2
    if scan.low(j) in DASHES:
        j += 1
    return j + 1 if scan.low(j) in ("old", "olds") else None


def _age_around(scan: Scan, first: int, after: int, value: Decimal) -> bool:
    """Whether a bare number is a person's age: `aged 28`, `now 28.`, `Alexandr Wang, 28, said`."""
    if not 1 <= value <= 120:  # years that a person can live; not measured
        return False
    before = scan.back(first - 1)
    if before in ("aged", "age", "ages", "turned", "turns"):
        return True
    closing = scan.low(after) in ("", ",", ".", ";", ")", "and", "who")
    if closing and before in ("now", "is") and (before == "now" or scan.back(first - 2) == "who"):
        return True
    name = scan.at(first - 2)
    if scan.low(after) == "," and before == "," and name and value >= 10:  # 10: not measured
        return name.kind == "word" and name.named and name.low not in MONTHS
    return False


def _quantity(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """An amount, a range, or two amounts that share a unit, and the position after them."""
    one = part_at(scan, i)
    if one is None:
        return None
    # `from 27 to 29` is a change between two quantities, not a range
    moving = scan.back(i - 1) == "from" and scan.back(i - 2) not in ("ranging", "ranges", "range")
    ends = range_at(scan, one)
    if ends and not moving:
        figure, after = _finish(scan, *ends)
        return ([figure] if figure else []), after
    if ends is None and scan.low(one.next) in ("or", "and") and not one.marked:
        two = part_at(scan, one.next + 1)
        if two and not two.prefixed and two.number.worded == one.number.worded:
            ends = lend(one, two), two
    if ends:
        return _two(scan, *ends)
    figure, after = _finish(scan, one, None)
    return ([figure] if figure else []), after


def _two(scan: Scan, one: Part, two: Part) -> tuple[list[Figure], int] | None:
    """Two quantities that share the unit written after the second: `from 27 to 29 percent`."""
    second, after = _finish(scan, two, None)
    first, end = _finish(scan, one, None)
    if first is None or second is None or end > one.next:
        return [figure for figure in (first,) if figure], end
    if first.unit is None and second.kind in ("count", "duration"):
        factor = 1.0
        if second.kind == "duration" and isinstance(second.value, float):
            factor = second.value / float(two.value)
        if isinstance(first.value, float):
            value = first.value * factor
            first = replace(first, kind=second.kind, unit=second.unit, value=value)
    return [first, second], after


def _finish(scan: Scan, one: Part, two: Part | None) -> tuple[Figure | None, int]:
    """The figure of one number, or of a range up to `two`, and the position after it.

    The words after the number give its kind: percent, money, age, duration, then count. None where
    the number counts nothing ("one" alone, "one-off").
    """
    last = two or one
    first, after, value = one.first, last.next, one.value
    upper = two.value if two else None
    approx = hedge_before(scan, first)

    def made(kind: Kind, unit: str | None, end: int) -> tuple[Figure, int]:
        text, start, stop = scan.cut(first, end)
        high = None if upper is None else float(upper)
        hedge = hedge_after(scan, after) or hedge_after(scan, end) or approx
        return Figure(kind, text, start, stop, float(value), unit, high, hedge), end

    if one.percent:
        return made("percent", one.percent, after)
    if one.currency:
        return made("money", one.currency, after)
    low = scan.low(first)
    old = _age_words(scan, after)
    if old is not None:
        return made("age", "year", old)
    if hedge_after(scan, after) is None:
        j = scan.after_hyphen(after)
        j += scan.low(j) in _SPACER
        word = scan.at(j)
        if word and word.low in DURATIONS and word.gap <= 2 and scan.low(j + 1) != "'":
            unit, factor = DURATIONS[word.low]
            value *= factor
            upper = None if upper is None else upper * factor
            return made("duration", unit, j + 1)
    if _age_around(scan, first, after, value):
        return made("age", "year", after)
    single = low in ("one", "zero", "a", "an") and not last.number.scaled and after == first + 1
    extra = after
    if scan.low(after) == "+":
        extra = after + 1
    elif scan.low(after) in DASHES and scan.low(after + 1) == "plus":
        extra = after + 2
    sized = last.number.scaled and scan.gap(last.number.next - 1) == 0  # a 70B model
    if sized and scan.low(after) in ("model", "models"):
        return made("count", "parameter", after)
    noun = noun_at(scan, extra, single or value == 1)
    if single and noun is None:
        return None, first + 1
    if low in ("one", "zero") and noun and noun[0] in ("time", "off", "on", "shot", "sum", "day"):
        return None, noun[1]
    if noun is None:
        return made("count", None, after)
    if last.number.scaled and noun[0] in MONEY_NOUNS:
        return made("count", None, after)
    return made("count", noun[0], noun[1])


def _one_in(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`one in five workers`, `four in ten`, `1/3 of staff` as a percentage."""
    top = UNITS.get(scan.low(i), 0)
    j = scan.after_hyphen(i + 1)
    bottom = 0
    if scan.low(j) == "in":
        j = scan.after_hyphen(j + 1)
        bottom = UNITS.get(scan.low(j), 0)
    elif scan.low(i + 1) == "/" and scan.low(i + 3) == "of":
        above, below = scan.tokens[i], scan.at(i + 2)
        if below and above.text.isdecimal() and below.text.isdecimal() and len(below.text) <= 2:
            top, bottom, j = int(above.text[:3]), int(below.text), i + 2
    if not 0 < top < bottom or scan.low(scan.after_hyphen(j + 1)) in DURATIONS:
        return None
    text, start, end = scan.cut(i, j + 1)
    value = float(Decimal(100 * top) / bottom)
    return [Figure("percent", text, start, end, value, "%", None, hedge_before(scan, i))], j + 1


def _fraction(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`one third`, `two-thirds`, `half of`, `nearly a quarter` as a percentage."""
    low = scan.low(i)
    hedged = hedge_before(scan, i)
    top, j = 1, i
    worded = False
    if low == "half":
        if scan.back(i - 1) in ("first", "second", "other", "third", "latter", "1st", "2nd", "a"):
            return None
        after = scan.after_hyphen(i + 1)
        if scan.number(i) is not None:  # half a million
            return None
        if scan.low(after) in ("a", "an") and scan.low(after + 1) in DURATIONS:
            text, start, end = scan.cut(i, after + 2)
            unit, factor = DURATIONS[scan.low(after + 1)]
            figure = Figure("duration", text, start, end, 0.5 * factor, unit, None, hedged)
            return [figure], after + 2
    elif low in ("a", "an"):
        j = i + 1
    elif UNITS.get(low, 0) in range(1, 10):
        top, worded = UNITS[low], True
        j = scan.after_hyphen(i + 1)
    else:
        return None
    word = scan.low(j)
    plural = top > 1
    if low == "half" and scan.low(i + 1) in DASHES and not scan.gap(i + 1):
        return None
    bottom = _DENOMINATORS.get(word[:-1] if plural and word.endswith("s") else word)
    if bottom is None or top >= bottom or (plural and not word.endswith("s")):
        return None
    after = j + 1
    following = scan.low(after)
    if bottom == 4 and scan.low(after + 1)[:2] in ("19", "20"):
        return None
    of_one = following == "of" and scan.low(after + 1) in ("a", "an")
    if of_one and scan.low(after + 2) in LONG_SCALES | {"percent": 0, "percentage": 0}:
        return None
    hyphen = worded and j > i + 1 and scan.low(i + 1) in DASHES
    clear = following == "of" or hedged or hyphen or (worded and bottom != 4)
    if low == "half" and following in ("the", "its", "their", "his", "her", "all", "that"):
        clear = True
    if not clear and not (plural and bottom == 4 and top == 3):
        return None
    text, start, end = scan.cut(i, after)
    value = float(Decimal(100 * top) / bottom)
    return [Figure("percent", text, start, end, value, "%", None, hedged)], after


def _ordinal(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`the third`, `21st`, `#1`, `No. 4`; "first" and "second" only after a determiner."""
    token = scan.tokens[i]
    number, after = _ORDINALS.get(token.low), i + 1
    if token.kind == "num" and scan.low(after) in ("st", "nd", "rd", "th") and scan.gap(after) == 0:
        digits_only = token.text.replace(",", "")
        if not digits_only.isdecimal() or len(digits_only) > 5:
            return None
        number, after = int(digits_only), after + 1
    elif (token.low == "#" and scan.gap(after) == 0) or (
        token.low == "no" and scan.low(after) == "."
    ):
        after += token.low == "no"
        digits = scan.at(after)
        if digits is None or not digits.text.isdecimal() or len(digits.text) > 4:
            return None
        if digits.gap > 1:
            return None
        number, after = int(digits.text), after + 1
    elif number is not None and number <= 2:
        before = scan.back(i - 1)
        if before not in _DETERMINERS and not before.endswith(("'s", "’s")):
            return None
    if number is None:
        return None
    joined = scan.after_hyphen(after)
    if scan.low(joined) in ("party", "parties", "hand", "rate", "class") and token.kind == "word":
        return None
    text, start, end = scan.cut(i, after)
    return [Figure("ordinal", text, start, end, float(number), None)], after


def find_figures(text: str) -> list[Figure]:
    """Every quantity of `text`, in order, not overlapping. Takes time linear in the text's length.

    A number with a scale word and no currency ("15 billion") is a count without a unit. Vague
    plurals ("hundreds", "billions") are skipped. The text of a figure does not include its hedge.
    """
    scan = Scan(text)
    figures: list[Figure] = []
    i = 0
    while i < len(scan.tokens):
        token = scan.tokens[i]
        found = None
        if token.kind != "sym" or token.text in SYMBOLS or token.text == "#":
            for finder in (date_at, _one_in, _fraction, _ordinal, version_at, _quantity):
                found = finder(scan, i)
                if found:
                    break
        if found:
            figures += found[0]
        i = max(found[1], i + 1) if found else i + 1
    return figures
