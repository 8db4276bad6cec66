"""The metrics, each a pure function with its definition and its source.

    rows of `Outcome` -> ANSWER_METRICS;  rows of `Ranking` -> RANKING_METRICS

Shares are 0 to 1. A metric without a row that it applies to is None, not zero. Answers are judged
in `bundled/questions.py`, citations in `judging/support.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from eval.judging.support import invariants
from eval.judging.texts import squeezed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One judged answer, as the metrics need it.

    `precise` and `recalled` are the verdicts of `judging/support.py`; `evidence` is the share of
    gold sentences in the first ten passages, None where the question has no gold evidence.
    """

    answerable: bool
    abstained: bool
    right: bool
    precise: Sequence[bool] = field(default=())
    recalled: Sequence[bool] = field(default=())
    evidence: float | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """At which ranks one question's gold facts are found: see `rank`.

    `new[i]` is the number of facts first found at rank i + 1, `distinct` the number of different
    facts. `gold` counts repeated facts too, because MAP@10 as published divides by that.
    """

    new: Sequence[int]
    gold: int
    distinct: int


def rank(retrieved: Sequence[str], gold: Sequence[str]) -> Ranking:
    """Match the first ten passages, best first, with the facts that they should hold.

    A passage holds a fact when it contains its text, spaces and line breaks left out of both.
    """
    facts = {squeezed(fact) for fact in gold}
    waiting = set(facts)
    new = []
    for text in retrieved[:10]:
        passage = squeezed(text)
        found = {fact for fact in waiting if fact in passage}
        waiting -= found
        new.append(len(found))
    return Ranking(new, len(gold), len(facts))


def mean(values: Sequence[float]) -> float | None:
    """Arithmetic mean; None of nothing."""
    return sum(values) / len(values) if values else None


def answer_accuracy(rows: Sequence[Outcome]) -> float | None:
    """Share of the answerable questions with a right answer; an abstention is not right."""
    return mean([float(row.right) for row in rows if row.answerable])


def abstention_precision(rows: Sequence[Outcome]) -> float | None:
    """Share of the abstentions that were on unanswerable questions (the positive class)."""
    return mean([float(not row.answerable) for row in rows if row.abstained])


def abstention_recall(rows: Sequence[Outcome]) -> float | None:
    """Share of the unanswerable questions on which Dateline abstained."""
    return mean([float(row.abstained) for row in rows if not row.answerable])


def crag_score(rows: Sequence[Outcome]) -> float | None:
    """Mean of +1 for right, 0 for an abstention, -1 for wrong, over all questions, -1 to 1.

    After CRAG (Yang et al., NeurIPS 2024), without its half point for an acceptable answer. An
    abstention on an unanswerable question is right.
    """
    return mean([1.0 if row.right else 0.0 if row.abstained else -1.0 for row in rows])


def citation_precision(rows: Sequence[Outcome]) -> float | None:
    """Share of an answer's citations that support their sentence, averaged over answers.

    After ALCE (Gao et al., EMNLP 2023), its entailment model replaced by `judging/support.py`.
    """
    return mean([sum(row.precise) / len(row.precise) for row in rows if row.precise])


def citation_recall(rows: Sequence[Outcome]) -> float | None:
    """Share of an answer's sentences that their citations support, averaged over answers.

    After ALCE (Gao et al., EMNLP 2023), its entailment model replaced by `judging/support.py`.
    """
    return mean([sum(row.recalled) / len(row.recalled) for row in rows if row.recalled])


def evidence_recall(rows: Sequence[Outcome]) -> float | None:
    """Share of a question's gold sentences in the first ten passages, averaged over questions."""
    return mean([row.evidence for row in rows if row.evidence is not None])


def hits_at(k: int) -> Callable[[Sequence[Ranking]], float | None]:
    """Hits@k: share of the questions with a gold fact in the first `k` passages, `k` up to 10.

    This and the next three are after MultiHop-RAG's retrieval_evaluate.py (Tang & Yang, COLM 2024).
    """

    def hits(rows: Sequence[Ranking]) -> float | None:
        return mean([float(any(row.new[:k])) for row in rows if row.gold])

    return hits


def mrr_at_10(rows: Sequence[Ranking]) -> float | None:
    """MRR@10: mean of 1 / rank of the first passage that contains a gold fact, 0 without one."""
    firsts = [
        next((1 / place for place, new in enumerate(row.new, 1) if new), 0.0)
        for row in rows
        if row.gold
    ]
    return mean(firsts)


def map_at_10(rows: Sequence[Ranking]) -> float | None:
    """MAP@10 as published, averaged over questions; not the textbook's average precision.

    Of one question: the sum over ranks of (gold facts first found there / rank), divided by
    min(number of gold facts, 10).
    """
    return mean(
        [
            sum(new / place for place, new in enumerate(row.new, 1)) / min(row.gold, 10)
            for row in rows
            if row.gold
        ]
    )


def evidence_recall_at_10(rows: Sequence[Ranking]) -> float | None:
    """evidence_recall@10: share of a question's facts in the first ten passages, averaged."""
    return mean([sum(row.new) / row.distinct for row in rows if row.distinct])


def bootstrap(
    rows: Sequence[T],
    metric: Callable[[Sequence[T]], float | None],
    samples: int = 1000,
    seed: int = 0,
) -> tuple[float, float] | None:
    """95% percentile interval of `metric` over rows drawn with replacement (Efron 1979).

    None where the metric does not apply or there are fewer than two rows. The same seed gives the
    same interval.
    """
    if len(rows) < 2 or metric(rows) is None:
        return None
    generator = random.Random(seed)
    values = []
    for _ in range(samples):
        value = metric(generator.choices(rows, k=len(rows)))
        if value is not None:
            values.append(value)
    values.sort()
    return values[int(0.025 * len(values))], values[min(len(values) - 1, int(0.975 * len(values)))]


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest-rank percentile: percentile([1, 2, 3, 4], 0.5) == 2; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    rank = -int(-share * len(ordered) // 1)
    return ordered[max(0, rank - 1)]


ANSWER_METRICS: dict[str, Callable[[Sequence[Outcome]], float | None]] = {
    "answer_accuracy": answer_accuracy,
    "evidence_recall@10": evidence_recall,
    "citation_precision": citation_precision,
    "citation_recall": citation_recall,
    "abstention_precision": abstention_precision,
    "abstention_recall": abstention_recall,
    "crag_score": crag_score,
}
RANKING_METRICS: dict[str, Callable[[Sequence[Ranking]], float | None]] = {
    "Hits@4": hits_at(4),
    "Hits@10": hits_at(10),
    "MRR@10": mrr_at_10,
    "MAP@10": map_at_10,
    "evidence_recall@10": evidence_recall_at_10,
}

__all__ = ["ANSWER_METRICS", "RANKING_METRICS", "Outcome", "Ranking", "bootstrap", "invariants"]
