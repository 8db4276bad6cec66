"""Candidate passages and their signals, which `ranking/ranker.py` weighs.

    question -> searches by the whole, each clause, each source, each date -> candidates (n,)
    candidates -> one row of SIGNALS each, float32 (n, len(SIGNALS)), most of them 0 .. 1

A clause that names a source counts for that source's passages, one without a source for all. The
`any_` signals count every clause for every passage. What each part is worth: `python -m
eval.retrieval`, docs/scoreboard.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.query.dates import When
from index.query.question import Asked, Clause
from index.ranking.bm25 import Floats
from index.ranking.corpus import Corpus
from index.ranking.nearness import Cosines, Mask, Places, best

SIGNALS = (
    "lexical", "lexical_share", "dense", "sentence",  # of the whole question
    "clause_lexical", "clause_share", "clause_dense", "clause_sentence",  # clauses of its source
    "any_lexical", "any_sentence",  # clauses of any source
    "second_sentence", "own_sentence", "own_lexical", "own_margin", "own_lexical_margin",
    "source", "other_source", "source_count", "no_source",
    "date", "other_date", "source_and_date", "dated_other",
    "title_share", "in_title", "title_clause",
    "names", "names_article",
    "article_lexical", "article_dense", "article_sentence",
    "below_article", "below_article_sentence",
    "source_margin", "neighbour", "feedback",
    "terms", "clause_terms", "own_terms", "any_terms",  # of one sentence
    "clause_lead", "clause_rank", "source_lead", "source_rank", "lexical_lead", "terms_lead",
    "leads",
    "sources_asked", "clauses_asked", "dates_asked",  # of the question, not the passage
)  # fmt: skip
PLACE = {name: i for i, name in enumerate(SIGNALS)}

# Candidates taken by each search; not measured.
WHOLE_DEPTH = 60
CLAUSE_DEPTH = 20
SOURCE_DEPTH = 20
_FULL = 2.2  # K1 + 1 of BM25: the most that a word scores, as a multiple of its idf


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer, their signals, and how well each fits each clause."""

    places: Places  # (n,)
    signals: Floats  # (n, len(SIGNALS))
    fits: Floats  # (n, clauses): by its best sentence; 0 for a clause of another source


def gather(
    asked: Asked,
    corpus: Corpus,
    vectors: Floats,
    mask: Mask | None = None,
    extra: Sequence[str] = (),
) -> Candidates:
    """Candidates for a question.

    `vectors` (1 + clauses, dim) are the embeddings of the question and of its clauses. `mask`
    (passages,) limits the passages. `extra` are more words to search for: other forms of names.
    """
    lexical = corpus.lexical
    stems = lexical.stems([*asked.terms, *extra])
    parts = [lexical.stems(clause.terms) for clause in asked.clauses]
    whole = lexical.scores(stems)
    by_clause = [lexical.scores(part) for part in parts]
    near = corpus.cosines(vectors)
    found = [best(whole, WHOLE_DEPTH, mask), near.top(0, WHOLE_DEPTH, mask)]
    found += [best(scores, CLAUSE_DEPTH, mask) for scores in by_clause]
    if len(asked.clauses) > 1:
        found += [near.top(1 + i, CLAUSE_DEPTH, mask) for i in range(len(asked.clauses))]
    found += _of_sources(asked, corpus, near, whole, by_clause, mask)
    places = np.unique(np.concatenate(found))
    if not len(places):
        empty = np.zeros((0, len(SIGNALS)), np.float32)
        return Candidates(places, empty, np.zeros((0, len(asked.clauses)), np.float32))
    return _Measured(
        asked, corpus, vectors, near.at(places), stems, parts, whole, by_clause, places
    ).candidates()


