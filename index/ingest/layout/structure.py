"""The shape of a page, kept through the extraction of its article: tables, posts of a live blog.

tree -> tables of data as lists of rows, posts under a heading with their time -> extraction
-> the article's tree -> blocks
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from index.dates import parse_published
from index.ingest.layout.blocks import Block, blocks_of, cell_text, line_of
from index.ingest.layout.tables import rows_of

# Fewest posts of a live blog, and characters of a post, on average, that are no links; not measured
_POSTS, _POST = 3, 60
_MOST = 2000  # times of one page; not measured
# trafilatura's tags -> those of HTML
_TAGS = {"head": "h2", "list": "ul", "item": "li", "row": "tr", "cell": "td", "quote": "blockquote",
         "lb": "br", "code": "pre"}  # fmt: skip


def prepare(tree: Any) -> None:
    """Change a page's tree so that an extraction keeps rows whole and times with their posts."""
    for table in list(tree.iter("table")):
        rows = rows_of(table, cell_text)
        if rows:
            tail = table.tail
            table.clear()
            table.tag, table.tail = "ul", tail
            for row in rows:
                item = table.makeelement("li")
                item.text = row
                table.append(item)
    for post, moment in _posts(tree):
        heading = post.makeelement("h3")
        heading.text = moment
        post.insert(0, heading)
        heading.tail, post.text = post.text, None
        post.drop_tag()


def article_blocks(body: Any) -> list[Block]:
    """The blocks of the article that was extracted."""
    for element in body.iter():
        if element.tag == "hi":
            element.tag = "b" if "b" in element.get("rend", "") else "span"
        else:
            element.tag = _TAGS.get(element.tag, element.tag)
    return [
        Block(text, "row") if kind == "item" and " | " in text else Block(text, kind)
        for text, kind in blocks_of(body)
    ]


def _posts(tree: Any) -> list[tuple[Any, str]]:
    """The posts of a live blog with their times as `2025-06-12 09:34 UTC`; none on other pages."""
    times = tree.xpath("//time[@datetime]")[:_MOST]
    inside = Counter(ancestor for time in times for ancestor in time.iterancestors())
    by_parent: dict[Any, list[tuple[Any, str]]] = {}
    for time in times:
        post, parent = time, time.getparent()
        while parent is not None and inside[parent] == 1:
            post, parent = parent, parent.getparent()
        moment = _moment(time)
        if parent is not None and post is not time and moment:
            by_parent.setdefault(parent, []).append((post, moment))
    found = max(by_parent.values(), key=len, default=[])
    own = sum(len(line_of(p)) - sum(len(line_of(a)) for a in p.iter("a")) for p, _ in found)
    return found if len(found) >= _POSTS and own >= _POST * len(found) else []


def _moment(time: Any) -> str | None:
    """The moment that an element tells; None unless it has a time of day."""
    found = parse_published(time.get("datetime"))
    return f"{found[:10]} {found[11:16]} UTC" if found and "T" in found else None
