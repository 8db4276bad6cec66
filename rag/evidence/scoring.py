"""From passages to the sentences that may answer, best first.

    sentences of the hits -> cosine to the question, terms and names covered, kind of answer held
    -> a score by hand, one of the signals of the learned order (`order.py`) -> best first

The context of a sentence is its article's title, publisher and its neighbours, two before and one
after: who "the company" is. In a digest they are of the same item, with the section's heading. What
is decided from the scores is in `abstain/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from index.search import Nearness
from index.text.items import heading, item
from index.types import Hit
from rag.evidence.fit import dates_fit, holds_kind, names_version
from rag.evidence.order import Place, chances_of, signals
from rag.evidence.sentence import EvidenceSentence, stems_of
from rag.evidence.span import lead_in
from rag.language.event_status import status_of
from rag.language.lexicon import covers
from rag.language.names import mentions
from rag.question.classifier import Encode
from rag.question.intent import Intent

NEWER = 0.12  # what the newest of all gains where the latest state is asked for
POOL = 120  # sentences scored per question; not measured
# The best of them are encoded with their titles; the others' cosine is estimated. Not measured.
ENCODED = 16
COSINE = 0.45  # what a cosine of 1 is worth beside the words
# Cosine of a sentence with its title, from its own and its passage's: least squares over 5,700
# sentences of 150 calibration questions, R2 .91 on those left out.
OWN, PASSAGE = 0.32, 0.71
NEARBY = 700  # characters on each side of a sentence in which its subject may be named


def gather(
    intent: Intent,
    hits: Sequence[Hit],
    nearness: Sequence[Nearness],
    encode: Encode,
    rarity: Callable[[str], float],
) -> list[EvidenceSentence]:
    """Sentences of the hits' passages, best first; two of the same text from one article once.

    `nearness` is that of each hit to the question.
    """
    pool, places = candidates_of(intent, hits, nearness, encode, rarity)
    if not pool:
        return []
    chances = chances_of(signals(intent, pool, places, rarity))
    ranked = [replace(e, chance=float(c)) for e, c in zip(pool, chances, strict=True)]
    return sorted(ranked, key=lambda e: (-e.chance, e.article.id, e.start))


def candidates_of(
    intent: Intent,
    hits: Sequence[Hit],
    nearness: Sequence[Nearness],
    encode: Encode,
    rarity: Callable[[str], float],
) -> tuple[list[EvidenceSentence], list[Place]]:
    """The sentences of the hits' passages with their signs, and where each stands."""
    found: dict[tuple[str, int], tuple[EvidenceSentence, Place]] = {}
    for rank, (hit, near) in enumerate(zip(hits, nearness, strict=True)):
        text, spans = hit.article.text, near.spans
        for place, (start, end) in enumerate(spans):
            if start < hit.passage.start or end > hit.passage.end or len(found) >= POOL:
                continue
            own = text[start:end]
            if len(own) > 1500 or not re.search(r"\w\w", own):
                continue
            first, last = item(text, start)
            beside = [*spans[max(0, place - 2) : place], *spans[place + 1 : place + 2]]
            around = " ".join(text[a:b] for a, b in beside if first <= a and b <= last)
            head = f"{hit.article.title or ''}. {hit.article.publisher or ''}. "
            if section := heading(text, start):
                head += f"{section}. "
            alone = near.sentences.get(start, near.passage)
            e = EvidenceSentence(
                hit.article, start, end, own, head + around, OWN * alone + PASSAGE * near.passage,
                lead_in=lead_in(text, spans, place),
            )  # fmt: skip
            below = hit.score - hits[0].score
            where = Place(rank, below, alone, near.passage, place, len(spans))
            found.setdefault((hit.article.id, start), (e, where))
    if not found:
        return [], []
    where_of = {(e.article.id, e.start): where for e, where in found.values()}
    pool = [e for e, _ in found.values()]
    weights = {t: max(0.05, rarity(t)) for t in intent.terms}
    scored = sorted((_scored(intent, e, weights) for e in pool), key=_order)
    best = scored[:ENCODED]
    vectors = encode([intent.text, *(f"{e.article.title or ''}. {e.text}" for e in best)])
    cosines = (vectors[1:] @ vectors[0]).tolist()
    scored[:ENCODED] = [
        replace(e, cosine=c, score=e.score + COSINE * (c - e.cosine))
        for e, c in zip(best, cosines, strict=True)
    ]
    if intent.outcome or intent.recent:
        scored = _newer_first(scored)
    return scored, [where_of[e.article.id, e.start] for e in scored]


def _order(e: EvidenceSentence) -> tuple[float, str, int]:
    return -e.score, e.article.id, e.start


def _newer_first(pool: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentences with a little more score the later they were published; undated ones none."""
    days = sorted({(e.article.published or "")[:10] for e in pool} - {""})
    rank = {day: (place + 1) / len(days) for place, day in enumerate(days)}
    return [
        replace(e, score=e.score + NEWER * rank.get((e.article.published or "")[:10], 0.0))
        for e in pool
    ]


def _scored(intent: Intent, e: EvidenceSentence, weights: dict[str, float]) -> EvidenceSentence:
    """The sentence with all its signs, and the score that they give."""
    own, around = stems_of(e.text), stems_of(e.context)
    total = sum(weights.values()) or 1.0
    coverage = (
        sum(w * max(covers(t, own), 0.7 * covers(t, around)) for t, w in weights.items()) / total
    )
    names = _share(intent.names, e.text + " " + e.context)
    in_article = names if names == 1 else _share(intent.names, _nearby(e))
    kind, dates = holds_kind(intent, e.text), dates_fit(intent, e)
    version = names_version(intent, f"{e.text} {e.context}")
    score = 0.35 * coverage + 0.25 * names + 0.1 * in_article + 0.2 * kind + 0.2 * dates
    score += COSINE * e.cosine
    if not version:
        score -= 0.3
    if intent.outcome and status_of(e.text) in ("cancelled", "denied", "completed"):
        score += 0.15
    return replace(
        e, coverage=coverage, names=names, in_article=in_article, dates=dates,
        version=version, holds_kind=kind, score=score,
    )  # fmt: skip


def _nearby(e: EvidenceSentence) -> str:
    """The sentence's surroundings in its article, title included."""
    first, last = item(e.article.text, e.start)
    start, end = max(first, e.start - NEARBY), min(last, e.end + NEARBY)
    return f"{e.context} {e.article.text[start:end]}"


def _share(names: Sequence[str], text: str) -> float:
    if not names:
        return 1.0
    return sum(mentions(name, text) for name in names) / len(names)
