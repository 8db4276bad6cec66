"""Libraries of any size to measure on: real sentences, recombined by a seed.

    pool of sentences -> three of them and a number -> one article of one passage

`articles` needs no encoder. `fill` makes a library of millions without encoding each passage: its
vector is the mean of its sentences' real vectors plus a random push. Such a library serves to
measure time and memory, not quality, as it repeats the same facts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from eval.harness import SEED

if TYPE_CHECKING:
    from index.encoder import Encoder, Vectors
    from index.library import Encoded
    from index.types import Article

T = TypeVar("T")

# None of these is measured.
ASIDE = 0.4  # length of the random push, added to a mean of unit vectors
LONGEST = 300  # characters; a sentence as long is left out
MORE = 8_000  # sentences at most from other articles than the bundled ones
_AT_ONCE = 20_000  # articles in one transaction


@dataclass(frozen=True, slots=True)
class Pool:
    """Sentences, titles and publishers of which synthetic articles are made."""

    sentences: Sequence[str]
    titles: Sequence[str]
    publishers: Sequence[str]

    def vectors(self, encoder: Encoder) -> Vectors:
        """Vectors of the sentences, and last that of the sentence with the number, (n + 1, dim)."""
        return encoder.encode([*self.sentences, "This is a report."])


def pool(more: Sequence[Article] = (), seed: int = SEED) -> Pool:
    """The sentences of the bundled articles, and up to MORE of the articles `more`."""
    from eval.libraries import briefs
    from index.text.passages import sentences

    def parts(sources: Sequence[Article]) -> list[str]:
        found = (s.text[start:end] for s in sources for start, end in sentences(s.text))
        return [sentence for sentence in found if len(sentence) < LONGEST]

    sources = briefs()
    own, others = parts(sources), sorted({s for s in parts(more) if len(s) > 20})
    others = random.Random(seed).sample(others, min(MORE, len(others)))
    return Pool(
        [*own, *others],
        [source.title or "News" for source in [*sources, *more]],
        sorted({source.publisher or "Wire" for source in [*sources, *more]}),
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A synthetic article and the places of its sentences in the pool."""

    article: Article
    chosen: tuple[int, ...]


def articles(count: int, of: Pool, seed: int = SEED) -> Iterator[Made]:
    """`count` articles of one passage each; the same pool and seed give the same articles.

    No two texts are equal, as each names its number.
    """
    from index.dates import first_day
    from index.types import Article

    generator = random.Random(seed)
    for number in range(count):
        chosen = generator.sample(range(len(of.sentences)), 3)
        text = " ".join([*(of.sentences[i] for i in chosen), f"This is report number {number}."])
        day = f"20{generator.randint(20, 25)}-{generator.randint(1, 12):02d}"
        yield Made(
            Article(
                id=f"{number:016x}",
                text=text,
                title=generator.choice(of.titles),
                publisher=generator.choice(of.publishers),
                published=first_day(day),
                url=f"https://example.org/{seed}/{number}",
            ),
            tuple(chosen),
        )


def recombined(count: int, seed: int = SEED) -> list[Article]:
    """`count` synthetic articles from the bundled ones alone."""
    return [made.article for made in articles(count, pool(), seed)]


def holds(folder: Path, count: int) -> bool:
    """Whether the folder has a library of exactly `count` articles."""
    from index.library import FILE, Library

    if not (folder / FILE).is_file():
        return False
    with Library.open(folder) as library:
        return library.count() == count


def fill(folder: Path, count: int, of: Pool, vectors: Vectors, encoder: Encoder) -> None:
    """Make a library of `count` synthetic articles; `vectors` are those of `Pool.vectors`."""
    from eval.harness import progress
    from index.library import Library

    items = _encoded(count, of, vectors)
    with Library.open(folder, create=True, write=True) as library:
        blocks = [{"id": str(first)} for first in range(0, count, _AT_ONCE)]
        for _, block in zip(progress(blocks, "blocks"), _blocks(items, _AT_ONCE), strict=True):
            library.add_encoded(block, encoder)


def _encoded(count: int, of: Pool, vectors: Vectors) -> Iterator[Encoded]:
    """Articles as `Library.add_encoded` takes them, from the vectors of `Pool.vectors`."""
    from index.library.packing import pack
    from index.types import Passage

    random_ = np.random.default_rng(SEED)
    for block in _blocks(articles(count, of), 1_000):
        chosen = np.array([made.chosen for made in block])
        aside = random_.standard_normal((len(block), vectors.shape[1])).astype(np.float32)
        rows = vectors[chosen].mean(1) + aside * (ASIDE / np.sqrt(vectors.shape[1]))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        for made, row in zip(block, rows, strict=True):
            text = made.article.text
            lengths = [len(of.sentences[i]) for i in made.chosen]
            starts = [0, *(int(n) for n in np.cumsum([n + 1 for n in lengths]))]
            ends = [*(a + n for a, n in zip(starts, lengths, strict=False)), len(text)]
            within = pack(
                list(zip(starts, ends, strict=True)),
                vectors[list(chain(made.chosen, [len(vectors) - 1]))],
            )
            yield made.article, [Passage(made.article.id, 0, len(text), text)], [(row, within)]


def _blocks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while block := list(islice(left, size)):
        yield block
