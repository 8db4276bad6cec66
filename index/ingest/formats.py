"""One document to its text, title, publisher, date and author: Markdown and plain text.

    bytes of a file -> markdown | plain -> Draft, or SourceError with one reason

Web pages are read in `ingest/pages.py`. Reads no file and no network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.dates import parse_published
from index.errors import SourceError
from index.ingest.blocks import blocks as html_blocks

if TYPE_CHECKING:
    from markdown_it.token import Token


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


def decoded(data: bytes) -> str:
    """The text of UTF-8 bytes without byte-order mark, newlines as `\\n`; else SourceError."""
    if b"\0" in data:
        raise SourceError("this is not text but a binary file, or UTF-16: save it as UTF-8 text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8 text (byte {error.start + 1}): save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


# -- plain text --------------------------------------------------------------------------------

# Where a date line is sought, and how long a title may be; not measured
_HEAD_LINES, _HEAD_CHARS, _TITLE_CHARS = 15, 1500, 120
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
    """A text file; its first line is the title if it is short and a blank line follows."""
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
    return Draft(text, title=title, published=_dateline(text))


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

_FRONT = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.M)
_NULL = frozenset(("", "~", "null", "Null", "NULL", "none", "None"))


def markdown(data: bytes) -> Draft:
    """Front matter (title, url, publisher, published or date, author) and the body without markup.

    Without a title in the front matter the first `# heading` is the title. A heading that is the
    title is left out of the text.
    """
    source = decoded(data)
    fields: dict[str, str] = {}
    match = _FRONT.match(source)
    if match and (found := _front_matter(match[1])) is not None:
        fields, source = found, source[match.end() :]
    heading, blocks = _blocks(source)
    title = fields.get("title") or heading
    if heading and heading == title:
        blocks.remove(heading)
    return Draft(
        "\n\n".join(blocks),
        title=title,
        url=fields.get("url"),
        publisher=fields.get("publisher"),
        published=fields.get("published") or fields.get("date"),
        author=fields.get("author"),
    )


def _front_matter(block: str) -> dict[str, str] | None:
    """The fields as strings, none read as date or number; None where the block is no mapping."""
    import yaml

    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)  # plain strings, lists and mappings only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise SourceError(f"line {line}: broken front matter: {error.problem}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise SourceError(f"broken front matter: {str(error).splitlines()[0]}") from None
    if not isinstance(loaded, dict):
        return None if block.strip() else {}
    fields = {}
    for key, value in loaded.items():
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = ", ".join(value)
        if isinstance(key, str) and isinstance(value, str) and value.strip() not in _NULL:
            fields[key.lower()] = " ".join(value.split())
    return fields


def _blocks(source: str) -> tuple[str | None, list[str]]:
    """The first heading of level one, and the text of each block in order."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    heading: str | None = None
    blocks: list[str] = []
    row: list[str] | None = None
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            blocks.append(" | ".join(row))
            row = None
        elif token.type == "inline":
            text = _inline(token.children or [])
            before = tokens[index - 1]
            if row is not None:
                row.append(text)
            elif text:
                blocks.append(text)
                if heading is None and (before.type, before.tag) == ("heading_open", "h1"):
                    heading = text
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.strip("\n"))
        elif token.type == "html_block":
            blocks.append(" ".join(html_blocks(token.content)))
    return heading, [block for block in blocks if block.strip()]


def _inline(children: Sequence[Token]) -> str:
    parts = []
    for child in children:
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("\n")
    return re.sub(r"[ \t]+", " ", "".join(parts)).strip()
