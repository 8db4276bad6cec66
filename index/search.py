"""A question to ranked passages: the flow of a search.

    question   -> Asked: spelling corrected; sources, dates and clauses read from it
    Asked      -> candidates: best by words and by meaning for the whole, each clause, source, day
    candidates -> scores: signals weighed by the ranker; where the latest is asked for, newer of
                  near equals first
    scores     -> hits: best first, articles, sources and clauses in turn, copies folded

Filters are exact. No language model is asked; evidence and answers are in `rag/`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.dates import first_day
from index.encoder import Encoder, Remembering, Vectors
from index.library import Library
from index.library.vocabulary import Vocabulary
from index.query.question import Asked, Clause, understand
from index.ranking.bm25 import Floats
from index.ranking.corpus import UNDATED, Corpus
from index.ranking.diversity import Waits, choose, folded
from index.ranking.ranker import Rankers, load_rankers
from index.ranking.selection import BUDGET, Count, Selected, select
from index.ranking.sentence_signals import Pool, pool
from index.ranking.signals import SIGNALS, Candidates, gather
from index.text.aliases import mentioned, named_by_description, variants
from index.text.changes import words_of
from index.text.passages import sentences, token_estimate, whole
from index.text.words import terms
from index.types import Article, Filters, Hit

# Set on 70 cases, on which the latest stands first in .871; .955 of 44 other cases
# (`python -m eval.retrieval`, docs/scoreboard.md). Both are in units of the ranker's score.
NEWER = 9.0  # what the newest of the near equals gains over the oldest
NEAR = 4.0  # how far below the best score a near equal may lie

COPIES = 50  # nearest passages among which the copies of one are; not measured

# Parts of the search that can be switched off; `python -m eval.retrieval` measures what each adds.
PARTS = (
    "spelling", "aliases", "sources", "dates", "clauses", "sentences", "words in a sentence",
    "titles", "names", "articles", "feedback", "ranker", "diversity", "folding", "newest",
)  # fmt: skip
# The signals of some parts; a signal that is switched off is set to its mean.
_SIGNALS_OF = {
    "sentences": ("sentence", "clause_sentence", "any_sentence", "second_sentence", "own_sentence",
                  "own_margin", "article_sentence", "below_article_sentence"),
    "words in a sentence": ("terms", "clause_terms", "own_terms", "any_terms", "terms_lead"),
    "titles": ("title_share", "in_title", "title_clause"),
    "names": ("names", "names_article"),
    "articles": ("article_lexical", "article_dense", "article_sentence", "below_article",
                 "below_article_sentence", "neighbour"),
    "feedback": ("feedback",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One search: the question as it was read, all candidates with their scores, the hits."""

    asked: Asked
    candidates: Candidates
    vectors: Vectors  # (1 + clauses, dim) of the question and its clauses
    scores: Floats  # (candidates,)
    hits: list[Hit]
    numbers: list[int]  # passage numbers of the hits


@dataclass(frozen=True, slots=True)
class Nearness:
    """Cosines of one hit and its sentences to the question, by the library's vectors."""

    spans: list[tuple[int, int]]  # the whole sentences of the hit's article, in order
    sentences: dict[int, float]  # cosines of the passage's sentences, by where they start
    passage: float  # cosine of the passage with its title


