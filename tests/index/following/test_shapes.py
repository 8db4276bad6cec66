"""Feeds and pages in the shapes in which real servers send them, each with its expected articles."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from web_server import Reply, Site

Index = Callable[..., Any]

FILL = (
    "The hall in Varde will hold 48,000 chips and draw 180 megawatts, more than the town around it. "
    "Work on the foundations began in May, after the grid company had approved the connection. "
    "The Danish maker of the cooling plant, which uses sea water, has delivered its first pumps. "
    "Neighbours had asked for a wall of trees along the road, and the council made that a condition. "
    "The first hall was opened in 2024 and is full, so that customers are waiting for the second. "
    "A third hall is drawn on the plans too, but nothing about it has been decided by the board."
)
ONE = "Kestrel Compute builds a second hall, which costs 2.1 billion kroner."
TWO = "Norvale AI raised 410 million dollars from Marrow Bay Capital."
BOTH = f"<p>{ONE}</p><p>{FILL}</p>"
CDATA = f"<![CDATA[{BOTH}]]>"
TEXT = f"{ONE}\n\n{FILL}"
ZONED, DAY = "Tue, 10 Jun 2025 09:30:00 +0200", "2025-06-10T07:30:00Z"
SPACES = (
    "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom'"
    " xmlns:media='http://search.yahoo.com/mrss/'"
)


def rss(items: str, head: str = "<title>Kestrel News</title>") -> str:
    return f"<rss version='2.0' {SPACES}><channel>{head}{items}</channel></rss>"


def item(inside: str, title: str = "A hall", link: str = "/a") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{inside}</item>"


def encoded(body: str = CDATA, date: str = f"<pubDate>{ZONED}</pubDate>") -> str:
    return f"<content:encoded>{body}</content:encoded>{date}"


def page(body: str = BOTH, head: str = "", title: str = "A hall") -> str:
    return (
        f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head><body>"
        "<nav><a href='/'>Home</a> <a href='/x'>Sport</a></nav>"
        f"<article><h1>{title}</h1>{body}</article><footer>Copyright 2019</footer></body></html>"
    )


DATED = "<meta property='article:published_time' content='2025-06-10T09:30:00+02:00'>"
FEED = rss(item(encoded()))
ATOM = (
    "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' {}>"
    "<title>Kestrel News</title>{}</feed>"
)
ENTRY = f"<entry><title>A hall</title><link href='/a'/><content type='html'>{CDATA}</content>{{}}</entry>"
JSON = {"version": "https://jsonfeed.org/version/1.1", "title": "Kestrel News"}

# name -> pages, and the articles as (title, path, published, text); the first page is added
A = ("A hall", "/a", DAY, TEXT)
SHAPES: dict[str, tuple[dict[str, Reply], list[tuple[str | None, str | None, str | None, str]]]] = {
    "rss with its text in CDATA": ({"/f": Reply(FEED, "application/rss+xml")}, [A]),
    "escaped markup": (
        {"/f": Reply(rss(item(encoded(BOTH.replace("<", "&lt;").replace(">", "&gt;")))), "text/xml")},
        [A],
    ),
    "a long description is the text": (
        {"/f": Reply(rss(item(
            f"<description><![CDATA[{BOTH}<p>{FILL}</p><p>{FILL}</p>]]></description>"
            f"<pubDate>{ZONED}</pubDate>")), "text/xml")},
        [("A hall", "/a", DAY, f"{TEXT}\n\n{FILL}\n\n{FILL}")],
    ),
    "a summary and its page": (
        {"/f": Reply(rss(item("<description>Short.</description>")), "text/xml"),
         "/a": Reply(page(head=DATED))},
        [("A hall", "/a", "2025-06-10", TEXT)],
    ),
    "the feed has the date, the page has none": (
        {"/f": Reply(rss(item(f"<pubDate>{ZONED}</pubDate>")), "text/xml"), "/a": Reply(page())},
        [A],
    ),
    "text that is cut with dots and its page": (
        {"/f": Reply(rss(item(encoded(f"<![CDATA[<p>{FILL} [&hellip;]</p>]]>"))), "text/xml"),
         "/a": Reply(page())},
        [A],
    ),
    "no dates": (
        {"/f": Reply(rss(item(encoded(date=""))), "text/xml")}, [("A hall", "/a", None, TEXT)]),
    "a date with two readings": (
        {"/f": Reply(rss(item(encoded(date="<pubDate>03/04/2025</pubDate>"))), "text/xml")},
        [("A hall", "/a", None, TEXT)],
    ),
    "a date in words": (
        {"/f": Reply(rss(item(encoded(date="<pubDate>10 June 2025</pubDate>"))), "text/xml")},
        [("A hall", "/a", "2025-06-10", TEXT)],
    ),
    "dublin core": (
        {"/f": Reply(rss(item(encoded(
            date="<dc:date>2025-06-10T09:30:00+02:00</dc:date><dc:creator>Ann Ek</dc:creator>"))),
            "text/xml")},
        [A],
    ),
    "rss 1.0": (
        {"/f": Reply(
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
            f" xmlns='http://purl.org/rss/1.0/' {SPACES}><channel><title>Kestrel News</title>"
            f"</channel><item rdf:about='/a'><title>A hall</title><link>/a</link>"
            f"{encoded(date='<dc:date>2025-06-10T07:30:00Z</dc:date>')}</item></rdf:RDF>",
            "application/rdf+xml")},
        [A],
    ),
    "rss 0.91 without a date": (
        {"/f": Reply(f"<rss version='0.91'><channel><title>K</title><item><title>A hall</title>"
                     f"<link>/a</link><description><![CDATA[{BOTH}<p>{FILL}</p><p>{FILL}</p>]]>"
                     "</description></item></channel></rss>", "text/xml")},
        [("A hall", "/a", None, f"{TEXT}\n\n{FILL}\n\n{FILL}")],
    ),
    "atom": (
        {"/f": Reply(ATOM.format("", ENTRY.format("<published>2025-06-10T09:30:00+02:00</published>")),
                     "application/atom+xml")},
        [A],
    ),
    "atom that tells only of an update": (
        {"/f": Reply(ATOM.format("", ENTRY.format("<updated>2025-06-12T00:00:00Z</updated>")),
                     "application/atom+xml")},
        [("A hall", "/a", None, TEXT)],
    ),
    "atom with xhtml": (
        {"/f": Reply(ATOM.format("", "<entry><title type='html'>A &lt;b&gt;hall&lt;/b&gt;</title>"
                                 "<link rel='alternate' href='/a'/><content type='xhtml'>"
                                 f"<div xmlns='http://www.w3.org/1999/xhtml'>{BOTH}</div></content>"
                                 f"<published>{DAY}</published></entry>"), "application/atom+xml")},
        [A],
    ),
    "atom with a base for its links": (
        {"/f": Reply(ATOM.format("xml:base='/deep/'", ENTRY.replace("'/a'", "'b?id=1'").format("")),
                     "application/atom+xml")},
        [("A hall", "/deep/b?id=1", None, TEXT)],
    ),
    "json feed": (
        {"/f": Reply(json.dumps(JSON | {"items": [
            {"id": "1", "url": "/a", "title": "A hall", "content_html": BOTH,
             "date_published": "2025-06-10T09:30:00+02:00", "authors": [{"name": "Ann Ek"}]}]}),
            "application/feed+json")},
        [A],
    ),
    "json feed as plain json, with plain text": (
        {"/f": Reply(json.dumps(JSON | {"items": [
            {"id": 7, "title": "A hall", "content_text": f"{ONE} {FILL}"}]}), "application/json")},
        [("A hall", None, None, f"{ONE} {FILL}")],
    ),
    "json feed with a summary": (
        {"/f": Reply(json.dumps(JSON | {"items": [{"id": "1", "url": "/a", "summary": "Short."}]}),
                     "application/json"), "/a": Reply(page(head=DATED))},
        [("A hall", "/a", "2025-06-10", TEXT)],
    ),
    "html as its declared type": ({"/f": Reply(FEED, "text/html")}, [A]),
    "octets as its declared type": ({"/f": Reply(FEED, "application/octet-stream")}, [A]),
    "no declared type": ({"/f": Reply(FEED, None)}, [A]),
    "space before the declaration": (
        {"/f": Reply(f"\n\n  <?xml version='1.0'?>{FEED}", "text/xml")}, [A]),
    "a byte order mark": (
        {"/f": Reply(b"\xef\xbb\xbf" + FEED.encode(), "text/xml")}, [A]),
    "latin-1 as the header says": (
        {"/f": Reply(FEED.replace("A hall", "A café").encode("latin-1"), "text/xml; charset=iso-8859-1")},
        [("A café", "/a", DAY, TEXT)],
    ),
    "latin-1 as the declaration says": (
        {"/f": Reply(("<?xml version='1.0' encoding='ISO-8859-1'?>"
                      + FEED.replace("A hall", "A café")).encode("latin-1"), "text/xml")},
        [("A café", "/a", DAY, TEXT)],
    ),
    "utf-16": (
        {"/f": Reply(f"<?xml version='1.0' encoding='utf-16'?>{FEED}".encode("utf-16"), "text/xml")},
        [A],
    ),
    "gzip": ({"/f": Reply(gzip.compress(FEED.encode()), "text/xml", headers={
        "Content-Encoding": "gzip"})}, [A]),
    "deflate": ({"/f": Reply(zlib.compress(FEED.encode()), "text/xml", headers={
        "Content-Encoding": "deflate"})}, [A]),
    "raw deflate": ({"/f": Reply(zlib.compress(FEED.encode())[2:-4], "text/xml", headers={
        "Content-Encoding": "deflate"})}, [A]),
    "said to be gzip and is not": ({"/f": Reply(FEED, "text/xml", headers={
        "Content-Encoding": "gzip"})}, [A]),
    "a file that is gzip itself": (
        {"/f.gz": Reply(gzip.compress(FEED.encode()), "application/gzip")}, [A]),
    "chunked": ({"/f": Reply(FEED, "text/xml", chunked=True)}, [A]),
    "chunked gzip": ({"/f": Reply(gzip.compress(FEED.encode()), "text/xml", chunked=True, headers={
        "Content-Encoding": "gzip"})}, [A]),
    "301": ({"/f": Reply(status=301, headers={"Location": "/g"}), "/g": Reply(FEED, "text/xml")}, [A]),
    "302, 307 and 303 one after another": (
        {"/f": Reply(status=302, headers={"Location": "/g"}),
         "/g": Reply(status=307, headers={"Location": "h"}),
         "/h": Reply(status=303, headers={"Location": "/i"}), "/i": Reply(FEED, "text/xml")},
        [A],
    ),
    "unescaped ampersands and entities of HTML": (
        {"/f": Reply(rss(item(encoded(), "R&D &amp; a&nbsp;hall &mdash; new")), "text/xml")},
        [("R&D & a hall — new", "/a", DAY, TEXT)],
    ),
    "a body that ends within an entry": (
        {"/f": Reply(rss(item(encoded()) + item(encoded(), "Next", "/b"))[:-700], "text/xml")},
        [A],
    ),
    "an entry twice, with and without tracking": (
        {"/f": Reply(rss(item(encoded()) + item(encoded(), link="/a/?utm_medium=rss#x")), "text/xml")},
        [A],
    ),
    "two documents that differ by a number": (
        {"/f": Reply(rss(item(encoded(), link="/doc?id=1") + item(encoded(), "Two", "/doc?id=2")),
                     "text/xml")},
        [("A hall", "/doc?id=1", DAY, TEXT), ("Two", "/doc?id=2", DAY, TEXT)],
    ),
    "the address is only in the guid": (
        {"/f": Reply(rss(f"<item><title>A hall</title><guid>http://127.0.0.1:PORT/a</guid>{encoded()}"
                         "</item>"), "text/xml")},
        [A],
    ),
    "no link, no title": (
        {"/f": Reply(rss(f"<item><guid isPermaLink='false'>77</guid>{encoded()}</item>"), "text/xml")},
        [(None, None, DAY, TEXT)],
    ),
    "comments, pictures and instructions": (
        {"/f": Reply("<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><!-- by hand -->"
                     + rss(item(f"<media:content url='/p.jpg'/><category>AI</category>{encoded()}")),
                     "text/xml")},
        [A],
    ),
    "a table keeps its cells": (
        {"/f": Reply(rss(item(encoded(
            f"<![CDATA[{BOTH}<table><tr><th>Maker</th><th>Share</th></tr>"
            "<tr><td>Norvale</td><td>49%</td></tr></table>]]>"))), "text/xml")},
        [("A hall", "/a", DAY, f"{TEXT}\n\nMaker: Norvale | Share: 49%")],
    ),
    "the line that WordPress adds": (
        {"/f": Reply(rss(item(encoded(f"<![CDATA[{BOTH}<p>Sign up for our newsletter and get the "
                                      "latest stories in your inbox every morning.</p>]]>"))),
                     "text/xml")},
        [A],
    ),
    "a page": ({"/a": Reply(page(head=DATED))}, [("A hall", "/a", "2025-06-10", TEXT)]),
    "a page that knows its own address": (
        {"/a?ref=home": Reply(page(head="<link rel='canonical' href='/b'>"))},
        [("A hall", "/b", None, TEXT)],
    ),
    "a page whose declared address is the front page": (
        {"/a": Reply(page(head="<link rel='canonical' href='/'>"))}, [("A hall", "/a", None, TEXT)]),
    "a page whose declared address is another site's": (
        {"/a": Reply(page(head="<link rel='canonical' href='https://victim.example/b'>"))},
        [("A hall", "/a", None, TEXT)],
    ),
    "a page in windows-1252, which says so": (
        {"/a": Reply(page(head="<meta charset='windows-1252'>", title="The “café”").encode("cp1252"),
                     "text/html")},
        [("The “café”", "/a", None, TEXT)],
    ),
    "a page in latin-1 that says utf-8": (
        {"/a": Reply(page(title="The café").encode("latin-1"))}, [("The café", "/a", None, TEXT)]),
    "a page with its dates in JSON-LD": (
        {"/a": Reply(page(head='<script type="application/ld+json">{"@type": "NewsArticle", '
                               '"datePublished": "2025-06-10T09:30:00+02:00"}</script>'))},
        [("A hall", "/a", "2025-06-10", TEXT)],
    ),
    "a page of plain text": (
        {"/a.txt": Reply(f"A hall\n\n{ONE}", "text/plain")}, [("A hall", "/a.txt", None, f"A hall\n\n{ONE}")]),
    "a sitemap": (
        {"/s": Reply("<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
                     "<url><loc>/a</loc><lastmod>2025-06-11</lastmod></url></urlset>", "text/xml"),
         "/a": Reply(page(head=DATED))},
        [("A hall", "/a", "2025-06-10", TEXT)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape(name: str, index: Index, site: Site) -> None:
    pages, expected = SHAPES[name]
    for path, reply in pages.items():
        if isinstance(reply.body, str):
            reply.body = reply.body.replace("PORT", str(site.port))
        site.pages[path] = reply
    index("add", site.url(next(iter(pages))))
    rows = index("list", "--json").json
    found = [
        (row["title"], row["url"], row["published"],
         index("show", row["article_id"], "--json").json["text"])
        for row in rows
    ]  # fmt: skip
    assert found == [(t, path and site.url(path), d, text) for t, path, d, text in expected]


# What gives no article: the answers, and what is told of it
REFUSED: dict[str, tuple[Reply, str]] = {
    "404": (Reply("gone", status=404), "has no such page (status 404)"),
    "410": (Reply("gone", status=410), "has no such page any more (status 410)"),
    "401": (Reply(status=401), "does not let Dateline in"),
    "403": (Reply(status=403), "does not let Dateline in"),
    "403 of a browser check": (
        Reply(status=403, headers={"cf-mitigated": "challenge"}), "wants to see a browser"),
    "429": (Reply(status=429, headers={"Retry-After": "900"}), "was asked too often"),
    "503 three times": (Reply(status=503), "is out of order"),
    "500 three times": (Reply(status=500), "is out of order"),
    "204": (Reply(status=204), "sent no document"),
    "304 to a first request": (Reply(status=304), "though nothing was known"),
    "418": (Reply(status=418), "does not answer as a web server should"),
    "an empty body": (Reply(b"", "text/xml"), "it is empty"),
    "less than was announced": (Reply(FEED, "text/xml", short_by=50), "was cut short"),
    "gzip that ends early": (
        Reply(gzip.compress(FEED.encode())[:-40], headers={"Content-Encoding": "gzip"}),
        "was cut short",
    ),
    "damaged gzip": (
        Reply(b"\x1f\x8b\x08\0\0\0\0\0" + b"\xff" * 50, headers={"Content-Encoding": "gzip"}),
        "sent a damaged body",
    ),
    "an unknown packing": (Reply("x", headers={"Content-Encoding": "zstd"}), "not asked for"),
    "a picture": (Reply(b"\x89PNG\r\n\x1a\n\0\0", "image/png"), "it is no page but image/png"),
    "a picture that is said to be a page": (
        Reply(b"\x89PNG\r\n\x1a\n\0\0"), "it is no page but text/html"),
    "other XML": (Reply("<note><to>Ann</to></note>", "text/xml"), "<note>"),
    "other JSON": (Reply('{"a": 1}', "application/json"), "no JSON Feed"),
    "an OPML list without feeds": (Reply("<opml><body/></opml>", "text/xml"), "it lists no feeds"),
    "a sitemap without pages": (Reply("<urlset></urlset>", "text/xml"), "it lists no pages"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_gives_no_article(name: str, index: Index, site: Site) -> None:
    site.pages["/x"], reason = REFUSED[name]
    ran = index("add", site.url("/x"))
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith(f"rejected  {site.url('/x')}: ") and reason in ran.err
    assert index("sources").status == 1  # no library was made
