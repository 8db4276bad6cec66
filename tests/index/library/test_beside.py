"""Readers beside a writer: one sound state each time, in a folder that is read-only too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.encoder import WordEncoder
from index.errors import LibraryMismatch
from index.library import FILE, Library
from index.library.check import check
from index.library.vectors import open_vectors, refresh
from index.search import Searcher
from index.types import Article

ROOT = Path(__file__).resolve().parents[3]
ENCODER = WordEncoder(dim=32)
_WRITE = """
import sys
from pathlib import Path
from index.encoder import WordEncoder
from index.library import Library
from index.library.vectors import refresh
from index.types import Article

for run in range(int(sys.argv[2])):
    with Library.open(Path(sys.argv[1]), create=True) as library:
        for n in range(25):
            text = f"Startup {n} raised {run} million dollars. " * 30
            library.add(Article(f"a{n}", text), WordEncoder(dim=32))
        refresh(library)
"""


def write(folder: Path, runs: int) -> subprocess.Popen[bytes]:
    """A process that writes 25 articles, and replaces them in each later run."""
    return subprocess.Popen([sys.executable, "-c", _WRITE, str(folder), str(runs)], cwd=ROOT)


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Path]:
    """A view of the folder `news` in which nothing may be written."""
    (tmp_path / "news").mkdir()
    (tmp_path / "shown").mkdir()
    mount = ["mount", "--bind", str(tmp_path / "news"), str(tmp_path / "shown")]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs root and bind mounts for a folder that is written elsewhere")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(tmp_path / "shown")], check=True)
        yield tmp_path / "shown"
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path / "shown")], check=True)


def test_a_read_only_folder_shows_every_state_that_is_written_elsewhere(
    shown: Path, tmp_path: Path
) -> None:
    assert write(tmp_path / "news", 1).wait() == 0
    with Library.open(shown) as reader:
        assert (reader.count(), check(reader)) == (25, [])
        seen = {reader.snapshot}
        writer = write(tmp_path / "news", 4)
        while writer.poll() is None:
            assert check(reader) == []
            assert len(reader.columns()[0].number) == reader.passage_count()
            seen.add(reader.snapshot)
        assert writer.returncode == 0
        assert reader.count() == 25 and len(seen) > 2
        first = next(reader.articles())
        assert first.text.startswith("Startup 0 raised 3 million")
        (hit,) = open_vectors(reader).search(ENCODER.encode(["Startup 7"])[0], 1)
        assert [a.id for a, _ in reader.passages([hit[0]]).values()] == ["a7"]
    with Library.open(tmp_path / "news", write=True) as library, Library.open(shown) as reader:
        library.add(Article("new", "Orbit sold shares."), ENCODER)  # a log is there: read with it
        assert (reader.count(), check(reader)) == (26, [])
        library.remove("new")
        assert (reader.count(), check(reader)) == (25, [])


def test_a_library_put_in_its_place_is_noticed(tmp_path: Path) -> None:
    for name, count in (("news", 2), ("other", 3)):
        with Library.open(tmp_path / name, create=True) as library:
            for number in range(count):
                library.add(Article(f"{name}{number}", f"{name} {number} sold shares."), ENCODER)
            refresh(library)
    with Library.open(tmp_path / "news") as reader:
        searcher = Searcher(reader, ENCODER)
        assert {hit.article.id for hit in searcher.search("shares")} == {"news0", "news1"}
        (tmp_path / "news").rename(tmp_path / "old")
        assert reader.count() == 2  # there is none at the moment
        (tmp_path / "other").rename(tmp_path / "news")
        assert reader.count() == 3
        found = {hit.article.id for hit in searcher.search("shares")}
        assert found == {"other0", "other1", "other2"}
        os.replace(tmp_path / "old" / FILE, tmp_path / "news" / FILE)
        assert [a.id for a in reader.articles()] == ["news0", "news1"]
    (tmp_path / "news" / "manifest.json").unlink()
    with Library.open(tmp_path / "news") as reader:
        searcher = Searcher(reader, ENCODER)
        with Library.open(tmp_path / "more", create=True) as library:
            library.add(Article("z", "Orbit sold shares."), WordEncoder(dim=16))
            with library.transaction() as run:
                run("UPDATE meta SET value = 'another' WHERE key = 'encoder'")
        os.replace(tmp_path / "more" / FILE, tmp_path / "news" / FILE)
        with pytest.raises(LibraryMismatch, match="made by the encoder another"):
            searcher.search("shares")


def test_a_second_writer_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    writers = [write(tmp_path / "news", 2) for _ in range(3)]
    codes = [writer.wait() for writer in writers]
    assert 0 in codes
    with Library.open(tmp_path / "news") as library:
        assert (library.count(), check(library)) == (25, [])


def test_a_search_while_everything_is_replaced_is_of_one_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(tmp_path / "news", create=True) as library:
        library.add(Article("a", "Orbit sold 1 million shares."), ENCODER)
        with Library.open(tmp_path / "news") as reader:
            searcher = Searcher(reader, ENCODER)
            encode, said = ENCODER.encode, iter(range(2, 9))

            def replacing(texts: list[str]) -> object:
                library.add(Article("a", f"Orbit sold {next(said)} million shares."), ENCODER)
                return encode(texts)

            monkeypatch.setattr(searcher._encoder, "encode", replacing)
            (hit,) = searcher.search("How many shares were sold by Orbit?")
            assert hit.passage.text == "Orbit sold 2 million shares."  # 3 was written meanwhile
