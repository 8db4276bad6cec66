"""The chat page: `python ui.py`, by default on http://127.0.0.1:7860, and the API beside it.

Gradio is imported only after the arguments have been checked. Leaves out the page itself (`page/`),
the API and health (`rag/api.py`), and listening and what a request must pass (`rag/web/`).
"""

from __future__ import annotations

import logging
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from index.cli import run
from page.build import build_page
from rag.types import Question
from rag.web import options

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.dateline import Dateline
    from rag.web.access import Access

WARMING = "How much did Meta pay?"  # loads what the first question would wait for
_log = logging.getLogger("dateline")


def build_app(engine: Dateline, access: Access | None = None) -> FastAPI:
    """Page and API as one application, for whom `access` lets in."""
    from rag.api import application
    from rag.web.page_calls import PageCalls

    app = application(engine, access)
    page = build_page(app.state.asking, app.state.holdings)
    import gradio as gr

    assets = files("page") / "assets"
    style = "".join((assets / f"{name}.css").read_text("utf-8") for name in ("page", "library"))
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
    read_only: options.ReadOnly = False,
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
        read_only=read_only,
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
        engine.read(Question(question=WARMING))
        app = build_app(engine, allowed)
        shown = f"[{host}]" if ":" in host else host
        print(f"Dateline is at http://{shown}:{listening.getsockname()[1]} (Ctrl+C stops it)")
        sys.stdout.flush()
        serve(app, listening)


if __name__ == "__main__":
    run(main)
