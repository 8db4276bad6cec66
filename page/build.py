"""The page's components, and what happens when they are used.

a question on the page -> the engine's events (`rag/dateline.py`) -> HTML (`markup.py`, `cards.py`)

Gradio is imported only in `build_page`, after the arguments of `ui.py` have been checked.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import UsageError
from page import history
from page import markup as html
from page.around import surroundings
from page.cards import evidence as cards
from page.differences import disagreements
from page.exchange import Exchange, follow, read
from page.narrowing import limits_of, narrowing, range_of
from page.tools import exports
from rag.question.validate import MAX_CHARACTERS
from rag.serving.queue import BACKLOG
from rag.show.wording import timing

if TYPE_CHECKING:
    import gradio as gr

    from rag.dateline import Dateline
    from rag.web.asking import Asking
    from rag.web.library import Holdings

EXAMPLES = 4  # questions to begin with; not measured
_Update = dict[Any, Any]


class Typing:
    """The last text of one page's question field that the server was sent."""

    text = ""


def build_page(asking: Asking, holdings: Holdings) -> gr.Blocks:
    """The page: its components, and what happens when they are used."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    import gradio as gr

    from page.examples import Examples
    from page.library import library_room, rooms
    from page.taking_away import taking_away
    from rag.web.asking import client_of

    engine = asking.engine
    context = surroundings(engine)
    beginnings = Examples(engine, EXAMPLES)
    threading.Thread(target=beginnings.now, daemon=True).start()

    def suggest() -> list[Any]:
        texts = [*beginnings.now(), *[""] * EXAMPLES][:EXAMPLES]
        return [gr.Button(text, visible=bool(text)) for text in texts]

    # Only asking goes through Gradio's queue. It closes the queue's stream after the last event
    # on it, and an event that joins at that moment is never answered.
    quick: dict[str, Any] = {
        "queue": False,
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as page:
        chat, typing = gr.State([]), gr.State(Typing())
        # The secret only keeps Gradio from making one anew at each start; what is kept is the
        # user's own, in the user's own browser.
        kept = gr.BrowserState(None, storage_key=history.KEY, secret=history.KEY)
        with gr.Row(elem_id="masthead"):
            _markup(gr, '<h1 class="name">Dateline</h1>', "brand")
            doors = rooms(gr)
            library = _markup(gr, _library(engine), "library")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", scale=6, min_width=0):
                conversation = _markup(gr, html.conversation([]), "conversation")
                differ = _markup(gr, "", "disagreements")
                saving = _markup(gr, "", "exports")
                with gr.Column(elem_id="examples") as examples:
                    starters = [
                        gr.Button(visible=False, elem_classes="example") for _ in range(EXAMPLES)
                    ]
                with gr.Column(elem_id="composer"):
                    with gr.Row(elem_id="ask-row"):
                        question = gr.Textbox(
                            label="Question",
                            show_label=False,
                            container=False,
                            placeholder="Ask the articles",
                            lines=1,
                            max_lines=6,
                            max_length=MAX_CHARACTERS,
                            autofocus=True,
                            elem_id="question",
                            scale=1,
                            min_width=0,
                        )
                        ask = gr.Button("Ask", elem_id="ask", variant="primary", scale=0)
                        stop = gr.Button("Stop", elem_id="stop", interactive=False, scale=0)
                    fields, slider = narrowing(gr, engine.library, quick)
                    with gr.Row(elem_id="foot"):
                        state = _markup(gr, html.status("Ready"), "status")
                        anew = gr.Button("New conversation", elem_id="anew", visible=False, scale=0)
                    paused = gr.Button("", elem_id="paused", visible="hidden")
            with gr.Column(elem_id="sources", scale=5, min_width=0):
                _markup(gr, "<h2>Evidence</h2>", "sources-head")
                evidence = _markup(gr, cards([]), "evidence")

        def show(exchanges: list[Exchange], message: str, kind: str) -> _Update:
            busy = kind == "busy"
            return {
                conversation: html.conversation(exchanges),
                saving: exports(exchanges),
                state: html.status(message, kind),
                ask: gr.Button(interactive=not busy),
                stop: gr.Button(interactive=busy),
            }

        def panes(exchanges: list[Exchange]) -> _Update:
            newest = exchanges[-1] if exchanges else None
            return {evidence: cards(exchanges, context), differ: disagreements(newest)}

        def whole(exchanges: list[Exchange], message: str) -> _Update:
            """The page at rest with this conversation."""
            return {
                **show(exchanges, message, "idle"),
                **panes(exchanges),
                chat: exchanges,
                examples: gr.Column(visible=not exchanges),
                anew: gr.Button(visible=bool(exchanges)),
            }

        def answer(
            text: str,
            as_of: str,
            since: str,
            until: str,
            by: str,
            exchanges: list[Exchange],
            request: Any,
        ) -> Iterator[_Update]:
            user = _user(request)
            try:
                asked = read(text, limits_of((as_of, since, until, by)), exchanges)
            except UsageError as error:
                yield {state: html.status(str(error), "error")}
                return
            number = exchanges[-1].number + 1 if exchanges else 1
            item = Exchange(number, asked.question)
            exchanges.append(item)
            del exchanges[: -history.KEPT]
            yield {
                **show(exchanges, "Searching the articles", "busy"),
                **panes(exchanges),
                chat: exchanges,
                kept: history.put_by(exchanges, user),
                question: "",
                examples: gr.Column(visible=False),
                anew: gr.Button(visible=False),
            }
            door = asking.door("page", client_of(request.request.scope))
            for message, found in follow(door, asked, item):
                yield show(exchanges, message, "busy") | (panes(exchanges) if found else {})
            done = {kept: history.put_by(exchanges, user), anew: gr.Button(visible=True)}
            if item.answer:
                holdings.give(asked, item.answer)
                told = html.announced(item.answer)
                line = html.status(timing(item.answer), "done", told)
                yield show(exchanges, "", "done") | panes(exchanges) | done | {state: line}
            elif item.error:
                yield show(exchanges, item.error, "error") | done

        async def ahead(text: str, *values: Any) -> None:
            *limits, exchanges, field = values
            field.text = text
            try:
                asked = read(text, limits_of(tuple(limits)), exchanges)
            except UsageError:
                return  # asking the question will show the same error
            await asking.prepare(asked, lambda: field.text != text)

        def halt(exchanges: list[Exchange], field: Typing) -> _Update:
            field.text = ""  # so that answering ahead ends too
            if exchanges and exchanges[-1].running:
                exchanges[-1].stopped = True
            return {**show(exchanges, "Stopped", "idle"), anew: gr.Button(visible=True)}

        def begin(record: Any, request: Any) -> _Update:
            """The page as it is opened: what the library holds now, and the conversation that this
            browser has kept."""
            exchanges = history.taken_up(record, _user(request))
            return {
                **whole(exchanges, "Ready"),
                library: _library(engine),
                fields[3]: gr.Dropdown(choices=engine.library.publishers()),
                slider: gr.Slider(**range_of(engine.library)),
            }

        for function in (answer, begin):  # Gradio cannot look up its name here
            function.__annotations__["request"] = gr.Request
        inputs = [question, *fields, chat]
        changed = [
            conversation, differ, saving, evidence, state, chat, question, ask, stop, examples,
            kept, anew,
        ]  # fmt: skip
        wiring: dict[str, Any] = {
            "fn": answer,
            "inputs": inputs,
            "outputs": changed,
            "concurrency_limit": 8,  # questions in work at once; not measured
            "concurrency_id": "ask",
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        running = [ask.click(**wiring), question.submit(**wiring)]
        for button in starters:
            fill = button.click(lambda text: text, button, question, **quick)
            running.append(fill.then(**wiring))
        # `page.js` clicks this button when typing pauses; a later click ends the earlier work.
        paused.click(ahead, [*inputs, typing], None, trigger_mode="multiple", **quick)
        stop.click(halt, [chat, typing], changed, cancels=list[Any](running), **quick)
        empty = history.put_by([], None)
        anew.click(lambda: {**whole([], "Ready"), kept: empty}, None, changed, **quick)
        page.load(begin, kept, [*changed, library, fields[3], slider], **quick)
        page.load(suggest, None, starters, **quick)
        taking_away(gr, holdings, chat, conversation, state, quick)
        library_room(gr, holdings, doors, quick, library, lambda: _library(engine))
    page.queue(max_size=BACKLOG)
    made: gr.Blocks = page
    return made


def _user(request: Any) -> str | None:
    """The name that the user signed in with."""
    name: str | None = request.request.scope.get("state", {}).get("user")
    return name


def _markup(gr: Any, value: str, name: str) -> Any:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None, padding=False)


def _library(engine: Dateline) -> str:
    path, newest = Path(str(engine.library.path)), engine.library.date_range()[1]
    name = "bundled briefs" if path.name.startswith("bundled-") else path.name
    return html.library(name, engine.library.count(), newest, Path(engine.model).name)
