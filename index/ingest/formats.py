"""One document to its text, title, publisher, date and author: Markdown and plain text.

    bytes of a file -> markdown | plain -> Draft, or SourceError with one reason

Web pages are read in `ingest/pages.py`. Reads no file and no network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.dates import parse_published
from index.ingest import front_matter
from index.ingest.encoding import decoded
from index.ingest.layout import items
from index.ingest.layout.blocks import blocks_of, line_of, parsed, plain_blocks, text_of


@dataclass(slots=True)
class Draft:
    """The fields of a document as it writes them; the dates are not normalised yet.

    `known_by` names the document wherever it was found, such as its address without tracking.
    """

    text: str
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    author: str | None = None
    modified: str | None = None
    known_by: str | None = None


# -- plain text --------------------------------------------------------------------------------

# Where a date line is sought, and how long a title may be; not measured
_HEAD_LINES, _HEAD_CHARS, _TITLE_CHARS = 15, 1500, 120
_TOLD = 80  # characters by which a description is known in the text; not measured
_ISO = (
    r"([12][0-9]{3}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]+[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?: ?(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_CHANGED = r"(?:act|upd|updated?|last updated?|modified|last modified|edited|changed)"
_LABEL = r"(?:date|date published|published|published on|publication|publication date|posted)"
_DATE_LINE = re.compile(rf"(?:{_LABEL}[ :]+)?({_ISO})(?:[ ,;(|–-]+{_CHANGED}\b.*)?\.?", re.I)
_LABELLED = re.compile(rf"{_LABEL} *: *(.+)", re.I)
_CHANGED_LINE = re.compile(rf"{_CHANGED}\.? *:?", re.I)


def plain(data: bytes) -> Draft:
    """A text file; its first line is the title if it is short and a blank line follows.

    Its lines stay as they are, with marks before the items of a digest.
    """
    text = decoded(data).strip()
    lines = text.split("\n")
    first = lines[0].strip()
    title = None
    if (
        len(lines) > 2
        and not lines[1].strip()
        and len(first) <= _TITLE_CHARS
        and not first.endswith(".")
        and not _DATE_LINE.fullmatch(first)
    ):
        title = first
    published, blocks = _dateline(text), plain_blocks(text)
    if any(block.kind != "text" for block in blocks):
        text = items.together(items.paragraphs(blocks, title))
    return Draft(text, title=title, published=published)


def _dateline(text: str) -> str | None:
    """The published date on a line of its own near the top, as in `2025-06-12 09:34`.

    A line that gives the date of an update does not count. Of a time of day without a zone only
    the day is used.
    """
    before = ""
    for line in text[:_HEAD_CHARS].split("\n")[:_HEAD_LINES]:
        line = line.strip()
        if not line:
            continue
        if not _CHANGED_LINE.fullmatch(before):
            found = None
            if match := _DATE_LINE.fullmatch(line):
                found = parse_published(match[1] if match[3] else match[2])
            elif match := _LABELLED.fullmatch(line):
                found = parse_published(match[1])
            if found:
                return found
        before = line
    return None


# -- Markdown ----------------------------------------------------------------------------------

_HIGHLIGHT = re.compile(r"(?<![=\w])==(?=\S)([^=\n]+)(?<=\S)==(?![=\w])")


def markdown(data: bytes) -> Draft:
    """Front matter (`front_matter.py`) and the body without markup.

    Without a title in the front matter the first `# heading` is the title. A heading that is the
    title is left out of the text. A description that the body does not hold comes first.
    """
    fields, body = front_matter.split(decoded(data))
    tree = parsed(_rendered(body))
    heading = None if tree is None else next(tree.iter("h1"), None)
    title = fields.pop("title", None) or (None if heading is None else line_of(heading))
    if heading is not None and line_of(heading) == title:
        heading.drop_tree()
    parts = [] if tree is None else items.paragraphs(blocks_of(tree), title)
    if told := text_of(_rendered(fields.pop("description", ""))):
        known = " ".join("\n".join(parts).split())
        if told.rstrip(".… ")[:_TOLD] not in known:
            parts.insert(0, told)
    return Draft(items.together(parts), title=title, **fields)


def _rendered(source: str) -> str:
    from markdown_it import MarkdownIt

    source = _HIGHLIGHT.sub(r"\1", front_matter.wiki_links(source))
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(source))
