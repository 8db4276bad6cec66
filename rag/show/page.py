"""The conversation, evidence and disagreements of the page as HTML strings.

Values in, markup out. Everything that comes from an article, a model or a user goes through
`html.escape`; only http(s) addresses become links. Leaves out Gradio and the engine (`ui.py`), the
style (`assets/page.css`) and the jump from a citation to its card (`assets/page.js`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from rag.show.highlight import emphasis
from rag.show.wording import ANSWERED, KINDS, day, notes, short_heads, web_address
from rag.types import Answer, Citation, Disagreement

Context = Callable[[Citation], tuple[str, str]]  # article text just before and after the quote

_LONG = 24  # characters above which a short answer is set smaller; not measured
_OPENING = (
    '<div class="opening"><h1>What does the record say?</h1>'
    "<p>Ask about the AI industry. Every sentence of an answer cites the exact words it rests on, "
    "with their date. What no article says is not answered.</p></div>"
)


@dataclass(slots=True)
class Exchange:
    """One question on the page with what has come of it so far; `number` counts from 1."""

    number: int
    question: str
    citations: list[Citation] = field(default_factory=list)
    draft: str = ""
    answer: Answer | None = None
    error: str | None = None
    stopped: bool = False

    @property
    def running(self) -> bool:
        return not (self.answer or self.error or self.stopped)


def conversation(exchanges: Sequence[Exchange]) -> str:
    """Every question with its answer, oldest first; screen readers announce it when it is done.

    Disagreements of the older ones stand here, those of the newest in the panel below.
    """
    busy = ' aria-busy="true"' if exchanges and exchanges[-1].running else ""
    older = "".join(_exchange(item) + disagreements(item) for item in exchanges[:-1])
    body = older + _exchange(exchanges[-1]) if exchanges else _OPENING
    return f'<div class="exchanges" role="log" aria-live="polite"{busy}>{body}</div>'


def evidence(exchanges: Sequence[Exchange], context: Context | None = None) -> str:
    """The citation cards of every exchange, newest first; only the newest are unfolded."""
    groups = [item for item in reversed(exchanges) if item.citations]
    if not groups:
        return '<p class="pane-empty">The sentences an answer rests on appear here.</p>'
    newest = exchanges[-1]
    parts = []
    if newest.answer and not newest.citations:
        parts.append('<p class="pane-empty">No passage answers the newest question.</p>')
    for item in groups:
        count = len(item.citations)
        label = f"{count} passage{'s' * (count > 1)}"
        cards = "".join(_card(item, citation, context) for citation in item.citations)
        is_open = " open" if item is newest else ""
        parts.append(
            f'<details class="evidence-group" id="evidence-{item.number}"{is_open}>'
            f'<summary><span class="asked" dir="auto">{escape(item.question)}</span> '
            f'<span class="count">{label}</span></summary>{cards}</details>'
        )
    return "".join(parts)


def disagreements(exchange: Exchange | None) -> str:
    """The table of one exchange's accounts that differ; "" where there are none."""
    if exchange is None or exchange.answer is None or not exchange.answer.disagreements:
        return ""
    body = "".join(_disagreement(exchange, item) for item in exchange.answer.disagreements)
    return f'<section class="differ" aria-label="Where sources differ">{body}</section>'


def status(message: str, kind: str = "idle") -> str:
    """The line under the question field; `kind` is idle, busy, done or error."""
    return f'<p class="status {kind}" role="status">{escape(message)}</p>'


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
        return _answer(item, item.answer)
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


def _answer(item: Exchange, answer: Answer) -> str:
    parts = [f'<div class="answer {answer.status}">']
    if answer.status == "unanswerable":
        parts.append('<p class="verdict">Not in the library</p>')
    elif answer.status == "disputed":
        parts.append('<p class="verdict">Sources differ</p>')
    if short_heads(answer):
        long = " long" if len(answer.short or "") > _LONG else ""
        parts.append(f'<p class="short{long}" dir="auto">{escape(answer.short or "")}</p>')
    for line in filter(str.strip, answer.text.splitlines()):
        parts.append(_line(item, answer, line))
    if answer.as_of:
        parts.append(f'<p class="note">As of {escape(answer.as_of)}.</p>')
    if answer.dropped:
        parts.append(_dropped(answer))
    return "".join(parts) + "</div>"


_MARKED = re.compile(r"(- )?(?:\*\*(.+?)\*\* ?)?(.*)", re.DOTALL)


