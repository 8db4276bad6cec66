"""What a document of the web is, by what stands in it; what its server says of it comes second."""

from __future__ import annotations

import json
from typing import Literal

from index.errors import SourceError
from index.ingest.xml import root_name

Kind = Literal["page", "feed", "opml", "sitemap", "sitemaps", "pdf", "text"]

_ROOTS: dict[str, Kind] = {
    "rss": "feed",
    "rdf": "feed",
    "feed": "feed",
    "channel": "feed",
    "opml": "opml",
    "urlset": "sitemap",
    "sitemapindex": "sitemaps",
    "html": "page",
}
_BINARY = ("image/", "audio/", "video/", "font/", "application/zip", "application/msword",
           "application/vnd.")  # fmt: skip


def kind_of(data: bytes, content_type: str = "") -> Kind:
    """The kind of a document; SourceError for one that holds no text."""
    if not data.strip():
        raise SourceError("it is empty")
    if data.startswith(b"%PDF-"):
        return "pdf"
    name = root_name(data)
    if name in _ROOTS:
        return _ROOTS[name]
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and is_json_feed(data):
        return "feed"
    declared = content_type.partition(";")[0].strip().lower()
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if declared.startswith(_BINARY) or (b"\0" in data[:4096] and not wide):
        raise SourceError(f"it is no page but {declared or 'a binary file'}")
    if declared.endswith("json"):
        raise SourceError("it is JSON, but no JSON Feed: save its articles as JSONL rows")
    if name is None and declared in ("text/plain", "text/markdown"):
        return "text"
    if declared.endswith("xml") and declared != "application/xhtml+xml":
        raise SourceError(f"it is XML, but no feed, sitemap or OPML list: <{name or '?'}>")
    return "page"


def is_json_feed(data: bytes) -> bool:
    """Whether these bytes are a JSON Feed."""
    try:
        loaded = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(loaded, dict) and "jsonfeed.org/version" in str(loaded.get("version"))
