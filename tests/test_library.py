"""The library: what is acknowledged stays, the same thing twice changes nothing, one writer."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from index.encoder import WordEncoder
from index.errors import (
    LibraryError,
    LibraryLocked,
    LibraryMismatch,
    LibraryMissing,
    LibraryUnwritable,
)
from index.library import FILE, Library
from index.types import Article, Filters

ROOT = Path(__file__).resolve().parent.parent
ENCODER = WordEncoder()


def article(name: str, text: str = "", **fields: str | None) -> Article:
    return Article(id=name, text=text or f"{name} raised money. {name} hired people.", **fields)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "news", create=True)


def test_adding_again_changes_nothing_and_a_changed_text_replaces(library: Library) -> None:
    assert library.add(article("a", "Meta bought 49% of Scale AI."), ENCODER) == "added"
    before = library.state
    assert library.add(article("a", "Meta bought 49% of Scale AI."), ENCODER) == "unchanged"
    assert library.state == before
    assert library.add(article("a", "Meta bought 51% of Scale AI."), ENCODER) == "replaced"
    assert [a.text for a in library.articles()] == ["Meta bought 51% of Scale AI."]
    assert [t for t in ("49", "51") if library.lexical([t], 5)] == ["51"]
    assert library.check() == []


def test_a_removed_article_leaves_nothing_behind(library: Library) -> None:
    empty = library.snapshot
    library.add(article("a", url="https://news.example/a"), ENCODER)
    assert library.remove("https://news.example/a")
    assert not library.remove("https://news.example/a")
    assert (library.count(), library.passage_count(), library.snapshot) == (0, 0, empty)
    assert library.check() == []


def test_the_snapshot_names_the_set_whatever_the_order(tmp_path: Path) -> None:
    snapshots = []
    for order in ("abc", "cab"):
        with Library.open(tmp_path / order, create=True) as library:
            for name in order:
                library.add(article(name), ENCODER)
            snapshots.append(library.snapshot)
    assert snapshots[0] == snapshots[1]


def test_filters_are_exact_and_undated_articles_count_as_outside(library: Library) -> None:
    for name, published in (
        ("a", "2025-06-12"),
        ("b", "2025-06"),
        ("c", None),
        ("d", "2025-07-01"),
    ):
        library.add(article(name, published=published, publisher="Wire"), ENCODER)

    def found(**limits: str) -> set[str]:
        numbers = library.passage_numbers(Filters(**limits))
        return {a.id for a, _ in library.passages(numbers.tolist()).values()}

    assert found(until="2025-06-12") == {"a"}  # "2025-06" may be later
    assert found(until="2025-06-30") == {"a", "b"}
    assert found(since="2025-06-02") == {"a", "d"}
    assert found(publisher="wire") == {"a", "b", "c", "d"}
    assert library.undated_excluded(Filters(until="2025-06-12")) == 1
    assert library.undated_excluded(Filters(publisher="Wire")) == 0


def test_one_writer_at_a_time(library: Library, tmp_path: Path) -> None:
    with pytest.raises(LibraryLocked, match="another process"):
        Library.open(tmp_path / "news", write=True)
    library.close()
    Library.open(tmp_path / "news", write=True).close()


def test_a_reader_sees_what_the_writer_commits(library: Library, tmp_path: Path) -> None:
    with Library.open(tmp_path / "news") as reader:
        library.add(article("a"), ENCODER)
        assert [a.id for a in reader.articles()] == ["a"]


def test_another_encoder_is_refused_until_the_library_is_rebuilt(library: Library) -> None:
    library.add(article("a"), ENCODER)
    other = WordEncoder(dim=64)
    other.name = "other"
    with pytest.raises(LibraryMismatch, match="rebuild"):
        library.add(article("b"), other)
    assert library.rebuild(other) == 1
    assert library.add(article("b"), other) == "added"
    assert library.check() == []


def test_missing_damaged_and_foreign_files_have_a_line_each(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="index add"):
        Library.open(tmp_path / "none")
    for name, data in (("torn", b"not a database" * 100), ("empty", b"")):
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_bytes(data)
        with pytest.raises(LibraryError):
            Library.open(tmp_path / name)


def test_check_finds_a_changed_text(library: Library, tmp_path: Path) -> None:
    library.add(article("a"), ENCODER)
    library.close()
    with sqlite3.connect(tmp_path / "news" / FILE) as connection:
        connection.execute("UPDATE articles SET text = text || ' No.'")
    with Library.open(tmp_path / "news") as again:
        assert again.check() == ["article a: text differs from its digest"]


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("needs root and tmpfs for a disk that fills")
    try:
        kept = []
        with (
            Library.open(folder / "news", create=True) as library,
            pytest.raises(LibraryUnwritable, match="no room left"),
        ):
            for number in range(1000):
                library.add(article(f"a{number}", f"Figure {number}. " * 200), ENCODER)
                kept.append(f"a{number}")
        assert kept
        with Library.open(folder / "news") as library:
            assert [a.id for a in library.articles()] == kept
            assert library.check() == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)


_ADD = """
import sys
from index import encoder
words = encoder.WordEncoder()
encoder.load_reference = encoder.load_encoder = lambda: words
sys.argv = ["index", "add", sys.argv[1], "--library", sys.argv[2], "--json"]
import runpy
runpy.run_module("index", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("after", [1, 7, 23])
def test_killed_during_an_add_keeps_what_was_acknowledged(tmp_path: Path, after: int) -> None:
    rows = tmp_path / "news.jsonl"
    rows.write_text(
        "".join(
            json.dumps(
                {"text": f"Startup {n} raised {n} million dollars.", "url": f"https://x/{n}"}
            )
            + "\n"
            for n in range(400)
        )
    )
    with subprocess.Popen(
        [sys.executable, "-c", _ADD, str(rows), str(tmp_path / "news")],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        told = [json.loads(process.stdout.readline())["article_id"] for _ in range(after)]
        process.send_signal(signal.SIGKILL)
    with Library.open(tmp_path / "news", write=True) as library:
        assert set(told) <= {a.id for a in library.articles()}
        assert library.check() == []