def _line(item: Exchange, answer: Answer, line: str) -> str:
    """One line of the answer; that of a timeline, of news or of a comparison with its day or side
    in strong type."""
    kind, head = "text", ""
    if answer.form not in ("fact", "notice") and (match := _MARKED.fullmatch(line)):
        kind = "text item" if match[1] else "text"
        head = f"<strong>{escape(match[2])}</strong> " if match[2] else ""
        line = match[3]
    return f'<p class="{kind}" dir="auto">{head}{_cited(item, line)}</p>'


def _dropped(answer: Answer) -> str:
    many = len(answer.dropped)
    rows = "".join(
        f'<li dir="auto"><s>{escape(drop.text)}</s> <span>{escape(drop.reason)}</span></li>'
        for drop in answer.dropped
    )
    label = f"{many} sentence{'s' * (many > 1)} of the draft failed the checks"
    return f'<details class="dropped"><summary>{label}</summary><ul>{rows}</ul></details>'


def _cited(item: Exchange, text: str) -> str:
    """Escaped text in which each `[n]` that has a card links to it."""
    cards = {str(citation.id): citation for citation in item.citations}
    out = []
    for index, piece in enumerate(re.split(r"\[(\d+)\]", text)):
        if index % 2 == 0:
            out.append(escape(piece))
        elif piece in cards:
            out.append(_link(item.number, cards[piece]))
        else:
            out.append(escape(f"[{piece}]"))
    return "".join(out)


def _link(number: int, citation: Citation) -> str:
    source = f"{citation.publisher or 'publisher unknown'}, {day(citation.published)}"
    return (
        f'<a class="citation" href="#evidence-{number}-{citation.id}" title="{escape(source)}"'
        f' aria-label="Citation {citation.id}: {escape(source)}">[{citation.id}]</a>'
    )


def _card(item: Exchange, citation: Citation, context: Context | None) -> str:
    before, after = context(citation) if context else ("", "")
    marked = "".join(
        f"<strong>{escape(piece)}</strong>" if strong else escape(piece)
        for piece, strong in emphasis(citation.quote, item.answer, citation.id)
    )
    published = escape(day(citation.published))
    when = f'<time datetime="{published}">{published}</time>' if citation.published else published
    title = escape(citation.title or "Untitled")
    if address := web_address(citation.url):
        title = (
            f'<a href="{escape(address)}" target="_blank" '
            f'rel="noopener noreferrer nofollow">{title}</a>'
        )
    note = f'<p class="author" dir="auto">{escape(citation.author)}</p>' if citation.author else ""
    note += "".join(f'<p class="history" dir="auto">{escape(line)}</p>' for line in notes(citation))
    return (
        f'<article class="evidence-card" id="evidence-{item.number}-{citation.id}" tabindex="-1">'
        f'<header><span class="number">{citation.id}</span>'
        f'<span class="publisher" dir="auto">'
        f"{escape(citation.publisher or 'Publisher unknown')}</span>"
        f'<span class="when">{when}</span></header>'
        f'<blockquote dir="auto">{_faint(before)}<mark>{marked}</mark>{_faint(after)}</blockquote>'
        f'<footer><p class="title" dir="auto">{title}</p>{note}'
        f'<a class="back" href="#exchange-{item.number}">Back to the answer</a></footer></article>'
    )


def _faint(text: str) -> str:
    return f'<span class="around">{escape(text)}</span>' if text.strip() else ""


def _disagreement(exchange: Exchange, item: Disagreement) -> str:
    cards = {citation.id: citation for citation in exchange.citations}
    about = item.about[:1].upper() + item.about[1:]
    rows = []
    for row in item.rows:
        citation = cards.get(row.citation)
        source = escape((citation.publisher if citation else None) or "publisher unknown")
        link = _link(exchange.number, citation) if citation else ""
        rows.append(
            f'<tr><th scope="row" dir="auto">{escape(row.value)}</th>'
            f'<td class="{row.kind or "leads"}">{row.kind or ANSWERED}</td>'
            f'<td><span class="event {row.event_status}">{row.event_status}</span></td>'
            f'<td class="when">{escape(day(row.published))}</td>'
            f'<td dir="auto">{source}{link}</td></tr>'
        )
    return (
        f'<table class="{item.kind}"><caption><span dir="auto">{escape(about)}</span> '
        f'<em>{KINDS[item.kind]}</em></caption><thead><tr><th scope="col">Value</th>'
        '<th scope="col">Difference</th><th scope="col">Event</th>'
        '<th scope="col">Published</th><th scope="col">Source</th>'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
