"""The vector index: same results as numpy, and made again from SQLite when damaged or older."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.encoder import WordEncoder
from index.library import FILE as SQLITE
from index.library import Library
from index.library.vectors import FILE, MANIFEST, open_vectors, problems, refresh
from index.types import Article, Filters

ENCODER = WordEncoder()
TEXTS = {
    "scale": "Meta bought a share of Scale AI.",
    "io": "OpenAI bought the device maker io.",
    "groq": "Nvidia licensed chips of Groq.",
    "xai": "Musk merged xAI with X.",
}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library.open(tmp_path / "news", create=True)
    for name, text in TEXTS.items():
        library.add(Article(id=name, text=text, publisher=name), ENCODER)
    return library


def nearest(library: Library, text: str, k: int = 2) -> list[str]:
    found = open_vectors(library).search(ENCODER.encode([text])[0], k)
    rows = library.passages(number for number, _ in found)
    return [rows[number][0].id for number, _ in found]


def test_the_nearest_of_many_as_plain_numpy_finds_them(tmp_path: Path) -> None:
    words = "Meta OpenAI Groq Nvidia bought sold licensed chips shares models".split()
    random = np.random.default_rng(7)
    with Library.open(tmp_path / "many", create=True) as library:
        for number in range(80):  # so few words that some texts are the same: ties
            text = " ".join(random.choice(words, 3))
            library.add(Article(id=f"a{number}", text=text), ENCODER)
        numbers = library.passage_numbers()
        vectors = library.embeddings(numbers.tolist())
        for text in ("Meta bought shares", "Groq chips", "Nvidia"):
            query = ENCODER.encode([text])[0]
            exact = vectors @ query
            found = open_vectors(library).search(query, 10)
            tenth = np.sort(exact)[-10]
            sure = set(numbers[exact > tenth + 1e-6].tolist())
            allowed = set(numbers[exact > tenth - 1e-6].tolist())
            assert sure <= {number for number, _ in found} <= allowed
            assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)


def test_the_same_scores_as_plain_numpy(library: Library) -> None:
    numbers = library.passage_numbers()
    query = ENCODER.encode(["Who bought Scale AI and who licensed chips?"])[0]
    exact = library.embeddings(numbers.tolist()) @ query
    found = open_vectors(library).search(query, len(numbers))
    assert np.allclose([s for _, s in found], np.sort(exact)[::-1], atol=1e-6)
    scores = dict(zip(numbers.tolist(), exact.tolist(), strict=True))
    assert all(abs(scores[number] - score) < 1e-6 for number, score in found)


def test_a_filter_lets_nothing_else_through(library: Library) -> None:
    allowed = library.passage_numbers(Filters(publisher="groq"))
    found = open_vectors(library).search(ENCODER.encode(["Meta Scale AI"])[0], 4, allowed)
    assert [number for number, _ in found] == allowed.tolist()


def test_it_follows_what_is_added_and_removed(library: Library) -> None:
    assert nearest(library, TEXTS["io"], 1) == ["io"]
    library.remove("io")
    library.add(Article(id="ssi", text="Sutskever founded SSI."), ENCODER)
    assert nearest(library, "Sutskever founded SSI.", 1) == ["ssi"]
    assert "io" not in nearest(library, TEXTS["io"], 4)
    assert problems(library) == []


def older(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"state": "other"}))


def other_encoder(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"encoder": "other"}))


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / FILE).unlink(),
        lambda folder: (folder / MANIFEST).unlink(),
        lambda folder: (folder / FILE).write_bytes((folder / FILE).read_bytes()[:50]),
        lambda folder: (folder / FILE).write_bytes(b"x" * (folder / FILE).stat().st_size),
        lambda folder: (folder / MANIFEST).write_text("{"),
        lambda folder: (folder / MANIFEST).write_text("[]"),
        older,
        other_encoder,
    ],
)
def test_whatever_is_wrong_with_the_files_is_healed(
    library: Library, harm: Callable[[Path], object]
) -> None:
    refresh(library)
    harm(library.path)
    assert nearest(library, TEXTS["groq"], 1) == ["groq"]
    assert json.loads((library.path / MANIFEST).read_text())["state"] == library.state
    assert problems(library) == []


def test_a_file_of_the_same_passages_in_another_order_is_not_believed(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    for order in (list(TEXTS), list(TEXTS)[::-1]):  # the same snapshot and numbers both times
        with Library.open(folder, create=True) as library:
            for name in order:
                library.add(Article(id=name, text=TEXTS[name]), ENCODER)
            assert nearest(library, TEXTS["scale"], 1) == ["scale"]
            assert problems(library) == []
        for file in folder.glob(SQLITE + "*"):
            file.unlink()


def test_a_library_put_back_from_a_copy_is_not_searched_by_the_newer_file(
    library: Library, tmp_path: Path
) -> None:
    library.close()
    shutil.copy(tmp_path / "news" / SQLITE, tmp_path / "copy")
    for name, text in (("lost", "Cohere went public."), ("kept", "Sutskever founded SSI.")):
        with Library.open(tmp_path / "news", write=True) as again:
            again.add(Article(id=name, text=text), ENCODER)  # both times the same passage number
            again.add(Article(id=f"{name}2", text=text[::-1]), ENCODER)
            assert nearest(again, text, 1) == [name]
            assert problems(again) == []
        if name == "lost":
            shutil.copy(tmp_path / "copy", tmp_path / "news" / SQLITE)


def test_a_manifest_of_another_file_of_that_size_is_not_believed(library: Library) -> None:
    refresh(library)
    before = (library.path / FILE).read_bytes()
    library.remove("io")
    library.add(Article(id="ssi", text="Sutskever founded SSI."), ENCODER)
    refresh(library)
    assert len(before) == (library.path / FILE).stat().st_size
    (library.path / FILE).write_bytes(before)  # two processes wrote at the same time
    assert nearest(library, "Sutskever founded SSI.", 1) == ["ssi"]
    assert "io" not in nearest(library, TEXTS["io"], 4)
    assert problems(library) == []


def test_a_vector_changed_in_the_file_is_not_believed(library: Library) -> None:
    refresh(library)
    vector = library.embeddings(library.passage_numbers()[:1].tolist())[0]
    data = (library.path / FILE).read_bytes()
    assert vector.tobytes() in data
    (library.path / FILE).write_bytes(data.replace(vector.tobytes(), vector[::-1].tobytes()))
    assert nearest(library, TEXTS["scale"], 1) == ["scale"]
    assert (library.path / FILE).read_bytes() == data


def test_problems_tells_of_a_stored_vector_that_was_changed(tmp_path: Path) -> None:
    with Library.open(tmp_path / "many", create=True) as library:
        for number in range(100):
            library.add(Article(id=f"a{number}", text=f"Startup {number} sold shares."), ENCODER)
        refresh(library)
        assert problems(library) == []
        wrong = ENCODER.encode(["Oslo"]).tobytes()
        with sqlite3.connect(tmp_path / "many" / SQLITE) as connection:
            connection.execute("DROP TRIGGER passages_update_sum")
            connection.execute("UPDATE passages SET embedding = ? WHERE number = 2", (wrong,))
        assert problems(library) == [(f"{FILE} differs from the stored vectors", "rebuild")]


def test_rebuilding_with_a_stale_file_still_finds_the_right_passages(library: Library) -> None:
    refresh(library)
    library.rebuild(ENCODER)  # passages get new numbers, the snapshot stays
    assert nearest(library, TEXTS["xai"], 1) == ["xai"]


def test_an_empty_library_finds_nothing(tmp_path: Path) -> None:
    with Library.open(tmp_path / "empty", create=True) as library:
        assert open_vectors(library).search(ENCODER.encode(["x"])[0], 3) == []
