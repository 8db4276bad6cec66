"""Following sources: what is polled, what is not asked twice, and what survives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from web_server import Reply, Site, conditional

from index.encoder import WordEncoder
from index.following import update as polling
from index.ingest import feeds
from index.library import Library

Index = Callable[..., Any]

LONG = "Norvale AI raised 410 million dollars in March 2025, the Oslo lab said on Wednesday. " * 9


def page(title: str, text: str, head: str = "") -> str:
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body><article>"
        f"<h1>{title}</h1><p>{text}</p><p>{LONG}</p></article></body></html>"
    )


def item(number: int, text: str = LONG, link: str = "/a/{}") -> str:
    return (
        f"<item><title>Story {number}</title><link>{link.format(number)}</link>"
        f"<guid isPermaLink='false'>g{number}</guid>"
        f"<pubDate>Wed, 12 Mar 2025 0{number % 10}:30:00 GMT</pubDate>"
        f"<c:encoded>{escape(f'<p>Number {number}. {text}</p><p>{LONG}</p>')}</c:encoded></item>"
    )


def rss(*items: str, title: str = "Northwire") -> str:
    space = "xmlns:c='http://purl.org/rss/1.0/modules/content/'"
    return f"<rss version='2.0' {space}><channel><title>{title}</title>{''.join(items)}</channel></rss>"


def tallies(ran: Any) -> list[dict[str, Any]]:
    return [row for row in ran.rows if "new" in row]


def states(ran: Any) -> list[str]:
    return [row["state"] for row in ran.rows if "article_id" in row]


def test_a_feed_is_added_followed_and_polled(index: Index, site: Site) -> None:
    site.pages["/feed"] = conditional(rss(item(1), item(2)), '"one"')
    ran = index("add", site.url("/feed"))
    assert ran.status == 0
    assert [line[:9] for line in ran.out.splitlines()] == ["added    ", "added    ", "read     "]
    assert ran.out.splitlines()[-1] == f"read      {site.url('/feed')}: 2 new"
    (row,) = index("sources", "--json").json
    assert (row["url"], row["kind"], row["title"], row["articles"]) == (
        site.url("/feed"), "feed", "Northwire", 2)  # fmt: skip
    assert index("update").out == f"unchanged {site.url('/feed')}\n"
    assert site.asked[-1][1]["if-none-match"] == '"one"'
    site.pages["/feed"] = conditional(rss(item(1), item(2), item(3)), '"two"')
    ran = index("update")
    assert ran.out.splitlines()[-1] == f"read      {site.url('/feed')}: 1 new, 2 repeated"
    assert index("status", "--json").json["articles"] == 3
    assert index("check").out == "ok\n"


def test_the_same_feed_ten_times_gives_no_duplicate(index: Index, site: Site) -> None:
    site.pages["/feed"] = Reply(rss(*(item(n, "Short.") for n in range(100))), "text/xml")
    for _ in range(10):
        ran = index("add", site.url("/feed"), "--json")
    assert tallies(ran)[0]["repeated"] == 100 and states(ran) == []
    assert index("status", "--json").json["articles"] == 100


def test_304_costs_no_parsing_and_no_encoder(
    index: Index, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(20):
        site.pages[f"/feed{n}"] = conditional(rss(item(n)), '"e"')
    index("add", *(site.url(f"/feed{n}") for n in range(20)))

    def never(*values: Any) -> Any:
        raise AssertionError("not to be called")

    monkeypatch.setattr(feeds, "feed", never)
    monkeypatch.setattr(polling.kinds, "kind_of", never)
    monkeypatch.setattr("index.encoder.load_encoder", never)
    ran = index("update", "--json")
    assert [row["state"] for row in ran.rows] == ["unchanged"] * 20


def test_a_changed_article_encodes_its_own_passages_only(
    index: Index, site: Site, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/feed"] = Reply(rss(item(1), item(2), item(3)), "text/xml")
    index("add", site.url("/feed"))
    encoded: list[str] = []
    encode = words.encode
    monkeypatch.setattr(words, "encode", lambda texts: encoded.extend(texts) or encode(texts))
    site.pages["/feed"] = Reply(rss(item(1), item(2, "It was 450 million."), item(3)), "text/xml")
    ran = index("update", "--json")
    assert (states(ran), tallies(ran)[0]["changed"]) == (["replaced"], 1)
    assert any("450 million" in text for text in encoded)
    assert not any("Number 1" in text or "Number 3" in text for text in encoded)


def test_a_summary_is_read_on_its_page_once(index: Index, site: Site) -> None:
    short = "<item><title>Varde</title><link>/varde?utm_source=rss</link><description>Short</description></item>"
    site.pages["/feed"] = Reply(rss(short), "text/xml")
    site.pages["/varde?utm_source=rss"] = Reply(
        page("Varde: a hall", "The hall costs 2.1 billion.")
    )
    assert states(index("add", site.url("/feed"), "--json")) == ["added"]
    index("update")
    index("update")
    assert site.paths().count("/varde?utm_source=rss") == 1
    (row,) = index("list", "--json").json
    assert row["title"] == "Varde"
    text = index("show", row["article_id"], "--json").json["text"]
    assert text.startswith("The hall costs 2.1 billion.")


def test_a_page_that_failed_is_tried_again_then_given_up(index: Index, site: Site) -> None:
    site.pages["/feed"] = Reply(rss("<item><title>A</title><link>/a</link></item>"), "text/xml")
    ran = index("add", site.url("/feed"))
    assert ran.status == 1
    assert ran.err == f"rejected  {site.url('/a')}: 127.0.0.1 has no such page (status 404)\n"
    for _ in range(10):
        index("update")
    assert site.paths().count("/a") == 5
    site.pages["/a"] = Reply(page("A", "It costs 3 million."))
    site.pages["/feed"] = Reply(
        rss("<item><title>A, put right</title><link>/a</link></item>"), "text/xml"
    )
    assert states(index("update", "--json")) == ["added"]


def test_one_article_in_two_feeds_and_added_by_hand_is_one(index: Index, site: Site) -> None:
    other = item(1, "Told otherwise.", "/a/{}/?utm_source=x#top")
    site.pages["/one"] = Reply(rss(item(1)), "text/xml")
    site.pages["/two"] = Reply(rss(other, title="Copies"), "text/xml")
    site.pages["/a/1"] = Reply(page("Story 1", "As the page has it."))
    index("add", site.url("/one"), site.url("/two"))
    assert index("status", "--json").json["articles"] == 1
    for _ in range(3):
        assert states(index("update", "--json")) == []
    ran = index("add", site.url("/a/1"), "--json")
    assert states(ran) == ["replaced"]
    assert index("status", "--json").json["articles"] == 1
    assert index("remove", site.url("/a/1/?fbclid=1")).status == 0
    assert index("status", "--json").json["articles"] == 0
    index("update")
    assert index("status", "--json").json["articles"] == 0  # removed is removed


def test_opml_and_sitemaps_bring_their_sources(index: Index, site: Site, tmp_path: Path) -> None:
    site.pages["/a.xml"] = Reply(rss(item(1)), "text/xml")
    site.pages["/b.xml"] = Reply(rss(item(2)), "text/xml")
    opml = tmp_path / "my.opml"
    opml.write_text(
        "<opml version='2.0'><body><outline text='Labs'>"
        f"<outline text='A' xmlUrl='{site.url('/a.xml')}'/></outline>"
        f"<outline text='B' type='rss' xmlUrl='{site.url('/b.xml')}'/></body></opml>"
    )
    assert index("add", str(opml)).status == 0
    assert {(r["topic"], r["title"]) for r in index("sources", "--json").json} == {
        ("Labs", "A"), (None, "B")}  # fmt: skip
    assert index("add", str(opml)).out.endswith(f"{opml}: 2 repeated\n")
    site.pages["/list.opml"] = conditional(opml.read_text().replace("/b.xml", "/c.xml"), '"1"')
    site.pages["/c.xml"] = Reply(rss(item(3)), "text/xml")
    ran = index("add", site.url("/list.opml"), "--json")
    assert sorted((t["new"], t["repeated"]) for t in tallies(ran)) == [(1, 0), (1, 1)]
    site.pages["/index.xml"] = Reply(
        "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        "<sitemap><loc>/news.xml</loc><lastmod>2025-03-12</lastmod></sitemap></sitemapindex>",
        "application/xml",
    )
    site.pages["/news.xml"] = Reply(
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        " xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>/n/1</loc><n:news>"
        "<n:publication><n:name>Northwire</n:name><n:language>en</n:language></n:publication>"
        "<n:publication_date>2025-03-12T09:30:00+01:00</n:publication_date>"
        "<n:title>Varde grows</n:title></n:news></url></urlset>",
        "application/xml",
    )
    site.pages["/n/1"] = Reply(page("Varde", "The hall costs 2.1 billion."))
    assert index("add", site.url("/index.xml")).status == 0
    row = next(r for r in index("list", "--json").json if r["title"] == "Varde grows")
    assert (row["publisher"], row["published"]) == ("Northwire", "2025-03-12T08:30:00Z")
    assert len(index("sources", "--json").json) == 6
    assert index("remove", site.url("/index.xml")).status == 0
    assert len(index("sources", "--json").json) == 4
    assert index("status", "--json").json["articles"] == 4


def test_where_a_run_was_broken_off_the_next_goes_on(
    index: Index, site: Site, monkeypatch: pytest.MonkeyPatch, own_folders: Path
) -> None:
    items = [f"<item><title>A {n}</title><link>/p/{n}</link></item>" for n in range(6)]
    site.pages["/feed"] = conditional(rss(*items), '"e"')
    for n in range(6):
        site.pages[f"/p/{n}"] = Reply(page(f"A {n}", f"It costs {n} million."))
    kept, calls = Library.add, []

    def add(self: Library, *values: Any) -> Any:
        calls.append(values)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return kept(self, *values)

    monkeypatch.setattr(Library, "add", add)
    assert index("add", site.url("/feed")).status == 130
    assert index("status", "--json").json["articles"] == 3
    assert tallies(index("update", "--json"))[0]["new"] == 3
    assert index("status", "--json").json["articles"] == 6
    assert max(site.paths().count(f"/p/{n}") for n in (0, 1, 2)) == 1
    assert index("update").out.startswith("unchanged")


def test_no_more_pages_than_the_limit_in_one_run(
    index: Index, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "PAGES", 2)
    items = [f"<item><title>A {n}</title><link>/p/{n}</link></item>" for n in range(5)]
    site.pages["/feed"] = conditional(rss(*items), '"e"')
    for n in range(5):
        site.pages[f"/p/{n}"] = Reply(page(f"A {n}", f"It costs {n} million."))
    (told,) = tallies(index("add", site.url("/feed"), "--json"))
    assert (told["new"], told["left"]) == (2, 3)
    assert [tallies(index("update", "--json"))[0]["left"] for _ in range(2)] == [1, 0]
    assert index("update").out.startswith("unchanged")
    assert index("status", "--json").json["articles"] == 5


def test_one_request_a_host_at_a_time_and_its_pause(
    index: Index, site: Site, waits: list[float]
) -> None:
    site.pages["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 29\nDisallow: /no", "text/plain")
    for n in range(8):
        site.pages[f"/feed{n}"] = Reply(rss(item(n)), "text/xml")
    index("add", *(site.url(f"/feed{n}") for n in range(8)))
    index("update")
    assert site.most_at_once == 1
    assert len(waits) >= 7 and all(0 < wait <= 29 for wait in waits)
    ran = index("add", site.url("/no/feed"))
    assert (ran.status, "/no/feed" in site.paths()) == (1, False)
    assert "robots.txt of 127.0.0.1 does not allow it" in ran.err


def test_a_server_that_refuses_is_left_alone_for_a_while(
    index: Index, site: Site, waits: list[float]
) -> None:
    site.pages["/feed"] = Reply(rss(item(1)), "text/xml")
    index("add", site.url("/feed"))
    site.pages["/feed"] = [
        Reply(status=503, headers={"Retry-After": "2"}),
        Reply(rss(item(1), item(2)), "text/xml"),
    ]
    assert tallies(index("update", "--json"))[0]["new"] == 1
    assert waits[-1] == 2
    site.pages["/feed"] = Reply(status=429, headers={"Retry-After": "3600"})
    ran = index("update")
    assert ran.status == 1 and "was asked too often" in ran.err
    asked = len(site.asked)
    ran = index("update")
    assert ran.out.startswith(f"waiting   {site.url('/feed')}: it asked to wait until 20")
    assert (ran.status, len(site.asked)) == (0, asked)


def test_moved_and_gone_sources(index: Index, site: Site) -> None:
    site.pages["/old"] = Reply(rss(item(1)), "text/xml")
    index("add", site.url("/old"))
    site.pages["/new"] = Reply(rss(item(1), item(2)), "text/xml")
    site.pages["/old"] = Reply(status=301, headers={"Location": "/new"})
    (told,) = tallies(index("update", "--json"))
    assert (told["source"], told["new"], told["repeated"]) == (site.url("/new"), 1, 1)
    assert [r["url"] for r in index("sources", "--json").json] == [site.url("/new")]
    site.pages["/new"] = Reply(status=410)
    assert index("update").err.startswith(f"gone      {site.url('/new')}: 127.0.0.1 has no such")
    asked = len(site.asked)
    index("update")
    assert len(site.asked) == asked
    assert index("status", "--json").json["articles"] == 2


def test_a_page_is_followed_too(index: Index, site: Site) -> None:
    head = (
        "<meta property='og:site_name' content='Northwire'><meta name='author' content='Ann Ek'>"
        "<meta property='article:published_time' content='2025-03-12T09:00:00Z'>"
        "<meta property='article:modified_time' content='2025-03-14T09:00:00Z'>"
    )
    site.pages["/a"] = conditional(page("Varde", "It costs 2.1 billion.", head), '"1"', "text/html")
    (row,) = index("add", site.url("/a"), "--json").rows
    assert {n: row[n] for n in ("state", "title", "publisher", "author", "published")} == {
        "state": "added", "title": "Varde", "publisher": "Northwire", "author": "Ann Ek",
        "published": "2025-03-12"}  # fmt: skip
    assert index("show", row["article_id"], "--json").json["modified"] == "2025-03-14"
    assert index("update").out.startswith("unchanged")
    site.pages["/a"] = conditional(page("Varde", "It costs 2.4 billion.", head), '"2"', "text/html")
    assert states(index("update", "--json")) == ["replaced"]


def test_what_cannot_be_added_is_told_and_not_followed(
    index: Index, site: Site, own_folders: Path
) -> None:
    ran = index("add", site.url("/none"), "ftp://example.com/feed", "no-such.opml")
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (1, "", 3)
    assert not (own_folders / "library").exists()
    assert index("update").out.startswith("nothing is followed")


def test_the_bundled_feeds_are_followed_even_without_a_network(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(host: str, port: int) -> list[str]:
        return []

    from functools import partial

    from index.following import run
    from index.web.door import Door

    monkeypatch.setattr(run, "Door", partial(Door, resolver=nobody))
    ran = index("add", "--bundled-feeds")
    rows = index("sources", "--json").json
    assert len(rows) >= 25 and ran.status == 1
    assert {row["topic"] for row in rows} == {"Outlets", "Labs", "Research", "Policy"}
    assert len(ran.err.splitlines()) == len(rows)
    assert all("there is no host" in line for line in ran.err.splitlines())


def test_every_is_a_time_and_goes_on(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    for bad in ("", "5", "30x", "10s", "m"):
        ran = index("update", "--every", bad)
        assert (ran.status, "write a time of a minute or more" in ran.err) == (2, True)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    assert index("update", "--every", "30m").status == 130
    assert slept == [1800, 1800, 1800]
