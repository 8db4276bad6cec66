"""TODO: what rag.figures.render is."""

from __future__ import annotations

import re
from decimal import Decimal

from rag.figures.dates import _SEASONS
from rag.figures.figure import Figure


def _amount(value: float) -> str:
    for size, word in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if abs(value) >= size:
            scaled = f"{value / size:.6f}".rstrip("0").rstrip(".")
            short = len(scaled.partition(".")[2]) <= 3
            if short and float(Decimal(scaled) * size) == value:
                return f"{scaled} {word}"
    return _plain(value)


def _plain(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _nouns(unit: str, value: float) -> str:
    if value == 1:
        return unit
    irregular = {"person": "people", "staff": "staff", "man": "men", "woman": "women"}
    if unit in irregular:
        return irregular[unit]
    if unit.endswith("y") and unit[-2:-1] not in "aeiou":
        return unit[:-1] + "ies"
    return unit + ("es" if unit.endswith(("s", "sh", "ch", "x")) else "s")


def render(figure: Figure) -> str:
    """The canonical short form: "14.8 billion USD", "49%", "12 June 2025"."""
    if figure.kind == "date":
        return render_date(figure)
    if not isinstance(figure.value, float):
        return " ".join(figure.text.split())
    value, top = figure.value, figure.upper
    last = value if top is None else top
    if figure.kind == "percent":
        value, last = round(value, 2), round(last, 2)
    shown = _amount(last)
    if top is not None:
        low, _, scale = _amount(value).partition(" ")
        same_scale = scale == shown.partition(" ")[2]
        shown = f"{low if same_scale or not scale else f'{low} {scale}'} to {shown}"
    if figure.kind == "money":
        return f"{shown} {figure.unit}"
    if figure.kind == "percent":
        return shown + ("%" if figure.unit == "%" else " percentage points")
    if figure.kind == "age":
        return f"{shown} years old"
    if figure.kind == "ordinal":
        number = int(value)
        ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{'th' if 10 <= number % 100 <= 20 else ending}"
    return f"{shown} {_nouns(figure.unit, last)}" if figure.unit else shown


_NAMES = (
    "January February March April May June July August September October November December".split()
)


def render_date(figure: Figure) -> str:
    value = str(figure.value)
    year, rest = ("", value[2:]) if value.startswith("--") else (value[:4], value[5:])
    if value.endswith("s"):
        return value
    if not rest:
        core = value if figure.upper is None else f"{value}-{int(figure.upper)}"
    elif rest[0] in "QH":
        core = f"{rest} {year}".strip()
    else:
        last = "" if figure.upper is None else f"-{int(figure.upper)}"
        day = f"{int(rest[3:])}{last} " if len(rest) > 2 else ""
        core = f"{day}{_NAMES[int(rest[:2]) - 1]} {year}".strip()
    word = re.match(r"[a-z]+", figure.text.lower())
    narrow = word.group() if word else ""
    if narrow in _SEASONS:
        return f"{narrow} {core}"
    if narrow in ("early", "late"):
        return f"{narrow} {core}"
    if narrow in ("mid", "middle"):
        return f"mid-{core}"
    if narrow in ("end", "beginning", "start"):
        return f"{narrow} of {core}"
    return core
