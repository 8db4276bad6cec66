"""The buttons with which an answer or the conversation is taken along, as HTML.

`assets/taking_away.js` sees what is clicked; what then happens is in `taking_away.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from page.exchange import Exchange
from rag.question.validate import MAX_CHARACTERS
from rag.show.terminal import plain
from rag.types import Answer

EXPORTS = (("md", "Markdown"), ("html", "HTML"), ("json", "JSON"), ("rows", "My verdicts"))


def buttons(item: Exchange, answer: Answer) -> str:
    """What can be done with one answer."""
    n = item.number
    good, bad = (' class="given"' if item.good is given else "" for given in (True, False))
    return (
        f'<div class="take" role="group" aria-label="Take this answer along">'
        f'<button type="button" data-take="copy" data-text="{escape(plain(answer))}">Copy</button>'
        f'<button type="button" data-take="link" data-number="{n}">Link</button>'
        f'<button type="button" data-take="good" data-number="{n}"{good}>Good answer</button>'
        f'<details class="judge"><summary{bad}>Bad answer</summary>'
        f'<form data-number="{n}"><label>What is wrong with it?'
        f'<input name="reason" maxlength="{MAX_CHARACTERS}" autocomplete="off"></label>'
        f"<label>What would be right, if you know it?"
        f'<input name="correct" maxlength="{MAX_CHARACTERS}" autocomplete="off"></label>'
        f"<button>Send</button></form></details></div>"
    )


def exports(exchanges: Sequence[Exchange]) -> str:
    """The buttons that export the conversation, "" while there is none or its end moves."""
    if not any(item.answer for item in exchanges) or exchanges[-1].running:
        return ""
    made = "".join(
        f'<button type="button" data-take="{what}">{label}</button>' for what, label in EXPORTS
    )
    return f'<div class="take" role="group" aria-label="Export"><span>Export</span>{made}</div>'
