"""Front matter of Markdown as clippers, blogs, newsletters and people write it."""

from __future__ import annotations

import pytest

from index.errors import SourceError
from index.ingest.formats import Draft, markdown
from index.ingest.sources import article


def read(front: str, body: str = "Kestrel bought land.") -> Draft:
    return markdown(f"{front}\n{body}\n".encode())


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: Varde: the second hall", "Varde: the second hall"),
        ('title: "Varde: the second hall"', "Varde: the second hall"),
        ("title: 'We will sue': Vantrell", "'We will sue': Vantrell"),
        ("title: [Update] Varde grows", "[Update] Varde grows"),
        ("title: {Live} Varde grows", "{Live} Varde grows"),
        ("title: @kestrel answers", "@kestrel answers"),
        ("title: `loom` is out", "`loom` is out"),
        ("title: *Loom* is out: read on", "*Loom* is out: read on"),
        ("title: Why 100% of it: a #short story", "Why 100% of it: a #short story"),
        ("title: >-\n  Varde grows\n  by half\ntags: [a: b", "Varde grows by half"),
        ("Title: Varde grows", "Varde grows"),
        ("headline: Varde grows", "Varde grows"),
    ],
)
def test_titles_that_are_no_yaml_are_taken_as_they_are(front: str, title: str) -> None:
    draft = read(f"---\n{front}\ndate: 2025-06-12\n---")
    assert (draft.title, draft.published, draft.text) == (
        title,
        "2025-06-12",
        "Kestrel bought land.",
    )


def test_toml() -> None:
    front = """+++
title = "Varde: the second hall"
date = 2025-06-15T08:00:00+02:00
authors = ["Per Holm", "Ana Ruiz"]
canonical = "https://example.org/varde"
draft = false
[params]
site = "ignored"
+++"""
    made = article(read(front))
    assert made.title == "Varde: the second hall"
    assert made.published == "2025-06-15T06:00:00Z"
    assert made.author == "Per Holm, Ana Ruiz"
    assert made.url == "https://example.org/varde"
    assert made.text == "Kestrel bought land."
    assert read("+++\ndate = 2025-06-15\n+++").published == "2025-06-15"
    with pytest.raises(SourceError, match=r"^line 3: broken front matter: "):
        read("+++\ntitle = 'a'\ndate = ?\n+++")


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("source: https://example.org/a", "url", "https://example.org/a"),
        ("link: https://example.org/a", "url", "https://example.org/a"),
        ("permalink: https://example.org/a", "url", "https://example.org/a"),
        ("source: Northwire", "publisher", "Northwire"),
        ("site: Northwire", "publisher", "Northwire"),
        ("publication: {name: Northwire}", "publisher", "Northwire"),
        ("datePublished: 2025-06-20", "published", "2025-06-20"),
        ("pubDate: 2025-06-20", "published", "2025-06-20"),
        ("published: NGO, 2025-06-18T16:09:45+10:00, 2025-06-18T16:09:45+10:00",
         "published", "2025-06-18T06:09:45Z"),
        ("published: 2025-06-18, 2025-06-20", "published", None),
        ("created: 2025-06-20", "published", None),
        ("modified: 2025-06-20", "published", None),
        ('author:\n  - "[[Ana Ruiz]]"\n  - Per Holm', "author", "Ana Ruiz, Per Holm"),
        ("author:\n  name: Lena Brandt\n  twitter: lb", "author", "Lena Brandt"),
        ("author: null", "author", None),
    ],
)  # fmt: skip
def test_the_keys_that_programs_use(line: str, field: str, value: str | None) -> None:
    assert getattr(article(read(f"---\n{line}\n---")), field) == value


def test_a_description_is_part_of_the_text_once() -> None:
    front = "---\ndescription: '**Varde** draws 240 megawatts.'\n---"
    assert read(front).text == "Varde draws 240 megawatts.\n\nKestrel bought land."
    assert read(front, "It rained. Varde draws 240\nmegawatts.").text == (
        "It rained. Varde draws 240 megawatts."
    )
    cut = "---\nsummary: It rained in Varde …\n---"
    assert read(cut, "It rained in Varde all day.").text == "It rained in Varde all day."


def test_marks_of_note_takers_are_no_text() -> None:
    body = (
        "It is led by [[people/mz|Mei-Lin Zhao]] of ==Helix Loom==, as [[Ana Ruiz]] wrote: a == b."
    )
    assert read("---\n---", body).text == (
        "It is led by Mei-Lin Zhao of Helix Loom, as Ana Ruiz wrote: a == b."
    )


@pytest.mark.parametrize("block", ["title: a: b\nno key here", "- one: two: three\n- b"])
def test_broken_front_matter_is_refused_with_its_line(block: str) -> None:
    with pytest.raises(SourceError, match=r"^line \d: broken front matter: it has no 'key: value'"):
        read(f"---\n{block}\n---")
