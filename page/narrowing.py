"""What limits the articles that may answer: dates, publisher, and "as of" on a slider.

Every limit that is on stands beside the question field, and a click there removes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

from index.dates import first_day, last_day
from index.errors import UsageError
from rag.question.validate import checked, filters_of
from rag.types import Question

if TYPE_CHECKING:
    from index.library import Library

LIMITS = {  # name of the limit -> what the page calls it, an example
    "as_of": ("As of", "2025-06-30"),
    "since": ("Published since", "2025-01"),
    "until": ("Published until", "2025"),
    "publisher": ("Publisher", ""),
}


def limits_of(values: tuple[str | None, ...]) -> dict[str, str | None]:
    """The values of the fields, in the order of LIMITS, by name; empty ones are None."""
    given = (str(value or "").strip() or None for value in values)
    return dict(zip(LIMITS, given, strict=True))


def narrowing(gr: Any, library: Library, quick: Mapping[str, Any]) -> tuple[list[Any], Any]:
    """The components, wired: the fields in the order of LIMITS, and the slider, whose range
    `range_of` gives anew once the library has changed."""
    with gr.Row(elem_id="limits-on"):
        chips = [
            gr.Button(visible=False, elem_id=f"off-{name}", elem_classes="chip", scale=0)
            for name in LIMITS
        ]
    with gr.Accordion("Dates and publisher", open=False, elem_id="filters"):
        slider = gr.Slider(
            **range_of(library),
            step=1,
            buttons=[],
            label="The library as it was on",
            elem_id="as-of-slider",
        )
        remain = gr.HTML(
            _remaining(library, limits_of(("",) * 4)),
            elem_id="remaining",
            apply_default_css=False,
            js_on_load=None,
            padding=False,
        )
        with gr.Row():
            fields = [
                gr.Textbox(label=label, placeholder=hint, max_lines=1, min_width=120)
                for label, hint in list(LIMITS.values())[:3]
            ]
            fields.append(
                gr.Dropdown(
                    choices=library.publishers(),
                    value=None,
                    label="Publisher",
                    allow_custom_value=True,
                    min_width=160,
                )
            )

    def show(*values: str | None) -> dict[Any, Any]:
        limits = limits_of(values)
        updates: dict[Any, Any] = {remain: _remaining(library, limits)}
        for chip, (name, value) in zip(chips, limits.items(), strict=True):
            text = f"{LIMITS[name][0]} {value} ×" if value else ""
            updates[chip] = gr.Button(text, visible=bool(value))
        return updates

    def slid(position: float, *values: str | None) -> dict[Any, Any]:
        """The slider's day, in the field "As of"; at its end there is no limit."""
        span = _span(library)
        as_of = ""
        if span and 0 <= position < (span[1] - span[0]).days:
            as_of = (span[0] + timedelta(days=int(position))).isoformat()
        return {fields[0]: as_of, **show(as_of, *values[1:])}

    shown = [*chips, remain]
    by_hand = [field.blur for field in fields[:3]] + [field.submit for field in fields[:3]]
    last = {**quick, "trigger_mode": "always_last"}  # what changes while one is on its way counts
    gr.on([*by_hand, fields[3].change], show, fields, shown, **last)
    slider.input(slid, [slider, *fields], [fields[0], *shown], **last)
    for number, chip in enumerate(chips):
        off = chip.click(lambda: None, None, fields[number], **quick)
        if number == 0:
            off = off.then(lambda: _reach(library), None, slider, **quick)
        off.then(show, fields, shown, **quick)
    return fields, slider


def range_of(library: Library) -> dict[str, Any]:
    """The slider's ends in days from the oldest article, and its place at the newest."""
    reach = _reach(library)
    return {"minimum": 0, "maximum": max(reach, 1), "value": reach}


def _reach(library: Library) -> int:
    span = _span(library)
    return (span[1] - span[0]).days if span else 0


def _span(library: Library) -> tuple[date, date] | None:
    """First and last day of the library's dated articles."""
    oldest, newest, _ = library.date_range()
    if not (oldest and newest):
        return None
    days = first_day(oldest[:10]), last_day(newest[:10])
    return date.fromisoformat(days[0]), date.fromisoformat(days[1])


def _remaining(library: Library, limits: Mapping[str, str | None]) -> str:
    """How many articles may answer, as a line of HTML that tells the slider its first day."""
    span = _span(library)
    first = f' data-first="{span[0].isoformat()}"' if span else ""
    total = library.count()
    try:
        filters = filters_of(checked(Question.model_validate({"question": "?", **limits})))
    except UsageError as error:
        return f'<p class="remaining error"{first}>{escape(str(error))}</p>'
    left = library.count(filters)
    undated = library.undated_excluded(filters)
    text = f"{left:,} of {total:,} articles remain" if filters else f"All {total:,} articles"
    if undated:
        text += f"; {undated:,} undated left out"
    return f'<p class="remaining"{first}>{text}</p>'
