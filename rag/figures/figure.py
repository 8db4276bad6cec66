"""TODO: what rag.figures.figure is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["money", "percent", "count", "date", "duration", "age", "ordinal", "version"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity of a text; `text` is the text's own characters from `start` to `end`."""

    kind: Kind
    text: str
    start: int
    end: int
    value: float | str
    unit: str | None
    upper: float | None = None
    approx: str | None = None
