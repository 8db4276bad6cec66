"""From a question to the sentences that may answer it, without any model: what is searched for,
what the question asks, and whether the evidence can hold it.

    question made to stand alone -> hits -> intent, evidence sentences best first, judgement
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from index.library import Library
from index.search import Found, Searcher
from index.text.aliases import usual
from index.text.passages import token_estimate
from rag.abstain.judge import judge
from rag.abstain.judgement import Judgement
from rag.evidence.injection import trusted
from rag.evidence.scoring import gather
from rag.evidence.sentence import EvidenceSentence
from rag.language.names import find_names
from rag.question.followup import standalone
from rag.question.intent import Intent, understand
from rag.question.validate import filters_of, today_of
from rag.serving.background import Later
from rag.strategies import multihop as across
from rag.types import Question

HITS = 12


class Finder:
    """Finds evidence in one library."""

    def __init__(self, library: Library, searching: Later[Searcher]) -> None:
        self._library, self.searching = library, searching
        self.defended = True  # off only to measure what the defence costs (eval.injection)

    @property
    def searcher(self) -> Searcher:
        """What searches, waited for if it is being loaded."""
        return self.searching.get()

    def find(self, asked: Question, k: int = HITS) -> Found:
        """What the search finds for a question made to stand alone."""
        text = standalone(asked.question, asked.history)
        return self.searcher.find(text, k, filters_of(asked), today=today_of(asked))

    def weigh(self, found: Found) -> tuple[Intent, list[EvidenceSentence], Judgement]:
        """What the question asks, its evidence sentences best first, and whether they answer it."""
        text, hits = found.asked.text, found.hits
        texts = [f"{hit.article.title}. {hit.passage.text}" for hit in hits]
        small = {word for text in texts for word in re.findall(r"\b[a-z]+\b", text)}
        times = Counter(
            n.text for text in texts for n in find_names(text) if n.text.lower() not in small
        )
        names = sorted(times, key=lambda name: (times[name], usual(name), name))
        intent = understand(text, self._library.publishers(), names)
        rarity, encode = self.searcher.vocabulary.rarity, self.searcher.encode
        pool = gather(intent, hits, self.searcher.nearness(found), encode, rarity)
        if self.defended:
            pool = trusted(pool)
        return intent, pool, judge(intent, pool, rarity, encode)

    def of_several(self, found: Found) -> list[EvidenceSentence]:
        """The sentences, of several articles, from which a question over them is answered."""
        picked = self.searcher.sentences(found, across.BUDGET, token_estimate)
        picked = across.near_best(picked, found.asked)
        said = [EvidenceSentence(s.article, s.start, s.end, s.text, "") for s in picked]
        return trusted(said) if self.defended else said

    def side(self, side: Intent, asked: Question) -> list[EvidenceSentence]:
        """Evidence for one side of a comparison: of its publisher, or without the other's name."""
        query, filters, today = side.text, filters_of(asked), today_of(asked)
        publishers = side.sources[0] if side.sources else (filters.publisher,)
        searcher = self.searcher
        found = [
            searcher.find(query, 4, replace(filters, publisher=p), today=today) for p in publishers
        ]
        hits = [hit for part in found for hit in part.hits]
        near = [one for part in found for one in searcher.nearness(part)]
        pool = gather(side, hits, near, searcher.encode, searcher.vocabulary.rarity)
        return trusted(pool) if self.defended else pool
