"""Whether to answer: judged by the evidence alone, then by what the language model makes of it.

The score of each stage is in `judgement.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prompts import render
from rag.abstain.judgement import Judgement
from rag.abstain.rules import false_premise, fits
from rag.abstain.signs import distances, signs_of
from rag.evidence.prompt import prompt
from rag.evidence.scoring import Encode
from rag.evidence.sentence import EvidenceSentence
from rag.language.names import mentions
from rag.llm.probes import log_odds
from rag.llm.writer import Writer
from rag.question.intent import Intent

CONSIDERED = 3  # best sentences judged
THIN = 0.5  # chance by the evidence alone below which its best sentence is read first
SETTLED = 0.1  # and chance after that below which no more is read; below the floor of "stated"


def judge(
    intent: Intent,
    pool: Sequence[EvidenceSentence],
    rarity: Callable[[str], float],
    encode: Encode,
) -> Judgement:
    """Judge the best sentences of `pool` (best first) and take the most promising."""
    if not pool:
        return Judgement({})
    best = pool[:CONSIDERED]
    absent = sum(
        not any(mentions(name, f"{e.text} {e.context}") for e in pool) for name in intent.names
    ) / (len(intent.names) or 1)
    best = [e for e in best if fits(intent, e)]
    if not best:
        return Judgement({})
    lacking = distances(intent, best, encode)
    every = [
        {**signs_of(intent, e, rarity, d), "absent": absent}
        for e, d in zip(best, lacking, strict=True)
    ]
    signs = max(every, key=lambda signs: Judgement(signs).chance)
    return Judgement(signs, false_premise(intent, pool))


def stated_by(
    writer: Writer, intent: Intent, chosen: Sequence[EvidenceSentence], judgement: Judgement
) -> Judgement:
    """The judgement with what the model, having read the chosen sentences, holds of them. Where an
    answer is unlikely it reads the best fitting one first, and no more if that settles it: of 75
    questions without an answer 35 took half the time so, of 75 with one 1 was lost. It reads no
    further than the probe where no draft follows: there is no hope, or Yes or No is asked, whose
    draft has a prompt of its own."""

    def told(
        shown: Sequence[EvidenceSentence], enough: Callable[[float], bool] | bool = True
    ) -> Judgement:
        said, begin = prompt(intent, shown), render("answer.stated")
        return judgement.told(log_odds(writer, "stated", *said, begin, enough))

    if judgement.chance < THIN and len(chosen) > 1:
        fitting = next((e for e in chosen if fits(intent, e)), chosen[0])
        first = told([fitting])
        if first.stage == "evidence" or first.chance < SETTLED:  # it cannot tell, or it is settled
            return first
    if intent.kind == "yesno":
        return told(chosen)
    return told(chosen, lambda odds: judgement.told(odds).hopeless)
