"""The shape of a page, kept through the extraction of its article: tables, posts of a live blog.

tree -> tables of data as lists of rows, posts under a heading with their time -> extraction
-> the article's tree -> blocks
"""

from __future__ import annotations

from collections import Counter
from itertools import takewhile
from typing import Any

from index.dates import parse_published
from index.ingest.layout.blocks import Block, blocks_of, cell_text, line_of
from index.ingest.layout.tables import rows_of

# Fewest posts of a live blog, and characters of a post that are no links; not measured
_POSTS, _POST = 3, 60
_MOST = 2000  # times of one page; not measured
_OTHER = frozenset("aside section footer nav form article time".split())  # end a post
# trafilatura's tags -> those of HTML
_TAGS = {"head": "h2", "list": "ul", "item": "li", "row": "tr", "cell": "td", "quote": "blockquote",
         "lb": "br", "code": "pre"}  # fmt: skip


def keep_rows(tree: Any) -> None:
    """Change the tables of data in a page's tree to lists: an extraction keeps items whole."""
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


def with_posts(blocks: list[Block], posts: list[list[Block]], page: Any) -> list[Block]:
    """The article with the posts of its live blog in place of what was extracted of them.

    Posts of which most were not extracted are none of the article's: comments, say. Links by
    themselves ("Share") are left out.
    """
    texts = {block.text for block in blocks}
    told = [post for post in posts if any(block.text in texts for block in post)]
    if 2 * len(told) <= len(posts):
        return blocks
    inside = {block.text for post in posts for block in post} | {*map(line_of, page.iter("a"))}
    return [
        *(block for block in blocks if block.text not in inside),
        *(block for post in posts for block in post),
    ]


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


def posts_of(tree: Any) -> list[list[Block]]:
    """The posts of a live blog, each under its time as `2025-06-12 09:34 UTC`; none elsewhere."""
    times = tree.xpath("//time[@datetime]")[:_MOST]
    inside = Counter(ancestor for time in times for ancestor in time.iterancestors())
    by_parent: dict[Any, list[list[Block]]] = {}
    for time in times:
        post, parent = time, time.getparent()
        while parent is not None and inside[parent] == 1:
            post, parent = parent, parent.getparent()
        moment = _moment(time)
        if parent is None or post is time or not moment:
            continue
        own = _told(post, time)
        if _size(own) < _POST:  # a heading with the time; the post follows
            rest = takewhile(lambda e: not inside[e] and e.tag not in _OTHER, post.itersiblings())
            own += [b for e in rest if isinstance(e.tag, str) for b in _told(e, time)]
        if _size(own) >= _POST:
            by_parent.setdefault(parent, []).append([Block(moment, "heading"), *own])
    found = max(by_parent.values(), key=len, default=[])
    return found if len(found) >= _POSTS else []


def _told(element: Any, time: Any) -> list[Block]:
    """The blocks of an element but for those that are a link or the time."""
    skipped = {line_of(link) for link in element.iter("a")} | {line_of(time)}
    return [block for block in blocks_of(element) if block.text not in skipped]


def _size(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _moment(time: Any) -> str | None:
    """The day that an element tells, with the time of day if it has one."""
    found = parse_published(time.get("datetime"))
    if not found or len(found) < 10:
        return None
    return f"{found[:10]} {found[11:16]} UTC" if "T" in found else found
