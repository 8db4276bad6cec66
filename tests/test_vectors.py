"""The FAISS index: the same as plain numpy, and made anew from SQLite whenever it is not sound."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.encoder import WordEncoder
from index.library import Library
from index.types import Article, Filters
from index.vectors import FILE, MANIFEST, open_vectors, problems, refresh

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


def test_rebuilding_with_a_stale_file_still_finds_the_right_passages(library: Library) -> None:
    refresh(library)
    library.rebuild(ENCODER)  # passages get new numbers, the snapshot stays
    assert nearest(library, TEXTS["xai"], 1) == ["xai"]


def test_an_empty_library_finds_nothing(tmp_path: Path) -> None:
    with Library.open(tmp_path / "empty", create=True) as library:
        assert open_vectors(library).search(ENCODER.encode(["x"])[0], 3) == []
