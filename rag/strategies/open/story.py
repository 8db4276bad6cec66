"""Questions that ask for more than one fact: a story told in verbatim sentences of its articles.

    question -> passages -> the articles of the story -> their sentences, with their vectors
    -> near the question, central to the story, early in their articles, told nowhere else yet
    -> within a budget of words -> in the order that the form asks for
    a list: question -> its evidence -> the sentences that answer best, each once

Nothing is rewritten, so that nothing is said that no article says. One thing that several articles
tell is said once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast

import numpy as np
from numpy.typing import NDArray

from index.search import Found
from index.types import Hit
from rag.checking.spoken import Spoken, quote
from rag.evidence.finder import Finder
from rag.evidence.prompt import asks, plain
from rag.evidence.sentence import EvidenceSentence, figures_of, stems_of
from rag.language.names import find_names, mentions
from rag.question.form import Form
from rag.question.validate import today_of
from rag.strategies.case import Case, Reply
from rag.strategies.open.dated import day_of
from rag.types import AnswerForm, Question

Floats = NDArray[np.float32]

PASSAGES = 40  # found for a story
ARTICLES = 8  # of these, that tell it
BELOW = 0.2  # cosine below the best passage's, from which an article tells another story
BUDGET = {  # words
    "summary": 105, "timeline": 135, "news": 105, "list": 85, "comparison": 105,
}  # fmt: skip
LONGEST = 42  # words of a sentence that is told
SHORTEST = 6
ITEM_WORDS = 4, 60  # of a sentence in a list, which may be one long enumeration
_ENDS = " .!?\"”’'"  # where an answer puts its marks
NEWS_DAYS = 21  # of a question for news without a period: before the newest of its articles
# What each sign is worth beside the nearness to the question, and what a sentence loses that is near
# one already told. By hand: weights learned from 1,600 sentences that answer questions, or from
# those that make the points of 62 stories, with stories left out, were no better.
CENTRAL, LEAD, FIRST, FIGURE, NAMES, SUBJECT, REPEATED = 0.5, 0.3, 0.3, 0.1, 0.02, 0.1, 1.0


# A sentence, not a headline, a caption or a link to another story.
WHOLE = re.compile(r"^(?!\W*(?:related|read more|more from|also read|see also)\b).*[.!][\"”’')\]]*\s*$",
                    re.IGNORECASE | re.DOTALL)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Telling:
    """One sentence that may be told: what it is worth, and its vector."""

    evidence: EvidenceSentence
    worth: float
    vector: Floats  # unit, (dim,)


def reply(case: Case, form: Form, told: str = "") -> Reply:
    """What is told of the story that a question asks for, but for what the text `told` has; nothing
    where no article tells it."""
    out = Reply(form=cast(AnswerForm, form))
    if form == "list":
        out.read = _items(case.pool, told)
        out.said = [Spoken(quote(case.intent, e).verdict) for e in out.read]
        return out
    sides = _sides(case) if form == "comparison" else []
    for side, questions in sides or [(None, [case.question])]:
        tellings = [
            telling
            for asked in questions
            for telling in _tellings(asked, form, case.finder, case.intent.names)
        ]
        tellings = [t for t in tellings if plain(t.evidence.text).rstrip(_ENDS) not in told]
        for telling in _chosen(tellings, BUDGET[form] // (len(sides) or 1)):
            e = telling.evidence
            published = (e.article.published or "")[:10] or None
            day = {"timeline": day_of(e), "news": published}.get(form)
            out.said.append(Spoken(quote(case.intent, e).verdict, day=day, side=side))
            out.read.append(e)
    if form in ("timeline", "news"):
        out.said.sort(key=lambda said: said.day or "", reverse=form == "news")
    return out


def _items(pool: Sequence[EvidenceSentence], told: str) -> list[EvidenceSentence]:
    """The sentences that answer best, for a list: each is asked for an item, not for the story."""
    out: list[EvidenceSentence] = []
    words = 0
    for e in pool:
        size = len(e.text.split())
        if asks(e) or plain(e.text).rstrip(_ENDS) in told or any(_alike(e, o) for o in out):
            continue
        if ITEM_WORDS[0] <= size <= ITEM_WORDS[1] and words + size <= BUDGET["list"]:
            out.append(e)
            words += size
    return out


def _alike(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Whether two sentences share more than half of the shorter one's words."""
    mine, theirs = stems_of(one.text), stems_of(other.text)
    return 2 * len(mine & theirs) > min(len(mine), len(theirs))


def _sides(case: Case) -> list[tuple[str | None, list[Question]]]:
    """Where two publishers are named: each name, and the question to every publisher of the library
    that it may mean ("Reuters" and "Reuters via CNA"). None otherwise."""
    named = list(zip(case.intent.publishers, case.intent.sources, strict=True))
    if len(named) != 2:
        return []
    return [
        (name, [case.question.model_copy(update={"publisher": one}) for one in source])
        for name, source in named
    ]


