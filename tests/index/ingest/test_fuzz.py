"""Whatever stands in a feed, page, row, front matter, letter or date: articles or a reason, soon.

`make fuzz` runs these with many more examples (the profile "fuzz").
"""

from __future__ import annotations

import io
import json
import re
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.dates import first_day, last_day, parse_published
from index.errors import SourceError
from index.following.documents import draft_of_entry
from index.ingest import lists
from index.ingest.feeds import feed
from index.ingest.sources import article, read
from index.types import Article, Rejected

LIMIT = 2.0  # seconds for one input
MOST = 1_000_000  # kilobytes of memory

FUZZ = settings.get_current_profile_name() == "fuzz"
small = settings() if FUZZ else settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)  # fmt: skip


def pieces(text: str) -> list[str]:
    """The pieces of a document of some kind, cut at its lines and marks."""
    return [piece for line in text.split("\n") for piece in (line, f"{line}\n")]


HTML = pieces(
    """<html lang='en'><head><title>
</title>
<meta property='article:published_time' content='2025-06-12T07:00:00+25:00'>
<meta http-equiv='Content-Type' content='text/html; charset=utf-16'>
<script type='application/ld+json'>{"@type": "NewsArticle", "datePublished": "2025-13-40", "author": [
{"@graph": [{"@type": ["NewsArticle"], "headline": 7}]}</script>
<link rel='canonical' href='http://[::1'><base href='//'>
</head><body><article><h1>Kestrel raises money</h1>
<p>Kestrel raised 30 million dollars in June, the company said on Monday.</p>
<table><tr><td>7</td><td rowspan='99999999'>8</td></tr>
<ul><li>one<li>two</ul>
<div style='display:none'>
&nbsp;&#0;&#xD800;&#99999999;&bogus;
<!-- --!> <![CDATA[ ]]> <?php ?>
<svg><math><template><noscript><iframe><select><option>
</article></body></html>
<time datetime='0000-00-00'>12/13/14</time>"""
)
FEED = pieces(
    """<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>News</title>
<feed xmlns='http://www.w3.org/2005/Atom'>
<item><title>A &amp; B</title><link>http://news.example/a?utm_source=x</link>
<pubDate>Mon, 31 Feb 2025 25:61:00 +9999</pubDate><dc:date>2025</dc:date>
<description><![CDATA[<p>Kestrel raised 30 million dollars.]]></description></item>
<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[
<entry><id>tag:x</id><updated>9999-12-31T23:59:59Z</updated><content type='xhtml'><div>x</div></content></entry>
<opml><body><outline text='a' xmlUrl='http://['/></body></opml>
<urlset><url><loc>http://news.example/a</loc><lastmod>x</lastmod></url></urlset>
{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 1, "content_html": [7]}]}
</channel></rss>"""
)
FRONT = pieces(
    """---
title: Kestrel: a company
title: [a, {b: c}]
date: 2025-06-12 25:00
url: javascript:x
tags: &a [*a, *a]
? - x : !!python/object:x
<<: *a
...
+++
title = "Kestrel"
# Kestrel
| a | b |
|---|---|
> - 1. `x` **bold** [link](http://x) ![i](x)
<div><a <a <!--
```
&#0; \\"""
)
MAIL = pieces(
    """From: Kestrel News <news@kestrel.example>
From: =?utf-8?q?=ff?= <
Subject: =?iso-8859-1?b?!!!?= hall
Subject: a
\tfolded
Date: Thu, 12 Jun 2025 09:34:00 +0200
Message-ID: <a@b
Content-Type: multipart/alternative; boundary="b"
Content-Type: text/html; charset="nonsense"
Content-Type: message/rfc822
Content-Transfer-Encoding: base64
Content-Transfer-Encoding: quoted-printable
Snapshot-Content-Location: http://news.example/a

--b
--b--
<html><body><p>Kestrel raised 30 million dollars in June.</p>
=FF=\nS2VzdHJlbA==
From here on"""
)
STAMPS = st.sampled_from(
    "2025 06 13 31 00 24 60 - / . : , T Z + +0200 +25:00 UTC CEST EST am pm Juni June juin 6月 12th"
    " 1718177640 Thu, yesterday ago de 2025-06-12 12.06.2025 9999 0000 noon ٢٠٢٥ ½ \0 \u202e".split()
)


