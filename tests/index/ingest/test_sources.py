"""Files, folders and rows to articles: what becomes one, what is left out, what is rejected."""

from __future__ import annotations

import gzip
import io
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoder import WordEncoder
from index.ingest import sources
from index.ingest.formats import markdown, plain
from index.ingest.sources import read
from index.library import Library
from index.types import Article, Rejected

Rows = Callable[..., Path]


def one(path: Path) -> Article:
    (found,) = read(str(path))
    assert isinstance(found, Article), found
    return found


def refusal(path: Path) -> str:
    (found,) = read(str(path))
    assert isinstance(found, Rejected), found
    assert found.source == str(path)
    return found.reason


def written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Plain text


def test_a_text_file_with_a_title_and_a_dateline(tmp_path: Path) -> None:
    text = (
        "Meta fights for a position in AI. An investment worth $ 15 billion\n\n"
        "2025-06-12 09:34, act. 2025-06-13 09:46\npublication\n2025-06-12 09:34\n"
        "update\n2025-06-13 09:46\nThe giant has not been lucky."
    )
    article = one(written(tmp_path / "meta.txt", text + "\n"))
    assert article.text == text
    assert article.title == "Meta fights for a position in AI. An investment worth $ 15 billion"
    assert article.published == "2025-06-12"
    assert (article.url, article.publisher, article.author) == (None, None, None)


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ("2025-06-12", "2025-06-12"),
        ("Published: 2025-06-12", "2025-06-12"),
        ("date 2025-06-12 09:34", "2025-06-12"),
        ("2025-06-12T23:34:00-05:00", "2025-06-13T04:34:00Z"),
        ("Published on: June 12, 2025", "2025-06-12"),
        ("update\n2025-06-13\npublication\n2025-06-12", "2025-06-12"),
        ("Updated: 2025-06-13", None),
        ("last modified\n2025-06-13", None),
        ("act. 2025-06-13", None),
        ("2025-06-31", None),
        ("03/04/2025", None),
        ("On 2025-06-12 it was sold.", None),
        ("\n" * 15 + "2025-06-12", None),
    ],
)
def test_the_date_of_a_text_file(head: str, published: str | None) -> None:
    assert plain(f"A first line.\n{head}\nThe body.".encode()).published == published


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A title\n\nThe body.", "A title"),
        ("A title?\n\nThe body.", "A title?"),
        ("A sentence.\n\nThe body.", None),
        ("A wrapped\nline.\n\nThe body.", None),
        ("x" * 121 + "\n\nThe body.", None),
        ("2025-06-12\n\nThe body.", None),
        ("All there is", None),
    ],
)
def test_the_title_of_a_text_file(text: str, title: str | None) -> None:
    assert plain(text.encode()).title == title


def test_marks_and_newlines_of_other_systems(tmp_path: Path) -> None:
    article = one(written(tmp_path / "a.txt", b"\xef\xbb\xbfTitle\r\n\r\nOne.\rTwo.\r\n"))
    assert (article.title, article.text) == ("Title", "Title\n\nOne.\nTwo.")


# Markdown


def test_front_matter_and_a_body_without_markup(tmp_path: Path) -> None:
    source = """---
title: "Meta buys 49%: a *deal*"
published: 2025-06-12 09:34:00+02:00
publisher: AI News
url: https://example.com/a?b=1&c=2
author: [Ann, Bob]
---
# Meta buys 49%

Meta **paid** [14.3 billion](https://x.example) for
`49%` of *Scale AI* &amp; more. <b>Bold</b>

- one
- two

| buyer | price |
| --- | --- |
| Meta | $14.3 billion |

```python
x = "*kept*"
```
<script>alert(1)</script>

![a picture](x.png)
"""
    article = one(written(tmp_path / "a.md", source))
    assert article.title == "Meta buys 49%: a *deal*"
    assert article.published == "2025-06-12T07:34:00Z"
    assert article.publisher == "AI News"
    assert article.url == "https://example.com/a?b=1&c=2"
    assert article.author == "Ann, Bob"
    assert article.text == (
        "Meta buys 49%\n\n"
        "Meta paid 14.3 billion for 49% of Scale AI & more. Bold\n\n"
        "\fone\n\n\ftwo\n\n\fbuyer: Meta | price: $14.3 billion\n\n"
        'x = "*kept*"'
    )


def test_the_first_heading_is_the_title_and_not_repeated() -> None:
    draft = markdown(b"Intro.\n\n## Lesser\n\n# The *title*\n\nBody.\n\n# Next\n\nEnd.\n")
    assert draft.title == "The title"
    assert draft.text == "Intro.\n\n\f\fLesser\n\nBody.\n\n\f\fNext\n\nEnd."


