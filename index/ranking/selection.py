"""The few sentences of the hits that may answer, within a budget of tokens.

    sentences of the hits -> signals -> score (the learned ranker of sentences)
    -> best first within the budget, a penalty for each earlier one of the same article or clause
    -> with a sentence that leans on the one before it ("It said ...") comes that one

Every sentence is verbatim, `article.text[start:end]`. Neighbours in one article are joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from index.ranking.ranker import Ranker
from index.ranking.sentence_signals import Pool
from index.text.passages import token_estimate
from index.types import Article, Hit

BUDGET = 90  # tokens by default; not measured
_LEANS = re.compile(
    r"[\"'“‘]?(?:he|she|it|they|this|that|these|those|his|her|its|their|such|both"
    r"|the (?:company|firm|start-?up|deal|move|lab|group|bill|ruling|judge|agency|pair|two))\b",
    re.IGNORECASE,
)
Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Selected:
    """Verbatim text of an article; `hit` is the place of its passage among the hits."""

    article: Article
    start: int
    end: int
    score: float
    hit: int

    @property
    def text(self) -> str:
        """`article.text[start:end]`."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Waits:
    """What a sentence's score loses for each earlier one of its article, or of its clause there.

    `token` is lost for each token of its length. Not measured.
    """

    article: float = 0.3
    clause: float = 0.3
    token: float = 0.0


def select(
    found: Pool,
    hits: Sequence[Hit],
    ranker: Ranker,
    budget: int = BUDGET,
    count: Count = token_estimate,
    waits: Waits = Waits(),
) -> list[Selected]:
    """Sentences of the pool of at most `budget` tokens in all, best first, neighbours joined.

    `count` gives the tokens of a text.
    """
    if not found.spans:
        return []
    value = ranker.scores(found.signals).astype(np.float64)
    articles = [hits[h].article for h in found.hits]
    sizes = [count(a.text[s:e]) for a, (s, e) in zip(articles, found.spans, strict=True)]
    value -= waits.token * np.array(sizes)
    raw = value.copy()
    place = {
        (a.id, span[0]): i for i, (a, span) in enumerate(zip(articles, found.spans, strict=True))
    }
    ids = np.array([a.id for a in articles])
    clause = np.array(found.clause)
    left = np.ones(len(value), bool)
    chosen: list[int] = []
    spent = 0
    while left.any():
        best = int(np.argmax(np.where(left, value, -np.inf)))
        left[best] = False
        if spent + sizes[best] > budget:
            continue
        spent += sizes[best]
        chosen.append(best)
        before = _before(found, articles, place, best)
        if before is not None and left[before] and spent + sizes[before] <= budget:
            left[before] = False
            spent += sizes[before]
            chosen.append(before)
        value[ids == ids[best]] -= waits.article
        value[(clause == clause[best]) & (ids == ids[best])] -= waits.clause
    return _joined([
        Selected(articles[i], *found.spans[i], float(raw[i]), found.hits[i]) for i in chosen
    ])  # fmt: skip


def leans_on(one: Selected, other: Selected) -> bool:
    """Whether a sentence takes its subject from `other`, which stands just before it."""
    text = one.article.text
    return (
        one.article.id == other.article.id
        and other.end <= one.start
        and not text[other.end : one.start].strip()
        and bool(_LEANS.match(one.text))
    )


def _before(
    found: Pool, articles: Sequence[Article], place: dict[tuple[str, int], int], i: int
) -> int | None:
    """The place of the sentence that sentence `i` leans on; None where it leans on none."""
    start, end = found.spans[i]
    if not _LEANS.match(articles[i].text[start:end]):
        return None
    earlier = [
        (s, j) for (a, s), j in place.items()
        if a == articles[i].id and s < start and found.spans[j][1] <= start
    ]  # fmt: skip
    if not earlier:
        return None
    j = max(earlier)[1]
    return j if not articles[i].text[found.spans[j][1] : start].strip() else None


def _joined(chosen: Sequence[Selected]) -> list[Selected]:
    """Two neighbours of one article as one run, at the place of the better one."""
    out: list[Selected] = []
    for one in chosen:
        for i, other in enumerate(out):
            if other.article.id != one.article.id:
                continue
            first, second = sorted((one, other), key=lambda s: s.start)
            between = one.article.text[first.end : second.start]
            if not between.strip() and "\n" not in between:
                score = max(one.score, other.score)
                out[i] = Selected(one.article, first.start, second.end, score, other.hit)
                break
        else:
            out.append(one)
    return out
