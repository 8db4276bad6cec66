"""The library: acknowledged articles survive, adding one twice changes nothing, one writer."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
from index.library.check import Problem, check
from index.library.vectors import open_vectors
from index.types import Article, Filters

ROOT = Path(__file__).resolve().parents[3]
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
    assert check(library) == []


def test_a_removed_article_leaves_nothing_behind(library: Library) -> None:
    empty = library.snapshot
    library.add(article("a", url="https://news.example/a"), ENCODER)
    assert library.remove("https://news.example/a")
    assert not library.remove("https://news.example/a")
    assert (library.count(), library.passage_count(), library.snapshot) == (0, 0, empty)
    assert check(library) == []


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


def test_a_date_later_than_today_counts_as_none(library: Library) -> None:
    for name, published in (("a", "2025-06-12"), ("b", "9999-12-31"), ("c", None)):
        library.add(article(name, published=published), ENCODER)
    assert library.date_range() == ("2025-06-12", "2025-06-12", 2)
    assert library.undated_excluded(Filters(until="2025-06-12")) == 2
    stored = library.article("b")
    assert stored is not None and stored.published == "9999-12-31"


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
    assert check(library) == []


_REBUILD = """
import os, signal, sys
from pathlib import Path
from index.encoder import WordEncoder
from index.library import Library

class Dies(WordEncoder):
    name, left = sys.argv[2], 2
    def encode(self, texts):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts)