@pytest.mark.parametrize("null", ["null", "", "~", '""'])
def test_an_unknown_field_of_the_front_matter_is_unknown(null: str) -> None:
    draft = markdown(f"---\npublished: {null}\nurl: {null}\n---\nBody.\n".encode())
    assert (draft.published, draft.url, draft.text) == (None, None, "Body.")


def test_a_rule_at_the_top_is_not_front_matter() -> None:
    assert markdown(b"---\nJust text\n---\nMore.\n").text == "Just text\n\nMore."
    assert markdown(b"---\n\nNo end.\n").text == "No end."


# JSONL


def test_rows_with_every_field_and_with_one(jsonl: Rows) -> None:
    full = {
        "title": " Meta\nbuys 49% ",
        "text": " Meta paid.\r\nIt did. ",
        "url": "https://example.com/a",
        "publisher": "AI News",
        "published": "2025-06-12T09:34:00+02:00",
        "author": "Ann",
        "more": [1, 2],
    }
    bare = {"text": "Only text.", "title": None, "url": "", "published": "  "}
    first, second = read(str(jsonl(full, bare)))
    assert first == Article(
        id="2dce0a4c50441bfc",
        text=" Meta paid.\r\nIt did. ",
        title="Meta buys 49%",
        url="https://example.com/a",
        publisher="AI News",
        published="2025-06-12T07:34:00Z",
        author="Ann",
    )
    assert second == Article(id="ac34109e04efe96b", text="Only text.")


def test_a_bad_row_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    rows = [
        b'{"text": "One."}',
        b"",
        b"{broken",
        b"[1]",
        b'{"title": "No text"}',
        b'{"text": " "}',
        b'{"text": 5}',
        b'{"text": "x", "title": 5}',
        b'{"text": "\xff"}',
        b"[" * 100_000,
        b'{"text": "Two."}',
    ]
    path = written(tmp_path / "news.jsonl", b"\xef\xbb\xbf" + b"\n".join(rows))
    found = list(read(str(path)))
    assert [item.text for item in found if isinstance(item, Article)] == ["One.", "Two."]
    assert [(item.source, item.reason) for item in found if isinstance(item, Rejected)] == [
        (f"{path}:3", "not JSON: Expecting property name enclosed in double quotes at column 2"),
        (f"{path}:4", 'a row is an object: {"title": ..., "text": ..., ...}'),
        (f"{path}:5", '"text" is required and must not be blank'),
        (f"{path}:6", '"text" is required and must not be blank'),
        (f"{path}:7", '"text" is required and must not be blank'),
        (f"{path}:8", '"title" must be text or null'),
        (f"{path}:9", "not UTF-8 text: save it as UTF-8"),
        (f"{path}:10", "not JSON that can be read"),
    ]


