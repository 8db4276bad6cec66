"""RSS, Atom and JSON Feed to entries: what a feed says of each article, and its text if it has it.

    bytes -> feedparser, or JSON -> Feed with its entries

A feed is read as it is found: wrong types, broken XML, a body that was cut short. Of an entry that
was cut nothing is used. An entry has a date only where the feed says when it was published.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from index.errors import SourceError
from index.ingest.layout.blocks import blocks, text_of
from index.ingest.layout.items import paragraphs, together
from index.ingest.xml import require_shallow, safe
from index.web.urls import joined

MOST = 2000  # entries that are read of one feed; not measured
_FULL = 600  # characters from which an entry's text can be the whole article; not measured
_SUMMARY = 1500  # the same where the feed calls it a summary
_CUT = re.compile(r"(?:\.\.\.|…|\[(?:\.\.\.|…|&hellip;)\])\W*$")
# An ampersand that begins no entity, outside of CDATA: feedparser takes "R&D " for one.
_BARE = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(?!#?\w{1,32};)", re.DOTALL)
_END = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?(?:rss|feed|rdf|channel)\s*>\s*(?:<!--.*-->\s*)*\Z",
                  re.IGNORECASE | re.DOTALL)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as a feed tells it; dates as written, `text` its blocks with a line between.

    `full` says whether `text` is the article and not only its beginning or summary.
    """

    key: str  # what the feed calls it
    url: str | None
    title: str | None
    text: str
    full: bool
    published: str | None = None
    modified: str | None = None
    author: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed; `cut` says that its end is missing."""

    title: str | None
    entries: list[Entry]
    cut: bool = False


def feed(data: bytes, content_type: str = "", url: str = "") -> Feed:
    """The feed that was found at `url`; SourceError where these bytes are none."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(data, url)
    return _xml_feed(safe(data), content_type, url)


def _xml_feed(data: bytes, content_type: str, url: str) -> Feed:
    import feedparser

    require_shallow(data)
    headers = {"content-location": url}
    if "charset" in content_type.lower():
        headers["content-type"] = content_type
    try:
        parse = partial(
            feedparser.parse,
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        found = parse(data)
        if found.bozo:
            found = parse(_BARE.sub(lambda match: match[0] if match[1] else b"&amp;", data))
    except Exception as error:  # parsers of foreign markup raise whatever they like
        raise SourceError(f"cannot read this feed ({type(error).__name__})") from error
    if not found.get("version") and not found.entries:
        raise SourceError("this is no feed that can be read")
    cut = not _END.search(data.replace(b"\0", b"") if b"\0" in data[:200] else data)
    entries = found.entries[: -1 if cut else None][:MOST]
    title = _plain(found.feed.get("title"))
    atom = str(found.get("version")).startswith("atom")
    return Feed(title, [_entry(entry, url, title, atom) for entry in entries], cut)


def _entry(entry: Any, url: str, publisher: str | None, atom: bool) -> Entry:
    contents = [str(c.get("value") or "") for c in entry.get("content") or ()
                if "html" in str(c.get("type")) or "text" in str(c.get("type"))]  # fmt: skip
    summary = str(entry.get("summary") or "")
    link = _link(entry, url)
    source = entry.get("source")
    told = _plain(source.get("title")) if isinstance(source, dict) else None
    published, updated = (dict.get(entry, name) for name in ("published", "updated"))
    if not published and not atom:  # dc:date, by which old feeds tell when an entry came out
        published, updated = updated, None
    text, full = _best(contents, summary)
    return Entry(
        key=str(entry.get("id") or link or entry.get("title") or text[:200]),
        url=link,
        title=_plain(entry.get("title")),
        text=text,
        full=full,
        published=published or None,
        modified=updated if updated != published else None,
        author=_plain(entry.get("author")),
        publisher=told or publisher,
    )


def _link(entry: Any, base: str) -> str | None:
    """The address of the article: the entry's link, or its id where that is an address."""
    links = [entry.get("feedburner_origlink"), entry.get("link"),
             *(link.get("href") for link in entry.get("links") or ()
               if link.get("rel", "alternate") == "alternate")]  # fmt: skip
    if entry.get("guidislink"):
        links.append(entry.get("id"))
    for link in links:
        whole = _whole(base, link)
        if whole:
            return whole
    identity = str(entry.get("id") or "")
    return identity if re.match(r"https?://", identity) else None


def _whole(base: str, link: object) -> str | None:
    found = joined(base, str(link)) if link else None
    return found if found and re.match(r"https?://[^/]", found, re.IGNORECASE) else None


def _best(contents: list[str], summary: str) -> tuple[str, bool]:
    """The longest text of an entry, and whether it is the whole article."""
    best, full = "", False
    for markup, least in [*((content, _FULL) for content in contents), (summary, _SUMMARY)]:
        marked = "<" in markup or "&" in markup
        parts = paragraphs(blocks(markup)) if marked else [" ".join(markup.split())]
        text = together(parts)
        if len(text) > len(best):
            best, full = text, len(text) >= least and not _CUT.search(text)
    return best, full


def _plain(value: object) -> str | None:
    """A title or name without the markup that feeds put into it."""
    text = str(value or "")
    if "<" in text or "&" in text:
        text = text_of(text) or text
    return " ".join(text.split()) or None


def _json_feed(data: bytes, url: str) -> Feed:
    """A JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        loaded = json.loads(data)
    except (ValueError, RecursionError):
        raise SourceError("this JSON is cut short or broken") from None
    if not isinstance(loaded, dict) or not isinstance(loaded.get("items"), list):
        raise SourceError("this is no feed that can be read")
    title = _plain(loaded.get("title"))
    items = [item for item in loaded["items"][:MOST] if isinstance(item, dict)]
    return Feed(title, [_json_entry(item, url, title, loaded) for item in items])


def _json_entry(item: dict[str, Any], url: str, publisher: str | None, of: dict[str, Any]) -> Entry:
    link = _whole(url, item.get("url")) or _whole(url, item.get("external_url"))
    contents = [str(item[name]) for name in ("content_html", "content_text") if item.get(name)]
    text, full = _best(contents, str(item.get("summary") or ""))
    authors = item.get("authors") or of.get("authors") or [item.get("author") or of.get("author")]
    names = (
        [a.get("name") for a in authors if isinstance(a, dict)] if isinstance(authors, list) else []
    )
    return Entry(
        key=str(item.get("id") or link or text[:200]),
        url=link,
        title=_plain(item.get("title")),
        text=text,
        full=full,
        published=str(item["date_published"]) if item.get("date_published") else None,
        modified=str(item["date_modified"]) if item.get("date_modified") else None,
        author=_plain(", ".join(str(name) for name in names if name)),
        publisher=publisher,
    )
