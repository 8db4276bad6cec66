"""Where the items of a digest begin: a newsletter, a daily page or a live blog tells many stories.

In a stored text a form feed stands before each item, two before each section (a heading and what is
under it). Nothing of one item may be read as context of another, but the section's heading may.
"""

from __future__ import annotations

from collections.abc import Iterator

from index.text.sentences import Span, ends

ITEM, SECTION = "\f", "\f\f"
_HEAD_WORDS = 25  # of a section's first paragraph that is its heading; not measured


def sections(text: str) -> Iterator[Span]:
    """The spans of a text's sections, in order; one where it has none."""
    start = 0
    while (end := text.find(SECTION, start)) >= 0:
        yield start, end
        start = end + len(SECTION)
    yield start, len(text)


def item(text: str, place: int) -> Span:
    """The span of the item that holds `place`; the whole text where it is no digest."""
    start = text.rfind(ITEM, 0, place) + 1
    end = text.find(ITEM, place)
    return start, len(text) if end < 0 else end


def heading(text: str, place: int) -> str:
    """The heading of the section that holds `place`, where that stands in another item."""
    start = text.rfind(SECTION, 0, place)
    start -= start > 0 and text[start - 1] == ITEM  # a section that begins with an item
    first = 0 if start < 0 else start + len(SECTION)
    if item(text, place)[0] <= first:
        return ""
    found = text[first : item(text, first)[1]].strip().partition("\n")[0]
    return "" if ends(found) or len(found.split()) > _HEAD_WORDS else found
