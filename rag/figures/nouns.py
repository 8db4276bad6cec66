"""The thing counted: the head noun after a number, in the singular, or a unit of measure."""

from __future__ import annotations

from index.dates import MONTHS
from rag.figures.scan import Scan
from rag.figures.tables import DASHES, LONG_SCALES, MEASURES, METRIC, TENS, UNITS

COUNTED_AFTER_YEAR = frozenset(
    "people employees workers staff staffers jobs users customers developers books companies"
    " investors engineers researchers contractors members participants subscribers authors"
    " startups firms clients websites gpus chips students homes positions roles seats plaintiffs"
    " publishers creators artists lawmakers scientists experts executives founders partners"
    " reporters organizations organisations organizers".split()
)
COUNTED = COUNTED_AFTER_YEAR | frozenset(
    "articles documents papers patents shares units deals lawsuits applications apps models"
    " parameters tokens votes countries states languages questions offices cities stores downloads"
    " visitors queries images videos songs pages sites datasets works".split()
)
_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "staff": "staff",
    "personnel": "staff",
    "headcount": "person",
    "data": "data",
    "media": "media",
    "series": "series",
    "species": "species",
    "analyses": "analysis",
    "person": "person",
}
_NO_NOUN = frozenset(
    "of in to from for and or with by at on into onto the a an as is are was were be been being has"
    " have had who which that it its this these those they he she we you his her their our after"
    " before since until during within without per than then but if when while where because"
    " versus vs plus minus about over under between against through across not no so up down out"
    " off does did do will would can could may might must should says said us thus also ago later"
    " earlier now only apiece each across less toward towards via amid among alongside despite"
    " s percent respectively ish old odd strong year month billion".split()
)
# Nouns after which a number with a scale word is an amount of money: "a 15 billion investment".
MONEY_NOUNS = frozenset(
    "investment deal round valuation bid offer purchase funding revenue loan fund stake acquisition"
    " commitment package sale price bonus contract takeover cheque check agreement settlement"
    " investments deals rounds bonuses bids offers".split()
)


def singular(word: str) -> str:
    """The singular of a lower-case noun, by its ending or from the table of irregular ones."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _plural(word: str) -> bool:
    if word in _IRREGULAR:
        return True
    return (
        word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "’s")) and len(word) > 3
    )


def noun_at(scan: Scan, i: int, one: bool) -> tuple[str, int] | None:
    """The noun counted by the number before token i, in the singular, and the position after it.

    It is a unit of measure, a noun joined by a hyphen ("200-person"), or the first plural among
    the next three words (three: not measured). Where the number is 1 (`one`) it is the next word,
    if its plural is in `COUNTED`.
    """
    token = scan.at(i)
    if token is None:
        return None
    j = scan.after_hyphen(i)
    if found := _measure(scan, j):
        return found
    if j > i and token.gap == 0:
        word = scan.at(j)
        if word and word.kind == "word" and word.gap == 0 and word.low not in _NO_NOUN:
            unit = {"fold": "time"}.get(word.low, singular(word.low))
            return (unit, j + 1) if word.low != "plus" else None
        return None
    if one:
        fits = token.kind == "word" and token.gap == 1 and token.low + "s" in COUNTED
        return (token.low, i + 1) if fits else None
    j = i
    for _ in range(3):
        word = scan.at(j)
        if word is None or word.kind != "word" or word.gap != 1 or word.low in _NO_NOUN:
            return None
        if (word.low in MONTHS and word.named) or scan.low(j) in LONG_SCALES:
            return None
        if word.low in UNITS or word.low in TENS:
            return None
        glued = scan.low(j + 1) in DASHES and scan.gap(j + 1) == 0
        if glued:
            tail = scan.at(j + 2)
            if tail is None or tail.kind != "word" or tail.gap:
                return None
            j += 3
            continue
        if _plural(word.low) or (word.text[-1] == "s" and word.text[:-1].isupper()):
            return singular(word.low), j + 1
        j += 1
    return None


def _measure(scan: Scan, i: int) -> tuple[str, int] | None:
    """A unit of measure at i: `GW`, `gigawatts`, `watt-hours`."""
    token = scan.at(i)
    if token is None or token.gap > 1:
        return None
    if token.low in MEASURES and (token.low != "x" or token.gap == 0):
        return MEASURES[token.low], i + 1
    if not METRIC.fullmatch(token.low):
        return None
    unit = singular(token.low)
    hour = scan.after_hyphen(i + 1)
    if unit.endswith("watt") and scan.low(hour) in ("hour", "hours"):
        return f"{unit}-hour", hour + 1
    return unit, i + 1
