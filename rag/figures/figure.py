"""The record of one quantity: its kind, its value, and where it stands in its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["money", "percent", "count", "date", "duration", "age", "ordinal", "version"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity of a text; `text` is the slice of that text from `start` to `end`.

    | kind | value | unit |
    | --- | --- | --- |
    | money | the amount, unscaled: 14.8 billion is 14_800_000_000.0 | ISO 4217 code |
    | percent | the percentage: a half is 50.0 | "%", or "pp" for percentage points |
    | count | the number | noun in the singular, unit of measure, or None |
    | date | ISO text, see `figures/dates.py` | None |
    | duration | the number of units | "second" to "year" |
    | age | the number of years | "year" |
    | ordinal | the number: "third" is 3.0 | None |
    | version | the name in lower case, joined by hyphens: "gpt-4" | None |

    `upper` is the upper end of a range, in the same unit; of a date, the last day or last year.
    `approx` is the hedge beside the quantity: "about", "over", "under", "upto" or None.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: float | str
    unit: str | None
    upper: float | None = None
    approx: str | None = None