Library.open(Path(sys.argv[1]), write=True).rebuild(Dies(int(sys.argv[3])))
"""


@pytest.mark.parametrize(("name", "dim"), [("words", 512), ("other", 512), ("other", 64)])
def test_a_rebuild_killed_midway_leaves_the_library_as_it_was(
    library: Library, tmp_path: Path, name: str, dim: int
) -> None:
    for letter in "abc":
        library.add(article(letter), ENCODER)
    state = library.state
    numbers = library.passage_numbers().tolist()
    vectors = library.embeddings(numbers).tolist()
    library.close()
    ended = subprocess.run(
        [sys.executable, "-c", _REBUILD, str(tmp_path / "news"), name, str(dim)], cwd=ROOT
    )
    assert ended.returncode == -signal.SIGKILL
    with Library.open(tmp_path / "news", write=True) as again:
        assert (again.encoder, again.dimension, again.state) == ("words", 512, state)
        assert again.embeddings(numbers).tolist() == vectors
        assert check(again) == []
        (hit,) = open_vectors(again).search(ENCODER.encode(["b raised money."])[0], 1)
        assert [a.id for a, _ in again.passages([hit[0]]).values()] == ["b"]
        other = WordEncoder(dim)
        other.name = name
        assert again.rebuild(other) == 3
        assert [a.id for a in again.articles()] == ["a", "b", "c"]
        assert (again.encoder, again.dimension, check(again)) == (name, dim, [])


def test_what_is_kept_for_searching_follows_every_change(library: Library) -> None:
    wire = Filters(publisher="Wire")
    library.add(article("a", publisher="Wire"), ENCODER)
    assert library.publishers() == ["Wire"]
    library.publishers().append("Spoilt by a caller")
    first = library.passage_numbers(wire).tolist()
    library.add(article("b", publisher="Herald"), ENCODER)
    assert library.publishers() == ["Herald", "Wire"]
    assert library.passage_numbers(wire).tolist() == first
    assert library.passage_numbers().tolist() != first
    library.rebuild(ENCODER)
    assert not set(library.passage_numbers(wire).tolist()) & set(first)
    library.remove("a")
    assert library.publishers() == ["Herald"]
    assert library.passage_numbers(wire).tolist() == []


def test_what_is_kept_follows_another_process(library: Library, tmp_path: Path) -> None:
    with Library.open(tmp_path / "news") as reader:
        assert reader.publishers() == []
        library.add(article("a", publisher="Wire"), ENCODER)
        assert reader.publishers() == ["Wire"]
        assert reader.passage_numbers().tolist() == library.passage_numbers().tolist()


def test_missing_damaged_and_foreign_files_have_a_line_each(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="index add"):
        Library.open(tmp_path / "none")
    for name, data in (("torn", b"not a database" * 100), ("empty", b"")):
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_bytes(data)
        with pytest.raises(LibraryError) as told:
            Library.open(tmp_path / name)
        assert "\n" not in str(told.value)
        assert str(tmp_path / name) in str(told.value)


def test_a_page_damaged_later_has_one_line(library: Library, tmp_path: Path) -> None:
    for number in range(30):
        library.add(article(f"a{number}", f"Figure {number}. " * 100), ENCODER)
    library.close()
    file = tmp_path / "news" / FILE
    data = bytearray(file.read_bytes())
    data[8192 : len(data) // 2] = b"\xff" * (len(data) // 2 - 8192)
    file.write_bytes(data)
    with pytest.raises(LibraryError, match="damaged") as told, Library.open(file.parent) as again:
        list(again.articles())
        raise LibraryError(f"damaged: {check(again)[0].text}")
    assert "\n" not in str(told.value)


def test_check_finds_a_changed_text(library: Library, tmp_path: Path) -> None:
    library.add(article("a"), ENCODER)
    library.close()
    with sqlite3.connect(tmp_path / "news" / FILE) as connection:
        connection.execute("DROP TRIGGER articles_update_sum")
        connection.execute("UPDATE articles SET text = text || ' No.'")
    with Library.open(tmp_path / "news") as again:
        assert check(again) == [Problem("article a: text differs from its digest", "restore FILE")]


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """`folder` made read-only: by permissions, or by a mount when the tests run as root."""
    if os.geteuid():
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)
        return
    if subprocess.run(["mount", "--bind", folder, folder], capture_output=True).returncode:
        pytest.skip("root may write everywhere, and may not mount here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # a failed test may hold it open


@pytest.mark.parametrize("killed", [False, True])
def test_a_read_only_folder_is_read_and_searched(tmp_path: Path, killed: bool) -> None:
    folder = tmp_path / "news"
    code = (
        "import os, sys; from pathlib import Path; from index.encoder import WordEncoder\n"
        "from index.library import Library; from index.types import Article\n"
        "library = Library.open(Path(sys.argv[1]), create=True)\n"
        "for name in ('a', 'b'):\n"
        "    library.add(Article(name, f'{name} raised money.'), WordEncoder())\n"
        "os._exit(0) if len(sys.argv) > 2 else library.close()\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(folder), *(["killed"] if killed else [])],
        cwd=ROOT, check=True,
    )  # fmt: skip
    log = folder / f"{FILE}-wal"
    assert (log.exists() and log.stat().st_size > 0) == killed  # what only the log holds
    with read_only(folder):
        with Library.open(folder) as library:
            assert [a.id for a in library.articles()] == ["a", "b"]
            (hit,) = open_vectors(library).search(ENCODER.encode(["b raised money."])[0], 1)
            assert [a.id for a, _ in library.passages([hit[0]]).values()] == ["b"]
            assert check(library) == []
        for ways in ({"write": True}, {"create": True}):
            with pytest.raises(LibraryUnwritable, match="cannot write") as told:
                Library.open(folder, **ways)
            assert "\n" not in str(told.value)


def test_a_file_that_does_not_open_is_let_go(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"")
    with pytest.raises(LibraryMissing):
        Library.open(tmp_path)
    held = [os.readlink(f) for f in Path("/proc/self/fd").iterdir() if f.is_symlink()]
    assert not [name for name in held if name.startswith(str(tmp_path))]


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
            pytest.raises(LibraryUnwritable, match="no room left") as told,
        ):
            for number in range(1000):
                library.add(article(f"a{number}", f"Figure {number}. " * 200), ENCODER)
                kept.append(f"a{number}")
        assert kept
        assert "\n" not in str(told.value)
        with Library.open(folder / "news") as library:
            assert [a.id for a in library.articles()] == kept
            assert check(library) == []
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


def test_adding_to_a_full_disk_ends_in_one_line(tmp_path: Path) -> None:
    rows, folder = tmp_path / "news.jsonl", tmp_path / "small"
    rows.write_text("".join(json.dumps({"text": f"No. {n}. " * 200}) + "\n" for n in range(200)))
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs root and tmpfs for a disk that fills")
    try:
        done = subprocess.run(
            [sys.executable, "-c", _ADD, str(rows), str(folder / "news")],
            capture_output=True, text=True, cwd=ROOT,
        )  # fmt: skip
        told = [json.loads(line)["article_id"] for line in done.stdout.splitlines()]
        (line,) = done.stderr.splitlines()
        assert (done.returncode, line[:10]) == (1, "dateline: ")
        assert "no room left" in line and "free some disk space" in line
        with Library.open(folder / "news") as library:
            assert told and [a.id for a in library.articles()] == told
            assert check(library) == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)


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
        assert check(library) == []