def _of_sources(
    asked: Asked,
    corpus: Corpus,
    near: Cosines,
    whole: Floats,
    by_clause: Sequence[Floats],
    mask: Mask | None,
) -> list[Places]:
    """More candidates of each named source, and of each named day."""
    found: list[Places] = []
    for publishers in dict.fromkeys(source.publishers for source in asked.sources):
        of = corpus.by(publishers)
        of = of if mask is None else of & mask
        if not of.any():
            continue
        own = [i for i, c in enumerate(asked.clauses) if c.publishers & set(publishers)]
        found.append(best(whole, 2 * SOURCE_DEPTH, of))
        found += [best(by_clause[i], SOURCE_DEPTH, of) for i in own]
        found += [near.top(i, SOURCE_DEPTH, of) for i in (0, *(i + 1 for i in own))]
    for i, clause in enumerate(asked.clauses):
        for when in clause.dates:
            days = _days(corpus, when)
            days = days if mask is None else days & mask
            if clause.publishers:
                days &= corpus.by(clause.publishers)
            found += [best(whole, SOURCE_DEPTH, days), best(by_clause[i], SOURCE_DEPTH, days)]
    return found


def _days(corpus: Corpus, when: When) -> Mask:
    """Which passages were published when a date says."""
    first = "0001-01-01" if when.bound == "until" else when.first
    last = "9999-12-31" if when.bound == "since" else when.last
    return corpus.between(first, last)


