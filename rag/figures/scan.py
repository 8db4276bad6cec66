"""A text as tokens, and the numbers that they make, in digits or in words.

    text -> `Scan` (its tokens by position) -> `Scan.number` at a position -> `Number`

Every reader of figures looks only a bounded number of tokens ahead, so reading is linear in the
text's length. What a number measures is read in `figures/find.py` and the modules it calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from rag.figures.tables import CODES, HYPHENS, LETTER_SCALES, LONG_SCALES, MEASURES, TENS, UNITS

Type = Literal["num", "word", "mix", "sym"]


@dataclass(frozen=True, slots=True)
class Token:
    """One number, word, mix of both ("H200") or symbol; `low` is `text` in lower case."""

    kind: Type
    text: str
    low: str
    start: int
    end: int
    gap: int  # before it: 0 nothing, 1 blanks, 2 one line break, 3 a blank line

    @property
    def named(self) -> bool:
        """Whether the token has a capital letter, as names have."""
        return self.kind in ("word", "mix") and self.low != self.text


_SUFFIXES = (
    frozenset(LONG_SCALES)
    | frozenset(LETTER_SCALES)
    | frozenset(MEASURES)
    | frozenset("st nd rd th s pc pct percent yrs yr hrs hr mins secs".split())
    | frozenset(code.lower() for code in CODES)
)
_TOKEN = re.compile(
    r"(?<![^\s$€£¥₹(])\.[0-9]+(?![0-9.,])"
    r"|[^\W_]+(?:(?<=[0-9])[.,\u00a0\u202f](?=[0-9])[^\W_]+)*(?:['’][^\W\d_]+)?|\S"
)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([,\u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_COMMA_DECIMAL = re.compile(r"[0-9]{1,3},[0-9]{1,2}")
_SCALE_AHEAD = re.compile(r"\s?(?:%|percent\b|per cent\b|[mb]n\b|mln\b|[mbtr]+illion\b)")
_LEADING_NUMBER = re.compile(r"([0-9][0-9.,]*(?<=[0-9]))([^\W\d_]+)")
_LEADING_CODE = re.compile(rf"({'|'.join(CODES)}|US)([0-9].*)", re.DOTALL)
_LONGEST = 30  # digits; anything longer is no figure of news prose (not measured)


def is_year(token: Token | None) -> bool:
    """Whether the token is a year from 1900 to 2099 in four digits."""
    return (
        token is not None
        and token.kind == "num"
        and len(token.text) == 4
        and token.text[:2] in ("19", "20")
        and token.text.isdigit()
    )


def _split(text: str, match: re.Match[str]) -> list[tuple[int, int, Type]]:
    """The (start, end, kind) pieces of one run of letters and digits."""
    word, start, end = match.group(), match.start(), match.end()
    if not any("0" <= character <= "9" for character in word):
        return [(start, end, "word" if word[0].isalnum() else "sym")]
    apostrophe = re.search("['’]", word)
    if apostrophe:
        middle = start + apostrophe.start()
        return [*_numbers(text, start, middle), (middle, end, "word")]
    code = _LEADING_CODE.fullmatch(word)
    if code and (code.group(1) != "US" or text[start - 1 : start] == "$"):
        middle = start + len(code.group(1))
        return [(start, middle, "word"), *_numbers(text, middle, end)]
    return _numbers(text, start, end)


def _numbers(text: str, start: int, end: int) -> list[tuple[int, int, Type]]:
    """The (start, end, kind) pieces of a run that holds a digit: "15bn" is a number and a word."""
    word = text[start:end]
    if _PLAIN.fullmatch(word) or _GROUPED.fullmatch(word):
        return [(start, end, "num")]
    if _COMMA_DECIMAL.fullmatch(word) and _SCALE_AHEAD.match(text, end):
        return [(start, end, "num")]
    suffixed = _LEADING_NUMBER.fullmatch(word)
    if suffixed and suffixed.group(2).lower() in _SUFFIXES:
        middle = start + len(suffixed.group(1))
        return [*_numbers(text, start, middle), (middle, end, "word")]
    if any(separator in word for separator in ",\u00a0\u202f"):
        pieces: list[tuple[int, int, Type]] = []
        for piece in re.finditer(r"[^,\u00a0\u202f]+", word):
            first, last = start + piece.start(), start + piece.end()
            plain = _PLAIN.fullmatch(piece.group())
            pieces += [(first, last, "num")] if plain else _numbers(text, first, last)
        return pieces
    return [(start, end, "mix")]


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        for start, end, kind in _split(text, match):
            between = text[last:start]
            gap = 0 if start == last else 1 + min(between.count("\n"), 2)
            part = text[start:end]
            tokens.append(Token(kind, part, part.lower(), start, end, gap))
            last = end
    return tokens


@dataclass(frozen=True, slots=True)
class Number:
    """A number read from tokens, before its unit is known."""

    value: Decimal  # scale words included: 14.8 billion is 14_800_000_000
    factor: Decimal  # of its scale words: 14.8 billion has 10**9
    next: int  # the position after its last token
    scaled: bool  # whether its scale words make a factor of a thousand or more
    worded: bool  # whether it begins with a word: "two billion"


_AFTER_A = frozenset("hundred thousand million billion trillion dozen".split())
_PAD = 64  # no reader looks further than this past the end (an upper bound, not measured)


class Scan:
    """A text's tokens, read by position; a position just outside gives "" or None."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self._padded: list[Token | None] = [*self.tokens, *[None] * _PAD]
        self._lows = [token.low if token.gap < 3 else "" for token in self.tokens]
        if self.tokens:
            self._lows[0] = self.tokens[0].low
        self._lows += [""] * _PAD

    def at(self, i: int) -> Token | None:
        """Token i, or None just outside the text."""
        return self._padded[i]

    def low(self, i: int) -> str:
        """Token i in lower case, or "" when a blank line (or nothing) stands before it."""
        return self._lows[i]

    def back(self, i: int) -> str:
        """Token i, read backwards from i + 1: "" when a blank line stands between."""
        token, following = self._padded[i], self._padded[i + 1]
        return token.low if token and (following is None or following.gap < 3) else ""

    def gap(self, i: int) -> int:
        """What stands before token i, as in `Token.gap`; 3 outside the text."""
        token = self.at(i)
        return token.gap if token else 3

    def after_hyphen(self, i: int) -> int:
        """The position after a hyphen at i that joins (it touches a word), else i."""
        token = self.at(i)
        if token and token.text in HYPHENS and not (token.gap and self.gap(i + 1)):
            return i + 1
        return i

    def starts_sentence(self, i: int) -> bool:
        """Whether token i begins a sentence, a line or a quotation."""
        token = self.at(i)
        if i == 0 or token is None or token.gap >= 2:
            return True
        return self.tokens[i - 1].text in '.!?:;"“”‘(•—|'

    def number(self, i: int, money: bool = False) -> Number | None:
        """The number that begins at token i, scale words included, or None.

        `money` says that a currency stands before it: then "t", and a spaced "m" or "b", are
        scales too ("$1t", "$5 m").
        """
        token = self.at(i)
        if token is None:
            return None
        if token.kind == "num":
            base = self._digits(i)
            worded = False
        else:
            base = self._words(i)
            worded = True
        if base is None:
            return None
        value, j = base
        factor = Decimal(1)
        for _ in range(2):
            step = self._scale(j, money)
            if step is None:
                break
            factor *= step[0]
            j = step[1]
        if self.low(j) == "dozen" and factor == 1:
            value *= 12
            j += 1
        return Number(value * factor, factor, j, factor >= 1000, worded)

    def _digits(self, i: int) -> tuple[Decimal, int] | None:
        """A number in digits, with a power ("10^26") or "and a half", and the position after."""
        text = self.tokens[i].text
        if len(text) > _LONGEST:
            return None
        if _COMMA_DECIMAL.fullmatch(text):
            text = text.replace(",", ".")
        value = Decimal(re.sub("[,\u00a0\u202f]", "", text))
        power = self.at(i + 2)
        raised = self.low(i + 1) == "^" and power and power.text.isdecimal() and power.gap == 0
        if raised and power and value <= 1000 and len(power.text) <= 2:
            return value ** int(power.text), i + 3
        half = self._and_half(i + 1)
        if half:
            return value + Decimal("0.5"), half
        return value, i + 1

    def _scale(self, i: int, money: bool) -> tuple[int, int] | None:
        """The factor of a scale word or letter at i, and the position after it."""
        j = self.after_hyphen(i)
        token = self.at(j)
        if token is None or token.gap > 2:
            return None
        if token.low in LONG_SCALES:
            return LONG_SCALES[token.low], j + 1
        if token.low == "hundred":
            return 100, j + 1
        if token.low in LETTER_SCALES and j == i:
            touching = token.gap == 0 and (token.text != "t" or money)
            spaced = money and token.gap == 1 and token.low in ("m", "b")
            if touching or spaced:
                return LETTER_SCALES[token.low], j + 1
        return None

    def _words(self, i: int) -> tuple[Decimal, int] | None:
        """A number in words up to its first scale word from thousand upwards."""
        word = self.low(i)
        if word == "half":
            j = self.after_hyphen(i + 1)
            j += self.low(j) in ("a", "an")
            if j > i + 1 and self.low(j) in ("million", "billion", "trillion", "dozen"):
                return Decimal("0.5"), j
            return None
        part = self._part_of(i)
        if part is not None:
            return part
        small = self._small(i)
        if small is None:
            return None
        total, j = small
        half = self._and_half(j)
        if half:
            return total + Decimal("0.5"), half
        if self.low(j) == "point" and self.low(j + 1) in UNITS:
            return Decimal(f"{total}.{UNITS[self.low(j + 1)]}"), j + 2
        if self.low(j) == "hundred":
            total *= 100
            j += 1
            rest = self._small(j + (self.low(j) == "and"))
            if rest and self.low(rest[1]) not in ("hundred",):
                total, j = total + rest[0], rest[1]
        if self.low(j) == "thousand":
            rest = self._small(j + 1 + (self.low(j + 1) == "and"))
            if rest and self.low(rest[1]) == "hundred":
                extra = self._small(rest[1] + 1 + (self.low(rest[1] + 1) == "and"))
                plus, j = rest[0] * 100, rest[1] + 1
                if extra:
                    plus, j = plus + extra[0], extra[1]
                return Decimal(total * 1000 + plus), j
            if rest and self.low(j + 1) == "and":
                return Decimal(total * 1000 + rest[0]), rest[1]
        return Decimal(total), j

    def _part_of(self, i: int) -> tuple[Decimal, int] | None:
        """`a quarter of a million`, `three quarters of a billion`: the part before its scale."""
        top = 1 if self.low(i) in ("a", "an") else UNITS.get(self.low(i), 0)
        j = self.after_hyphen(i + 1)
        if not 0 < top < 4 or self.low(j) not in ("quarter", "quarters"):
            return None
        of_one = [self.low(j + 1), self.low(j + 2)] == ["of", "a"]
        if not of_one or self.low(j + 3) not in ("million", "billion", "trillion"):
            return None
        return Decimal(top) / 4, j + 3

    def _and_half(self, i: int) -> int | None:
        """The position after `and a half` (or `-and-a-half`) at i."""
        for word in ("and", "a", "half"):
            i = self.after_hyphen(i)
            if self.low(i) != word:
                return None
            i += 1
        return i

    def _small(self, i: int) -> tuple[int, int] | None:
        """A number in words below a hundred, and the position after it."""
        word = self.low(i)
        if word in ("a", "an") and self.low(i + 1) in _AFTER_A:
            return 1, i + 1
        if word in UNITS:
            return UNITS[word], i + 1
        if word in TENS:
            j = self.after_hyphen(i + 1)
            tail = UNITS.get(self.low(j), 0)
            if 0 < tail < 10 and self.gap(j) <= 1:
                return TENS[word] + tail, j + 1
            return TENS[word], i + 1
        return None

    def cut(self, first: int, after: int) -> tuple[str, int, int]:
        """The text of tokens `first` to `after` - 1, with its start and end in characters."""
        start, end = self.tokens[first].start, self.tokens[after - 1].end
        return self.text[start:end], start, end
