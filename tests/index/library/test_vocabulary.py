"""The words of a library: misspelt names are corrected, other words are not changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.encoder import WordEncoder
from index.library import Library
from index.library.vocabulary import Vocabulary
from index.types import Article

TEXTS = [
    "Anthropic raised 13 billion dollars. Claude is its assistant.",
    "Anthropic and Mistral compete. Investors like Mistral.",
    "Nvidia sells processors. Safety of the processor was tested in Toronto.",
    "Investors bought shares of Nvidia and of Perplexity.",
    "Brian Smith sold shares to Chinese buyers.",
]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library.open(tmp_path / "news", create=True)
    for number, text in enumerate(TEXTS):
        library.add(Article(f"a{number}", text, publisher="Bitget News"), WordEncoder())
    return library


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Antropic", "Anthropic"),
        ("anthropik", "Anthropic"),
        ("Anthroppic", "Anthropic"),
        ("Misstral", "Mistral"),
        ("Nvidiia", "Nvidia"),
        ("Perplexty", "Perplexity"),
        ("Nvidai", "Nvidia"),  # two letters swapped
        ("Chinesse", "Chinese"),  # the stem of whose stem is another
        ("Bitgett", "Bitget"),  # a publisher
    ],
)
def test_a_slip_in_a_name_is_corrected(library: Library, written: str, meant: str) -> None:
    assert Vocabulary(library).correction(written) == meant


@pytest.mark.parametrize(
    "word",
    [
        "investors",
        "Investor",
        "processor",
        "processors",
        "Mistral",
        "Mistrall",
        "NVIDIA",
        "Toronto",
    ],
)
def test_a_word_in_the_library_is_never_touched(library: Library, word: str) -> None:
    assert Vocabulary(library).correction(word) is None


@pytest.mark.parametrize(
    "word",
    [
        "procession",  # near "processor", which is no name
        "investigate",
        "sharing",
        "weather",
        "tomorrow",
        "technology",
        "brain",  # near "Brian", but a word of its own
        "Grok",  # too short to be sure
        "xAI",
        "GPT5",
        "mistress",  # near a name, but not near enough
        "Bitdance",  # another letter in front
        "",
    ],
)
def test_a_word_the_library_lacks_is_left_alone(library: Library, word: str) -> None:
    assert Vocabulary(library).correction(word) is None


def test_a_rare_word_counts_for_more_than_a_common_one(library: Library) -> None:
    words = Vocabulary(library)
    order = ["the moon", "Toronto", "Mistral"]
    assert [words.frequency(w) for w in ("moon", "Toronto", "Nvidia")] == [0, 1, 2]
    rarity = [words.rarity(w.split()[-1]) for w in order[:2]] + [words.rarity("Nvidia")]
    assert rarity == sorted(rarity, reverse=True)
    assert rarity[0] == 1.0
    assert rarity[1] > rarity[2] > 0
