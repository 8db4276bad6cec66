"""Where sources differ, as HTML: one table by source and date, and a plot of values over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

from index.dates import first_day
from page.answer import link
from page.exchange import Exchange
from rag.show.wording import ANSWERED, KINDS, day
from rag.types import Disagreement, DisagreementRow

_WIDE, _HIGH, _SIDE, _TOP, _BOTTOM = 640, 150, 12, 30, 26  # the plot, in its own units


def disagreements(exchange: Exchange | None) -> str:
    """The accounts of one exchange that differ; "" where there are none."""
    if exchange is None or exchange.answer is None or not exchange.answer.disagreements:
        return ""
    body = "".join(_disagreement(exchange, item) for item in exchange.answer.disagreements)
    return f'<section class="differ" aria-label="Where sources differ">{body}</section>'


def _disagreement(exchange: Exchange, item: Disagreement) -> str:
    about = item.about[:1].upper() + item.about[1:]
    lead, others = item.rows[:1], item.rows[1:]
    newest_first = sorted(others, key=lambda row: row.published or "", reverse=True)
    rows = "".join(_row(exchange, row) for row in [*lead, *newest_first])
    reason = f'<p class="note" dir="auto">{escape(item.reason)}</p>' if item.reason else ""
    return (
        f'<table class="{item.kind}"><caption><span dir="auto">{escape(about)}</span> '
        f'<em>{KINDS[item.kind]}</em></caption><thead><tr><th scope="col">Value</th>'
        '<th scope="col">Source</th><th scope="col">Published</th><th scope="col">Event</th>'
        f'<th scope="col">Difference</th></tr></thead><tbody>{rows}</tbody></table>'
        f"{_plot(exchange, item)}{reason}"
    )


def _row(exchange: Exchange, row: DisagreementRow) -> str:
    citation = next((c for c in exchange.citations if c.id == row.citation), None)
    source = escape((citation.publisher if citation else None) or "publisher unknown")
    number = link(exchange.number, citation) if citation else ""
    return (
        f'<tr><th scope="row" dir="auto">{escape(row.value)}</th>'
        f'<td class="source" dir="auto">{source}{number}</td>'
        f'<td class="when">{escape(day(row.published))}</td>'
        f'<td class="event {row.event_status}">{row.event_status}</td>'
        f'<td class="{row.kind or "leads"}">{row.kind or ANSWERED}</td></tr>'
    )


@dataclass(frozen=True, slots=True)
class _Mark:
    row: DisagreementRow
    day: date
    value: float


def _plot(exchange: Exchange, item: Disagreement) -> str:
    """Value against publication date, one mark a source; "" where there is no time or no number to
    plot: fewer than two days or two values, or more than one unit."""
    marks = [
        _Mark(row, date.fromisoformat(first_day(row.published[:10])), float(row.normalized))
        for row in item.rows
        if row.published and isinstance(row.normalized, int | float)
    ]
    days, values = sorted({m.day for m in marks}), sorted({m.value for m in marks})
    if len(days) < 2 or len(values) < 2 or len({m.row.unit for m in marks}) > 1:
        return ""
    span, rise = (days[-1] - days[0]).days, values[-1] - values[0]
    ground = _HIGH - _BOTTOM

    def x(mark: _Mark) -> float:
        return _SIDE + (mark.day - days[0]).days / span * (_WIDE - 2 * _SIDE)

    def y(mark: _Mark) -> float:
        return ground - 14 - (mark.value - values[0]) / rise * (ground - 14 - _TOP)

    ticks = {m.value: m for m in marks if m.value in (values[0], values[-1])}
    scale = "".join(
        f'<line x1="0" x2="{_WIDE}" y1="{y(m):.1f}" y2="{y(m):.1f}"/>'
        f'<text x="0" y="{y(m) - 12:.1f}">{escape(m.row.value)}</text>'
        for m in ticks.values()
    )
    feet = "".join(
        f'<text x="{at}" y="{_HIGH - 6}" text-anchor="{anchor}">{day_.isoformat()}</text>'
        for day_, at, anchor in ((days[0], 0, "start"), (days[-1], _WIDE, "end"))
    )
    dots = "".join(_dot(exchange, m, x(m), y(m)) for m in sorted(marks, key=lambda m: m.day))
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDE} {_HIGH}" role="group"'
        f' aria-label="The values against the day of publication">{scale}{feet}{dots}</svg>'
    )


def _dot(exchange: Exchange, mark: _Mark, x: float, y: float) -> str:
    citation = next((c for c in exchange.citations if c.id == mark.row.citation), None)
    source = (citation.publisher if citation else None) or "publisher unknown"
    told = f"{mark.row.value}, {source}, {day(mark.row.published)}: “{mark.row.quote}”"
    return (
        f'<a class="citation dot {mark.row.kind or "leads"}"'
        f' href="#evidence-{exchange.number}-{mark.row.citation}" aria-label="{escape(told)}">'
        f'<title>{escape(told)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="6"/></a>'
    )