class Searcher:
    """Searches one library; holds its vector index and reads the library again when it changes.

    LibraryMismatch where the library was made by another encoder.
    """

    def __init__(self, library: Library, encoder: Encoder, rankers: Rankers | None = None) -> None:
        self._library = library
        self._encoder = Remembering(encoder)
        self.rankers = rankers or load_rankers()
        self.without: frozenset[str] = frozenset()  # of PARTS
        self._follow()

    def _follow(self) -> None:
        self._library.require(self._encoder)
        state = self._library.state  # first: a later commit is read at the next search
        self.corpus = Corpus(self._library)
        self.vocabulary = Vocabulary(self._library)
        self._state = state

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts, float32 (len(texts), dim), by the library's encoder."""
        return self._encoder.encode(texts)

    def corrected(self, query: str) -> str:
        """The query with words that no passage holds replaced by the names they likely mean."""
        return re.sub(r"\b[^\W\d_]+\b", lambda m: self.vocabulary.correction(m[0]) or m[0], query)

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters = Filters(),
        *,
        today: date | None = None,
    ) -> list[Hit]:
        """The `k` best passages for `query`, best first; empty where nothing is similar.

        Relative dates ("last June") are counted from `today` and skipped without it. An article
        dated after `today` counts as undated.
        """
        return self.find(query, k, filters, today=today).hits

    def find(
        self,
        query: str,
        k: int = 10,
        filters: Filters = Filters(),
        *,
        today: date | None = None,
    ) -> Found:
        """As `search`, with the question as it was read and every candidate's signals.

        All of it is of one state of the library: where a writer changed it meanwhile, it is
        searched again, and the writer's changes wait for the next search.
        """
        found = self._find(query, k, filters, today)
        if self._library.state == self._state:
            return found
        if self._library.writable:  # it was changed by this process itself
            return self._find(query, k, filters, today)
        return self._library.unchanging(lambda: self._find(query, k, filters, today))

    def _find(self, query: str, k: int, filters: Filters, today: date | None) -> Found:
        if self._state != self._library.state:
            self._follow()
        text = query if "aliases" in self.without else named_by_description(query)
        text = text if "spelling" in self.without else self.corrected(text)
        corpus = self.corpus.seen_from(today)
        asked = self._limited(understand(text, corpus.publishers, today, corpus.newest))
        vectors = self._encoder.encode([asked.text, *(clause.text for clause in asked.clauses)])
        forms = [form for name in mentioned(asked.text) for form in variants(name)]
        extra = [word for form in forms for word in terms(form)]
        mask = corpus.passing(filters) if filters else None
        candidates = gather(
            asked, corpus, vectors, mask, () if "aliases" in self.without else extra
        )
        scores = self._scores(candidates)
        # With a day or several clauses, "now" is part of a description: 10 of 29 such development
        # questions lost their passage from the first four otherwise (docs/design.md).
        plain = len(asked.clauses) == 1 and not asked.dates
        if asked.recent and plain and "newest" not in self.without:
            scores = scores + _newness(corpus, candidates, scores)
        hits, numbers = self._hits(asked, corpus, candidates, scores, k)
        hits = [replace(hit, article=known_on(hit.article, today)) for hit in hits]
        return Found(asked, candidates, vectors, scores, hits, numbers)

    def _limited(self, asked: Asked) -> Asked:
        """The question without the parts that are switched off."""
        clauses = asked.clauses
        if "sources" in self.without:
            clauses = tuple(replace(c, publishers=frozenset()) for c in clauses)
            asked = replace(asked, sources=(), clauses=clauses)
        if "dates" in self.without:
            clauses = tuple(replace(c, dates=()) for c in clauses)
            asked = replace(asked, dates=(), clauses=clauses)
        if "clauses" in self.without:
            clause = Clause(asked.text, asked.terms, asked.publishers, asked.dates)
            asked = replace(asked, clauses=(clause,))
        return asked

    def _scores(self, candidates: Candidates) -> Floats:
        """Scores of the candidates by the ranker; without it the sum of two signals."""
        signals = candidates.signals
        if "ranker" in self.without:
            plain = signals[:, SIGNALS.index("lexical")] + signals[:, SIGNALS.index("dense")]
            return np.asarray(plain, np.float32)
        off = [n for part in self.without for n in _SIGNALS_OF.get(part, ())]
        if off:
            columns = [SIGNALS.index(name) for name in off]
            signals = signals.copy()
            signals[:, columns] = self.rankers.passages.mean[columns]
        return self.rankers.passages.scores(signals)

    def sentences(
        self, found: Found, budget: int = BUDGET, count: Count = token_estimate
    ) -> list[Selected]:
        """The sentences of the hits that may answer, within `budget` tokens by `count`."""
        return select(self.pool(found), found.hits, self.rankers.sentences, budget, count)

    def nearness(self, found: Found) -> list[Nearness]:
        """How near each hit and its sentences are to the question."""
        if not found.hits:
            return []
        asked = found.vectors[0]
        passages = self._library.embeddings(found.numbers) @ asked
        held = self._library.sentences(found.numbers)
        spans: dict[str, list[tuple[int, int]]] = {}
        out: list[Nearness] = []
        for hit, passage, (own, rows) in zip(found.hits, passages, held, strict=True):
            article = hit.article
            if article.id not in spans:
                kept, _ = self._library.sentences_of(article.id)
                spans[article.id] = whole(article.text, kept or sentences(article.text))
            cosines = dict(zip(own[:, 0].tolist(), (rows @ asked).tolist(), strict=True))
            out.append(Nearness(spans[article.id], cosines, float(passage)))
        return out

    def copies(self, quote: str, article_id: str, start: int, filters: Filters) -> list[Article]:
        """Other articles that pass `filters` and have a quote of an article (from `start` on) word
        for word, among the passages that are nearest to its own; by date, the undated last."""
        number = self._library.passage_at(article_id, start)
        words = f" {' '.join(words_of(quote))} "
        if number is None or not words.strip():
            return []
        corpus = self.corpus
        mask = corpus.passing(filters) if filters else None
        near = corpus.cosines(self._library.embeddings([number])).top(0, COPIES, mask)
        found = self._library.passages(corpus.numbers[near].tolist()).values()
        same = {
            article.id: article
            for article, part in found
            if article.id != article_id and words in f" {' '.join(words_of(part.text))} "
        }
        return sorted(same.values(), key=lambda a: (not a.published, a.published or "", a.id))

    def stored(self, numbers: Sequence[int]) -> list[tuple[NDArray[np.int32], Vectors]]:
        """The sentences of passages by their numbers: spans (n, 2), unit vectors (n, dim)."""
        return self._library.sentences(numbers)

    def pool(self, found: Found) -> Pool:
        """Every sentence of the hits, with its signals."""
        return pool(found.asked, found.vectors, found.hits, found.numbers, self.corpus)

    def _hits(
        self, asked: Asked, corpus: Corpus, candidates: Candidates, scores: Floats, k: int
    ) -> tuple[list[Hit], list[int]]:
        places = candidates.places
        of = corpus.by(asked.publishers)[places]
        sources = np.where(of, corpus.publisher[places], -1)
        waits = Waits(0, 0, 0) if "diversity" in self.without else Waits()
        most = k + k // 2  # half as many again, as copies are folded; not measured
        order = choose(scores, corpus.articles[places], sources, candidates.fits, most, waits)
        for source in asked.sources:  # each named source gets a hit among the first k
            own = corpus.by(source.publishers)[places]
            if own.any() and not own[order[:k]].any():
                order = [i for i in order if not own[i]]
                order.insert(max(0, k - 1), int(np.argmax(np.where(own, scores, -np.inf))))
        numbers = [int(corpus.numbers[places[i]]) for i in order]
        found = self._library.passages(numbers)
        rows = [
            (
                Hit(
                    *found[number],
                    score=float(scores[i]),
                    signals=dict(zip(SIGNALS, map(float, candidates.signals[i]), strict=True)),
                ),
                number,
            )
            for i, number in zip(order, numbers, strict=True)
            if number in found
        ]
        hits = [hit for hit, _ in rows]
        into = folded([h.passage.text for h in hits], [h.article.id for h in hits])
        if "folding" in self.without:
            into = list(range(len(hits)))
        copies: dict[int, list[str]] = {}
        for place, first in enumerate(into):
            if place != first:
                copies.setdefault(first, []).append(hits[place].article.id)
        kept = [place for place, first in enumerate(into) if place == first]
        chosen = [replace(hits[p], also_in=tuple(copies.get(p, ()))) for p in kept[:k]]
        return chosen, [rows[p][1] for p in kept[:k]]


def known_on(article: Article, today: date | None) -> Article:
    """The article as of a day: undated where it is dated later."""
    if today is None or not article.published:
        return article
    later = first_day(article.published[:10]) > today.isoformat()
    return replace(article, published=None) if later else article


def _newness(corpus: Corpus, candidates: Candidates, scores: Floats) -> Floats:
    """What each candidate's score gains by its date: the newer of near equals gains more."""
    days = corpus.last[candidates.places]
    near = (scores >= scores.max(initial=-np.inf) - NEAR) & (days > UNDATED)
    ranks = np.searchsorted(np.unique(days[near]), days) / max(1, len(np.unique(days[near])) - 1)
    return np.where(near, NEWER * ranks, 0).astype(np.float32)
