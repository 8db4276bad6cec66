"""An answer for the terminal: rich on a screen, plain lines in a pipe.

Also the small decisions that the page shares: which part of a quote is the figure, what a date
and an address look like. Leaves out HTML (`rag/html.py`). Article text is untrusted, so control
characters that could drive a terminal never get through.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.cli import one_line, safe
from rag.types import Answer, Citation, Disagreement

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

KINDS = {
    "rounding": "the same amount, rounded differently",
    "update": "the figure changed over time",
    "conflict": "sources contradict each other",
    "spelling": "the same name, spelled differently",
}
_CURRENCY = r"(?:US\$|USD|EUR|GBP|[$€£¥])"
_SCALE = r"(?:billion|million|trillion|thousand|bn|mn|tn|[bmk](?!\w))"
_UNIT = r"(?:%|per\s?cent|percent|US\s+dollars|dollars|euros|pounds|USD|EUR|GBP)"
_FIGURE = re.compile(rf"{_CURRENCY}?\s*(\d[\d,.]*\d|\d)\s*({_SCALE}?)\s*-?({_UNIT}?)", re.I)


def day(published: str | None) -> str:
    """A published date as far as it is known: `2025-06-12`, `2025-06`, or `undated`."""
    return one_line(published)[:10] if published else "undated"


def web_address(url: str | None) -> str | None:
    """`url` if it is a plain http(s) address, else None: nothing else becomes a link."""
    if not url or url != one_line(url) or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host else None


def emphasis(quote: str, answer: Answer | None, citation: int) -> list[tuple[str, bool]]:
    """`quote` cut into pieces, True for those that carry the answer. Joined they are `quote`.

    The short answer is marked where the quote has it; else the figures that were checked against
    this citation; else its figure in a disagreement.
    """
    for needles in _needles(answer, citation):
        spans = sorted({span for needle in needles for span in _find(needle, quote)})
        if spans:
            return _pieces(quote, spans)
    return [(quote, False)] if quote else []


def short_heads(answer: Answer) -> bool:
    """Whether the short answer says something worth a line of its own above the text."""
    return bool(answer.short) and one_line(answer.short or "") != one_line(answer.text)


def timing(answer: Answer) -> str:
    """`evidence 90 ms, first word 2.4 s, 4.1 s in all, 190 tokens read, 24 written, model`."""
    times = answer.timings
    parts = [f"evidence {_duration(times.evidence_ms)}"]
    if times.first_token_ms is not None:
        parts.append(f"first word {_duration(times.first_token_ms)}")
    parts.append(f"{_duration(times.total_ms)} in all")
    if times.prompt_tokens or times.generated_tokens:
        parts.append(f"{times.prompt_tokens} tokens read, {times.generated_tokens} written")
    return ", ".join([*parts, one_line(answer.model)])


def plain(answer: Answer) -> str:
    """The answer for a pipe: no colour and no box, one line for each citation."""
    lines = [*paragraphs(answer.text), ""]
    for citation in answer.citations:
        parts = [citation.publisher, day(citation.published), citation.title]
        parts += [citation.author, web_address(citation.url)]
        source = ", ".join(one_line(part) for part in parts if part)
        lines.append(f'[{citation.id}] "{one_line(citation.quote)}" - {source}')
    if answer.disagreements:
        lines.append("")
    for disagreement in answer.disagreements:
        rows = "; ".join(
            f"{one_line(row.value)} ({row.event_status}, {day(row.published)}) [{row.citation}]"
            for row in disagreement.rows
        )
        lines.append(f"{disagreement.kind}: {one_line(disagreement.about)}: {rows}")
    return "\n".join(lines).rstrip()


def print_rich(answer: Answer, console: Console) -> None:
    """The answer on a screen: figure, sentences, who disagrees, verbatim quotes, timing."""
    from rich.padding import Padding
    from rich.text import Text

    console.print()
    if short_heads(answer):
        console.print(Padding(Text(one_line(answer.short or ""), "bold"), (0, 2)))
        console.print()
    style = "yellow" if answer.status == "unanswerable" else ""
    for paragraph in paragraphs(answer.text):
        body = Text(paragraph, style)
        body.highlight_regex(r"\[\d+\]", "cyan")
        console.print(Padding(body, (0, 2)))
    for disagreement in answer.disagreements:
        _print_disagreement(disagreement, answer, console)
    if answer.citations:
        console.print()
    for citation in answer.citations:
        _print_citation(citation, answer, console)
    if answer.dropped:
        many = f"{len(answer.dropped)} sentence{'s' * (len(answer.dropped) > 1)}"
        console.print(Text(f"  {many} of the draft failed the checks: left out", "dim"))
    console.print(Text(f"  {timing(answer)}", "dim"))


def _print_disagreement(disagreement: Disagreement, answer: Answer, console: Console) -> None:
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    about = one_line(disagreement.about)
    title = Text(f"{about}: {KINDS[disagreement.kind]}", "bold yellow")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("value", "status", "published", "source"):
        table.add_column(name, header_style="dim", justify="right" if name == "value" else "left")
    publishers = {citation.id: citation.publisher for citation in answer.citations}
    for row in disagreement.rows:
        source = f"{one_line(publishers.get(row.citation) or '')} [{row.citation}]".strip()
        cells = (one_line(row.value), row.event_status, day(row.published), source)
        table.add_row(*(Text(cell) for cell in cells))
    console.print()
    console.print(Padding(title, (0, 2)))
    console.print(Padding(table, (0, 2)))


def _print_citation(citation: Citation, answer: Answer, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    quote = Text("“")
    for piece, strong in emphasis(citation.quote, answer, citation.id):
        quote.append(_spaced(piece), "bold black on bright_yellow" if strong else "")
    quote.append("”")
    lines = [quote, _source(citation)]
    if citation.title:
        lines.append(Text(one_line(citation.title), "italic"))
    if address := web_address(citation.url):
        lines.append(Text(address, "dim", overflow="fold"))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", min_width=5)
    grid.add_column()
    for number, line in enumerate(lines):
        grid.add_row(Text(f"[{citation.id}]", "cyan") if number == 0 else "", line)
    console.print(grid)
    console.print()


def _source(citation: Citation) -> Text:
    from rich.text import Text

    line = Text(one_line(citation.publisher or "publisher unknown"), "bold")
    line.append(f"  {day(citation.published)}", "")
    if citation.author:
        line.append(f"  {one_line(citation.author)}", "dim")
    return line


def paragraphs(text: str) -> list[str]:
    """The lines of `text` that say something, each on one line."""
    return [line for line in map(one_line, text.splitlines()) if line]


def _spaced(piece: str) -> str:
    """As `one_line`, but the space at both ends stays: pieces are put together again."""
    return re.sub(r"\s+", " ", safe(piece))


def _duration(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"


def _needles(answer: Answer | None, citation: int) -> list[list[str]]:
    if answer is None:
        return []
    short = [answer.short] if answer.short and answer.short not in ("Yes", "No") else []
    checks = [
        check.value
        for sentence in answer.sentences
        for check in sentence.checks
        if citation in check.found_in and check.kind in ("percent", "money", "count", "date")
    ]
    rows = [
        row.value
        for disagreement in answer.disagreements
        for row in disagreement.rows
        if row.citation == citation
    ]
    return [short, checks, rows]


def _find(needle: str, quote: str) -> list[tuple[int, int]]:
    """Where `needle` stands in `quote` as a whole word or as the same figure."""
    words = needle.split()
    if not words:
        return []
    body = r"\s+".join(re.escape(word) for word in words)
    if figure := _FIGURE.fullmatch(" ".join(words)):
        body = rf"(?:{_CURRENCY}\s?)?{re.escape(figure[1])}"
        if figure[2]:
            body += rf"[\s-]?(?:{re.escape(figure[2])}|{re.escape(figure[2][0])}n?(?!\w))"
        if "%" in figure[3] or "cent" in figure[3].lower():
            body += r"[\s-]?(?:%|per\s?cent|percent)"
        else:
            body += rf"(?:[\s-]{_UNIT})?"
    pattern = re.compile(rf"(?<![\w.,])(?<!\d[.,]){body}(?![\w%]|[.,]\d)", re.I)
    return [match.span() for match in pattern.finditer(quote)]


def _pieces(quote: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    pieces, at = [], 0
    for start, end in spans:
        if start < at:
            continue
        pieces += [(quote[at:start], False), (quote[start:end], True)]
        at = end
    pieces.append((quote[at:], False))
    return [piece for piece in pieces if piece[0]]
