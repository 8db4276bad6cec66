"""A page that changes, is corrected or vanishes: its earlier texts stay, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from web_server import Reply, Site

from index.encoder import Vectors, WordEncoder

Index = Callable[..., Any]

FILLER = [
    "The Oslo lab builds models that read medical scans for hospitals in the north of the country.",
    "Its investors include two pension funds and the city of Bergen, the company told reporters.",
    "A spokesman declined to say when the next model would be ready, or what it would cost.",
]


def page(*paragraphs: str, title: str = "Norvale AI raises money") -> str:
    body = "".join(f"<p>{text}</p>" for text in (*paragraphs, *(f * 4 for f in FILLER)))
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"{body}</article></body></html>"
    )


def feed(site: Site, *links: str, note: str = "") -> str:
    items = "".join(
        f"<item><title>Norvale AI raises money</title><link>{site.url(link)}</link>"
        f"<description>{note}</description></item>"
        for link in links
    )
    return f"<rss version='2.0'><channel><title>Northwire</title>{items}</channel></rss>"


def days(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setattr("index.library.tables.history.today", lambda: day)


def states(ran: Any) -> list[str]:
    return [row["state"] for row in ran.rows if "article_id" in row]


def test_a_changed_page_keeps_its_earlier_text(
    index: Index, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    days(monkeypatch, "2026-03-01")
    address = site.url("/a?utm_source=x")
    site.pages["/a?utm_source=x"] = Reply(page("Norvale AI raised 410 million dollars in March."))
    (row,) = index("add", address, "--json").rows
    days(monkeypatch, "2026-03-02")
    site.pages["/a?utm_source=x"] = site.pages["/a"] = Reply(
        page("Norvale AI raised 430 million dollars in March.", "The deal closed on Monday.")
    )
    assert states(index("update", "--json")) == ["replaced"]
    shown = index("show", row["article_id"], "--json").json
    assert "430 million" in shown["text"] and "410 million" not in shown["text"]
    (version,) = shown["versions"]
    assert (version["seen"], version["replaced"]) == ("2026-03-01", "2026-03-02")
    assert "410 million" in version["text"]
    lines = index("show", row["article_id"]).out.splitlines()[-2:]
    assert lines == [
        'corrected on 2026-03-02, before: "Norvale AI raised 410 million dollars in March.": '
        '"Norvale AI raised 430 million dollars in March."',
        'corrected on 2026-03-02: "The deal closed on Monday."',
    ]
    assert index("update", "--json").rows[-1]["repeated"] == 1
    assert len(index("show", row["article_id"], "--json").json["versions"]) == 1
    assert index("check").out == "ok\n"
    index("remove", row["article_id"])
    site.pages["/a"] = Reply(page("Norvale AI raised 450 million dollars in March."))
    index("add", site.url("/a"))
    assert index("show", row["article_id"], "--json").json["versions"] == []


def test_only_what_changed_is_encoded_again(
    index: Index, site: Site, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = [f"Hospital {n} in the north uses it, as its director said. " * 14 for n in range(4)]
    site.pages["/a"] = Reply(page("It raised 410 million dollars.", *long))
    index("add", site.url("/a"))
    encoded: list[str] = []
    encode = words.encode

    def counted(texts: Sequence[str]) -> Vectors:
        encoded.extend(texts)
        return encode(texts)

    monkeypatch.setattr(words, "encode", counted)
    site.pages["/a"] = Reply(page("It raised 430 million dollars.", *long))
    assert states(index("update", "--json")) == ["replaced"]
    assert all("430 million" in text for text in encoded)
    assert len(encoded) == 2  # a passage and a sentence


@pytest.mark.parametrize("status", [404, 410])
def test_a_vanished_page_is_marked_until_it_is_back(
    index: Index, site: Site, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    there = Reply(page("Norvale AI raised 410 million dollars in March."))
    site.pages["/a"] = there
    (row,) = index("add", site.url("/a"), "--json").rows
    days(monkeypatch, "2026-03-02")
    site.pages["/a"] = Reply("no", status=status)
    ran = index("update", "--json")
    assert states(ran) == ["gone"] and ran.rows[0]["article_id"] == row["article_id"]
    assert index("show", row["article_id"], "--json").json["gone"] == "2026-03-02"
    assert "gone       2026-03-02" in index("show", row["article_id"]).out
    assert states(index("update", "--json")) == []
    site.pages["/a"] = there
    index("add", site.url("/a"))
    assert "gone" not in index("show", row["article_id"], "--json").json


def test_a_feed_whose_changed_entry_has_lost_its_page(index: Index, site: Site) -> None:
    site.pages["/a"] = site.pages["/b"] = Reply(page("Norvale AI raised 410 million dollars."))
    site.pages["/feed"] = Reply(feed(site, "/a", "/b"), "text/xml")
    index("add", site.url("/feed"))
    site.pages["/feed"] = Reply(feed(site, "/a", "/b", note="Withdrawn"), "text/xml")
    site.pages["/b"] = Reply("no", status=410)
    ran = index("update", "--json")
    assert sorted(states(ran)) == ["gone", "rejected"]
    rows = {r["url"]: r["article_id"] for r in index("list", "--json").json}
    gone = {url: index("show", rows[url], "--json").json.get("gone") for url in rows}
    assert [bool(gone[site.url(path)]) for path in ("/a", "/b")] == [False, True]
