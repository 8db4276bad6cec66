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
from rag.evidence.sentence import EvidenceSentence
from rag.language.names import mentions
from rag.llm.probes import log_odds
from rag.llm.writer import Writer
from rag.question.classifier import Encode
from rag.question.intent import Intent

CONSIDERED = 3  # best sentences judged


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
    chances = {"chance": pool[0].chance, "next": sum(e.chance for e in pool[1:CONSIDERED])}
    lacking = distances(intent, best, encode)
    every = [
        {
            **signs_of(intent, e, rarity, d),
            "absent": absent,
            "fits": float(fits(intent, e)),
            **chances,
        }
        for e, d in zip(best, lacking, strict=True)
    ]
    signs = max(every, key=lambda signs: Judgement(signs).chance)
    return Judgement(signs, false_premise(intent, pool))


def stated_by(
    writer: Writer, intent: Intent, chosen: Sequence[EvidenceSentence], judgement: Judgement
) -> Judgement:
    """The judgement with what the model, having read the chosen sentences, holds of them.

    It reads no further than the probe where no draft follows: there is no hope, or Yes or No is
    asked, whose draft has a prompt of its own.
    """

    said, begin = prompt(intent, chosen), render("answer.stated")
    if intent.kind == "yesno":
        return judgement.told(log_odds(writer, "stated", *said, begin, True))
    return judgement.told(
        log_odds(writer, "stated", *said, begin, lambda odds: judgement.told(odds).hopeless)
    )


def held_by(
    writer: Writer, intent: Intent, chosen: Sequence[EvidenceSentence], draft: str
) -> float | None:
    """Log odds, by the model's state behind its own draft, that it answers; None for a model that
    cannot tell."""
    begin = render("answer.held", draft=draft.strip())
    return log_odds(writer, "held", *prompt(intent, chosen), begin, enough=True)
