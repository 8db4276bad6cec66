"""The page's components, and what happens when they are used.

a question on the page -> the engine's events (`rag/dateline.py`) -> HTML (`markup.py`)

Gradio is imported only in `build_page`, after the arguments of `ui.py` have been checked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import UsageError
from page import markup as html
from page.exchange import Exchange, follow, read
from page.paragraph import surroundings
from rag.question.validate import MAX_CHARACTERS
from rag.serving.queue import BACKLOG
from rag.show.wording import timing

if TYPE_CHECKING:
    import gradio as gr

    from rag.dateline import Dateline
    from rag.web.asking import Asking

EXAMPLES = (
    "What share of Scale AI did Meta buy?",
    "How much did Meta pay for its Scale AI stake?",
    "What happened to OpenAI's plan to buy Windsurf?",
    "How many weekly users does ChatGPT have?",
)
KEPT = 30  # questions on the page, the latest; not measured
_Update = dict[Any, Any]


class Typing:
    """The last text of one page's question field that the server was sent."""

    text = ""


def build_page(asking: Asking) -> gr.Blocks:
    """The page: its components, and what happens when they are used."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    import gradio as gr

    from rag.web.asking import client_of

    engine = asking.engine
    context = surroundings(engine)
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as page:
        chat, typing = gr.State([]), gr.State(Typing())
        with gr.Row(elem_id="masthead"):
            _markup(gr, '<p class="name">Dateline</p>', "brand")
            library = _markup(gr, _library(engine), "library")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", scale=6, min_width=0):
                conversation = _markup(gr, html.conversation([]), "conversation")
                differ = _markup(gr, "", "disagreements")
                with gr.Column(elem_id="examples") as examples:
                    starters = [gr.Button(text, elem_classes="example") for text in EXAMPLES]
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
                    with (
                        gr.Accordion("Dates and publisher", open=False, elem_id="filters"),
                        gr.Row(),
                    ):
                        dates = [
                            gr.Textbox(label=label, placeholder=hint, max_lines=1, min_width=120)
                            for label, hint in (
                                ("As of", "2025-06-30"),
                                ("Published since", "2025-01"),
                                ("Published until", "2025"),
                            )
                        ]
                        publisher = gr.Dropdown(
                            choices=engine.library.publishers(),
                            value=None,
                            label="Publisher",
                            allow_custom_value=True,
                            min_width=160,
                        )
                    state = _markup(gr, html.status("Ready"), "status")
                    paused = gr.Button("", elem_id="paused", visible="hidden")
            with gr.Column(elem_id="sources", scale=5, min_width=0):
                _markup(gr, "<h2>Evidence</h2>", "sources-head")
                evidence = _markup(gr, html.evidence([]), "evidence")

        def show(exchanges: list[Exchange], message: str, kind: str) -> _Update:
            busy = kind == "busy"
            return {
                conversation: html.conversation(exchanges),
                state: html.status(message, kind),
                ask: gr.Button(interactive=not busy),
                stop: gr.Button(interactive=busy),
            }

        def panes(exchanges: list[Exchange]) -> _Update:
            return {
                evidence: html.evidence(exchanges, context),
                differ: html.disagreements(exchanges[-1]),
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
            limits = {"as_of": as_of, "since": since, "until": until, "publisher": by}
            try:
                asked = read(text, limits, exchanges)
            except UsageError as error:
                yield {state: html.status(str(error), "error")}
                return
            number = exchanges[-1].number + 1 if exchanges else 1
            item = Exchange(number, asked.question)
            exchanges.append(item)
            del exchanges[:-KEPT]
            yield {
                **show(exchanges, "Searching the articles", "busy"),
                **panes(exchanges),
                chat: exchanges,
                question: "",
                examples: gr.Column(visible=False),
            }
            door = asking.door("page", client_of(request.request.scope))
            for message, found in follow(door, asked, item):
                yield show(exchanges, message, "busy") | (panes(exchanges) if found else {})
            if item.answer:
                yield show(exchanges, timing(item.answer), "done") | panes(exchanges)
            elif item.error:
                yield show(exchanges, item.error, "error")

        async def ahead(
            text: str,
            as_of: str,
            since: str,
            until: str,
            by: str,
            exchanges: list[Exchange],
            field: Typing,
        ) -> None:
            field.text = text
            limits = {"as_of": as_of, "since": since, "until": until, "publisher": by}
            try:
                asked = read(text, limits, exchanges)
            except UsageError:
                return  # asking the question will show the same error
            await asking.prepare(asked, lambda: field.text != text)

        def halt(exchanges: list[Exchange], field: Typing) -> _Update:
            field.text = ""  # so that answering ahead ends too
            if exchanges and exchanges[-1].running:
                exchanges[-1].stopped = True
            return show(exchanges, "Stopped", "idle")

        answer.__annotations__["request"] = gr.Request  # Gradio cannot look up its name here
        inputs = [question, *dates, publisher, chat]
        changed = [conversation, differ, evidence, state, chat, question, ask, stop, examples]
        wiring: dict[str, Any] = {
            "fn": answer,
            "inputs": inputs,
            "outputs": changed,
            "concurrency_limit": 8,  # questions in work at once; not measured
            "concurrency_id": "ask",
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        # Only asking goes through Gradio's queue. It closes the queue's stream after the last event
        # on it, and an event that joins at that moment is never answered.
        quick: dict[str, Any] = {
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        running = [ask.click(**wiring), question.submit(**wiring)]
        for button, text in zip(starters, EXAMPLES, strict=True):
            fill = button.click(_constant(text), None, question, **quick)
            running.append(fill.then(**wiring))
        # `page.js` clicks this button when typing pauses; a later click ends the earlier work.
        paused.click(ahead, [*inputs, typing], None, trigger_mode="multiple", **quick)
        stop.click(halt, [chat, typing], changed, cancels=list[Any](running), **quick)
        page.load(
            lambda: (_library(engine), gr.Dropdown(choices=engine.library.publishers())),
            None,
            [library, publisher],
            **quick,
        )
    page.queue(max_size=BACKLOG)
    made: gr.Blocks = page
    return made


def _markup(gr: Any, value: str, name: str) -> Any:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None, padding=False)


def _library(engine: Dateline) -> str:
    path, newest = Path(str(engine.library.path)), engine.library.date_range()[1]
    name = "bundled briefs" if path.name.startswith("bundled-") else path.name
    return html.library(name, engine.library.count(), newest, Path(engine.model).name)


def _constant(text: str) -> Callable[[], str]:
    return lambda: text
