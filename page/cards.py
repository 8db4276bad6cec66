"""The evidence beside an answer: a card for each citation, its sentence marked in its paragraph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from page.exchange import Exchange
from rag.show.highlight import emphasis
from rag.show.wording import day, notes, web_address
from rag.types import Citation


@dataclass(frozen=True, slots=True)
class Around:
    """The article's text just before and after a quote."""

    before: str = ""
    after: str = ""


Context = Callable[[Citation], Around]


def evidence(exchanges: Sequence[Exchange], context: Context | None = None) -> str:
    """The cards of every exchange, newest first; only the newest are unfolded."""
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


def _card(item: Exchange, citation: Citation, context: Context | None) -> str:
    around = context(citation) if context else Around()
    marked = "".join(
        f"<strong>{escape(piece)}</strong>" if strong else escape(piece)
        for piece, strong in emphasis(citation.quote, item.answer, citation.id)
    )
    published = escape(day(citation.published))
    when = f'<time datetime="{published}">{published}</time>' if citation.published else published
    name = f"evidence-{item.number}-{citation.id}"
    return (
        f'<article class="evidence-card" id="{name}" tabindex="-1" aria-labelledby="{name}-head">'
        f'<header id="{name}-head"><span class="number">{citation.id}</span>'
        f'<span class="publisher" dir="auto">'
        f"{escape(citation.publisher or 'Publisher unknown')}</span>"
        f'<span class="when">{when}</span></header>'
        f'<blockquote dir="auto">{_faint(around.before)}<mark>{marked}</mark>'
        f"{_faint(around.after)}</blockquote>"
        f'<footer><p class="title" dir="auto">{_title(citation)}</p>{_notes(citation)}'
        f'<a class="back" href="#exchange-{item.number}">Back to the answer</a></footer></article>'
    )


def _title(citation: Citation) -> str:
    """The headline, a link where the article has a plain web address."""
    title = escape(citation.title or "Untitled")
    if not (address := web_address(citation.url)):
        return title
    return (
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer nofollow">{title}'
        f'<span class="unseen"> (opens the source in a new tab)</span></a>'
    )


def _notes(citation: Citation) -> str:
    """The author, and what became of the article: corrected, retracted, gone, copied."""
    author = [("author", citation.author)] if citation.author else []
    lines = [*author, *(("history", note) for note in notes(citation))]
    return "".join(f'<p class="{name}" dir="auto">{escape(line)}</p>' for name, line in lines)


def _faint(text: str) -> str:
    return f'<span class="around">{escape(text)}</span>' if text.strip() else ""
