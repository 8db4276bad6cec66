"""Names that contain a number or a series letter (GPT-4, Llama 4, H200, Series B): `version_at`.

Each is one figure of kind "version", so that its number is never read as a count. Two versions are
compared by `same_version`.
"""

from __future__ import annotations

import re

from index.dates import MONTHS
from rag.figures.figure import Figure
from rag.figures.nouns import COUNTED
from rag.figures.scan import Scan, Token, is_year
from rag.figures.tables import (
    CODES,
    DURATIONS,
    HYPHENS,
    LONG_SCALES,
    MEASURES,
    TENS,
    UNITS,
    WEEKDAYS,
)

_FAMILIES = frozenset(
    "gpt chatgpt llama claude gemini qwen gemma phi grok mistral mixtral deepseek opus sonnet haiku"
    " dall-e sora windows iphone ipad ios android kimi ernie glm pixel galaxy"
    " fortune nasdaq ftse s&p forbes".split()
)
_LABELS = frozenset(
    "order act article section rule directive resolution chapter bill law phase tier level version"
    " title annex docket case proposition clause paragraph series regulation".split()
)
_TIERS = frozenset(
    "pro max ultra mini nano flash lite sonnet opus haiku turbo maverick scout behemoth instruct"
    " coder chat plus air preview thinking reasoning large medium small vision code global capital"
    " ventures codex".split()
)
_NOT_A_NAME = frozenset(
    "a an the this that these those of in on at by to for from with as and or but nor if so than"
    " then when while where after before since until till during within without over under above"
    " below between among about around roughly nearly almost approximately some another other"
    " more most less least fewer only just exactly even still now up down off out per plus minus"
    " all any both each every no not its his her their our your my it he she they we you i who"
    " which what how why is are was were be been has have had do does did will would can could may"
    " might must should last next past first second third top bottom best total nearly estimated"
    " additional extra early late mid pre post non sub anti"
    " cuts cut hires hire adds add lays lay raises raise raised invests invest buys buy bought pays"
    " pay paid spends spend spent sells sell sold gets get got makes make takes take seeks seek"
    " plans plan loses lose fires fire gives give offers offer costs cost sees see reaches reach"
    " hits hit tops owns own holds hold says say adding hiring cutting raising nears near eyes"
    " drops drop falls fall rises rise grows grow employs employ serves uses expects wants needs"
    " around like also meanwhile today yesterday tomorrow however there here other including"
    " age aged ages worth nearly ca approx circa us uk eu percent dollars euros".split()
)
_NOT_CHAINED = frozenset(
    "mid pre post non sub anti over under top early late re co multi semi a an the to in of"
    " and or for about around nearly almost at by up age".split()
)
_NOT_AFTER_NAME = frozenset("% ^ / : + percent pct per percentage basis € £ bps".split())
_RATIO = re.compile(r"[0-9]{1,4}(?::[0-9]{2}(?::[0-9]{2})?|/[0-9]{1,4}(?:/[0-9]{2,4})?)(?![0-9/])")
_LINKED = re.compile(r"[0-9]+(?:-[0-9]+){2,6}(?![0-9-])")


def _number_word(low: str) -> bool:
    """Whether a lower-case word is part of a number in words."""
    return low in UNITS or low in TENS or low in LONG_SCALES or low in ("half", "hundred")


def _figure(scan: Scan, first: int, after: int) -> tuple[list[Figure], int]:
    """The version of tokens `first` to `after` - 1; its value is its words joined by hyphens."""
    text, start, end = scan.cut(first, after)
    value = "-".join(re.findall(r"[^\W_]+(?:[.:/&][^\W_]+)*", text.lower()))
    return [Figure("version", text, start, end, value or text.lower(), None)], after


def _chain(scan: Scan, i: int) -> int:
    """The position after the tokens that hyphens join to token i: "Qwen2.5-Coder-1.5B"."""
    j = i + 1
    while j - i < 16:  # keeps reading linear; longer than any name (not measured)
        token = scan.at(j)
        if token is None or token.gap:
            return j
        if token.text in HYPHENS:
            following = scan.at(j + 1)
            if following is None or following.gap or following.kind == "sym":
                return j
            plain = following.kind == "word" and not following.named and len(following.text) > 2
            begun = any(_has_digit(part) for part in scan.tokens[i:j])
            family = scan.tokens[i].low in _FAMILIES and not begun  # gpt-oss-120b
            if plain and following.low not in _TIERS and not family:
                return j
            j += 2
        elif token.kind != "sym" and token.text[0] not in "'’":
            j += 1
        else:
            return j
    return j


def _tier(scan: Scan, i: int) -> int:
    """The position after the words of a model's tier at i: `Gemini 2.5 Pro`, `GPT-4o mini`."""
    for _ in range(3):
        j = scan.after_hyphen(i) if scan.gap(i) == 0 else i
        token = scan.at(j)
        if token and token.kind == "num" and scan.low(j + 1) == "b" and not scan.gap(j + 1):
            i = j + 2  # Llama 3.1 405B
            continue
        if token is None or token.low not in _TIERS or token.gap > 1:
            break
        if not token.named and token.low not in ("mini", "pro", "nano", "turbo"):
            break
        i = j + 1
    return i


def _has_digit(token: Token) -> bool:
    return any("0" <= character <= "9" for character in token.text)


