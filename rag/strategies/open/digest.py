"""What is new, by story: the articles of a period put together by what they tell.

    articles -> the vector of each one's beginning -> groups that are near one another: stories
    story -> its first sentence of most worth, another that adds to it, and what one differs in

Every line is a sentence of an article, verbatim; nothing is written by a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.errors import UsageError
from index.library import Library
from index.types import Article
from rag.evidence.prompt import asks
from rag.evidence.sentence import EvidenceSentence, figures_of
from rag.figures import same
from rag.strategies.open.story import LONGEST, SHORTEST, WHOLE

Floats = NDArray[np.float32]
Defend = Callable[[list[EvidenceSentence]], list[EvidenceSentence]]

MOST = 5000  # articles: each is compared with each, which takes 3 seconds and 300 MB
APART = 0.38  # mean cosine distance from which two groups are two stories; looked at on two weeks
LEADING = 5  # sentences of an article's beginning that stand for it, and may be told first
TOLD_ALREADY = 0.8  # cosine from which a sentence says nothing new
ON_IT = 0.45  # cosine below which a sentence of another article is about something else


@dataclass(frozen=True, slots=True)
class Story:
    """One story: its articles, the newest first, and its lines, the first of which leads.

    `differs` are lines that give another figure where the leading line has one.
    """

    articles: tuple[Article, ...]
    lines: tuple[EvidenceSentence, ...]
    differs: tuple[EvidenceSentence, ...]


@dataclass(frozen=True, slots=True)
class _Opening:
    """The beginning of an article: its sentences and their unit vectors (sentences, width)."""

    article: Article
    sentences: list[EvidenceSentence]
    vectors: Floats


def stories(library: Library, numbers: Sequence[int], defend: Defend) -> list[Story]:
    """The stories of the articles that passages are of, those of most publishers first, then the
    newest.

    `defend` leaves out sentences that are orders and no news. UsageError for too many articles.
    """
    firsts = library.first_passages(numbers)
    if len(firsts) > MOST:
        raise UsageError(
            f"{len(firsts):,} articles are too many for one digest, at most {MOST:,}: give a "
            "shorter period, a --topic or a --publisher"
        )
    openings = _openings(library, firsts, defend)
    groups: dict[int, list[_Opening]] = {}
    for label, opening in zip(_labels(openings), openings, strict=True):
        groups.setdefault(label, []).append(opening)
    told = [_told(group) for group in groups.values()]
    told.sort(key=lambda story: story.articles[0].published or "", reverse=True)
    return sorted(told, key=lambda story: -len({a.publisher or a.id for a in story.articles}))


def _openings(library: Library, numbers: Sequence[int], defend: Defend) -> list[_Opening]:
    """The beginning of each article, whose first passage is one of `numbers`."""
    held = library.passages(numbers)
    out = []
    for (article, _), (spans, vectors) in zip(
        held.values(), library.sentences(list(held)), strict=True
    ):
        own = [
            EvidenceSentence(article, a, b, article.text[a:b], article.title or "")
            for a, b in spans.tolist()
        ]
        kept = {e.start for e in defend(own)}
        rows = [n for n, e in enumerate(own) if e.start in kept and _tellable(e)][:LEADING]
        if rows:
            out.append(_Opening(article, [own[n] for n in rows], vectors[rows]))
    return out


def _tellable(e: EvidenceSentence) -> bool:
    """Whether a sentence may stand by itself: a whole one that asks nothing, of a usual length."""
    fits = SHORTEST <= len(e.text.split()) <= LONGEST
    return fits and bool(WHOLE.search(e.text)) and not asks(e) and not e.text.isupper()


def _labels(openings: Sequence[_Opening]) -> list[int]:
    """The number of each article's story."""
    if len(openings) < 2:
        return [0] * len(openings)
    from sklearn.cluster import AgglomerativeClustering

    means = np.array([opening.vectors.mean(axis=0) for opening in openings])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    clusters = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=APART
    )
    labels: list[int] = clusters.fit_predict(means).tolist()
    return labels


def _told(group: Sequence[_Opening]) -> Story:
    """A story of its articles: the leading line of the newest of those in its middle."""
    middle = np.mean([opening.vectors.mean(axis=0) for opening in group], axis=0)
    sentences = [e for opening in group for e in opening.sentences]
    vectors = np.vstack([opening.vectors for opening in group])
    place = np.concatenate([np.arange(len(opening.sentences)) for opening in group])
    worth = vectors @ middle + 0.1 * np.array([bool(figures_of(e.text)) for e in sentences])
    worth -= 0.05 * place  # news tells first what matters most
    first = int(worth.argmax())
    near = vectors @ vectors[first]
    lead = sentences[first]
    fresh = (near < TOLD_ALREADY) & (near >= ON_IT)
    more = int(np.where(fresh, worth, -np.inf).argmax()) if fresh.any() else None
    others = [n for n, e in enumerate(sentences) if e.article.id != lead.article.id]
    differs = [sentences[n] for n in others if near[n] >= ON_IT and _differ(lead, sentences[n])]
    articles = sorted(
        (opening.article for opening in group), key=lambda a: a.published or "", reverse=True
    )
    lines = (lead,) if more is None or sentences[more] in differs else (lead, sentences[more])
    return Story(tuple(articles), lines, tuple(_one_each(differs)))


def _differ(lead: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Whether another sentence gives other figures for the same things, and none of the same."""
    own = [f for f in figures_of(lead.text) if f.kind in ("money", "percent", "count")]
    theirs = [f for f in figures_of(other.text) if f.kind in ("money", "percent", "count")]
    alike = [(f, g) for f in own for g in theirs if (f.kind, f.unit) == (g.kind, g.unit)]
    return bool(alike) and not any(same(f, g) or same(g, f) for f, g in alike)


def _one_each(lines: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The first line of each article."""
    return list({e.article.id: e for e in reversed(lines)}.values())[::-1]
