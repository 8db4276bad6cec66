"""The signs of one evidence sentence that abstention weighs, each about 0 to 1.

Names of signs: `judgement.SIGNS`; their weights: `abstain.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.text.words import STOPWORDS
from rag.abstain.rules import tells_noun
from rag.evidence.fit import missing_terms
from rag.evidence.sentence import EvidenceSentence, stems_of
from rag.language.lexicon import covers, stem, words
from rag.question.classifier import Encode
from rag.question.intent import Intent


def signs_of(
    intent: Intent, e: EvidenceSentence, rarity: Callable[[str], float], distances: dict[str, float]
) -> dict[str, float]:
    """The signs of one sentence, each about 0 to 1; sums over the relation's words, by rarity."""
    own = stems_of(e.text) | stems_of(e.context)
    relation = [(t, max(0.05, rarity(t))) for t in intent.relation]
    total = sum(w for _, w in relation) or 1.0
    missing = missing_terms(intent, e)
    return {
        "cosine": e.cosine,
        "coverage": e.coverage,
        "names": e.names,
        "in_article": e.in_article,
        "kind": float(e.holds_kind),
        "noun": float(tells_noun(intent, e)),
        "dates": e.dates,
        "missing": sum(w for t, w in relation if t in missing) / total,
        "distance": sum(w * distances.get(t, 0.0) for t, w in relation) / total,
        "exact": sum(w for t, w in relation if covers(t, own) == 1) / total if relation else 1.0,
    }


def distances(
    intent: Intent, best: Sequence[EvidenceSentence], encode: Encode
) -> list[dict[str, float]]:
    """For each sentence and each relation word that it lacks: 1 - cosine to its nearest word."""
    lacking = [missing_terms(intent, e) for e in best]
    asked = {stem(w): w for w in words(intent.text)}
    wanted = sorted({t for terms in lacking for t in terms})
    if not wanted:
        return [{} for _ in best]
    told = [
        [w for w in dict.fromkeys(words(e.text)) if w not in STOPWORDS and len(w) > 2] for e in best
    ]
    every = sorted({w for row in told for w in row})
    vectors = encode([*(asked.get(t, t) for t in wanted), *every])
    cosines = vectors[: len(wanted)] @ vectors[len(wanted) :].T
    place = {w: i for i, w in enumerate(every)}
    return [
        {
            t: 1 - max((float(cosines[wanted.index(t), place[w]]) for w in row), default=0.0)
            for t in terms
        }
        for terms, row in zip(lacking, told, strict=True)
    ]
