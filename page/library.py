"""The library on the page: articles listed, read, added and removed by those who may.

    an address or files -> jobs (`index/following/jobs.py`) -> progress, read each second until done

What is shown is in `articles.py`, who may change what in `rag/web/access.py`. Files come by
`POST /api/library/files` (`rag/web/library.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from index.dates import first_day, last_day
from index.errors import Busy, DatelineError, UsageError
from index.ingest.sources import KINDS
from index.library.followed import Followed
from index.library.listing import ORDERS, listed
from index.types import Filters
from page import articles as html
from page.articles import PAGE
from rag.web.asking import told
from rag.web.library import REFUSED

if TYPE_CHECKING:
    from rag.web.library import Holdings

ROOMS = ("Ask", "Library")
_ORDERS = {"newest": "Newest first", "oldest": "Oldest first", "added": "Added last",
           "title": "Title", "publisher": "Publisher", "longest": "Longest first"}  # fmt: skip
_ENTER = """() => {
  document.documentElement.dataset.room = "%s";
  for (const button of document.querySelectorAll("#rooms button"))
    button.setAttribute("aria-current", button.id === "room-%s" ? "page" : "false");
  return [];
}"""
_Update = dict[Any, Any]


def rooms(gr: Any) -> list[Any]:
    """The buttons that lead from asking to the library and back."""
    with gr.Row(elem_id="rooms"):
        return [gr.Button(room, elem_id=f"room-{room.lower()}", scale=0) for room in ROOMS]


def library_room(
    gr: Any,
    holdings: Holdings,
    doors: list[Any],
    quick: dict[str, Any],
    masthead: Any,
    facts: Callable[[], str],
) -> None:
    """The library's components and what happens when they are used. `doors` are the buttons of
    `rooms`, `quick` is how events are run; `masthead` shows the `facts` of the library."""
    with gr.Column(elem_id="shelves"):
        _html(gr, '<h2 class="room">Library</h2>', "shelves-head")
        health = _html(gr, "", "health")
        note = _html(gr, "", "library-note")
        with gr.Column(visible=False, elem_id="changing") as changing:
            with gr.Row(elem_id="add-row"):
                address = gr.Textbox(
                    label="Add a page, feed, list of feeds or sitemap by its address",
                    placeholder="https://news.example/feed", max_lines=1, elem_id="address",
                    scale=1, min_width=0,
                )  # fmt: skip
                add = gr.Button("Add", elem_id="add", variant="primary", scale=0)
                update = gr.Button("Update now", elem_id="update", scale=0)
            _html(gr, _drop(), "drop")
        progress = _html(gr, "", "jobs")
        said = _html(gr, "", "library-said")
        tick = gr.Timer(1, active=False)
        with gr.Accordion("Followed on the web", open=False, elem_id="followed"):
            sources = _html(gr, "", "sources-list")
        with gr.Row(elem_id="search-row"):
            words = gr.Textbox(label="Search", placeholder="Words of title or text", max_lines=1,
                               elem_id="words", min_width=140)  # fmt: skip
            publisher = gr.Dropdown(label="Published by", choices=[""], value="", min_width=140,
                                    allow_custom_value=True,
                                    elem_id="by")  # fmt: skip
            since = gr.Textbox(label="From", placeholder="2025-01", max_lines=1, min_width=90)
            until = gr.Textbox(label="To", placeholder="2025", max_lines=1, min_width=90)
            order = gr.Dropdown(
                label="Order", choices=[(_ORDERS[o], o) for o in ORDERS], value=ORDERS[0],
                allow_custom_value=True,
                min_width=140, elem_id="order",
            )  # fmt: skip
        found = _html(gr, "", "articles")
        with gr.Row(elem_id="pager"):
            back = gr.Button("Previous", scale=0, interactive=False)
            on = gr.Button("Next", scale=0, interactive=False)
        shown = _html(gr, "", "article")
        first = gr.State(0)
        script = files("page").joinpath("assets", "library.js").read_text("utf-8")
        acts = gr.HTML("", elem_id="library-acts", js_on_load=script, visible="hidden")

    limits = [words, publisher, since, until, order]
    parts = [
        masthead,
        health,
        sources,
        progress,
        changing,
        publisher,
        tick,
        found,
        back,
        on,
        first,
        note,
    ]

    def articles(given: Sequence[Any], at: int) -> _Update:
        """The part of the list from number `at` on, by what stands in the fields of `limits`."""
        text, by, start, end, by_what = (str(value or "").strip() for value in given)
        try:
            filters = Filters(
                first_day(start) if start else None, last_day(end) if end else None, by or None
            )
            wanted = next((order for order in ORDERS if order == by_what), ORDERS[0])
            rows, many = listed(holdings.library, text, filters, wanted, at, PAGE)
        except DatelineError as error:
            return {note: html.notice(told(error).message, "error")}
        return {
            found: html.listing(rows, at, many),
            back: gr.Button(interactive=at > 0),
            on: gr.Button(interactive=at + PAGE < many),
            first: at,
        }

    def search(*given: Any) -> _Update:
        return {note: "", **articles(given, 0)}

    def turn(step: int) -> Callable[..., _Update]:
        return lambda *given: articles(given[:-1], max(0, given[-1] + step))

    def whole(request: Any, given: Sequence[Any], at: int) -> _Update:
        """Everything but the open article, as it is now."""
        library, may = holdings.library, holdings.may_change(request.request.scope)
        followed = Followed(library)
        counts = followed.counts()
        return {
            **articles(given, at),
            masthead: facts(),
            health: html.health(html.health_of(library), holdings.sample),
            sources: html.sources(followed.sources(), counts, may),
            progress: html.jobs(holdings.jobs.recent()),
            changing: gr.Column(visible=may),
            publisher: gr.Dropdown(choices=["", *library.publishers()]),
            tick: gr.Timer(active=holdings.jobs.busy),
        }

    def enter(request: Any, *given: Any) -> _Update:
        return whole(request, given, 0)

    def ticked(request: Any, *given: Any) -> _Update:
        if holdings.jobs.busy:
            return {progress: html.jobs(holdings.jobs.recent())}
        done = f"Done: the library holds {holdings.library.count():,} articles"
        return {**whole(request, given[:-1], given[-1]), said: html.unseen(done)}

    def change(request: Any, ask_for: Callable[[], Any]) -> _Update:
        """Ask for a job and begin to follow it, for those who may."""
        if not holdings.may_change(request.request.scope):
            return {note: html.notice(REFUSED, "error")}
        try:
            holdings.asked_for(ask_for(), request.request.scope)
        except (UsageError, Busy) as error:
            return {note: html.notice(str(error), "error")}
        return {note: "", **at_work()}

    def at_work() -> _Update:
        return {progress: html.jobs(holdings.jobs.recent()), tick: gr.Timer(active=True)}

    def added(text: str, request: Any) -> _Update:
        done = change(request, lambda: holdings.jobs.add(text or ""))
        return done | ({address: ""} if tick in done else {})

    def updated(request: Any) -> _Update:
        return change(request, holdings.jobs.update)

    def act(request: Any, event: Any) -> _Update:
        """What a button of the lists, or a file that was sent, asks for."""
        data = event._data if isinstance(event._data, dict) else {}
        what, name, text = (str(data.get(key, ""))[:2000] for key in ("what", "id", "shown"))
        if what == "open":
            stored = holdings.library.article(name)
            when = Followed(holdings.library).changed(name)
            may = holdings.may_change(request.request.scope)
            return {shown: html.article(stored, when, may)}
        if what == "close":
            return {shown: ""}
        if what == "remove":
            done = change(request, lambda: holdings.jobs.remove(name, text))
            return done | ({shown: ""} if tick in done else {})
        if what == "refused":
            return {note: html.notice(text, "error")}
        return at_work() if what == "sent" else {}

    for function in (enter, ticked, added, updated, act):  # Gradio cannot look up their names here
        function.__annotations__["request"] = gr.Request
    act.__annotations__["event"] = gr.EventData
    for door, room in zip(doors, ROOMS, strict=True):
        door.click(None, None, None, js=_ENTER % (room.lower(), room.lower()))
    doors[1].click(enter, limits, parts, **quick)
    for limit in (words, since, until):
        limit.change(search, limits, [found, back, on, first, note],
                    trigger_mode="always_last", **quick)  # fmt: skip
    for chosen in (publisher, order):
        chosen.input(search, limits, [found, back, on, first, note], **quick)
    for button, step in ((back, -PAGE), (on, PAGE)):
        button.click(turn(step), [*limits, first], [found, back, on, first, note], **quick)
    asked = [progress, tick, note]
    add.click(added, address, [*asked, address], **quick)
    address.submit(added, address, [*asked, address], **quick)
    update.click(updated, None, asked, **quick)
    acts.click(act, None, [*asked, shown], trigger_mode="multiple", **quick)
    tick.tick(ticked, [*limits, first], [*parts, said], **quick)


def _drop() -> str:
    kinds = ",".join((*KINDS, ".opml"))
    return (
        f'<label><input type="file" multiple accept="{kinds}"> <span>Drop files here, or choose '
        "them: saved pages, PDF, newsletters, Markdown, text, JSON lines, OPML. At most 20 MB "
        "each.</span></label>"
    )


def _html(gr: Any, value: str, name: str) -> Any:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None, padding=False)
