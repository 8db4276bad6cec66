"""A piece of HTML (of a feed, a newsletter, a page, Markdown) to its blocks of text.

markup -> tree without what is not shown -> one block for each paragraph, heading, item, row
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, Literal, NamedTuple

from index.ingest.layout.tables import rows_of

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody"
    " tfoot thead tr ul".split()
)
_UNSHOWN = frozenset(
    "script style template noscript iframe head title object embed svg math button select textarea"
    " input".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOLD = frozenset(("b", "strong"))
_HEADING = 120  # characters of a bold paragraph that is a heading; not measured
_READ = "data-read"  # marks a table whose rows have been taken
_BREAK = "\v"  # a line break that is shown
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{4000,}")
_ATTRIBUTES = 500  # words in a tag; not measured
_HIDDEN = re.compile(r"display:none|visibility:hidden|mso-hide:all|max-height:0(?:px)?(?:;|$)")


class Block(NamedTuple):
    """A text, and what it is. A rule has no text; what follows in the same item is a part; a lead
    is a paragraph whose first words are bold, but no label with a colon."""

    text: str
    kind: Literal["text", "lead", "heading", "item", "part", "row", "rule"] = "text"


def blocks(markup: str) -> list[Block]:
    """The blocks in order, white space as shown; empty where there is none.

    The cells of a table's row are joined by ` | ` (`tables.py`). A table that only lays out a
    letter (a cell of a row holds several blocks) is read as what is in it.
    """
    tree = parsed(markup)
    return [] if tree is None else blocks_of(tree)


BULLET = re.compile(r"\s*(?:[-*+•▪◦‣]|\(?[0-9]{1,2}[.)])\s+(?=\S)")
_RULE = re.compile(r"\s*(?:[-=_~*#•]\s?){3,}\s*")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")


def plain_blocks(text: str) -> list[Block]:
    """The blocks of a text without markup: lines with a bullet or number are items, lines of
    dashes or the like are rules, a line above such a line in its paragraph is a heading."""
    found: list[Block] = []
    for paragraph in _PARAGRAPH.split(text.strip("\n")):
        lines: list[str] = []
        kind: Literal["text", "item"] = "text"
        for line in [*paragraph.split("\n"), None]:
            rule = line is not None and _RULE.fullmatch(line) is not None
            bullet = line is not None and not rule and BULLET.match(line) is not None
            if lines and (line is None or rule or bullet):
                heading = rule and len(lines) == 1 and kind == "text" and lines[0][-1:] != "."
                found.append(Block("\n".join(lines), "heading" if heading else kind))
                lines = []
            if rule and (not found or found[-1].kind != "heading"):
                found.append(Block("", "rule"))
            if line is not None and not rule:
                kind = "item" if bullet else kind if lines else "text"
                lines.append(line)
    return found


def text_of(markup: str) -> str:
    """The text of some markup on one line."""
    return " ".join(block.text for block in blocks(markup) if block.text)


def line_of(element: Any) -> str:
    """The text of an element on one line."""
    return " ".join(" ".join(t for t in element.itertext(with_tail=False) if t).split())


def parsed(markup: str) -> Any:
    """The lxml tree of some markup, however broken; None where nothing is in it."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        return html.document_fromstring(without_bombs(markup).encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def without_bombs(markup: str) -> str:
    """The markup without what cannot be encoded, and without tags of thousands of attributes, which
    parsers take a time for that grows with the square of their number."""
    markup = re.sub("[\ud800-\udfff\0]", "\ufffd", markup)
    return _LONG_TAG.sub(lambda tag: "<p" if len(tag[0].split()) > _ATTRIBUTES else tag[0], markup)


def blocks_of(tree: Any) -> list[Block]:
    """The blocks of an lxml tree, as `blocks` gives them."""
    return _Walk().through(tree)


def cell_text(element: Any) -> str:
    """The text of a table cell; the items of a list in it with commas between them."""
    found = blocks_of(element)
    return (", " if any(b.kind == "item" for b in found) else " ").join(b.text for b in found)


