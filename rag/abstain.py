"""Whether the evidence answers this question, decided by code from a few measured signs.

    best sentences -> those of another round, time or event left out -> signs (names, terms, cosine)
    -> what the model's state tells of them (`probes.py`) -> whether its draft holds
    -> a logistic score at each stage -> answer or abstain

The weights in `abstain.json` are fitted by `eval/calibrate.py` on the calibration questions; those
of the eval set are not among them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal

from index.search import STOPWORDS
from prompts import render
from rag.evidence.fit import missing_terms
from rag.evidence.prompt import prompt
from rag.evidence.scoring import Encode
from rag.evidence.sentence import EvidenceSentence, stems_of
from rag.figures import same
from rag.language.lexicon import covers, groups, stem, words
from rag.language.names import mentions
from rag.llm.probes import log_odds
from rag.llm.writer import Writer
from rag.question.intent import Intent

SIGNS = (
    "cosine", "coverage", "names", "in_article", "kind", "dates", "missing", "distance",
    "exact", "absent", "noun",
)  # fmt: skip
Stage = Literal["evidence", "stated", "drafted"]
STAGES: dict[Stage, tuple[str, ...]] = {
    "evidence": SIGNS,
    "stated": (*SIGNS, "stated"),
    "drafted": (*SIGNS, "stated", "holds", "lost"),
}
CONSIDERED = 3  # best sentences judged
THIN = 0.5  # chance by the evidence alone below which its best sentence is read first
SETTLED = 0.1  # and chance after that below which no more is read; below the floor of "stated"
LEAST_DATES = 0.5  # of `EvidenceSentence.dates`: below, the sentence is of another time


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the evidence answers the question, from what is known so far.

    `signs` are those of the evidence; `told` adds what the model makes of it ("stated", log odds)
    and `drafted` whether its draft holds. Each stage has weights of its own.
    """

    signs: dict[str, float]
    false_premise: str | None = None
    stage: Stage = "evidence"

    @property
    def chance(self) -> float:
        """0 to 1, by the weights fitted for this stage."""
        if not self.signs:
            return 0.0
        weights = weights_of(self.stage)
        score = weights["bias"] + sum(
            weights.get(name, 0.0) * self.signs[name] for name in STAGES[self.stage]
        )
        return 1 / (1 + math.exp(-score))

    @property
    def missing(self) -> float:
        """Share of the question's relation that the best sentence and its context lack."""
        return self.signs.get("missing", 0.0)

    @property
    def hopeless(self) -> bool:
        """Whether what is known so far is so far off that the next stage need not be asked."""
        return self.false_premise is not None or self.chance < weights_of(self.stage)["floor"]

    @property
    def answers(self) -> bool:
        return self.false_premise is None and self.chance >= weights_of(self.stage)["threshold"]

    def told(self, stated: float | None) -> Judgement:
        """The same with the log odds, by the model's reading, that the answer is stated; itself
        for a model that cannot tell."""
        if stated is None:
            return self
        return replace(self, signs={**self.signs, "stated": stated}, stage="stated")

    def drafted(self, holds: bool, lost: bool) -> Judgement:
        """The same with the draft checked: whether it `holds`, whether it `lost` an item of it.
        Without the model's reading of the evidence a draft tells nothing more."""
        if self.stage == "evidence":
            return self
        signs = {**self.signs, "holds": float(holds), "lost": float(lost)}
        return replace(self, signs=signs, stage="drafted")


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
    distances = _distances(intent, best, encode)
    every = [
        {**signs_of(intent, e, rarity, d), "absent": absent}
        for e, d in zip(best, distances, strict=True)
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


_NOUNS = frozenset(
    "fee fine penalty salary bonus profit loss revenue damages tax dividend debt budget ticker"
    " successor founder".split()
)
_EXACT = {"fine", "revenue", "found", "replace", "loss"}  # groups whose words name one thing
_REASON = re.compile(
    r"(?i)\b(?:because|since|due to|owing to|so that|in order|as a result|after|following|reasons?"
    r"|why|cited?|citing|argu\w+|fear\w*|concern\w*|to (?!\$?\d)\w+|for \w+ing|blam\w+"
    r"|thanks to|therefore|so)\b"
)


def tells_noun(intent: Intent, e: EvidenceSentence) -> bool:
    """Whether a sentence or its context has the thing by whose name the question asks (a fee, a
    founder), where it asks for one that a figure or name alone does not show."""
    around = stems_of(e.text) | stems_of(e.context)
    asked = [t for t in intent.relation if t in _noun_stems()]
    return all(
        t in around or any(groups(t) & _EXACT & groups(other) for other in around) for t in asked
    )


@cache
def _noun_stems() -> frozenset[str]:
    return frozenset(stem(noun) for noun in _NOUNS)


def gives_reason(intent: Intent, e: EvidenceSentence) -> bool:
    """Whether a sentence can tell why, where that is asked: it has a word of cause or purpose."""
    return not _asks_why(intent) or bool(_REASON.search(e.text))


def _asks_why(intent: Intent) -> bool:
    why = r"(?i)^(?:\W*and |but |so )?why\b|\b(?:for what|what was the) reason\b"
    return bool(re.search(why, intent.text))


_EVENTS = frozenset(
    "accept approve complete close sell acquire purchase buy win lose sign veto settle resign sue"
    " appeal withdraw cancel".split()
)


@cache
def _event_stems() -> frozenset[str]:
    return frozenset(stem(verb) for verb in _EVENTS)


def fits(intent: Intent, e: EvidenceSentence) -> bool:
    """Whether nothing that is asked for speaks against a sentence: another round or law, another
    time, another kind of sum, no reason where one is asked, and an event taken for granted that it
    does not tell. Asked for Yes or No, another time or round may be just why the answer is No."""
    if intent.kind == "yesno":
        return True
    if not e.version or e.dates < LEAST_DATES or not gives_reason(intent, e):
        return False
    if intent.kind == "money" and not tells_noun(intent, e):
        return False
    if intent.kind != "date" and not _asks_why(intent):
        return True
    told = stems_of(e.text) | stems_of(e.article.title or "")
    return all(covers(t, told) for t in intent.relation if t in _event_stems())


def _distances(
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


def false_premise(intent: Intent, pool: Sequence[EvidenceSentence]) -> str | None:
    """A share or sum that the question takes for granted and the best evidence gives otherwise."""
    if intent.kind == "yesno":
        return None
    for figure in intent.figures:
        if figure.kind not in ("percent", "money"):
            continue
        fitting = [e for e in pool[:12] if e.names == 1]
        if any(same(figure, g) or same(g, figure) for e in pool for g in e.figures):
            continue
        others = [g for e in fitting[:4] for g in e.figures if g.kind == figure.kind]
        if others:
            return f"{others[0].text}, not {figure.text}"
    return None


@cache
def weights_of(stage: Stage) -> dict[str, float]:
    """Bias, weights, threshold (answered from there on) and floor (given up below) of a stage."""
    loaded = json.loads(files("rag").joinpath("abstain.json").read_text())
    return {key: float(value) for key, value in loaded[stage].items()}
