"""One number or a range, with its currency, scale or percent sign.

    position -> `part_at` -> `Part` -> `range_at`, where a second number follows -> both ends

The noun after an amount is read in `figures/nouns.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from rag.figures.scan import Number, Scan
from rag.figures.tables import CODES, DASHES

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "元": "CNY"}
_DOLLARS = {
    "us": "USD",
    "a": "AUD",
    "au": "AUD",
    "c": "CAD",
    "ca": "CAD",
    "hk": "HKD",
    "nt": "TWD",
    "s": "SGD",
    "nz": "NZD",
}
_CURRENCIES = {
    word: code
    for words, code in (
        ("dollar dollars buck bucks", "USD"),
        ("euro euros", "EUR"),
        ("pound pounds sterling quid", "GBP"),
        ("yen", "JPY"),
        ("yuan renminbi", "CNY"),
        ("rupee rupees", "INR"),
        ("won", "KRW"),
        ("francs franc", "CHF"),
        ("dirham dirhams", "AED"),
        ("riyal riyals", "SAR"),
        ("shekels", "ILS"),
        ("zloty", "PLN"),
    )
    for word in words.split()
}
_NATIONS = {"canadian": "CAD", "australian": "AUD", "singapore": "SGD", "taiwan": "TWD"}


@dataclass(frozen=True, slots=True)
class Part:
    """One number with the currency or percent sign right before or after it."""

    number: Number
    value: Decimal  # in whole units of the currency, in percent or in percentage points
    first: int  # the position of its first token, currency included
    next: int  # the position after its last token
    currency: str | None  # ISO 4217 code
    prefixed: bool  # whether the currency stands before the number
    percent: str | None  # "%", or "pp" for percentage points

    @property
    def marked(self) -> bool:
        """Whether it has a currency, a percent sign or a scale word."""
        return bool(self.currency or self.percent or self.number.scaled)


def _prefix(scan: Scan, i: int) -> tuple[str, int] | None:
    """A currency before its number: `$`, `US$`, `$US`, `USD`, `RMB`, `Rs.`"""
    token = scan.tokens[i]
    j = i + 1
    if token.text in SYMBOLS:
        code = SYMBOLS[token.text]
        if token.text == "$" and scan.low(j) == "us" and scan.gap(j) == 0:
            j += 1
    elif token.low in _DOLLARS and scan.low(j) == "$" and scan.gap(j) == 0:
        code, j = _DOLLARS[token.low], j + 1
    elif token.text in CODES:
        code = CODES[token.text]
        j += scan.low(j) in ("$", "€", "£", ".") and scan.gap(j) == 0
    else:
        return None
    following = scan.at(j)
    if following is None or following.kind != "num" or following.gap > 1:
        return None
    return code, j


def _suffix(scan: Scan, i: int) -> tuple[str, int] | None:
    """A currency after its number: `dollars`, `-dollar`, `US dollars`, `EUR`, `€`."""
    j = scan.after_hyphen(i)
    token = scan.at(j)
    if token is None or token.gap > 2:
        return None
    if token.low in _CURRENCIES:
        after = j + 1
        if scan.low(after) == "sterling":
            after += 1
        return _CURRENCIES[token.low], after
    if token.text in CODES:
        return CODES[token.text], j + 1
    following = scan.at(j + 1)
    if token.text in SYMBOLS and token.gap <= 1 and not (following and following.kind == "num"):
        return SYMBOLS[token.text], j + 1
    qualifier = {**_NATIONS, "us": "USD", "american": "USD", "chinese": "CNY"}.get(token.low)
    if qualifier and scan.low(j + 1) in _CURRENCIES:
        return qualifier, j + 2
    dotted = "".join(scan.low(j + step) for step in range(4)) == "u.s."
    if dotted and scan.low(j + 4) in ("dollar", "dollars"):
        return "USD", j + 5
    return None


def _percent(scan: Scan, i: int) -> tuple[str, int, int] | None:
    """(unit, divisor, position after) of a percent sign or its words; 100 basis points are 1 pp."""
    j = scan.after_hyphen(i)
    low = scan.low(j)
    if low in ("%", "％", "percent", "pct"):
        if scan.low(scan.after_hyphen(j + 1)) in ("point", "points"):
            return "pp", 1, scan.after_hyphen(j + 1) + 1
        return "%", 1, j + 1
    if low == "pc" and scan.gap(j) == 0:
        return "%", 1, j + 1
    if low == "per" and scan.low(scan.after_hyphen(j + 1)) == "cent":
        return "%", 1, scan.after_hyphen(j + 1) + 1
    if low == "percentage" and scan.low(scan.after_hyphen(j + 1)) in ("point", "points"):
        return "pp", 1, scan.after_hyphen(j + 1) + 1
    if low == "bps":
        return "pp", 100, j + 1
    if low == "basis" and scan.low(scan.after_hyphen(j + 1)) in ("point", "points"):
        return "pp", 100, scan.after_hyphen(j + 1) + 1
    return None


def part_at(scan: Scan, i: int) -> Part | None:
    """The number that begins at token i, with its currency or percent sign, or None."""
    if scan.at(i) is None:
        return None
    prefix = _prefix(scan, i)
    currency, start = prefix if prefix else (None, i)
    number = scan.number(start, money=prefix is not None)
    if number is None:
        return None
    j, value, percent = number.next, number.value, None
    suffix = _suffix(scan, j)
    if suffix and currency in (None, suffix[0]):
        currency, j = suffix
    elif suffix is None and scan.low(j) in ("cent", "cents") and currency is None:
        currency, j, value = "USD", j + 1, value / 100
    if currency is None:
        share = _percent(scan, j)
        if share:
            percent, j, value = share[0], share[2], value / share[1]
    return Part(number, value, i, j, currency, prefix is not None, percent)


def _joint(scan: Scan, i: int, part: Part) -> tuple[int, bool] | None:
    """Where the second number of a range begins, and whether a dash joins it."""
    low = scan.low(i)
    if low == "to":
        return i + 1, False
    if low == "and" and scan.back(part.first - 1) == "between":
        return i + 1, False
    if low in DASHES:
        if scan.low(i + 1) == "to":
            return i + 2 + (scan.low(i + 2) in DASHES), True
        following = scan.at(i + 1)
        if scan.gap(i) == 0 and following and following.gap == 0 and following.kind != "word":
            return i + 1, True
        if following and following.gap == 0 and following.text in CODES:
            return i + 1, True
    return None


def lend(one: Part, two: Part) -> Part:
    """The first of two numbers, with the scale, currency or percent sign that follows the second.

    In "27 to 29 billion dollars" the 27 becomes 27 billion dollars.
    """
    value = one.value
    if two.number.scaled and not one.number.scaled and value < two.value / two.number.factor:
        value = value * two.number.factor
    if two.percent and not one.percent and two.value != two.number.value:
        value = value / 100
    return replace(
        one, value=value, currency=one.currency or two.currency, percent=one.percent or two.percent
    )


def range_at(scan: Scan, one: Part) -> tuple[Part, Part] | None:
    """Both ends of a range that begins with `one` ("27 to 29 billion dollars"), or None.

    A scale, currency or percent sign written once holds for both ends.
    """
    joint = _joint(scan, one.next, one)
    two = part_at(scan, joint[0]) if joint else None
    if joint is None or two is None:
        return None
    if one.currency and two.currency and one.currency != two.currency:
        return None
    if one.percent and two.percent and one.percent != two.percent:
        return None
    if (one.currency and two.percent) or (one.percent and two.currency):
        return None
    if one.marked and not two.marked and not (joint[1] and one.prefixed):
        return None
    if one.currency and not two.currency and not one.prefixed:
        return None
    if one.percent and not two.percent:
        return None
    lent = lend(one, two)
    if lent.value >= two.value:
        return None
    return lent, replace(two, currency=lent.currency)