class _Measured:
    """The candidates of one question, measured by every signal."""

    def __init__(
        self,
        asked: Asked,
        corpus: Corpus,
        vectors: Floats,
        dense: Floats,
        stems: Sequence[str],
        parts: Sequence[Sequence[str]],
        whole: Floats,
        by_clause: Sequence[Floats],
        places: Places,
    ) -> None:
        self.asked, self.corpus, self.places = asked, corpus, places
        self.stems, self.parts = stems, parts
        self.whole, self.by_clause = whole, by_clause
        self.dense = dense
        self.sentence = corpus.best_sentences(places, vectors, dense)
        self.articles, self.group = np.unique(corpus.articles[places], return_inverse=True)

    def candidates(self) -> Candidates:
        """The signals and fits of all candidates."""
        asked, corpus, places = self.asked, self.corpus, self.places
        n, clauses = len(places), asked.clauses
        out = np.zeros((n, len(SIGNALS)), np.float32)

        def put(name: str, values: NDArray[np.generic] | float) -> None:
            out[:, PLACE[name]] = values

        lexical = self.whole[places] / max(float(self.whole.max(initial=0)), 1e-6)
        put("lexical", lexical)
        put("lexical_share", self.whole[places] / self._weight(self.stems))
        put("dense", self.dense[:, 0])
        put("sentence", self.sentence[:, 0])

        own, free = self._own()
        fits_lexical = np.stack(
            [s[places] / max(float(s.max(initial=0)), 1e-6) for s in self.by_clause], 1
        )
        share = np.stack(
            [s[places] / self._weight(p) for s, p in zip(self.by_clause, self.parts, strict=True)],
            1,
        )
        eligible = own | free
        put("clause_lexical", _masked_max(fits_lexical, eligible))
        put("clause_share", _masked_max(share, eligible))
        put("clause_dense", _masked_max(self.dense[:, 1:], eligible))
        put("clause_sentence", _masked_max(self.sentence[:, 1:], eligible))
        put("any_lexical", fits_lexical.max(1))
        put("any_sentence", self.sentence[:, 1:].max(1))
        ordered = np.sort(np.where(eligible, self.sentence[:, 1:], 0), 1)
        put("second_sentence", ordered[:, -2] if ordered.shape[1] > 1 else ordered[:, -1])
        own_sentence = _masked_max(self.sentence[:, 1:], own)
        own_lexical = _masked_max(fits_lexical, own)
        put("own_sentence", own_sentence)
        put("own_lexical", own_lexical)

        publisher = corpus.publisher[places]
        put("own_margin", _below_best(own_sentence, publisher))
        put("own_lexical_margin", _below_best(own_lexical, publisher))
        put("source_margin", _below_best(lexical + out[:, PLACE["clause_sentence"]], publisher))

        of = corpus.by(asked.publishers)[places]
        counts = np.zeros(n, np.float32)
        for source in asked.sources:
            counts += corpus.by(source.publishers)[places]
        put("source", of)
        put("other_source", ~of if asked.sources else 0.0)
        put("source_count", np.minimum(counts, 3) / 3)
        put("no_source", 0.0 if asked.sources else 1.0)
        put("sources_asked", min(len({s.publishers for s in asked.sources}), 4) / 4)
        put("clauses_asked", len(clauses) / 8)
        put("dates_asked", min(len(asked.dates), 3) / 3)
        self._dates(put, own, of)
        self._titles(put)
        self._names(put)
        self._surroundings(put, lexical)
        fits = self._leads(put, eligible, own, fits_lexical, publisher)
        return Candidates(places, out, fits)

    def _weight(self, stems: Sequence[str]) -> float:
        """The highest BM25 score that a passage can have for these stems."""
        return max(_FULL * sum(self.corpus.lexical.idf(stem) for stem in stems), 1e-6)

    def _own(self) -> tuple[Mask, Mask]:
        """Two masks (n, clauses): clauses of the passage's source; clauses without a source."""
        own = np.zeros((len(self.places), len(self.asked.clauses)), bool)
        free = np.zeros_like(own)
        for i, clause in enumerate(self.asked.clauses):
            own[:, i] = self.corpus.by(clause.publishers)[self.places]
            free[:, i] = not clause.publishers
        return own, free

    def _leads(
        self,
        put: Put,
        eligible: Mask,
        own: Mask,
        fits_lexical: Floats,
        publisher: NDArray[np.int32],
    ) -> Floats:
        """Put the signals of standing among the others; return the fits (n, clauses).

        A lead is the distance to the best candidate of a clause (0 for the best itself). A rank is
        the reciprocal rank. Both are taken among all candidates and among those of one source.
        """
        terms = self._terms(put, eligible, own)
        sentence = np.where(eligible, self.sentence[:, 1:], 0)
        # .5, the weight of words beside the cosine, is not measured
        fits = np.where(eligible, self.sentence[:, 1:] + 0.5 * terms, 0).astype(np.float32)
        behind = fits.max(0) - fits
        put("clause_lead", np.where(eligible, behind, 1).min(1))
        put("lexical_lead", np.where(eligible, fits_lexical.max(0) - fits_lexical, 1).min(1))
        put("terms_lead", np.where(eligible, terms.max(0) - terms, 1).min(1))
        put("clause_rank", np.where(eligible, _reciprocal_ranks(fits), 0).max(1))
        lead = np.ones(len(fits), np.float32)
        rank = np.zeros(len(fits), np.float32)
        leads = (fits >= fits.max(0)) & eligible
        for one in np.unique(publisher):
            of = publisher == one
            mine = fits[of]
            lead[of] = np.where(eligible[of], mine.max(0) - mine, 1).min(1)
            rank[of] = np.where(eligible[of], _reciprocal_ranks(mine), 0).max(1)
        put("source_lead", lead)
        put("source_rank", rank)
        put("leads", leads.sum(1) / fits.shape[1])
        return np.asarray(np.where(sentence > 0, fits, 0), np.float32)

    def _terms(self, put: Put, eligible: Mask, own: Mask) -> Floats:
        """Share of each clause's words, weighed by idf, that one sentence holds: (n, clauses)."""
        idf = self.corpus.lexical.idf
        stems = list(dict.fromkeys([*self.stems, *(s for part in self.parts for s in part)]))
        weights = np.zeros((len(stems), 1 + len(self.parts)), np.float32)
        for column, part in enumerate([self.stems, *self.parts]):
            total = sum(map(idf, part)) or 1.0
            inside = set(part)
            weights[:, column] = [idf(s) / total if s in inside else 0.0 for s in stems]
        shares = self.corpus.coverage(self.places, stems, weights)
        put("terms", shares[:, 0])
        put("clause_terms", _masked_max(shares[:, 1:], eligible))
        put("own_terms", _masked_max(shares[:, 1:], own))
        put("any_terms", shares[:, 1:].max(1))
        return shares[:, 1:]

    def _dates(self, put: Put, own: Mask, of: Mask) -> None:
        dates = self.asked.dates
        if not dates:
            return
        fitting = np.stack([_days(self.corpus, when)[self.places] for when in dates], 1)
        exact = np.array([when.exact and when.bound == "on" for when in dates])
        fits = np.asarray(fitting.any(1))
        put("date", fits)
        put("other_date", ~fits)
        both = np.zeros(len(self.places), bool)
        dated = np.zeros(len(self.places), bool)
        for i, clause in enumerate(self.asked.clauses):
            for when in clause.dates:
                if exact[dates.index(when)]:
                    mine = own[:, i] if clause.publishers else np.ones_like(both)
                    both |= mine & fitting[:, dates.index(when)]
                    dated |= mine
        put("source_and_date", both)
        put("dated_other", dated & ~both)

    def _titles(self, put: Put) -> None:
        lexical, stems = self.corpus.lexical, set(self.stems)
        titles = self.corpus.titles(self.articles)
        share = np.zeros(len(self.articles), np.float32)
        inside = np.zeros(len(self.articles), np.float32)
        clause = np.zeros(len(self.articles), np.float32)
        total = sum(lexical.idf(stem) for stem in stems) or 1.0
        weights = [sum(lexical.idf(s) for s in part) or 1.0 for part in self.parts]
        for i, (title, mass) in enumerate(titles):
            common = {s: lexical.idf(s) for s in title & stems}
            if not common:
                continue
            got = sum(common.values())
            share[i], inside[i] = got / (mass or 1.0), got / total
            clause[i] = max(
                (sum(common.get(s, 0.0) for s in part) / w)
                for part, w in zip(self.parts, weights, strict=True)
            )
        put("title_share", share[self.group])
        put("in_title", inside[self.group])
        put("title_clause", clause[self.group])

    def _names(self, put: Put) -> None:
        lexical = self.corpus.lexical
        names = lexical.stems(self.asked.names)
        total = sum(lexical.idf(name) for name in names)
        if not total:
            return
        here = np.zeros(len(self.places), np.float32)
        around = np.zeros(len(self.articles), np.float32)
        for name in names:
            posting = lexical.posting(name)
            holding = self.corpus.articles[posting.places]
            here += np.isin(self.places, posting.places, kind="table") * posting.idf
            around += np.isin(self.articles, holding, kind="table") * posting.idf
        put("names", here / total)
        put("names_article", around[self.group] / total)

    def _surroundings(self, put: Put, lexical: Floats) -> None:
        corpus, places = self.corpus, self.places
        sentence = self.sentence.max(1)
        for name, values in (
            ("article_lexical", lexical),
            ("article_dense", self.dense[:, 0]),
            ("article_sentence", sentence),
        ):
            put(name, _group_max(values, self.group)[self.group])
        put("below_article", _group_max(lexical, self.group)[self.group] - lexical)
        put("below_article_sentence", _group_max(sentence, self.group)[self.group] - sentence)
        top = max(float(self.whole.max(initial=0)), 1e-6)
        near = np.zeros(len(places), np.float32)
        for step in (-1, 1):
            beside = np.clip(places + step, 0, len(corpus) - 1)
            same = corpus.articles[beside] == corpus.articles[places]
            near = np.maximum(
                near, np.where(same & (beside != places), self.whole[beside], 0) / top
            )
        put("neighbour", near)
        prior = lexical + self.dense[:, 0] + sentence
        leaders = np.argsort(-prior, kind="stable")[:5]  # five: not measured
        put("feedback", corpus.centroid_cosines(places, leaders))


Put = Callable[[str, "NDArray[np.generic] | float"], None]


def _masked_max(values: Floats, mask: Mask) -> Floats:
    """Row maxima over the columns that `mask` allows; 0 where it allows none."""
    return np.asarray(np.where(mask, values, 0).max(1), np.float32)


def _reciprocal_ranks(values: Floats) -> Floats:
    """1 / rank of each value in its column, the highest first."""
    ranks = (-values).argsort(0, kind="stable").argsort(0, kind="stable")
    return np.asarray(1 / (1 + ranks), np.float32)


def _group_max(values: Floats, group: NDArray[np.intp]) -> Floats:
    out = np.full(int(group.max()) + 1, -np.inf, np.float32)
    np.maximum.at(out, group, values)
    return out


def _below_best(values: Floats, keys: NDArray[np.int32]) -> Floats:
    """How far each value lies below the best value with its key."""
    _, group = np.unique(keys, return_inverse=True)
    return np.asarray(_group_max(values, group)[group] - values, np.float32)


__all__ = ["PLACE", "SIGNALS", "Candidates", "Clause", "gather"]