def _tellings(
    asked: Question, form: Form, finder: Finder, subjects: Sequence[str]
) -> list[Telling]:
    """The sentences of the story's articles, each with its worth; `subjects` are names asked for."""
    found = finder.find(asked, PASSAGES)
    if form == "news" and not (asked.since or asked.until):
        found = _newest(found, today_of(asked))
    hits, numbers = _of_story(found, finder)
    if not hits:
        return []
    question = found.vectors[0]
    rows: list[tuple[EvidenceSentence, int]] = []
    vectors: list[Floats] = []
    seen: set[tuple[str, int]] = set()
    for hit, (spans, own) in zip(hits, finder.searcher.stored(numbers), strict=True):
        for (start, end), vector in zip(spans.tolist(), own, strict=True):
            text = hit.article.text[start:end]
            words = len(text.split())
            if (hit.article.id, start) in seen or not SHORTEST <= words <= LONGEST:
                continue
            seen.add((hit.article.id, start))
            e = EvidenceSentence(hit.article, start, end, text, hit.article.title or "")
            if WHOLE.search(text) and not asks(e) and not text.isupper():
                rows.append((e, start))
                vectors.append(vector)
    trusted = {(e.article.id, e.start) for e in finder.defend([e for e, _ in rows])}
    kept = [n for n, (e, _) in enumerate(rows) if (e.article.id, e.start) in trusted]
    if not kept:
        return []
    matrix = np.array([vectors[n] for n in kept])
    near = matrix @ question
    told = [rows[n][0] for n in kept]
    central = _central(matrix, [e.article.id for e in told])
    best: dict[str, float] = {}  # of each article, how near its nearest sentence is
    for e, cosine in zip(told, near.tolist(), strict=True):
        best[e.article.id] = max(best.get(e.article.id, -1.0), cosine)
    rank = {name: n for n, name in enumerate(sorted(best, key=lambda name: -best[name]))}
    worth = near + CENTRAL * central + [_worth(e, rank[e.article.id], subjects) for e in told]
    return [Telling(e, *of) for e, *of in zip(told, worth.tolist(), matrix, strict=True)]


def _worth(e: EvidenceSentence, rank: int, subjects: Sequence[str]) -> float:
    """What a sentence's place and words are worth for the story; `rank` is that of its article."""
    early = LEAD / (1 + e.start / 600)  # news tells first what matters most
    asked = not subjects or any(mentions(name, e.text) for name in subjects)
    told = NAMES * len(find_names(e.text)) + FIGURE * bool(figures_of(e.text)) + SUBJECT * asked
    return early + FIRST / (1 + rank) + told


def _central(vectors: Floats, articles: Sequence[str]) -> Floats:
    """The mean cosine of each sentence to the three nearest of other articles, (sentences,)."""
    near = vectors @ vectors.T
    names = np.array(articles)
    near[names[:, None] == names[None, :]] = 0
    most = min(3, len(near))
    nearest: Floats = np.sort(near, axis=1)[:, -most:]
    return np.asarray(nearest.mean(axis=1), np.float32)


def on_topic(asked: Question, finder: Finder, passages: int) -> list[int]:
    """The numbers of the passages of all articles that tell of what is asked."""
    return _of_story(finder.find(asked, passages), finder, articles=passages)[1]


def _of_story(
    found: Found, finder: Finder, articles: int = ARTICLES
) -> tuple[list[Hit], list[int]]:
    """The hits of the articles that tell the story, and the numbers of their passages."""
    near = [n.passage for n in finder.searcher.nearness(found)]
    best: dict[str, float] = {}
    for hit, cosine in zip(found.hits, near, strict=True):
        best[hit.article.id] = max(best.get(hit.article.id, -1.0), cosine)
    if not best:
        return [], []
    top = max(best.values())
    kept = sorted((a for a in best if best[a] >= top - BELOW), key=lambda a: -best[a])[:articles]
    own = [n for n, hit in enumerate(found.hits) if hit.article.id in kept]
    return [found.hits[n] for n in own], [found.numbers[n] for n in own]


def _newest(found: Found, today: date) -> Found:
    """The hits of the last weeks before the newest of their articles."""
    days = [day for hit in found.hits if (day := (hit.article.published or "")[:10])]
    full = [day for day in days if len(day) == 10 and day <= today.isoformat()]
    if not full:
        return found
    first = (date.fromisoformat(max(full)) - timedelta(days=NEWS_DAYS)).isoformat()
    kept = [n for n, hit in enumerate(found.hits) if (hit.article.published or "") >= first]
    hits, numbers = [found.hits[n] for n in kept], [found.numbers[n] for n in kept]
    return replace(found, hits=hits, numbers=numbers)


def _chosen(tellings: Sequence[Telling], budget: int) -> list[Telling]:
    """The sentences of most worth within a budget of words, each far from those already told."""
    told: list[Telling] = []
    left = list(tellings)
    words = 0
    nearest = np.zeros(len(left), np.float32)
    while left:
        worth = np.array([t.worth for t in left]) - REPEATED * nearest
        place = int(worth.argmax())
        best = left.pop(place)
        nearest = np.delete(nearest, place)
        size = len(best.evidence.text.split())
        if words + size > budget:
            if words > budget - SHORTEST:
                break
            continue
        told.append(best)
        words += size
        if left:
            cosines = np.array([t.vector for t in left]) @ best.vector
            nearest = np.maximum(nearest, cosines)
    return told
