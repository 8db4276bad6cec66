"""A piece of HTML (of a feed, a newsletter, a Markdown file) to its blocks of text.

markup -> tree without what is not shown -> one text for each paragraph, heading, item, row
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody"
    " tfoot thead tr ul".split()
)
_UNSHOWN = frozenset(
    "script style template noscript iframe head title object embed svg math button select textarea"
    " input".split()
)
_BREAK = "\v"  # a line break that is shown
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{4000,}")
_ATTRIBUTES = 500  # words in a tag; not measured
_HIDDEN = re.compile(r"display:none|visibility:hidden|mso-hide:all|max-height:0(?:px)?(?:;|$)")


def blocks(markup: str) -> list[str]:
    """The text of each block in order, white space as shown; empty where there is none.

    The cells of a table's row are joined by ` | `. A table that only lays out a letter (a cell of a
    row holds several blocks) is read as what is in it.
    """
    tree = parsed(markup)
    return [] if tree is None else blocks_of(tree)


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


def blocks_of(tree: Any) -> list[str]:
    """The blocks of an lxml tree, as `blocks` gives them."""
    from lxml import etree

    found: list[str] = []
    line: list[str] = []
    row: list[str] | None = None  # the cells of the table row that is being read
    skipped = 0

    def end(text: str) -> None:
        if text:
            found.append(text)

    def taken() -> str:
        text = _spaced("".join(line))
        line.clear()
        return text

    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            line.append("" if skipped else element.tail or "")
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        unshown = tag in _UNSHOWN or not_shown(element)
        if event == "start":
            skipped += unshown
            if skipped:
                continue
            if tag == "br":
                line.append(_BREAK)
            elif tag in _BLOCKS or tag in ("td", "th"):
                if row is None:
                    end(taken())
                if tag == "tr":
                    row = [] if _is_data(element) else None
            line.append(element.text or "")
            continue
        if not skipped:
            if tag == "tr" and row is not None:
                end(" | ".join(cell for cell in (*row, taken()) if cell))
                row = None
            elif tag in ("td", "th") and row is not None:
                row.append(taken())
            elif (tag in _BLOCKS or tag in ("td", "th")) and row is None:
                end(taken())
        skipped -= unshown
        if not skipped:
            line.append(element.tail or "")
    end(taken())
    return found


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
