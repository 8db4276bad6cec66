"""Lists of addresses: OPML (feeds that somebody follows), sitemaps and indexes of sitemaps."""

from __future__ import annotations

from dataclasses import dataclass

from index.dates import parse_published
from index.errors import SourceError
from index.ingest.xml import local, root
from index.web.urls import joined

MOST = 50_000  # addresses of one list, the limit of the sitemap protocol


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a list; `changed` is what the list says of its last change, as written."""

    url: str
    title: str | None = None
    kind: str | None = None  # of an OPML list's folders
    changed: str | None = None
    published: str | None = None
    publisher: str | None = None


def opml(data: bytes, url: str = "") -> list[Listed]:
    """The feeds of an OPML list, each once, with the folders that it lies in."""
    found: dict[str, Listed] = {}
    for outline in root(data).iter():
        if local(outline) != "outline":
            continue
        fields = {name.lower(): value.strip() for name, value in outline.attrib.items()}
        link = fields.get("xmlurl")
        if not link:
            continue
        folders = [a.get("text") or a.get("title") for a in outline.iterancestors()
                   if local(a) == "outline"]  # fmt: skip
        title = fields.get("title") or fields.get("text") or None
        kind = " / ".join(reversed([f for f in folders if f])) or None
        _put(found, url, Listed(link, title, kind))
    if not found:
        raise SourceError('it lists no feeds: an OPML list has <outline xmlUrl="..."/>')
    return list(found.values())[:MOST]


def sitemap(data: bytes, url: str = "") -> list[Listed]:
    """The pages of a sitemap, or the sitemaps of an index of them, those that changed last first.

    A news sitemap gives title, date and publisher as well.
    """
    found: dict[str, Listed] = {}
    for entry in root(data):
        if local(entry) not in ("url", "sitemap"):
            continue
        fields: dict[str, str] = {}
        for part in entry.iter():
            if isinstance(part.tag, str) and part.text and part.text.strip():
                space = "image:" if "image" in part.tag.partition("}")[0] else ""
                fields.setdefault(space + local(part), " ".join(part.text.split()))
        if link := fields.get("loc"):
            _put(found, url, Listed(
                link, fields.get("title"), None, fields.get("lastmod"),
                fields.get("publication_date"), fields.get("name"),
            ))  # fmt: skip
    if not found:
        raise SourceError("it lists no pages")
    listed = list(found.values())[:MOST]
    return sorted(listed, key=lambda item: _moment(item.published or item.changed), reverse=True)


def _put(found: dict[str, Listed], base: str, item: Listed) -> None:
    """Add an item under its address made whole, unless that is known or no address."""
    link = joined(base, item.url)
    if link and link not in found:
        found[link] = Listed(
            link, item.title, item.kind, item.changed, item.published, item.publisher
        )


def _moment(text: str | None) -> str:
    return (text and parse_published(text)) or ""
