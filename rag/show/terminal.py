"""An answer for the terminal: rich on a screen, plain lines in a pipe.

Article text is untrusted, so control characters that could drive a terminal are taken out of it.
Leaves out HTML (`page.py`) and what both share (`highlight.py`, `wording.py`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.cli import one_line, safe
from rag.show.highlight import emphasis
from rag.show.wording import ANSWERED, KINDS, day, notes, short_heads, source, timing, web_address
from rag.types import Answer, Citation, Disagreement, DisagreementRow

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def plain(answer: Answer) -> str:
    """The answer for a pipe: no colour and no box, one line for each citation."""
    lines = [*paragraphs(answer.text), ""]
    for citation in answer.citations:
        more = (citation.author, web_address(citation.url))
        parts = [source(citation), *(one_line(part) for part in more if part)]
        lines.append(f'[{citation.id}] "{one_line(citation.quote)}" - {", ".join(parts)}')
        lines += [f"    {note}" for note in notes(citation)]
    if answer.disagreements:
        lines.append("")
    for disagreement in answer.disagreements:
        rows = "; ".join(map(_told, disagreement.rows))
        lines.append(f"{disagreement.kind}: {one_line(disagreement.about)}: {rows}")
    return "\n".join(lines).rstrip()


def _told(row: DisagreementRow) -> str:
    told = filter(None, (row.kind, row.event_status, day(row.published)))
    return f"{one_line(row.value)} ({', '.join(told)}) [{row.citation}]"


def print_rich(answer: Answer, console: Console) -> None:
    """Print the answer: short answer, sentences, disagreements, verbatim quotes, timing."""
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
    for name in ("value", "difference", "event", "published", "source"):
        table.add_column(name, header_style="dim", justify="right" if name == "value" else "left")
    publishers = {citation.id: citation.publisher for citation in answer.citations}
    for row in disagreement.rows:
        source = f"{one_line(publishers.get(row.citation) or '')} [{row.citation}]".strip()
        differs = row.kind or ANSWERED
        cells = (one_line(row.value), differs, row.event_status, day(row.published), source)
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
    lines += [Text(note, "yellow") for note in notes(citation)]
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
    """The lines of `text` that are not blank, without control characters."""
    return [line for line in map(one_line, text.splitlines()) if line]


def _spaced(piece: str) -> str:
    """As `one_line`, but space at both ends stays, as pieces are joined again."""
    return re.sub(r"\s+", " ", safe(piece))