def mixed(parts: list[str], most: int = 20) -> st.SearchStrategy[bytes]:
    """Documents put together of pieces, of any text and of any bytes, as somebody encodes them."""
    text = st.lists(st.sampled_from(parts) | st.text(max_size=15), max_size=most).map("".join)
    coded = st.tuples(text, st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig"])).map(
        lambda pair: pair[0].encode(pair[1], "replace")
    )
    torn = st.tuples(coded, st.integers(0, 400), st.binary(max_size=8)).map(
        lambda held: held[0][: held[1]] + held[2] + held[0][held[1] :]
    )
    return coded | torn | st.binary(max_size=200)


def soon(action: Callable[[], Any]) -> Any:
    """What `action` gives, which must not take long."""
    began, held = time.process_time(), memory()
    try:
        return action()
    finally:
        assert time.process_time() - began < LIMIT
        assert memory() - held < MOST


def memory() -> int:
    """The most memory that this process has had, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def sound(item: Article | Rejected) -> None:
    """An article can be stored; a reason is one line."""
    if isinstance(item, Rejected):
        assert item.reason and "\n" not in item.reason, item
        return
    assert item.text.strip() and "\0" not in item.text
    for value in (item.text, item.title, item.url, item.publisher, item.published, item.author):
        (value or "").encode()
    assert not re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", item.url or "", re.IGNORECASE)
    if item.published:
        assert parse_published(item.published) == item.published
        assert first_day(item.published[:10]) <= last_day(item.published[:10])


@pytest.mark.parametrize(
    ("kind", "parts"),
    [(".html", HTML), (".md", FRONT), (".txt", FRONT), (".eml", MAIL), (".mhtml", MAIL + HTML),
     (".mbox", MAIL), (".jsonl", FRONT)],
)  # fmt: skip
def test_any_file_gives_articles_or_a_reason(kind: str, parts: list[str], tmp_path: Path) -> None:
    file = tmp_path / f"any{kind}"

    @small
    @given(mixed(parts))
    def each(data: bytes) -> None:
        file.write_bytes(data)
        for item in soon(lambda: list(read(str(file)))):
            sound(item)

    each()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["https://news.example/a", "javascript:x", "2025-06-12", "\ud800", "http://["]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)  # fmt: skip
ROWS = st.dictionaries(
    st.sampled_from(["text", "title", "url", "publisher", "published", "author"]), VALUES
) | st.fixed_dictionaries({"text": st.text(min_size=1), "published": STAMPS})


@small
@given(rows=st.lists(ROWS | VALUES, max_size=4), end=st.sampled_from(["", "\n", "}", "\0"]))
def test_any_row_gives_an_article_or_a_reason(
    rows: list[Any], end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in rows) + end
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    for item in soon(lambda: list(read("-"))):
        sound(item)


@small
@given(mixed(FEED), st.sampled_from(["", "application/rss+xml; charset=utf-16", "text/html"]))
def test_any_feed_gives_articles_or_a_reason(data: bytes, kind: str) -> None:
    def entries() -> list[Any]:
        found = []
        for reader in (lists.opml, lists.sitemap):
            try:
                reader(data, "http://news.example/")
            except SourceError as error:
                found.append(Rejected("list", str(error)))
        try:
            for entry in feed(data, kind, "http://news.example/feed").entries:
                try:
                    found.append(article(draft_of_entry(entry, "http://news.example/feed")))
                except SourceError as error:
                    found.append(Rejected("entry", str(error)))
        except SourceError as error:
            found.append(Rejected("feed", str(error)))
        return found

    for item in soon(entries):
        sound(item)


@small
@given(st.lists(STAMPS | st.text(max_size=6), max_size=7), st.sampled_from([" ", "", "-"]))
def test_any_date_is_a_day_or_unknown(parts: list[str], between: str) -> None:
    found = soon(lambda: parse_published(between.join(parts)))
    if found is not None:
        assert parse_published(found) == found
        assert "1000-01-01" <= first_day(found[:10]) <= last_day(found[:10])
