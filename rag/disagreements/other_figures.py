"""Which figures of other sentences are other accounts of what was asked, and which are not.

    the figure said, in its sentence -> every other figure of the best sentences, with ten signs
    -> a learned yes or no -> the likeliest figure of each article

A price, a part or another year's value stands beside the question's words as often as another
account does; how near two values lie, whether the sentence is the best of its article and how many
articles have such a figure at all tell most.
What the signs make of it is learned (`rivals.json`, fitted by `eval/accounts.py`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from rag.disagreements.account import Account
from rag.disagreements.kinds import set_apart
from rag.evidence.fit import candidates
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.slot import slot
from rag.figures import Figure, close, same
from rag.figures.compare import in_one_unit
from rag.question.intent import Intent

SIGNS = (
    "apart", "close", "same_kind", "slot", "first", "names", "dates", "covered", "farther",
    "crowd",
)  # fmt: skip
WEIGHED = 12  # best sentences whose figures are weighed
_MOST_APART = 3.0
_UNMEASURED = 1.5  # how far apart values that have no ratio count


def others(intent: Intent, pool: Sequence[EvidenceSentence], lead: Account) -> list[Account]:
    """Other accounts of what `lead` gives, one an article, best sentences first in `pool`; those
    that give the same value are among them. A word that sets two quantities apart (weekly, monthly)
    decides alone, as does another round or version."""
    found: dict[str, tuple[float, Account]] = {}
    for account, known in weighed(intent, pool, lead):
        e = account.evidence
        if not e.version or set_apart(lead.evidence.text, e.text) or set_apart(intent.text, e.text):
            continue
        held = found.get(e.article.id)
        likely = chance(known)
        if likely >= _weights()["cut"] and (held is None or likely > held[0]):
            found[e.article.id] = likely, account
    return [account for _, account in found.values()]


def weighed(
    intent: Intent, pool: Sequence[EvidenceSentence], lead: Account
) -> list[tuple[Account, dict[str, float]]]:
    """Every figure of the kind asked for in the best sentences beside the lead's own, with its
    signs: those of the pair, whether its sentence is the `first` of its article with one like the
    lead's, and the `crowd` of articles that have any among the best sentences."""
    given = [(e, candidates(intent, e.text)) for e in pool]
    best: dict[str, EvidenceSentence] = {}
    for e, figures in given:
        if any(figure.kind == lead.figure.kind for figure in figures):
            best.setdefault(e.article.id, e)
    near = given[:WEIGHED]
    crowd = len({e.article.id for e, figures in near if figures})
    found = []
    for e, figures in near:
        if e is lead.evidence:
            continue
        first = float(best.get(e.article.id) is e)
        for other in (Account(e, figure) for figure in figures):
            known = signs(intent, lead, other) | {"first": first, "crowd": float(crowd)}
            found.append((other, known))
    return found


def signs(intent: Intent, lead: Account, other: Account) -> dict[str, float]:
    """What the two accounts by themselves say for `other`."""
    mine, theirs = lead.figure, other.figure
    e = other.evidence
    nearest = slot(intent, e)
    return {
        "apart": apart(mine, theirs),
        "close": float(close(mine, theirs) or close(theirs, mine)),
        "same_kind": float(mine.kind == theirs.kind),
        "slot": float(nearest is not None and nearest.start == theirs.start),
        "names": e.names,
        "dates": e.dates,
        "covered": e.coverage - lead.evidence.coverage,
        "farther": e.cosine - lead.evidence.cosine,
    }


def chance(known: Mapping[str, float]) -> float:
    """How likely these signs are those of another account, 0 to 1."""
    weights = _weights()
    score = weights["bias"] + sum(weights[name] * known[name] for name in SIGNS)
    return 1 / (1 + math.exp(-score))


def apart(one: Figure, other: Figure) -> float:
    """How far two values lie apart, 0 to 3: by the log of their ratio, dates by that of the months
    between them."""
    if same(one, other) or same(other, one):
        return 0.0
    one, other = in_one_unit(one, other) or (one, other)
    a, b = one.value, other.value
    if one.kind == other.kind == "date":
        return min(_MOST_APART, math.log1p(abs(_months(str(a)) - _months(str(b)))) / 2)
    if isinstance(a, str) or isinstance(b, str):
        return _UNMEASURED
    if a <= 0 or b <= 0:
        return _MOST_APART
    return min(_MOST_APART, abs(math.log(a / b)))


def _months(date: str) -> float:
    """Months from the year 0 to a date or the middle of a period, as far as it is told."""
    year, _, rest = (
        date.removeprefix("--").partition("-") if date[:4].isdigit() else ("0", "", date)
    )
    if quarter := re.search(r"Q([1-4])", rest):
        return 12 * int(year) + 3 * int(quarter[1]) - 1.5
    month, day = ([int(n) for n in re.findall(r"\d+", rest)] + [0, 0])[:2]
    return 12 * int(year) + (month or 6.5) + (day or 15) / 31


@cache
def _weights() -> dict[str, float]:
    loaded = json.loads(files("rag.disagreements").joinpath("other_figures.json").read_text())
    return {name: float(loaded[name]) for name in ("bias", "cut", *SIGNS)}
