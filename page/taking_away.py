"""What the reader takes along from a conversation: a copy, a file, a permanent link, a verdict.

    answer -> buttons below it -> what they ask for, by `assets/taking_away.js` -> done here

A copy is made in the browser; files are made in `rag/show/export.py`; links and verdicts are kept
by `rag/serving/kept.py`. Only answers that this server gave are kept: what a browser sends back may
be anything.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from index.errors import DatelineError
from page import markup
from page.exchange import Exchange
from rag.serving.kept import Verdict
from rag.show import export
from rag.web.asking import told

if TYPE_CHECKING:
    from rag.web.library import Holdings

_FORMATS = {
    "md": ("text/markdown", export.markdown),
    "html": ("text/html", lambda answers: export.html(answers, "Dateline")),
    "json": ("application/json", export.as_json),
}
_ROWS = "rows"
_Update = dict[Any, Any]


def taking_away(
    gr: Any, holdings: Holdings, chat: Any, conversation: Any, state: Any, quick: dict[str, Any]
) -> None:
    """What happens when a button of an answer or of the exports (`tools.py`) is used.

    `chat` holds the exchanges, `conversation` shows them, `state` is the line for the reader.
    """
    script = files("page").joinpath("assets", "taking_away.js").read_text("utf-8")
    acts = gr.HTML("", elem_id="taking", js_on_load=script, visible="hidden")
    out = gr.Textbox("", elem_id="taken", visible="hidden")

    def act(exchanges: list[Exchange], request: Any, event: Any) -> _Update:
        data = event._data if isinstance(event._data, dict) else {}
        asked = {key: str(value) for key, value in data.items()}
        user = request.request.scope.get("state", {}).get("user") or ""
        try:
            if asked.get("what") in (*_FORMATS, _ROWS):
                return {out: _file(asked["what"], exchanges, holdings, user)}
            item = next((i for i in exchanges if str(i.number) == asked.get("number")), None)
            if item is None or item.answer is None:
                return {state: markup.status("That answer is there no longer", "error")}
            question = holdings.asked_of(item.answer)
            if asked.get("what") == "link":
                name = holdings.kept.keep(question, item.answer)
                return {out: json.dumps({"link": f"answer/{name}"}), state: _link(name)}
            good = asked.get("what") == "good"
            verdict = Verdict(good, asked.get("reason", ""), asked.get("correct", ""))
            holdings.kept.judge(question, item.answer, verdict, user)
            item.good = good
        except DatelineError as error:
            return {state: markup.status(told(error).message, "error")}
        line = markup.status("Kept on this machine: thank you", "done")
        return {state: line, conversation: markup.conversation(exchanges)}

    act.__annotations__ |= {"request": gr.Request, "event": gr.EventData}
    done = acts.click(act, chat, [out, state, conversation], trigger_mode="multiple", **quick)
    done.then(None, out, out, js="(made) => (window.datelineTake(made), '')", **quick)


def _file(what: str, exchanges: Sequence[Exchange], holdings: Holdings, user: str) -> str:
    """A file for the browser to save, as JSON: name, type, text."""
    if what == _ROWS:
        rows = holdings.kept.eval_rows(user)
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return json.dumps({"name": "dateline.jsonl", "type": "application/jsonl", "text": text})
    kind, write = _FORMATS[what]
    text = write([item.answer for item in exchanges if item.answer])
    return json.dumps({"name": f"dateline.{what}", "type": kind, "text": text})


def _link(name: str) -> str:
    return (
        '<p class="status done">The link to this answer is copied. '
        f'<a href="answer/{name}" target="_blank">Open it</a></p>'
    )
