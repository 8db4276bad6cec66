"""A large library finds what a small one finds; the limits are lowered to make it large."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.speed.synthetic import pool, recombined
from index.encoder import WordEncoder
from index.library import FILE as SQLITE
from index.library import Library, postings, vectors
from index.library.check import check
from index.library.postings import Postings
from index.library.vectors import FILE, MANIFEST, open_vectors, problems, refresh
from index.ranking.nearness import NearestCosines
from index.search import Searcher
from index.types import Article, Filters

ENCODER = WordEncoder(dim=64)
ARTICLES = recombined(300)
COUNT = len(ARTICLES)
QUERIES = [article.text[:80] for article in ARTICLES[::23]] + ["Who bought Scale AI, and when?"]


def lower(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limits, so that the articles make a large library."""
    for module in (vectors, postings):
        monkeypatch.setattr(module, "LARGE", 50)
    monkeypatch.setattr(postings, "BLOCK", 64)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """A small library and its searcher, opened before a limit is lowered."""
    with filled(tmp_path_factory.mktemp("small")) as library:
        refresh(library)
        yield Searcher(library, ENCODER)


@pytest.fixture(scope="module")
def made(small: Searcher, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a large library, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as monkeypatch:
        lower(monkeypatch)
        with filled(folder) as library:
            refresh(library)
    return folder


@pytest.fixture
def large(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lower(monkeypatch)


@pytest.fixture
def library(large: None, made: Path, tmp_path: Path) -> Iterator[Library]:
    shutil.copytree(made, tmp_path / "large")
    with Library.open(tmp_path / "large", write=True) as library, library.unhurried():
        yield library


def filled(folder: Path, articles: Sequence[Article] = ARTICLES) -> Library:
    library = Library.open(folder, create=True, write=True)
    with library.unhurried():
        for article in articles:
            library.add(article, ENCODER)
    return library


def found(library: Library, query: str, filters: Filters = Filters()) -> list[str]:
    return [h.article.id for h in Searcher(library, ENCODER).search(query, 10, filters)]


def test_it_is_of_the_other_kind(library: Library, small: Searcher) -> None:
    assert not open_vectors(library).exact
    assert small.corpus.vectors.exact
    blocks = {0: (63, 63), 1: (64, 127), 2: (64, 191), 3: (64, 255), 4: (45, 300)}
    assert library.posting_blocks() == blocks
    assert small.corpus.library.posting_blocks() == {}
    assert check(library) == [] and problems(library) == []


def test_it_finds_what_the_small_one_finds(library: Library, small: Searcher) -> None:
    big = Searcher(library, ENCODER)
    for query in QUERIES:
        for filters in (Filters(), Filters(since="2023-01-01"), Filters(publisher="CNBC")):
            mine = big.search(query, 10, filters)
            theirs = small.search(query, 10, filters)
            assert [h.article.id for h in mine] == [h.article.id for h in theirs]
            assert np.allclose([h.score for h in mine], [h.score for h in theirs], atol=1e-4)


def test_postings_kept_are_those_of_the_index(library: Library) -> None:
    kept = Postings(library)
    for stem in [*library.terms(), "12", "nothing"]:
        counted = library.postings(stem)
        assert kept.frequency(stem) == len(counted[0])
        for mine, theirs in zip(kept.of(stem), counted, strict=True):
            assert mine.tolist() == theirs.tolist()


def test_filters_are_exact(library: Library) -> None:
    for name in library.publishers()[:8]:
        of = {a.id for a in ARTICLES if a.publisher == name}
        assert set(found(library, QUERIES[0], Filters(publisher=name))) <= of
    allowed = library.passage_numbers(Filters(publisher=ARTICLES[5].publisher))
    some = open_vectors(library).search(ENCODER.encode(["chips"])[0], COUNT, allowed)
    assert sorted(number for number, _ in some) == allowed.tolist()


def test_it_follows_what_is_added_and_removed(library: Library) -> None:
    trained = (library.path / FILE).stat().st_size
    for gone in (ARTICLES[0], ARTICLES[70], ARTICLES[-1]):
        library.remove(gone.id)
    library.add(Article("new", "Sutskever founded Safe Superintelligence."), ENCODER)
    assert found(library, "Sutskever founded Safe Superintelligence")[0] == "new"
    refresh(library)
    assert problems(library) == [] and check(library) == []
    assert abs((library.path / FILE).stat().st_size - trained) < 1000  # the same lists
    test_postings_kept_are_those_of_the_index(library)
    for gone in (ARTICLES[0], ARTICLES[70], ARTICLES[-1]):
        assert gone.id not in found(library, gone.text)


def test_passages_added_since_are_counted(library: Library) -> None:
    for article in recombined(COUNT + 90)[COUNT:]:
        library.add(article, ENCODER)
    test_postings_kept_are_those_of_the_index(library)
    refresh(library)
    assert library.posting_blocks()[6] == (7, COUNT + 90)
    test_postings_kept_are_those_of_the_index(library)


def test_passages_removed_since_are_not_counted(library: Library) -> None:
    library.remove(ARTICLES[0].id)  # its block is not counted again yet
    lexical = Searcher(library, ENCODER).corpus.lexical
    assert len(lexical.posting("report").places) == COUNT - 1
    assert lexical.idf("report") >= 0


def test_it_shrinks_and_grows(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    for article in ARTICLES[40:]:
        library.remove(article.id)
    refresh(library)
    assert open_vectors(library).exact
    assert found(library, ARTICLES[3].text)[0] == ARTICLES[3].id
    for article in ARTICLES[40:]:
        library.add(article, ENCODER)
    refresh(library)
    assert not open_vectors(library).exact
    assert found(library, ARTICLES[99].text)[0] == ARTICLES[99].id


def test_lists_are_made_anew_for_many_more_passages(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (library.path / FILE).stat().st_size
    monkeypatch.setattr(vectors, "LISTS", vectors.LISTS * 3)  # as if made for a ninth of them
    refresh(library)
    assert (library.path / FILE).stat().st_size > before
    assert problems(library) == []


def test_a_rebuilt_library_keeps_no_old_postings(library: Library) -> None:
    library.rebuild(ENCODER)
    refresh(library, anew=True)
    assert min(library.posting_blocks()) == COUNT // 64
    assert problems(library) == []
    test_postings_kept_are_those_of_the_index(library)


@pytest.mark.parametrize("name", [FILE, MANIFEST])
@pytest.mark.parametrize("left", [0, 50, 5_000])
def test_a_torn_file_is_made_again(library: Library, name: str, left: int) -> None:
    file = library.path / name
    torn = file.read_bytes()[:left]
    file.write_bytes(torn + b"x" if len(torn) == file.stat().st_size else torn)
    assert found(library, ARTICLES[9].text)[0] == ARTICLES[9].id
    assert json.loads((library.path / MANIFEST).read_text())["state"] == library.state
    assert problems(library) == []


def test_another_librarys_file_is_not_believed(
    library: Library, large: None, tmp_path: Path
) -> None:
    with filled(tmp_path / "other", ARTICLES[::-1]) as other:  # the same snapshot and numbers
        refresh(other)
        assert other.state == library.state
        for name in (FILE, MANIFEST):
            (library.path / name).write_bytes((other.path / name).read_bytes())
    assert found(library, ARTICLES[9].text)[0] == ARTICLES[9].id
    assert problems(library) == []


def test_a_library_opened_to_read_keeps_nothing(large: None, tmp_path: Path) -> None:
    filled(tmp_path / "plain").close()
    before = (tmp_path / "plain" / SQLITE).read_bytes()
    with Library.open(tmp_path / "plain") as library:
        assert found(library, ARTICLES[9].text)[0] == ARTICLES[9].id
        assert library.posting_blocks() == {}
    assert (tmp_path / "plain" / SQLITE).read_bytes() == before


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_nearest_allowed_are_those_of_plain_numpy(data: st.DataObject) -> None:
    import faiss

    count = data.draw(st.integers(60, 400))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    rows = random.standard_normal((count, 32)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    numbers = np.cumsum(random.integers(1, 5, count))
    index = faiss.index_factory(32, "IVF12,SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(rows)
    index.add_with_ids(rows, numbers)
    mask = random.random(count) < data.draw(st.floats(0.02, 1))
    near = NearestCosines(vectors.VectorIndex(index), numbers, lambda p: rows[p], rows[:3])
    for column in range(3):
        exact = np.where(mask, rows @ rows[column], -1)
        wanted = [int(i) for i in np.argsort(-exact, kind="stable")[:5] if exact[i] > 0]
        assert near.top(column, 5, mask).tolist() == wanted
    assert np.allclose(near.at(np.arange(5)), rows[:5] @ rows[:3].T, atol=1e-6)


def test_the_pool_of_sentences_is_the_same_every_time() -> None:
    assert pool().sentences == pool().sentences