def _numbered(scan: Scan, i: int) -> bool:
    """Whether the number at i belongs to the name before it, and counts nothing after it."""
    token = scan.at(i)
    if token is None or token.gap != 1 or is_year(token):
        return False
    if token.kind == "mix":
        return token.text[0].isdecimal() and len(token.text) <= 6
    if token.kind != "num" or len(token.text) > 5 or "," in token.text:
        return False
    joined = scan.after_hyphen(i + 1)
    following = scan.low(joined)
    if scan.low(i + 1) in _NOT_AFTER_NAME:
        return False
    tail = scan.at(joined)
    if joined > i + 1 and tail and not _has_digit(tail) and following not in _TIERS:
        return following in ("powered", "class", "style", "based", "level")
    touching = scan.at(i + 1)
    if touching and touching.gap == 0 and touching.kind == "word" and touching.text[0] not in "'’":
        return False
    return not (
        following in LONG_SCALES
        or following in DURATIONS
        or following in MONTHS
        or following in MEASURES
        or following in ("dollars", "euros", "hundred", "dozen", "cents", "pounds", "yen", "yuan")
        or (scan.low(i + 1).upper() in CODES)
    )


def _spaced(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """`Llama 4`, `Claude Opus 4.1`, `Windows 11`, `order 14179`, `Series B`."""
    token = scan.tokens[i]
    low = token.low
    if token.kind != "word" or low in MONTHS or low in WEEKDAYS or _number_word(low):
        return None
    following = scan.at(i + 1)
    if low == "series" and following and following.gap == 1:
        letter = following.text
        if len(letter) == 1 and letter.isalpha() and letter.isupper() and letter != "I":
            return _figure(scan, i, i + 2)
    j = i
    for _ in range(3):  # S&P 500, DALL-E 3
        joint, part = scan.at(j + 1), scan.at(j + 2)
        if not (token.named and joint and part and part.kind == "word" and part.named):
            break
        if joint.gap or part.gap or (joint.text not in HYPHENS and joint.text != "&"):
            break
        j += 2
    family = scan.text[token.start : scan.tokens[j].end].lower() in _FAMILIES
    following = scan.at(j + 1)
    if token.named and following and following.low in _TIERS and following.named:
        j += 1
    family = family or scan.low(j) in _FAMILIES
    if not _numbered(scan, j + 1):
        return None
    label = low in _LABELS and j == i
    plain = token.text[1:] == low[1:]
    if not (token.named or family or label) or low in _NOT_A_NAME or low.upper() in CODES:
        return None
    if low.endswith(("'s", "’s", "s'")):
        return None
    after = _tier(scan, j + 2)
    if not family and not label:
        noun = scan.low(j + 2)
        second = scan.low(j + 3) if scan.gap(j + 3) <= 1 else ""
        if noun in COUNTED or (second in COUNTED and noun.isalpha() and noun not in _NOT_A_NAME):
            return None
        if plain and scan.starts_sentence(i) and noun.endswith("s") and noun not in ("is", "was"):
            return None
    return _figure(scan, i, after)


def version_at(scan: Scan, i: int) -> tuple[list[Figure], int] | None:
    """The name with a number that begins at token i, and the position after it.

    Clock times, ratios such as 24/7 and numbers of three or more parts joined by hyphens are
    versions too: they count nothing either.
    """
    token = scan.tokens[i]
    if token.kind in ("num", "mix") and token.text[0].isdecimal():
        start = token.start
        match = _RATIO.match(scan.text, start) or _LINKED.match(scan.text, start)
        if match and token.kind == "num":
            after = i
            while after < len(scan.tokens) and scan.tokens[after].start < match.end():
                after += 1
            return _figure(scan, i, after)
    if token.kind in ("sym", "num") or token.text in CODES:
        return None
    low = token.low
    after = _chain(scan, i)
    parts = scan.tokens[i:after]
    digits = any(_has_digit(part) for part in parts)
    while len(parts) > 1 and not _has_digit(parts[-1]):
        last = parts[-1]
        suffix = last.kind == "word" and last.gap == 0 and parts[-2].kind == "num"
        tier = last.kind == "word" and (last.named or last.low in _TIERS)
        if suffix or (tier and digits):
            break
        parts = parts[:-1]
    after = i + len(parts)
    if len(parts) > 1 and digits:
        begins = token.kind == "mix" or token.named or low in _FAMILIES
        if begins and low not in _NOT_CHAINED and low not in MONTHS and not _number_word(low):
            unit = scan.low(scan.after_hyphen(after))
            last_is_number = parts[-1].kind == "num" and scan.after_hyphen(after) > after
            if not (last_is_number and (unit in DURATIONS or unit in LONG_SCALES)):
                return _figure(scan, i, _tier(scan, after))
    if token.kind == "mix":
        return _figure(scan, i, _tier(scan, i + 1))
    return _spaced(scan, i)


def same_version(a: str, b: str) -> bool:
    """Whether two values of versions name the same thing.

    They do when they are equal but for hyphens, or when one only adds a name before the other
    ("openai-gpt-4" and "gpt-4"). A number of four digits or more names the same thing whatever
    word stands before it ("eo-14179", "order-14179"); four is not measured.
    """
    if a.replace("-", "") == b.replace("-", ""):
        return True
    long, short = (a, b) if len(a) > len(b) else (b, a)
    if long.endswith("-" + short) and short[0].isalpha():
        return True
    tail_a, tail_b = a.rpartition("-")[2], b.rpartition("-")[2]
    return tail_a == tail_b and tail_a.isdecimal() and len(tail_a) >= 4
