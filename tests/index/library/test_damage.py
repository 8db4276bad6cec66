"""Damage is found and mended, older formats are brought up to date, odd files are refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from index.encoder import WordEncoder
from index.errors import LibraryError, LibraryMismatch
from index.library import FILE, Library
from index.library.check import check
from index.library.followed import Followed, Item, Source
from index.library.vectors import FILE as VECTORS
from index.library.vectors import MANIFEST, problems, refresh
from index.types import Article

ENCODER = WordEncoder(dim=32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed library with 12 articles and a followed feed."""
    with Library.open(tmp_path / "news", create=True) as library:
        for number in range(12):
            text = (
                f"Startup {number} raised {number} million dollars. It hired {number + 3} people."
            )
            library.add(Article(f"a{number}", text, published="2025-06-12"), ENCODER)
        library.remove("a3")
        followed = Followed(library)
        followed.put(Source("https://news.example/feed", "feed", title="News"))
        followed.put_item(Item("https://news.example/feed", "1", "f" * 32, article="a1"))
        refresh(library)
    return tmp_path / "news"


@contextmanager
def connection(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection past Dateline, whose changes no trigger notices."""
    with closing(sqlite3.connect(folder / FILE)) as made, made:
        made.create_function("row_sum", -1, lambda *values: 0)
        yield made


def found(folder: Path) -> list[tuple[str, str]]:
    try:
        with Library.open(folder) as library:
            return [(p.text, p.mend) for p in [*check(library), *problems(library)]]
    except LibraryError as error:
        return [(str(error), "")]


@pytest.mark.parametrize("name", [VECTORS, MANIFEST])
def test_a_flipped_bit_beside_sqlite_is_found_and_mended_by_a_search(
    folder: Path, name: str
) -> None:
    data = (folder / name).read_bytes()
    for place in (len(data) // 3, len(data) // 2, len(data) - 20):
        flipped = bytearray(data)
        flipped[place] ^= 4
        (folder / name).write_bytes(flipped)
        assert found(folder) == [(f"{name} is damaged", "rebuild")]
    with Library.open(folder) as library:
        refresh(library)
        assert problems(library) == []


def test_what_is_made_from_the_texts_is_mended_by_a_rebuild(folder: Path) -> None:
    for statement in (
        "UPDATE passages SET embedding = zeroblob(128) WHERE number = 2",
        "UPDATE articles SET first_day = '9999-99-99' WHERE id = 'a2'",
        "UPDATE meta SET value = 'abc' WHERE key = 'snapshot'",
        "UPDATE meta SET value = 'abc' WHERE key = 'dimension'",
        "DELETE FROM lexical_docsize WHERE id = (SELECT max(id) FROM lexical_docsize)",
        "UPDATE lexical_idx SET term = x'30'",
        "DROP INDEX articles_url",
    ):
        with connection(folder) as changed:
            changed.execute(statement)
        assert found(folder), statement
        with Library.open(folder, write=True) as library:
            library.rebuild(ENCODER)
            refresh(library, anew=True)
        assert found(folder) == [], statement


def test_an_impossible_date_is_found_and_does_no_harm(folder: Path) -> None:
    with connection(folder) as changed:
        changed.execute("UPDATE articles SET published = '2025-13-45', last_day = '2025-13-45'")
    assert ("article a1: its date is impossible", "restore FILE") in found(folder)
    with Library.open(folder) as library:
        assert set(library.columns()[0].last.tolist()) == {0}


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE VIEW extra AS SELECT 1"],
        ["CREATE TRIGGER gone AFTER INSERT ON articles BEGIN DELETE FROM articles; END"],
        [
            "ALTER TABLE items RENAME TO kept",
            "CREATE VIEW items AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r)"
            " SELECT n FROM r",
        ],
        ["DROP TABLE meta", "CREATE TABLE meta (key TEXT, worth TEXT)"],
        ["ALTER TABLE articles ADD COLUMN more AS (length(text))"],
    ],
)
def test_a_file_that_acts_by_itself_is_refused(folder: Path, statements: list[str]) -> None:
    with connection(folder) as changed:
        for statement in statements:
            changed.execute(statement)
    for write in (False, True):
        with pytest.raises(LibraryError, match=r"is damaged .*python -m index restore FILE"):
            Library.open(folder, write=write)


def older(folder: Path, form: str) -> None:
    """Make a library one of an older format."""
    with connection(folder) as changed:
        for (name,) in changed.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            changed.execute(f"DROP TRIGGER {name}")
        changed.execute("DROP TABLE checksums")
        changed.execute("DELETE FROM meta WHERE key = 'lexical'")
        changed.execute("UPDATE meta SET value = ? WHERE key = 'format'", (form,))
        if form == "1":
            changed.execute("ALTER TABLE passages DROP COLUMN sentences")


def test_format_2_is_read_as_it_is_and_brought_up_to_date_by_writing(folder: Path) -> None:
    older(folder, "2")
    assert found(folder) == []
    with Library.open(folder, write=True) as library:
        assert library.count() == 11
    assert found(folder) == []
    kept = sqlite3.connect(folder / f"{FILE}.format-2")
    assert kept.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() == ("2",)
    assert kept.execute("SELECT count(*) FROM articles").fetchone() == (11,)
    kept.close()


def test_format_1_gets_its_sentences_with_the_next_add(folder: Path) -> None:
    older(folder, "1")
    with pytest.raises(LibraryMismatch, match=f"run python -m index rebuild --library {folder}"):
        Library.open(folder)
    with Library.open(folder, write=True) as library:
        assert library.add(Article("new", "Orbit sold shares."), ENCODER) == "added"
        numbers = library.passage_numbers().tolist()
        assert [len(spans) for spans, _ in library.sentences(numbers)] == [2] * 11 + [1]
        refresh(library)
    assert found(folder) == []
    assert (folder / f"{FILE}.format-1").is_file()


def test_a_changed_letter_in_the_description_of_a_table_is_found(folder: Path) -> None:
    data = (folder / FILE).read_bytes()
    assert data.count(b"wait_until TEXT, failures") == 1
    (folder / FILE).write_bytes(
        data.replace(b"wait_until TEXT, failures", b"wait_until TeXT, failures")
    )
    assert ("the table sqlite_master differs from its checksum", "restore FILE") in found(folder)


def test_a_newer_format_is_refused(folder: Path) -> None:
    older(folder, "4")
    with pytest.raises(LibraryMismatch, match=r"has format 4, this Dateline reads 3: update"):
        Library.open(folder, write=True)


def test_a_failing_copy_leaves_an_older_format_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older(folder, "2")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(LibraryError, match="cannot write"):
        Library.open(folder, write=True)
    monkeypatch.undo()
    with Library.open(folder) as library:
        assert library.count() == 11
    assert not list(folder.glob(f".{FILE}*"))
