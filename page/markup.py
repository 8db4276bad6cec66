"""The conversation and the lines around it as HTML strings.

Values in, markup out. Everything that comes from an article, a model or a user goes through
`html.escape`. Leaves out answers (`answer.py`), evidence (`cards.py`), Gradio (`build.py`), the
style (`assets/page.css`) and the jump from a citation to its card (`assets/page.js`).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from page.answer import answer_html
from page.differences import disagreements
from page.exchange import Exchange
from page.tools import buttons
from rag.show.wording import day
from rag.types import Answer

_OPENING = (
    '<div class="opening"><h2>What does the record say?</h2>'
    "<p>Ask about the AI industry. Every sentence of an answer cites the exact words it rests on, "
    "with their date. What no article says is not answered.</p></div>"
)


def conversation(exchanges: Sequence[Exchange]) -> str:
    """Every question with its answer, oldest first. The status line announces the newest.

    Disagreements of the older ones stand here, those of the newest in the panel below.
    """
    busy = ' aria-busy="true"' if exchanges and exchanges[-1].running else ""
    older = "".join(_exchange(item) + disagreements(item) for item in exchanges[:-1])
    body = older + _exchange(exchanges[-1]) if exchanges else _OPENING
    return f'<div class="exchanges"{busy}>{body}</div>'


def status(message: str, kind: str = "idle", announced: str = "") -> str:
    """The line under the question field; `kind` is idle, busy, done or error. What is `announced`
    is heard by screen readers alone."""
    unseen = f'<span class="unseen">{escape(announced)} </span>' if announced else ""
    return f'<p class="status {kind}">{unseen}{escape(message)}</p>'


def announced(answer: Answer) -> str:
    """What a screen reader says when an answer is there: the answer itself, without its marks."""
    said = " ".join(sentence.text for sentence in answer.sentences) or answer.text
    differ = " Sources differ: see the table." if answer.disagreements else ""
    return f"Answer: {said}{differ}"


def library(name: str, articles: int, newest: str | None, model: str) -> str:
    """The facts at the top of the page: library, number of articles, newest date, model."""
    facts = [
        ("Library", name),
        ("Articles", f"{articles:,}"),
        ("Newest", day(newest)),
        ("Model", model),
    ]
    cells = "".join(f"<div><dt>{key}</dt><dd>{escape(value)}</dd></div>" for key, value in facts)
    return f"<dl>{cells}</dl>"


def _exchange(item: Exchange) -> str:
    return (
        f'<article class="exchange" id="exchange-{item.number}">'
        f'<h2 class="asked" dir="auto">{escape(item.question)}</h2>{_reply(item)}</article>'
    )


def _reply(item: Exchange) -> str:
    if item.error:
        return f'<p class="failed">{escape(item.error)}</p>'
    if item.answer:
        return answer_html(item, item.answer) + buttons(item, item.answer)
    draft = f'<p class="draft-text" dir="auto">{escape(item.draft)}</p>' if item.draft else ""
    if item.stopped:
        note = "Stopped. The draft was not checked." if draft else "Stopped before an answer."
        return f'<div class="draft stopped"><p class="label">{note}</p>{draft}</div>'
    if draft:
        label = "Draft, not yet checked against the evidence"
    elif item.citations:
        label = "Evidence found, writing a draft"
    else:
        label = "Searching the articles"
    return f'<div class="draft" aria-hidden="true"><p class="label">{label}</p>{draft}</div>'