def test_an_unclear_date_stays_unknown_and_is_told(
    jsonl: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    path = jsonl({"text": "x", "published": "yesterday"})
    with caplog.at_level(logging.WARNING):
        assert one(path).published is None
    assert caplog.messages == [
        f"{path}:1: published 'yesterday' is no clear date, taken as unknown: write YYYY-MM-DD"
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_only_web_addresses_are_kept(jsonl: Rows, url: str) -> None:
    assert one(jsonl({"text": "x", "url": url})).url is None


def test_what_cannot_be_stored_is_marked(jsonl: Rows) -> None:
    assert one(jsonl({"text": "a\ud800b\0c😀"})).text == "a\ufffdb\ufffdc😀"


def test_compressed_rows_and_rows_on_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = b'{"text": "One."}\n{"text": "Two."}\n'
    path = written(tmp_path / "news.jsonl.gz", gzip.compress(rows))
    assert [a.text for a in read(str(path)) if isinstance(a, Article)] == ["One.", "Two."]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(rows + b"x\n")))
    *articles, bad = read("-")
    assert [a.text for a in articles if isinstance(a, Article)] == ["One.", "Two."]
    assert bad == Rejected("stdin:3", "not JSON: Expecting value at column 1")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_rows_as_other_systems_write_them(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    rows = f'{mark}{{"text": "Für 40 €."}}\r\n\r\n{{"text": "Two."}}\r\n'
    path = written(tmp_path / "news.jsonl", rows.encode(encoding))
    assert [a.text for a in read(str(path)) if isinstance(a, Article)] == ["Für 40 €.", "Two."]


def test_damaged_gzip_keeps_what_was_read(tmp_path: Path) -> None:
    rows = b"".join(json.dumps({"text": f"Text {n}."}).encode() + b"\n" for n in range(2000))
    path = written(tmp_path / "news.jsonl.gz", gzip.compress(rows)[:-2000])
    *articles, bad = read(str(path))
    assert articles and all(isinstance(item, Article) for item in articles)
    assert isinstance(bad, Rejected) and "damaged gzip file" in bad.reason
    assert "damaged gzip file" in refusal(written(tmp_path / "b.jsonl.gz", b"no gzip"))


@given(
    st.text(
        st.characters(
            exclude_categories=["Cs"],
            exclude_characters="\xad\u200b\u200c\u200d\u2060\ufeff\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06",
        )
    )
)
def test_text_of_a_row_is_stored_as_it_is(text: str) -> None:
    if text.strip():
        expected = text.replace("\0", "\ufffd")
        assert sources.article(sources._row(json.dumps({"text": text}).encode())).text == expected


# Files and folders


def test_a_folder_is_read_in_order_and_only_what_is_known(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.TXT", "d.png", ".hidden.txt", ".git/e.txt", "z.jsonl"):
        written(tmp_path / name, json.dumps({"text": name}))
    assert [a.text for a in read(str(tmp_path)) if isinstance(a, Article)] == [
        '{"text": "a.md"}',
        '{"text": "b.txt"}',
        "z.jsonl",
        '{"text": "sub/c.TXT"}',
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "it is empty"),
        ("a.md", b" \n", "it is empty"),
        ("a.md", b"# Only a title\n", "it holds no text"),
        (
            "a.txt",
            b"a\0b",
            "this is not text but a binary file, or it is damaged: save its text as UTF-8",
        ),
        ("a.jsonl", b"\n", "it holds no rows"),
        (
            "a.png",
            b"x",
            "unknown kind of file: known are .md, .txt, .html, .htm, .mhtml, .mht, .eml, .mbox,"
            " .pdf, .jsonl, .jsonl.gz",
        ),
    ],
)
def test_files_that_are_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    assert refusal(written(tmp_path / name, content)) == reason


def test_places_that_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.txt") == "no such file or folder"
    assert refusal(tmp_path).startswith("no articles in this folder: known are ")
    (nul,) = read("a\0.txt")
    assert isinstance(nul, Rejected)


def test_a_page_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert refusal(path) == "page is 100 MB; the limit is 20 MB"


def test_ids_are_stable(tmp_path: Path, jsonl: Rows) -> None:
    first = one(written(tmp_path / "x/news/a.txt", "One."))
    assert one(written(tmp_path / "x/news/a.txt", "Two.")).id == first.id  # changed
    assert one(written(tmp_path / "y/news/a.txt", "One.")).id == first.id  # the folder was moved
    assert one(written(tmp_path / "x/news/b.txt", "One.")).id != first.id
    row = {"text": "One.", "url": "https://example.com/a"}
    assert one(jsonl(row)).id == one(jsonl(row | {"text": "Two.", "title": "New"})).id
    assert one(jsonl({"text": "One."})).id != one(jsonl({"text": "Two."})).id


def test_files_that_share_a_url_are_articles_of_their_own(tmp_path: Path) -> None:
    head = "---\nurl: https://example.com/news\n---\n"
    briefs, encoder = tmp_path / "briefs", WordEncoder()
    for name in ("one", "two"):
        written(briefs / f"{name}.md", f"{head}Brief {name}.")

    def added(library: Library) -> list[str]:
        found = [item for item in read(str(briefs)) if isinstance(item, Article)]
        return [library.add(item, encoder) for item in found]

    with Library.open(tmp_path / "news", create=True) as library:
        assert added(library) == ["added", "added"]
        assert added(library) == ["unchanged", "unchanged"]
        written(briefs / "two.md", f"{head}Brief two, put right.")
        assert added(library) == ["unchanged", "replaced"]
        texts = {a.text for a in library.articles()}
        assert texts == {"Brief one.", "Brief two, put right."}
        assert {a.url for a in library.articles()} == {"https://example.com/news"}
        assert library.remove("https://example.com/news")
        assert library.count() == 0


def test_files_of_the_same_name_in_one_folder_stay_apart(tmp_path: Path) -> None:
    for year in ("2024", "2025"):
        written(tmp_path / year / "06" / "a.md", f"Text of {year}.")
    ids = {item.id for item in read(str(tmp_path)) if isinstance(item, Article)}
    assert len(ids) == 2
