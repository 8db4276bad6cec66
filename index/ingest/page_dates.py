"""The days on which a page says that it was published and changed; the only file with htmldate.

tree -> without what tells another day (a change, a related story) -> htmldate
-> a day that the page itself writes, or None
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from index.dates import parse_published

_CHANGES = (
    "//meta[contains(@property, 'modified') or contains(@property, 'updated') or"
    " contains(@name, 'modified') or contains(@itemprop, 'Modified')]"
    " | //time[contains(@itemprop, 'Modified') or contains(@class, 'updated')]"
)
_CHANGED = re.compile(r"\b(?:updated?|modified|changed|edited|revised)\b[^.]{0,20}$", re.IGNORECASE)
_LINKED = re.compile(r'"dateModified"\s*:\s*"[^"]*"\s*,?')


def dates_of(tree: Any) -> tuple[str | None, str | None]:
    """The day of publication and that of the last change (None where it is the same)."""
    from lxml import etree

    source = etree.tostring(tree, encoding="unicode", method="html")
    last = _found(tree, original=False)
    first = _found(_without_others(tree), original=True)
    published = first if first and _written_in(first, source) else None
    changed = last if last and last != first and _written_in(last, source) else None
    return published, changed


def _found(tree: Any, original: bool) -> str | None:
    import htmldate

    return htmldate.find_date(deepcopy(tree), original_date=original, extensive_search=False)


def _without_others(tree: Any) -> Any:
    """A copy of the tree without what says when the page was changed, or other stories published.

    Where elements of time tell several days, the first one behind the headline is the page's.
    """
    tree = deepcopy(tree)
    for script in tree.xpath("//script[@type='application/ld+json']"):
        script.text = _LINKED.sub("", script.text or "")
    for element in tree.xpath(_CHANGES):
        element.drop_tree()
    times = tree.xpath("//time[@datetime]")
    own = [time for time in times if not _CHANGED.search(_before(time))]
    if len({(parse_published(time.get("datetime")) or "")[:10] for time in own}) > 1:
        behind = tree.xpath("(//h1)[1]/following::time[@datetime]")
        own = [time for time in behind if time in own][:1]
    for time in times:
        if time not in own:
            time.tag, time.text = "span", None
            time.attrib.clear()
    return tree


def _before(element: Any) -> str:
    """The text right before an element, in its parent."""
    before = element.getprevious()
    parent = element.getparent()
    return str((before.tail or before.text if before is not None else parent.text) or "").strip()


def _written_in(day: str, page: str) -> bool:
    """Whether the page itself writes the whole date, in a form with one reading.

    htmldate completes a bare year or month and guesses the order of 03/04/2025. Such a date is
    refused: `2025` is not the first of January, and `June 2025` not the first of June.
    """
    year, month, date = day.split("-")
    if re.search(rf"{year}(?P<mark>[-/.]?)0?{int(month)}(?P=mark)0?{int(date)}(?![0-9])", page):
        return True
    a, b = int(month), int(date)
    numeric = rf"(?<![0-9])(?:0?{a}[-/.]0?{b}|0?{b}[-/.]0?{a})[-/.]{year}"
    if re.search(numeric, page):
        return a == b or max(a, b) > 12
    in_words = (
        rf"(?<![0-9])0?{b}(?:st|nd|rd|th|er|º|\.)?,?\s{{1,9}}(?:(?:de|of)\s{{1,9}})?"
        rf"[^\W\d]{{1,20}}\.?,?\s{{1,9}}(?:(?:de|of)\s{{1,9}})?{year}"
        rf"|[^\W\d]\.?\s{{1,9}}0?{b}(?:st|nd|rd|th)?,?\s{{1,9}}{year}"
    )
    return re.search(in_words, page) is not None
