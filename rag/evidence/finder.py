"""From a question to the sentences that may answer it, without any language model.

question made to stand alone -> hits -> intent, evidence sentences best first
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from index.library import Library
from index.search import Found, Searcher, known_on
from index.text.aliases import usual
from index.types import Article
from rag.evidence.injection import trusted
from rag.evidence.scoring import gather
from rag.evidence.sentence import EvidenceSentence
from rag.language.names import find_names
from rag.question.classifier import Encode
from rag.question.followup import standalone
from rag.question.intent import Intent, understand
from rag.question.lasting import by_vector
from rag.question.validate import filters_of, today_of
from rag.types import Citation, Copy, Question

HITS = 12


class Finder:
    """Finds evidence in one library; `searching` gives what searches it, loaded when first used."""

    def __init__(self, library: Library, searching: Callable[[], Searcher]) -> None:
        self.library, self._searching = library, searching
        self.defended = True  # off only to measure what the defence costs (eval.injection)

    @property
    def searcher(self) -> Searcher:
        """What searches, waited for if it is being loaded."""
        return self._searching()

    @property
    def encode(self) -> Encode:
        """Texts to unit vectors, by the library's encoder."""
        return self.searcher.encode

    def rarity(self, stem: str) -> float:
        """How rare a stem is in the library: 0 in every passage to 1 in none."""
        return self.searcher.vocabulary.rarity(stem)

    def article(self, article_id: str) -> Article | None:
        """An article of the library."""
        return self.library.article(article_id)

    def undated(self, asked: Question) -> int:
        """How many articles the question's limits leave out only because they have no date."""
        return self.library.undated_excluded(filters_of(asked))

    def copies(self, asked: Question, c: Citation) -> list[Copy]:
        """Who else has the quote of a citation word for word, within the question's limits."""
        today = today_of(asked)
        found = self.searcher.copies(c.quote, c.article_id, c.start, filters_of(asked))
        return [
            Copy(article_id=a.id, title=a.title, publisher=a.publisher, url=a.url,
                 published=known_on(a, today).published)
            for a in found
        ]  # fmt: skip

    def find(self, asked: Question, k: int = HITS) -> Found:
        """What the search finds for a question made to stand alone."""
        text = standalone(asked.question, asked.history, self.encode)
        return self.searcher.find(text, k, filters_of(asked), today=today_of(asked))

    def read(self, found: Found) -> tuple[Intent, list[EvidenceSentence]]:
        """What the question asks, and its evidence sentences, best first."""
        text, hits = found.asked.text, found.hits
        texts = [f"{hit.article.title}. {hit.passage.text}" for hit in hits]
        small = {word for text in texts for word in re.findall(r"\b[a-z]+\b", text)}
        times = Counter(
            n.text for text in texts for n in find_names(text) if n.text.lower() not in small
        )
        names = sorted(times, key=lambda name: (times[name], usual(name), name))
        intent = understand(text, self.encode, self.library.publishers(), names)
        intent = replace(intent, lasting=by_vector(intent.text, intent.names, self.encode))
        nearness = self.searcher.nearness(found)
        pool = gather(intent, hits, nearness, self.encode, self.rarity)
        return intent, self.defend(pool)

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
        return self.defend(gather(side, hits, near, self.encode, self.rarity))

    def defend(self, pool: list[EvidenceSentence]) -> list[EvidenceSentence]:
        """The sentences without those that are no news but orders to whoever reads them."""
        return trusted(pool, self.library) if self.defended else pool
