"""`python -m index` from the outside: what it prints, where, and with which exit status."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.__main__ import main
from index.encoder import WordEncoder
from index.errors import LibraryUnwritable, ModelError
from index.library import FILE, Library

Rows = Callable[..., Path]

META = {
    "title": "Meta buys 49% of Scale AI",
    "text": "Meta paid 14.3 billion dollars for 49% of Scale AI.\n\nAlexandr Wang joins Meta.",
    "url": "https://example.com/meta",
    "publisher": "AI News",
    "published": "2025-06-12",
    "author": None,
}
OPENAI = {"title": "OpenAI raises money", "text": "SoftBank led the round.", "published": "2025-03"}
UNDATED = {"title": "Old chips", "text": "Chips labels and Scale."}


def change(folder: Path, statement: str) -> None:
    """Change a library past Dateline, as damage would."""
    connection = sqlite3.connect(folder / FILE)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    kept = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    for (sql,) in kept:
        connection.execute(sql)
    connection.commit()
    connection.close()


class Ran:
    """What a command printed and its exit status."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def index(
    words: WordEncoder,
    own_folders: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Ran]:
    """Runs `python -m index ...` in this process, with the word-overlap encoder."""

    def run(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["index", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return Ran(int(end.value.code or 0), *capsys.readouterr())

    return run


Index = Callable[..., Ran]


def test_a_date_after_today_is_told(index: Index, jsonl: Rows) -> None:
    ran = index("add", str(jsonl({"text": "Varde opens.", "published": "2999-05-01"}, META)))
    assert ran.status == 0 and len(ran.out.splitlines()) == 2
    (told,) = ran.err.splitlines()
    assert told.endswith("its date, 2999-05-01, lies after today: it counts as undated")


def identity(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def test_articles_are_added_once_replaced_and_refused(index: Index, jsonl: Rows) -> None:
    path = jsonl(META, {"title": "no text"})
    acknowledged = {
        "article_id": identity("https://example.com/meta"),
        "title": "Meta buys 49% of Scale AI",
        "url": "https://example.com/meta",
        "publisher": "AI News",
        "published": "2025-06-12",
        "author": None,
    }
    refused = {
        "article_id": None,
        "state": "rejected",
        "source": f"{path}:2",
        "reason": '"text" is required and must not be blank',
    }
    ran = index("add", str(path), "--json")
    assert ran.rows == [{**acknowledged, "state": "added"}, refused]
    assert ran.status == 1
    jsonl(META)
    ran = index("add", str(path), "--json")
    assert (ran.rows, ran.status) == ([{**acknowledged, "state": "unchanged"}], 0)
    jsonl(META | {"text": "Meta paid 14.8 billion."})
    ran = index("add", str(path), "--json")
    assert ran.rows == [{**acknowledged, "state": "replaced"}]
    shown = index("show", acknowledged["article_id"] or "", "--json").json
    assert [version["text"][:9] for version in shown.pop("versions")] == ["Meta paid"]
    assert shown == {**acknowledged, "text": "Meta paid 14.8 billion."}
    assert index("status", "--json").json["articles"] == 1


def test_one_article_under_many_addresses_is_one(index: Index, jsonl: Rows, tmp_path: Path) -> None:
    url = "https://example.org/2025/norvale"
    others = (
        "http://www.example.org/2025/norvale/?utm_source=rss#top",
        f"{url}/amp/",
        f"{url}?ncid=1",
    )
    path = jsonl(META | {"url": url}, *(META | {"url": other} for other in others))
    assert [row["state"] for row in index("add", str(path), "--json").rows] == [
        "added", *["unchanged"] * 3]  # fmt: skip
    front = f"title: {META['title']}\nurl: {url}\npublished: 2025-06-12"
    (tmp_path / "tuesday (1).md").write_text(f"---\n{front}\n---\n{META['text']}")
    (row,) = index("add", str(tmp_path / "tuesday (1).md"), "--json").rows
    assert (row["state"], row["article_id"], row["url"]) == ("unchanged", identity(url), url)
    path = jsonl(*(META | {"url": f"https://example.org/doc?id={n}"} for n in (1, 2)))
    assert [row["state"] for row in index("add", str(path), "--json").rows] == ["added"] * 2
    assert index("remove", others[0]).status == 0
    assert index("status", "--json").json["articles"] == 2


def test_plain_acknowledgements(index: Index, jsonl: Rows) -> None:
    path = jsonl(META | {"title": "A \x1b[31mred\x1b[0m title"}, {"text": 5})
    ran = index("add", str(path))
    assert ran.out == f"added     {identity(META['url'] or '')}  2025-06-12  " + (
        "A [31mred[0m title (AI News)\n"
    )
    assert ran.err == f'rejected  {path}:2: "text" is required and must not be blank\n'


def test_a_source_without_articles_makes_no_library(index: Index, own_folders: Path) -> None:
    ran = index("add", str(own_folders / "none"), "https://example.com/feed")
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (1, "", 2)
    assert not (own_folders / "library").exists()


def test_without_an_encoder_no_library_is_made(
    index: Index, jsonl: Rows, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise ModelError("no encoder here: run 'make setup'")

    monkeypatch.setattr("index.encoder.load_encoder", missing)
    ran = index("add", str(jsonl(META)))
    assert (ran.status, ran.err) == (1, "dateline: no encoder here: run 'make setup'\n")
    assert not (own_folders / "library").exists()


def test_a_file_that_a_parser_stumbles_over_stops_no_other(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"%PDF-1.7\nno more")
    (folder / "b.md").write_text("Meta bought 49% of Scale AI.")
    ran = index("add", str(folder))
    assert (ran.status, len(ran.out.splitlines())) == (1, 1)
    assert "a.pdf: cannot read this PDF (" in ran.err


def test_an_article_is_committed_before_it_is_acknowledged(
    index: Index, jsonl: Rows, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Library.add

    def add(self: Library, article: Any, encoder: Any) -> Any:
        if article.title == "OpenAI raises money":
            raise LibraryUnwritable("no room left: free some disk space")
        return kept(self, article, encoder)

    monkeypatch.setattr(Library, "add", add)
    ran = index("add", str(jsonl(META, OPENAI, UNDATED)))
    assert (ran.status, ran.err) == (1, "dateline: no room left: free some disk space\n")
    assert len(ran.out.splitlines()) == 1
    assert [row["title"] for row in index("list", "--json").json] == ["Meta buys 49% of Scale AI"]


def test_status_and_list(index: Index, jsonl: Rows, own_folders: Path) -> None:
    other = own_folders / "other"
    assert index("add", str(jsonl(META, OPENAI, UNDATED)), "--library", str(other)).status == 0
    status = index("status", "--json", "--library", str(other)).json
    assert len(status.pop("snapshot")) == 32
    assert status == {
        "path": str(other),
        "articles": 3,
        "passages": 3,
        "encoder": "words",
        "oldest": "2025-03",
        "newest": "2025-06-12",
        "undated": 1,
    }
    assert "articles  3\n" in index("status", "--library", str(other)).out
    lines = index("list", "--library", str(other)).out.splitlines()
    assert [line[18:] for line in lines] == [
        "2025-06-12  Meta buys 49% of Scale AI (AI News)",
        "2025-03     OpenAI raises money",
        "undated     Old chips",
    ]
    assert not (own_folders / "library").exists()


def test_search_ranks_and_filters(index: Index, jsonl: Rows) -> None:
    index("add", str(jsonl(META, OPENAI, UNDATED)))
    best, *_ = index("search", "who paid for Scale AI", "--json").json
    assert best["rank"] == 1 and best["title"] == "Meta buys 49% of Scale AI"
    text = str(META["text"])
    assert best["text"] == text[best["start"] : best["end"]]
    assert len(index("search", "Scale", "--k", "1", "--json").json) == 1

    def titles(*options: str) -> set[str]:
        rows = index("search", "Scale SoftBank chips", "--json", *options).json
        return {row["title"] for row in rows}

    assert titles() == {META["title"], OPENAI["title"], UNDATED["title"]}
    assert titles("--publisher", "AI News") == {META["title"]}
    assert titles("--since", "2025-06") == {META["title"]}
    assert titles("--until", "2025-03") == {OPENAI["title"]}
    assert titles("--since", "2025-04", "--until", "2025-05") == set()
    ran = index("search", "Scale", "--since", "2025")
    assert "1 undated" in ran.err and ran.out.startswith("1. ")


def test_search_in_an_empty_library_finds_nothing(index: Index, own_folders: Path) -> None:
    with Library.open(own_folders / "library", create=True):
        pass
    ran = index("search", "anything")
    assert (ran.status, ran.out, ran.err) == (0, "", "nothing found\n")
    assert index("search", "anything", "--json").json == []
    assert index("list", "--json").json == []


def test_remove_check_rebuild(index: Index, jsonl: Rows) -> None:
    index("add", str(jsonl(META, OPENAI)))
    assert index("check").out == "ok\n"
    assert index("check", "--json").json == {"ok": True, "problems": [], "mend": []}
    assert index("rebuild").out == "rebuilt 2 articles\n"
    assert index("remove", META["url"] or "").status == 0
    assert [row["title"] for row in index("list", "--json").json] == ["OpenAI raises money"]
    ran = index("remove", "nope")
    assert ran.status == 1 and ran.err.startswith("dateline: no article nope: ")
    assert index("check").out == "ok\n"


def test_check_tells_what_is_wrong_and_what_mends_it(
    index: Index, jsonl: Rows, own_folders: Path
) -> None:
    index("add", str(jsonl(META)))
    change(own_folders / "library", "UPDATE passages SET sentences = x'00'")
    mend = f"python -m index rebuild --library {own_folders / 'library'}"
    told = [
        "passage 1 lacks its sentences' vectors",
        "the table passages differs from its checksum",
    ]
    told[0] = f"article {index('list', '--json').json[0]['article_id']}: {told[0]}"
    ran = index("check")
    assert (ran.status, ran.out.splitlines()) == (1, [*told, f"to mend it: {mend}"])
    ran = index("check", "--json")
    assert (ran.status, ran.json) == (1, {"ok": False, "problems": told, "mend": [mend]})
    assert index("rebuild").status == 0
    assert index("check").out == "ok\n"


def test_a_backup_is_restored_and_what_was_there_is_kept(
    index: Index, jsonl: Rows, own_folders: Path
) -> None:
    kept = str(own_folders / "kept.sqlite3")
    index("add", str(jsonl(META, OPENAI)))
    assert index("backup", kept).out == f"kept 2 articles in {kept}\n"
    index("remove", META["url"] or "")
    assert index("backup", kept, "--json").json == {"file": kept, "articles": 1}
    index("add", str(jsonl(META, OPENAI)))
    ran = index("restore", kept, "--json").json
    before = f"{own_folders / 'library' / 'library.sqlite3'}.replaced"
    assert ran == {"articles": 1, "kept": before}
    assert [row["title"] for row in index("list", "--json").json] == ["OpenAI raises money"]
    assert index("check").out == "ok\n"
    assert index("restore", before).out.startswith("restored 2 articles; as it was: ")
    other = own_folders / "notes.txt"
    other.write_text("mine")
    assert "is no backup" in index("backup", str(other)).err and other.read_text() == "mine"
    assert "no backup at" in index("restore", str(own_folders / "none")).err


def test_a_damaged_library_makes_no_backup_and_is_restored(
    index: Index, jsonl: Rows, own_folders: Path
) -> None:
    kept, library = str(own_folders / "kept.sqlite3"), own_folders / "library"
    index("add", str(jsonl(META, OPENAI)))
    index("backup", kept)
    change(library, "UPDATE articles SET text = 'Meta paid nothing.'")
    ran = index("backup", kept)
    assert ran.status == 1 and "no backup was made: python -m index check" in ran.err
    (library / "library.sqlite3").write_bytes(b"no database" * 1000)
    ran = index("list")
    assert ran.status == 1 and "restore FILE --library" in ran.err
    assert index("restore", kept).status == 0
    assert index("check").out == "ok\n"
    assert "14.3 billion" in index("show", index("list", "--json").json[0]["article_id"]).out


def test_what_is_exported_is_read_again(index: Index, jsonl: Rows, own_folders: Path) -> None:
    index("add", str(jsonl(META, OPENAI, UNDATED)))
    listed = index("list", "--json").json
    rows = index("export").rows
    assert [row["text"] for row in rows] == [META["text"], OPENAI["text"], UNDATED["text"]]
    index("add", str(jsonl(*rows, name="out.jsonl")), "--library", str(own_folders / "other"))
    assert index("list", "--json", "--library", str(own_folders / "other")).json == listed


def test_update_has_nothing_to_poll(index: Index) -> None:
    ran = index("update")
    assert (ran.status, len(ran.out.splitlines())) == (0, 1)


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ([], 2, "Missing command"),
        (["frobnicate"], 2, "No such command 'frobnicate'"),
        (["add"], 2, "Missing argument 'SOURCE...'"),
        (["list", "--loud"], 2, "No such option: --loud"),
        (["search", "x", "--k", "0"], 2, "Invalid value for '--k'"),
        (["search", " "], 2, "the query is empty"),
        (["search", "x", "--since", "xyz"], 2, "unknown date 'xyz': write YYYY, YYYY-MM or"),
        (["search", "x", "--since", "2025", "--until", "2024"], 2, "swap --since and --until"),
        (["list", "--library", "milvus://localhost:1/x"], 2, "milvus"),
        (["list", "--library", ""], 2, "--library is empty"),
        (["list"], 1, "no library at "),
        (["show", "x"], 1, "no library at "),
    ],
)
def test_errors_are_one_line(index: Index, words: list[str], status: int, message: str) -> None:
    ran = index(*words)
    assert (ran.status, ran.out) == (status, "")
    assert ran.err.startswith("dateline: ") and message in ran.err
    assert ran.err.count("\n") == 1
