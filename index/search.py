"""A query to ranked passages: lexical and dense scores, joined by weights that were measured.

    query         = spelling corrected by the library's words, other forms of known names added
    terms, vector = words of the query, its embedding
    candidates    = best by BM25 + best by cosine (each one scored by both)
    score         = WEIGHT * lexical / best lexical + (1 - WEIGHT) * dense
    one search more for each publisher that the query names, interleaved

Filters are exact. Nothing here reads a model's output; see `rag` for evidence and answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from index.aliases import mentioned, variants
from index.encoder import Encoder, Vectors
from index.library import Library
from index.types import Filters, Hit
from index.vectors import open_vectors
from index.vocabulary import Vocabulary

LEXICAL_WEIGHT = 0.6
HEADING_WEIGHT = 1.0
DEPTH = 100

STOPWORDS = frozenset(
    "a about after all also am an and any are as at be been before being between both but by can"
    " could did do does doing for from had has have having he her him his how i if in into is it"
    " its itself just many may me might more most much my no nor not now of off on once one only"
    " or other our out over own please s same say says said she should so some such t tell than"
    " that the their them then there these they this those through to too under until up us was"
    " we were what when where whether which while who whom whose why will with would you your"
    " according article articles report reported reports".split()
)


def terms(query: str) -> list[str]:
    """Lower-case words of the query that carry meaning, each once, in order."""
    words = [w.lower() for w in re.findall(r"\w+(?:[.'’]\w+)*", query)]
    words = [re.sub(r"['’]s$", "", w) for w in words]
    kept = [w for w in words if w not in STOPWORDS]
    return list(dict.fromkeys(kept or words))


class Searcher:
    """Searches one library; holds its vector index and follows the library when it changes."""

    def __init__(self, library: Library, encoder: Encoder) -> None:
        self._library = library
        self._encoder = encoder
        self._follow()

    def _follow(self) -> None:
        self._library.require(self._encoder)
        state = self._library.state  # asked first: what is committed meanwhile is followed next
        self._vectors = open_vectors(self._library)
        self.vocabulary = Vocabulary(self._library)
        self._state = state

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of any texts, by the encoder of the library."""
        return self._encoder.encode(texts)

    def corrected(self, query: str) -> str:
        """The query with words that no passage holds replaced by the likeliest one that some do."""
        return re.sub(r"\b[^\W\d_]+\b", lambda m: self.vocabulary.correction(m[0]) or m[0], query)

    def search(self, query: str, k: int = 10, filters: Filters = Filters()) -> list[Hit]:
        """The `k` best passages for `query`, best first; empty where nothing is similar."""
        if self._state != self._library.state:
            self._follow()
        query = self.corrected(query)
        vector = self._encoder.encode([query])[0]
        others = [form for name in mentioned(query) for form in variants(name)]
        words = list(dict.fromkeys([*terms(query), *(w for form in others for w in terms(form))]))
        rankings = [self._rank(words, vector, filters)]
        if not filters.publisher:
            for sources in named(query, self._library.publishers()).values():
                for publisher in sources[:3]:
                    limited = Filters(filters.since, filters.until, publisher)
                    rankings.append(self._rank(words, vector, limited))
        scored = _interleave(rankings, k) if len(rankings) > 1 else rankings[0][:k]
        found = self._library.passages(number for number, _, _ in scored)
        return [
            Hit(*found[number], score=score, signals=signals)
            for number, score, signals in scored
            if number in found
        ]

    def _rank(
        self, words: Sequence[str], vector: Vectors, filters: Filters
    ) -> list[tuple[int, float, dict[str, float]]]:
        lexical = dict(self._library.lexical(words, DEPTH, filters, HEADING_WEIGHT))
        allowed = self._library.passage_numbers(filters) if filters else None
        dense = dict(self._vectors.search(vector, DEPTH, allowed))
        missing = [number for number in lexical if number not in dense]
        if missing:
            cosines = self._library.embeddings(missing) @ vector
            dense.update(zip(missing, map(float, cosines), strict=True))
        top = max(lexical.values(), default=1.0)
        rows = []
        for number, cosine in dense.items():
            signals = {"lexical": lexical.get(number, 0.0), "dense": cosine}
            score = LEXICAL_WEIGHT * signals["lexical"] / top + (1 - LEXICAL_WEIGHT) * cosine
            rows.append((number, score, signals))
        return sorted(rows, key=lambda row: (-row[1], row[0]))


def named(query: str, publishers: Sequence[str]) -> dict[str, list[str]]:
    """Publishers that stand in `query` as whole words, longest first, none inside another.

    A publisher that passes on another's report ("Reuters via CNA") is meant by either's name.

    >>> named("What did Reuters say?", ["Reuters via CNA", "Reuters", "CNBC"])
    {'Reuters': ['Reuters via CNA', 'Reuters']}
    """
    forms: dict[str, list[str]] = {}
    for publisher in publishers:
        parts = re.split(r" via | and (?=[A-Z])|, | \(|\)", publisher)
        for form in dict.fromkeys([publisher, *(part for part in parts if part)]):
            forms.setdefault(form, []).append(publisher)
    found: dict[str, list[str]] = {}
    rest = query
    for form in sorted(forms, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(form)}(?!\w)"
        if len(form) > 2 and re.search(pattern, rest):
            found[form] = forms[form]
            rest = re.sub(pattern, " ", rest)
    return found


def _interleave(
    rankings: Sequence[list[tuple[int, float, dict[str, float]]]], k: int
) -> list[tuple[int, float, dict[str, float]]]:
    out: dict[int, tuple[int, float, dict[str, float]]] = {}
    for rank in zip_longest(*rankings):
        for row in rank:
            if row is not None and len(out) < k:
                out.setdefault(row[0], row)
    return list(out.values())
