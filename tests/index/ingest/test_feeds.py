"""Feeds, lists and markup of strangers: bombs do not go off, and no input crashes a reader."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.ingest import lists
from index.ingest.feeds import feed
from index.ingest.kinds import kind_of
from index.ingest.layout.blocks import blocks
from index.ingest.layout.items import paragraphs
from index.ingest.pages import webpage

ITEM = "<item><title>{}</title><link>http://e.example/a</link><description>{}</description></item>"


def rss(items: str, head: str = "") -> bytes:
    return (
        f"<?xml version='1.0'?>{head}<rss version='2.0'><channel>{items}</channel></rss>".encode()
    )


LAUGHS = "<!DOCTYPE r [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
)
BOMBS: dict[str, bytes] = {
    "billion laughs": rss(ITEM.format("&a9;", "x"), LAUGHS),
    "one long entity, many times": rss(
        ITEM.format("&b;" * 50_000, "x"), f"<!DOCTYPE r [<!ENTITY b '{'b' * 50_000}'>]>"
    ),
    "a local file": rss(
        ITEM.format("&f;", "&f;"), "<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    ),
    "an entity of the network": rss(
        ITEM.format("&f;", "x"), "<!DOCTYPE r [<!ENTITY f SYSTEM 'http://127.0.0.1:9/x'>]>"
    ),
    "a parameter entity": rss(
        ITEM.format("t", "x"), "<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x'> %p;]>"
    ),
    "entities in utf-16": rss(ITEM.format("&a9;", "x"), LAUGHS).decode().encode("utf-16"),
    "entities in utf-7": b"<?xml version='1.0' encoding='utf-7'?>+ADwAIQ-ENTITY a 'b'+AD4-<rss/>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_declared_entities_are_refused(name: str) -> None:
    for reader in (feed, lists.opml, lists.sitemap):
        with pytest.raises(SourceError) as error:
            reader(BOMBS[name])
        assert "XML entities" in str(error.value)


LONG: dict[str, tuple[Callable[[bytes], Any], bytes]] = {
    "a DTD elsewhere": (feed, rss("", "<!DOCTYPE rss SYSTEM 'http://127.0.0.1:9/rss.dtd'>")),
    "deep XML": (feed, rss("<a>" * 100_000)),
    "deep markup in an entry": (feed, rss(ITEM.format("t", "&lt;div&gt;" * 50_000))),
    "deep OPML": (lists.opml, b"<opml><body>" + b"<outline text='x'>" * 50_000),
    "many attributes": (lists.opml, b"<opml " + b" ".join(b"a%d='1'" % n for n in range(20_000)) + b"/>"),
    "deep JSON": (feed, b'{"version": "https://jsonfeed.org/version/1", "items":' + b"[" * 200_000),
    "many ampersands": (feed, rss("&" * 200_000)),
    "an unclosed CDATA": (feed, rss("<![CDATA[" * 20_000)),
    "many declarations": (feed, b"<?xml version='1.0'?>" * 20_000),
    "comments without end": (kind_of, b"<!--" * 50_000),
    "doctypes without end": (kind_of, b"<!DOCTYPE [" * 50_000),
    "instructions without end": (kind_of, b"<?x " * 50_000),
    "letters behind a month": (webpage, b"<html><head><meta name='date' content='2025-06'></head><body>"
                               b"<article><p>Kestrel builds a hall.</p><p>" + b"a" * 60_000),
    "tags without end": (webpage, b"<html><body><article>" + b"<a " * 20_000),
    "one tag of many attributes": (
        webpage, b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">A hall."),
    "nested boxes": (webpage, b"<html><body>" + b"<div>A box " * 3_000),
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_no_input_takes_longer_than_its_length_explains(name: str) -> None:
    reader, data = LONG[name]
    started = time.process_time()
    try:
        reader(data)
    except SourceError as error:
        assert "\n" not in str(error)
    assert time.process_time() - started < 2


PIECES = st.sampled_from(
    [
        "<rss version='2.0'>", "<channel>", "</channel></rss>", "<item>", "</item>", "<entry>", "</entry>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>", "</feed>", "<title>", "</title>", "<link>", "</link>",
        "<link href='a'/>", "<link href='http://[' />", "<pubDate>", "</pubDate>", "<guid>", "</guid>",
        "<updated>2025-01-01T00:00:00Z</updated>", "<description>", "</description>", "<![CDATA[", "]]>",
        "&amp;", "&", "&#0;", "&#xD800;", "\0", "<opml>", "<body>", "<outline xmlUrl='http://e.example/'>",
        "<outline xmlUrl='http://['/>", "<urlset>", "<url>", "<loc>", "</loc>", "</url>", "</urlset>",
        "<sitemapindex>", "<!--", "-->", "<?xml version='1.0' encoding='utf-16'?>", "<!DOCTYPE x>",
        "<source url='x'>", "<author><name>", "<content type='xhtml'>", "<enclosure url='x'/>", "text ",
        '{"version": "https://jsonfeed.org/version/1.1", "items": [', '{"id": 1, "url": "http://["},', "]}",
    ]
) | st.text(max_size=12)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_any_feed_or_list_gives_something_or_a_reason(text: str, encoding: str) -> None:
    data = text.encode(encoding, "replace")
    for reader in (feed, lists.opml, lists.sitemap, kind_of):
        try:
            reader(data)
        except SourceError as error:
            assert str(error) and "\n" not in str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ["id", "url", "external_url", "title", "content_html", "content_text", "summary", "authors",
          "author", "date_published", "date_modified"]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    JSON, st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6) | JSON, max_size=4)
)
def test_any_json_feed_gives_entries_or_a_reason(title: Any, items: list[Any]) -> None:
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items}
    found = feed(json.dumps(whole).encode(), "application/json", "https://e.example/feed")
    assert len(found.entries) == sum(isinstance(item, dict) for item in items)
    assert all(isinstance(entry.text, str) and entry.key for entry in found.entries if entry.text)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        PIECES
        | st.sampled_from(
            [
                "<td>",
                "<tr>",
                "<table>",
                "<p>",
                "<br>",
                "<li>",
                "<th>",
                "<th colspan=3 rowspan=2>",
                "<hr>",
                "<h2>",
                "<b>",
                "<ul>",
                "</ul>",
            ]
        ),
        max_size=25,
    )
)
def test_any_markup_gives_blocks(pieces: list[str]) -> None:
    found = blocks("".join(pieces))
    assert all(b.text.strip() == b.text and bool(b.text) == (b.kind != "rule") for b in found)
    assert all(part.strip() for part in paragraphs(found))


def test_only_links_to_the_web_are_followed() -> None:
    opml = "<opml><body>{}</body></opml>".format(
        "".join(
            f"<outline xmlUrl='{url}'/>" for url in ("file:///etc/passwd", "javascript:1", "/a")
        )
    )
    assert [item.url for item in lists.opml(opml.encode(), "https://e.example/x")] == [
        "file:///etc/passwd", "javascript:1", "https://e.example/a"]  # fmt: skip
    links = "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "http://", ""
    items = "".join(f"<item><title>t</title><link>{link}</link></item>" for link in links)
    assert {entry.url for entry in feed(rss(items), "", "").entries} == {None}


def test_the_bundled_list_is_sound() -> None:
    path = Path(lists.__file__).parents[1] / "following" / "feeds.opml"
    found = lists.opml(path.read_bytes())
    assert len(found) >= 25 and all(item.url.startswith("https://") for item in found)
    assert {item.kind for item in found} == {"Outlets", "Labs", "Research", "Policy"}
    assert all(item.title for item in found)
