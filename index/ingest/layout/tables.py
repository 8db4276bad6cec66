"""A table of data to one text for each row, in which every cell stands behind its column's name.

A row by itself says little: `Helix Loom | 2.3bn | 512`. With its columns' names it can be searched,
quoted and checked: `Company: Helix Loom | Valuation: 2.3bn | Staff: 512`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_WIDEST = 60  # columns, and rows that one cell may span; not measured
_LONGEST = 2000  # rows of one table; not measured
_MOST = 100_000  # places of one table; not measured


def rows_of(table: Any, text_of: Callable[[Any], str]) -> list[str] | None:
    """The rows of an lxml table below its heads; None where no row of it is a row of heads.

    `text_of` gives the text of a cell. A cell that spans several rows is repeated in each; empty
    cells are left out, and so is a dash for "not known".
    """
    rows = table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr")[:_LONGEST]
    number = next((n for n, row in enumerate(rows) if not _is_head(row)), len(rows))
    if not 0 < number < len(rows) or table.find(".//table") is not None:
        return None
    grid = _grid(rows, text_of)
    if not grid:
        return None
    names = [", ".join(dict.fromkeys(filter(None, column)))
             for column in zip(*grid[:number], strict=True)]  # fmt: skip
    found = []
    for row in grid[number:]:
        cells: list[str] = []
        for place, (name, cell) in enumerate(zip(names, row, strict=True)):
            if not re.search(r"\w", cell) or (place and cell is row[place - 1]):
                continue
            cells.append(f"{name}: {cell}" if name else cell)
        if cells:
            found.append(" | ".join(cells))
    return found


def _is_head(row: Any) -> bool:
    """Whether all cells of a row are heads."""
    cells = row.xpath("./td | ./th")
    return len(cells) > 1 and (
        row.getparent().tag == "thead" or all(cell.tag == "th" for cell in cells)
    )


def _grid(rows: list[Any], text_of: Callable[[Any], str]) -> list[list[str]]:
    """The cells' texts as a rectangle; in all places that a cell spans stands the same object.

    Empty for a table that is too large.
    """
    places: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        if len(places) > _MOST:
            return []
        x = 0
        for cell in row.xpath("./td | ./th")[:_WIDEST]:
            while (y, x) in places:
                x += 1
            text = text_of(cell)
            for down in range(min(_span(cell, "rowspan"), len(rows) - y)):
                for right in range(_span(cell, "colspan")):
                    places[y + down, x + right] = text
    width = 1 + max((x for _, x in places), default=0)
    return [[places.get((y, x), "") for x in range(width)] for y in range(len(rows))]


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), _WIDEST) if value.isascii() and value.isdigit() else 1
