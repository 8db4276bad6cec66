"""The chat page: `python ui.py`, by default on http://127.0.0.1:7860, and the API beside it.

a question on the page -> the engine's events (`rag/dateline.py`) -> HTML (`rag/show/page.py`)

Gradio is imported only here, and only after the arguments have been checked. Leaves out the API
and health (`rag/api.py`), and listening and what a request must pass (`rag/web/`).
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.cli import run
from index.errors import UsageError
from rag.question.validate import MAX_CHARACTERS, checked
from rag.serving.queue import BACKLOG
from rag.show import page as html
from rag.show.page import Exchange
from rag.show.wording import timing
from rag.types import Citation, Question, Turn
from rag.web import options

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from rag.dateline import Dateline
    from rag.web.access import Access
    from rag.web.asking import Asking, Door

EXAMPLES = (
    "What share of Scale AI did Meta buy?",
    "How much did Meta pay for its Scale AI stake?",
    "What happened to OpenAI's plan to buy Windsurf?",
    "How many weekly users does ChatGPT have?",
)
KEPT = 30  # questions on the page, the latest; not measured
AROUND = 160  # characters of the article shown on each side of a quote; not measured
_log = logging.getLogger("dateline")
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


def read(text: str, limits: Mapping[str, str | None], exchanges: list[Exchange]) -> Question:
    """What the user typed as a checked question, with the answered ones as its history.

    UsageError.
    """
    from rag.web.asking import last

    history = []
    for item in exchanges:
        if item.answer:
            history.append(Turn(role="user", content=item.question))
            history.append(Turn(role="assistant", content=item.answer.text))
    given = {name: str(value or "").strip() or None for name, value in limits.items()}
    return checked(Question(question=text or "", history=last(history), **given))


def follow(door: Door, asked: Question, item: Exchange) -> Iterator[tuple[str, bool]]:
    """Put the events of a question into `item`; yields a status line and whether evidence came.

    Errors end up in `item.error`.
    """
    from rag.events import Done, Evidence, Words
    from rag.web.asking import told

    events = door.stream(asked, lambda: item.stopped)
    try:
        for event in events:
            if item.stopped:
                return
            if isinstance(event, Evidence):
                item.citations = list(event.citations)
                item.draft = ""  # work that was followed ahead may have given way: it begins anew
                count = len(item.citations)
                yield f"{count} passage{'s' * (count != 1)} found, writing", True
            elif isinstance(event, Words):
                item.draft += event.text
                yield "Writing a draft", False
            elif isinstance(event, Done):
                item.citations = list(event.answer.citations)
                item.answer = event.answer
    except Exception as error:
        item.error = None if item.stopped else told(error).message
    finally:
        if isinstance(events, Generator):
            events.close()  # frees the model at once when the page was stopped or left
    if item.running:
        item.error = "The answer did not come: ask again"


def surroundings(engine: Dateline) -> html.Context:
    """A function that gives the article's text just before and after a quote, cut at words."""

    def around(citation: Citation) -> tuple[str, str]:
        article = engine.library.article(citation.article_id)
        if article is None or article.text[citation.start : citation.end] != citation.quote:
            return "", ""
        before = article.text[max(0, citation.start - AROUND) : citation.start]
        after = article.text[citation.end : citation.end + AROUND]
        if citation.start > AROUND:
            before = "… " + before.partition(" ")[2]
        if citation.end + AROUND < len(article.text):
            after = after.rpartition(" ")[0] + " …"
        return before, after

    return around


def build_app(engine: Dateline, access: Access | None = None) -> FastAPI:
    """Page and API as one application, for whom `access` lets in."""
    from rag.api import application
    from rag.web.page_calls import PageCalls

    app = application(engine, access)
    page = build_page(app.state.asking)
    import gradio as gr

    assets = files("rag.show") / "assets"
    style = (assets / "page.css").read_text("utf-8")
    # 400 and 700 only: the files that Gradio carries for other weights lack most letters
    fonts = (gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif")
    mono = (gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700)), "monospace")
    served: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        show_error=False,
        theme=gr.themes.Base(font=fonts, font_mono=mono),
        head=f"<style>{style}</style>",
        js=(assets / "page.js").read_text("utf-8"),
    )
    gradio: Any = served.routes[-1]
    inputs = {number: len(function.inputs) for number, function in page.fns.items()}
    gradio.app.add_middleware(PageCalls, inputs=inputs)
    return served


def main(
    library: options.Library = None,
    host: options.Host = "127.0.0.1",
    port: options.Port = 7860,
    auth: options.Auth = None,
    insecure_no_auth: options.Insecure = False,
    allow_host: options.AllowHost = None,
    root_path: options.RootPath = "",
    proxy: options.Proxy = None,
    rate: options.Rate = None,
    audit: options.Audit = None,
    model: options.Model = None,
    no_cache: options.NoCache = False,
) -> None:
    """Serve the chat page, the API and the MCP tools until Ctrl+C."""
    from rag.web.access import access
    from rag.web.listen import listen, serve
    from rag.web.records import write_audit
    from rag.web.users import read_users

    logging.basicConfig(level=logging.WARNING, format="dateline: %(message)s")
    allowed = access(
        host,
        read_users(auth, _log.warning) if auth else None,
        hosts=allow_host or (),
        root_path=root_path,
        proxies=proxy or (),
        rate=rate,
        insecure=insecure_no_auth,
    )
    write_audit(audit)
    with listen(host, port) as listening:
        from rag.dateline import Dateline
        from rag.serving.cache import kept_answers

        engine = Dateline.open(
            library,
            model,
            log=lambda text: print(text, file=sys.stderr),
            answers=None if no_cache else kept_answers(),
        )
        for text in EXAMPLES:  # loads what the first question would wait for
            engine.read(Question(question=text))
        app = build_app(engine, allowed)
        shown = f"[{host}]" if ":" in host else host
        print(f"Dateline is at http://{shown}:{listening.getsockname()[1]} (Ctrl+C stops it)")
        sys.stdout.flush()
        serve(app, listening)


def _markup(gr: Any, value: str, name: str) -> Any:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None, padding=False)


def _library(engine: Dateline) -> str:
    path, newest = Path(str(engine.library.path)), engine.library.date_range()[1]
    name = "bundled briefs" if path.name.startswith("bundled-") else path.name
    return html.library(name, engine.library.count(), newest, Path(engine.model).name)


def _constant(text: str) -> Callable[[], str]:
    return lambda: text


if __name__ == "__main__":
    run(main)
