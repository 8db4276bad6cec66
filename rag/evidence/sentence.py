"""`EvidenceSentence`, a verbatim sentence of an article with its signs; its figures and stems."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from index.types import Article
from rag.figures import Figure, find_figures
from rag.language.lexicon import stems


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """One verbatim sentence, `article.text[start:end]`, and how well it fits the question."""

    article: Article
    start: int
    end: int
    text: str
    context: str  # title, publisher and the neighbouring sentences
    cosine: float = 0.0
    coverage: float = 0.0  # share of the question's terms, by rarity
    names: float = 1.0  # share of the question's names that sentence or context mention
    in_article: float = 1.0  # the same for its wider surroundings
    version: bool = True  # it or its context names the very round, law or model that is asked about
    dates: float = 1.0  # whether the dates that the question states fit: 1, 0.5 unknown, 0 other
    holds_kind: bool = True  # has a figure, date or name that could be the answer
    score: float = 0.0
    chance: float = 0.0  # that it is the answering one of the question's evidence sentences
    lead_in: int | None = None  # where the sentence begins that this one leans on
    core: int | None = None  # where the answering sentence begins, in evidence of several sentences

    @property
    def own(self) -> str:
        """The answering sentence alone, without those that it leans on."""
        return self.text if self.core is None else self.article.text[self.core : self.end]

    @property
    def figures(self) -> tuple[Figure, ...]:
        return figures_of(self.text)


@lru_cache(maxsize=4096)
def figures_of(text: str) -> tuple[Figure, ...]:
    """Figures of a sentence (remembered: the same sentences come back)."""
    return tuple(find_figures(text))


@lru_cache(maxsize=4096)
def stems_of(text: str) -> frozenset[str]:
    """Stems of a sentence's or context's words (remembered)."""
    return stems(text)


def source_of(e: EvidenceSentence) -> str:
    """Publisher and day, as far as they are known."""
    day = (e.article.published or "undated")[:10]
    return ", ".join(part for part in (e.article.publisher, day) if part)
