"""Blocks of a document to its paragraphs, with the marks of `text/items.py` where items begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.ingest.layout.blocks import BULLET, Block
from index.text.items import ITEM, SECTION

_STORY = 12  # words from which the items of a list stand for themselves; not measured


def paragraphs(blocks: Sequence[Block], title: str | None = None) -> list[str]:
    """The texts of the blocks; the first of each section and item begins with its mark.

    Sections begin at headings and rules, if there are two of them or more beside the title. The
    items of a list are items of the digest, unless the paragraph before announces a list of short
    ones ("It has three parts:"), whose items keep a dash; so is each row of a table, and what comes
    after a list. Paragraphs that begin in bold are, where there are several.
    """
    starts = [n for n, block in enumerate(blocks) if _begins(blocks, n, title)]
    cut = set(starts) if len(starts) > 1 else set()
    led = sum(block.kind == "lead" for block in blocks) > 1
    found: list[str] = []
    inside = False  # of what is behind an item
    for first, run in _runs(blocks):
        listed = run[0].kind in ("item", "row") and _apart(run, found[-1] if found else "")
        for n, block in enumerate(run, first):
            if n in cut:
                inside = listed and block.kind in ("item", "row")
                mark = SECTION + ITEM if inside else SECTION
            elif listed and block.kind in ("item", "row"):
                mark, inside = ITEM, True
            elif (inside and not listed) or (led and block.kind == "lead"):
                mark, inside = ITEM, False
            else:
                mark = ""
            if block.text:
                bare = block.kind == "item" and not listed and not BULLET.match(block.text)
                bullet = "- " if bare else ""
                found.append(mark + bullet + block.text)
            elif mark:  # a rule: what comes next begins the section
                cut.add(n + 1)
    return found


def together(parts: Sequence[str]) -> str:
    """The text of some paragraphs."""
    return "\n\n".join(parts).removeprefix(SECTION)


def _begins(blocks: Sequence[Block], n: int, title: str | None) -> bool:
    """Whether a section begins: at a rule, or a heading with no other heading right before it."""
    block = blocks[n]
    if block.kind == "rule":
        return n + 1 < len(blocks)
    follows = n > 0 and blocks[n - 1].kind in ("heading", "rule")
    return block.kind == "heading" and block.text != title and not follows


def _runs(blocks: Sequence[Block]) -> Iterator[tuple[int, list[Block]]]:
    """A list or table as one run, with what else its items hold; any other block by itself."""
    place = 0
    while place < len(blocks):
        kind = blocks[place].kind
        last = place + 1
        if kind in ("item", "row"):
            while last < len(blocks) and blocks[last].kind in (kind, "part"):
                last += 1
        yield place, list(blocks[place:last])
        place = last


def _apart(run: Sequence[Block], before: str) -> bool:
    """Whether the items of a list stand for themselves."""
    if run[0].kind == "row":
        return len(run) > 1
    number = sum(block.kind == "item" for block in run)
    words = sum(len(block.text.split()) for block in run)
    return number > 1 and (words >= _STORY * number or not before.endswith(":"))
