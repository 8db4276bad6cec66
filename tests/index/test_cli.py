"""`python -m index` from the outside: what it prints, where, and with which exit status."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from index import cli
from index.__main__ import main
from index.bundled import bundled_library
from index.encoder import WordEncoder
from index.errors import LibraryUnwritable, ModelError, UsageError
from index.library import Library
from index.settings import cache_dir, settings, user_library

ROOT = Path(__file__).resolve().parents[2]
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
    assert index("check", "--json").json == {"ok": True, "problems": []}
    assert index("rebuild").out == "rebuilt 2 articles\n"
    assert index("remove", META["url"] or "").status == 0
    assert [row["title"] for row in index("list", "--json").json] == ["OpenAI raises money"]
    ran = index("remove", "nope")
    assert ran.status == 1 and ran.err.startswith("dateline: no article nope: ")
    assert index("check").out == "ok\n"


def test_check_tells_what_is_wrong(
    index: Index, jsonl: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    index("add", str(jsonl(META)))
    monkeypatch.setattr(Library, "check", lambda self: ["passage 1 lacks a vector"])
    ran = index("check")
    assert (ran.status, ran.out) == (1, "passage 1 lacks a vector\n")
    ran = index("check", "--json")
    assert (ran.status, ran.json) == (1, {"ok": False, "problems": ["passage 1 lacks a vector"]})


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


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (OSError(28, "No space left", "/x"), 1, "/x: no space left on the device: free some"),
        (OSError(30, "Read-only", "/x"), 1, "/x: the file system is read-only: choose"),
        (PermissionError(13, "Permission denied", "/x"), 1, "/x: permission denied: check"),
        (OSError(5, "Input/output error"), 1, "Input/output error"),
        (UsageError("a\nb"), 2, "a b"),
        (MemoryError(), 1, "out of memory"),
        (ZeroDivisionError("oops"), 1, "unexpected ZeroDivisionError: oops; run python -X dev"),
        (KeyboardInterrupt(), 130, None),
        (BrokenPipeError(32, "Broken pipe"), 1, None),
    ],
)
def test_every_error_of_a_command_is_told(
    error: BaseException,
    status: int,
    message: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["fail"])
    monkeypatch.setattr(cli, "_close_stdout", lambda: None)
    with pytest.raises(SystemExit) as end:
        cli.run(app)
    assert end.value.code == status
    err = capsys.readouterr().err
    if message is None:
        assert not err.strip()
    else:
        assert err.startswith(f"dateline: {message}") and err.count("\n") == 1


# In a process of its own


def process(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, **options
    )


_WITH_WORDS = (
    "import index.encoder as e; e.load_reference = e.load_encoder = e.WordEncoder\n"
    "from index.__main__ import main; main()"
)


def test_rows_come_in_and_lines_go_out_through_pipes(own_folders: Path) -> None:
    rows = "".join(json.dumps({"text": f"Text {n}."}) + "\n" for n in range(3))
    added = process("-c", _WITH_WORDS, "add", "-", "--json", input=rows)
    assert (added.returncode, added.stderr) == (0, "")
    assert [json.loads(line)["state"] for line in added.stdout.splitlines()] == ["added"] * 3
    head = process("-c", _WITH_WORDS, "list", "--json")
    assert [row["title"] for row in json.loads(head.stdout)] == [None] * 3


def test_a_reader_that_stops_and_a_full_device_leave_no_traceback(own_folders: Path) -> None:
    with Library.open(own_folders / "library", create=True):
        pass
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "index", "status"]
    with os.fdopen(writing, "wb") as closed:
        ran = subprocess.run(command, cwd=ROOT, stdout=closed, stderr=subprocess.PIPE, timeout=60)
    assert (ran.returncode, ran.stderr) == (1, b"")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            ran = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=60)
        assert ran.returncode == 1
        assert ran.stderr.startswith(b"dateline: no space left") and ran.stderr.count(b"\n") == 1


def test_a_closed_output_is_no_error(own_folders: Path) -> None:
    with Library.open(own_folders / "library", create=True):
        pass
    command = f"{sys.executable} -m index status >&-"
    ran = subprocess.run(command, shell=True, cwd=ROOT, stderr=subprocess.PIPE, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_help_imports_nothing_heavy() -> None:
    heavy = ["torch", "faiss", "sentence_transformers", "openvino", "trafilatura", "gradio"]
    program = (
        "import runpy, sys\nsys.argv = ['index', '--help']\n"
        "try:\n    runpy.run_module('index', run_name='__main__')\nexcept SystemExit: pass\n"
        f"loaded = [name for name in {heavy} if name in sys.modules]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    ran = process("-c", program)
    assert (ran.returncode, ran.stderr) == (0, "")
    for command in "add update sources status list show search remove check rebuild".split():
        assert f"\n  {command}" in ran.stdout


# Settings


def test_settings_of_the_environment(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_dir() == own_folders / "cache"
    assert user_library() == own_folders / "library"
    assert settings().model == "auto"
    assert bundled_library().parent == own_folders / "cache"
    assert bundled_library() == bundled_library()
    monkeypatch.setenv("DATELINE_LIBRARY", "")
    assert user_library().name == "library" and user_library() != own_folders / "library"
    monkeypatch.setenv("DATELINE_LIBRARY", "~/x")
    assert user_library() == Path.home() / "x"


def test_an_unknown_setting_is_told(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_LIBARY", "/x")
    with pytest.raises(UsageError) as error:
        settings()
    assert str(error.value) == (
        "unknown environment variable DATELINE_LIBARY: known are "
        "DATELINE_LIBRARY, DATELINE_MODEL, DATELINE_CACHE"
    )
