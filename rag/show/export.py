"""A conversation to take away: Markdown, HTML or JSON, each answer with its quotes as footnotes.

Values in, text out. Articles, questions and models are untrusted: nothing of theirs is Markdown or
HTML here, and only http(s) addresses become links. The plain text that is copied is that of the
terminal (`terminal.plain`); the page itself is `page.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from html import escape

from index.cli import one_line
from rag.show.wording import ANSWERED, KINDS, day, web_address
from rag.types import Answer, Citation, DisagreementRow

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:1rem/1.55 system-ui,sans-serif;"
    "overflow-wrap:anywhere}"
    "h1{font-size:1.1rem}h2{font-size:1.3rem;margin:2.5rem 0 .5rem}"
    ".quote{font-family:Georgia,serif}"
    "table{display:block;overflow-x:auto;border-collapse:collapse;overflow-wrap:normal}"
    "caption{text-align:left}th,td{padding:.25rem .75rem .25rem 0;text-align:left;font-size:.9rem;"
    "border-top:1px solid}li:target{outline:2px solid}.note{font-size:.875rem}sup a{padding:0 .1em}"
)


def markdown(answers: Sequence[Answer]) -> str:
    """Each question as a heading, its answer, what differs, and the quotes as footnotes; `[^2-1]`
    is the first quote of the second answer."""
    return "\n".join(_markdown(number, answer) for number, answer in enumerate(answers, 1))


def html(answers: Sequence[Answer], title: str, note: str = "") -> str:
    """A whole document that needs nothing else: no script, no font, no picture. `note`, one line of
    plain text, stands above the answers."""
    said = f'<p class="note" role="note">{escape(note)}</p>' if note else ""
    body = "".join(_html(number, answer) for number, answer in enumerate(answers, 1))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(one_line(title))}</title><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head>\n<body><main><h1>Dateline</h1>{said}{body}"
        "</main></body></html>\n"
    )


def as_json(answers: Sequence[Answer]) -> str:
    """The answers as `python -m rag.ask --json` prints them, in a list."""
    dumped = [answer.model_dump(mode="json") for answer in answers]
    return json.dumps({"answers": dumped}, ensure_ascii=False, indent=1) + "\n"


def _about(answer: Answer) -> str:
    """What the answer rests on, in one line."""
    library = answer.library
    many = f"{library.articles:,} article{'s' * (library.articles != 1)}"
    until = f", as of {answer.as_of}" if answer.as_of else ""
    return one_line(
        f"Dateline with {answer.model}, from {many} (snapshot {library.snapshot[:12]}){until}"
    )


def _source(citation: Citation) -> str:
    parts = [citation.publisher or "publisher unknown", day(citation.published), citation.author]
    return one_line(", ".join(part for part in parts if part))


def _row(row: DisagreementRow) -> list[str]:
    when = day(row.published)
    return [row.value, row.kind or ANSWERED, row.event_status, when]


# -- Markdown -------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Text on one line in which nothing is Markdown or HTML."""
    text = re.sub(r"([\\`*_\[\]<>&#|~])", r"\\\1", one_line(text))
    return re.sub(r"^(\d*)([.)+-])(?=\s)", r"\1\\\2", text)  # at the beginning it would open a list


def linked(text: str, url: str | None) -> str:
    """The text as a link where `url` is a web address, else alone."""
    address = web_address(url)
    if not address:
        return plain(text)
    return f"[{plain(text)}](<{address.replace('<', '%3C').replace('>', '%3E')}>)"