class _Walk:
    """One way through a tree."""

    def __init__(self) -> None:
        self._found: list[Block] = []
        self._line: list[str] = []
        self._row: list[str] | None = None  # the cells of the table row that is being read
        self._lists = 0  # how many lists are open
        self._item = False  # whether the next block begins an item of the outermost list
        self._bold = 0  # how many bold elements are open
        self._thin = False  # whether the line has text that is not bold
        self._lead = ""  # the bold text with which the line begins

    def through(self, tree: Any) -> list[Block]:
        from lxml import etree

        skipped = 0
        for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
            if event in ("comment", "pi"):
                self._put("" if skipped else element.tail)
                continue
            tag = element.tag if isinstance(element.tag, str) else ""
            unshown = tag in _UNSHOWN or element.get(_READ) is not None or not_shown(element)
            if event == "start":
                if not skipped and not unshown:
                    unshown = self._start(element, tag)
                skipped += unshown
                continue
            if not skipped:
                self._end(tag)
            skipped -= unshown
            if not skipped and element is not tree:
                self._put(element.tail)
        self._close()
        return self._found

    def _start(self, element: Any, tag: str) -> bool:
        """Open an element; returns whether it has been read as a whole."""
        if tag == "br":
            self._line.append(_BREAK)
        elif (tag in _BLOCKS or tag in ("td", "th")) and self._row is None:
            self._close()
        if tag == "tr":
            self._row = [] if _is_data(element) else None
        elif tag == "table" and (rows := rows_of(element, cell_text)) is not None:
            self._found.extend(Block(row, "row") for row in rows)
            element.set(_READ, "")
            return True
        elif tag in ("ul", "ol"):
            self._lists += 1
        elif tag == "li":
            self._item = self._lists < 2
        self._bold += tag in _BOLD
        self._put(element.text)
        return False

    def _end(self, tag: str) -> None:
        if tag == "tr" and self._row is not None:
            cells = [*self._row, self._taken()]
            self._row = None
            if text := " | ".join(cell for cell in cells if cell):
                self._found.append(Block(text, "row"))
        elif tag in ("td", "th") and self._row is not None:
            self._row.append(self._taken())
        elif (tag in _BLOCKS or tag in ("td", "th")) and self._row is None:
            self._close("heading" if tag in _HEADINGS else "rule" if tag == "hr" else None)
        self._lists -= tag in ("ul", "ol")
        self._bold -= tag in _BOLD

    def _put(self, text: str | None) -> None:
        if text:
            self._line.append(text)
            self._thin = self._thin or (not self._bold and re.search(r"\w", text) is not None)
            self._lead += "" if self._thin else text

    def _close(self, kind: Literal["heading", "rule"] | None = None) -> None:
        """End the block that is being read. A short one that is bold as a whole is a heading."""
        thin, lead, text = self._thin, self._lead.strip(), self._taken()
        if kind == "rule" and not text:
            self._found.append(Block("", "rule"))
        elif self._item and text:
            self._found.append(Block(text, "item"))
            self._item = False
        elif text:
            bold = not (thin or len(text) > _HEADING or text.endswith((".", ":")))
            led = re.search(r"\w", lead) is not None and not lead.endswith(":")
            plain: Literal["part", "lead", "text"] = (
                "part" if self._lists else "lead" if thin and led else "text"
            )
            whole = kind == "heading" or (bold and not self._lists)
            self._found.append(Block(text, "heading" if whole else plain))

    def _taken(self) -> str:
        text = _spaced("".join(self._line))
        self._line.clear()
        self._thin, self._lead = False, ""
        return text


def _is_data(row: Any) -> bool:
    """Whether a row has several cells, none of which holds more than one block."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    return len(cells) > 1 and all(
        sum(1 for _ in islice(cell.iter("p", "div", "table", "ul", "ol", "h1", "h2", "h3"), 2)) < 2
        and next(cell.iter("table"), None) is None
        for cell in cells
    )


def not_shown(element: Any) -> bool:
    """Whether an element's own attributes hide it from a reader."""
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return bool(style) and bool(_HIDDEN.search("".join(style.lower().split())))


def _spaced(text: str) -> str:
    """Lines without space at their ends or runs of it."""
    lines = (" ".join(part.split()) for part in text.split(_BREAK))
    return "\n".join(line for line in lines if line)