def _markdown(number: int, answer: Answer) -> str:
    mark = _marker(answer, lambda n: f"[^{number}-{n}]")
    out = [f"## {plain(answer.question)}", ""]
    for item, head, text in _lines(answer):
        strong = f"**{plain(head)}** " if head else ""
        shown = "".join(mark(piece) or _inside(piece) for piece in _pieces(text))
        out += [f"- {strong}{shown}"] if item else [f"{strong}{shown}", ""]
    if out[-1]:
        out.append("")
    for disagreement in answer.disagreements:
        out += [f"{plain(disagreement.about)}: {KINDS[disagreement.kind]}", ""]
        out += ["| value | difference | event | published | source |", "| --- " * 5 + "|"]
        for row in disagreement.rows:
            cells = [*map(plain, _row(row)), mark(f"[{row.citation}]")]
            out.append(f"| {' | '.join(cells)} |")
        out.append("")
    for citation in answer.citations:
        title = linked(citation.title or "Untitled", citation.url)
        quote = f"“{plain(citation.quote)}” {plain(_source(citation))}: {title}"
        out.append(f"[^{number}-{citation.id}]: {quote}")
    return "\n".join([*out, *([""] if answer.citations else []), f"*{plain(_about(answer))}*", ""])


def _inside(piece: str) -> str:
    """The same for a piece of a line, whose space at the ends is kept."""
    before, after = piece[:1].isspace(), piece[-1:].isspace()
    return f"{' ' * before}{plain(piece)}{' ' * (after and bool(piece.strip()))}"


# -- HTML -----------------------------------------------------------------------------------


def _html(number: int, answer: Answer) -> str:
    mark = _marker(
        answer, lambda n: f'<sup><a href="#q{number}-{n}" aria-label="Quote {n}">[{n}]</a></sup>'
    )
    out = [f'<article id="a{number}"><h2 dir="auto">{escape(one_line(answer.question))}</h2>']
    listing = False
    for item, head, text in _lines(answer):
        if item != listing:
            out.append("<ul>" if item else "</ul>")
            listing = item
        strong = f"<strong>{escape(head)}</strong> " if head else ""
        shown = "".join(mark(piece) or escape(piece) for piece in _pieces(text))
        tag = "li" if item else "p"
        out.append(f'<{tag} dir="auto">{strong}{shown}</{tag}>')
    out.append("</ul>" if listing else "")
    for disagreement in answer.disagreements:
        heads = "".join(
            f'<th scope="col">{name}</th>'
            for name in ("Value", "Difference", "Event", "Published", "Source")
        )
        rows = "".join(
            "<tr>"
            + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in _row(row))
            + f"<td>{mark(f'[{row.citation}]')}</td></tr>"
            for row in disagreement.rows
        )
        out.append(
            f'<table><caption dir="auto">{escape(disagreement.about)}: '
            f"{KINDS[disagreement.kind]}</caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
    if answer.citations:
        quotes = "".join(_footnote(number, citation) for citation in answer.citations)
        out.append(f"<ol>{quotes}</ol>")
    return "".join([*out, f'<p class="note">{escape(_about(answer))}</p></article>'])


def _footnote(number: int, citation: Citation) -> str:
    title = escape(one_line(citation.title or "Untitled"))
    if url := web_address(citation.url):
        title = f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{title}</a>'
    return (
        f'<li id="q{number}-{citation.id}" value="{citation.id}" dir="auto">'
        f'<q class="quote">{escape(citation.quote)}</q> {escape(_source(citation))}: {title} '
        f'<a href="#a{number}" aria-label="Back to the answer">↩</a></li>'
    )


# -- both -----------------------------------------------------------------------------------

_HEADED = re.compile(r"(- )?(?:\*\*(.+?)\*\* ?)?(.*)", re.DOTALL)


def _lines(answer: Answer) -> Iterator[tuple[bool, str, str]]:
    """The lines of the answer's text: whether it is an item of a list, the day or side that heads
    it or "", and the rest."""
    for line in filter(str.strip, answer.text.splitlines()):
        headed = _HEADED.fullmatch(line) if answer.form not in ("fact", "notice") else None
        yield (bool(headed[1]), headed[2] or "", headed[3]) if headed else (False, "", line)


def _pieces(text: str) -> list[str]:
    """The text cut at its citation numbers: "a [1]." -> "a ", "[1]", "."."""
    return re.split(r"(\[\d+\])", text)


def _marker(answer: Answer, form: Callable[[int], str]) -> Callable[[str], str]:
    """A function from "[1]" to the mark of that footnote; "" for what is none."""
    marks = {f"[{citation.id}]": form(citation.id) for citation in answer.citations}
    return lambda piece: marks.get(piece, "")
