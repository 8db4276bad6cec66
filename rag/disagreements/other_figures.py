"""Other accounts that are figures: which figures of other sentences answer the question as well.

    the answer's figure in its sentence -> every other figure of the best sentences, with twelve
    signs -> a logistic regression -> the likeliest figure of each article

A price, a part or another year's value stands beside the question's words as often as another
account does. The weights are in `other_figures.json`; `python -m eval.fit.other_figures` fits them
(on questions left out the AUC is .92 in the labelled cases, .93 on the bundled articles). Leaves
out names (`other_names.py`), events (`other_events.py`) and the kind of a difference (`kinds.py`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from rag.disagreements.account import Account
from rag.disagreements.alike import compared
from rag.disagreements.kinds import set_apart
from rag.disagreements.replaced import given_up
from rag.evidence.fit import candidates
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.slot import slot
from rag.figures import Figure, close, same
from rag.figures.compare import in_one_unit
from rag.question.intent import Intent

SIGNS = (
    "apart", "close", "same_kind", "slot", "first", "names", "dates", "covered", "farther",
    "crowd", "displaced", "other_day",
)  # fmt: skip
WEIGHED = 12  # best sentences whose figures are weighed; not measured
_FARTHEST = 3.0  # the greatest distance of two values; not measured
_NO_RATIO = 1.5  # the distance of values that have no ratio; not measured


def accounts(intent: Intent, pool: Sequence[EvidenceSentence], lead: Account) -> list[Account]:
    """Other accounts of what `lead` gives, one an article; those of the same value are among them.

    `pool` is sorted, best first. Two things rule a sentence out whatever its signs are: a word that
    sets two quantities apart (weekly, monthly), and another round or version than the one asked
    about. A value that its sentence gives up ("not 40", "up from 40") is none of its article's.
    """
    found: dict[str, tuple[float, Account]] = {}
    for account, measured in weighed(intent, pool, lead):
        e = account.evidence
        if given_up(e.text, account.figure):
            continue
        if not e.version or set_apart(lead.evidence.text, e.text) or set_apart(intent.text, e.text):
            continue
        best = found.get(e.article.id)
        likely = chance(measured)
        if likely >= _weights()["cut"] and (best is None or likely > best[0]):
            found[e.article.id] = likely, account
    return [account for _, account in found.values()]


def weighed(
    intent: Intent, pool: Sequence[EvidenceSentence], lead: Account
) -> list[tuple[Account, dict[str, float]]]:
    """Every figure of the kind asked for in the best sentences but the lead's, with its signs.

    Ten are those of `signs`. "first" is 1 if its sentence is the best of its article that has a
    figure of the lead's kind. "crowd" is how many articles have a figure of the kind asked for
    among the best sentences.
    """
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
            pair = signs(intent, lead, other)
            found.append((other, pair | {"first": first, "crowd": float(crowd)}))
    return found


def signs(intent: Intent, lead: Account, other: Account) -> dict[str, float]:
    """The ten signs that the two accounts give by themselves, for or against `other`.

    How far the values lie apart counts only where the sentences do not tell the same otherwise.
    """
    figure, e = other.figure, other.evidence
    nearest = slot(intent, e)
    told = compared(intent, lead, other)
    return {
        "apart": 0.0 if told.alike else distance(lead.figure, figure),
        "close": float(close(lead.figure, figure) or close(figure, lead.figure)),
        "same_kind": float(lead.figure.kind == figure.kind),
        "slot": float(nearest is not None and nearest.start == figure.start),
        "names": e.names,
        "dates": e.dates,
        "covered": e.coverage - lead.evidence.coverage,
        "farther": e.cosine - lead.evidence.cosine,
        "displaced": float(told.displaced),
        "other_day": float(told.another and lead.figure.kind == "date"),  # of something else done
    }


def chance(measured: Mapping[str, float]) -> float:
    """How likely a figure with these signs is another account, 0 to 1."""
    weights = _weights()
    score = weights["bias"] + sum(weights[name] * measured[name] for name in SIGNS)
    return 1 / (1 + math.exp(-score))


def distance(one: Figure, other: Figure) -> float:
    """How far apart two values are, 0 to 3: the natural log of their ratio; of two dates half the
    log of 1 plus the months between them."""
    if same(one, other) or same(other, one):
        return 0.0
    one, other = in_one_unit(one, other) or (one, other)
    a, b = one.value, other.value
    if one.kind == other.kind == "date":
        return min(_FARTHEST, math.log1p(abs(_months(str(a)) - _months(str(b)))) / 2)
    if isinstance(a, str) or isinstance(b, str):
        return _NO_RATIO
    if a <= 0 or b <= 0:
        return _FARTHEST
    return min(_FARTHEST, abs(math.log(a / b)))


def _months(date: str) -> float:
    """Months from the year 0 to a date, or to the middle of a period ("2025", "2025-Q2")."""
    year, _, rest = (
        date.removeprefix("--").partition("-") if date[:4].isdigit() else ("0", "", date)
    )
    year = year[:4]  # "1990s" is its first year
    if quarter := re.search(r"Q([1-4])", rest):
        return 12 * int(year) + 3 * int(quarter[1]) - 1.5
    month, day = ([int(n) for n in re.findall(r"\d+", rest)] + [0, 0])[:2]
    return 12 * int(year) + (month or 6.5) + (day or 15) / 31


@cache
def _weights() -> dict[str, float]:
    loaded = json.loads(files("rag.disagreements").joinpath("other_figures.json").read_text())
    return {name: float(loaded[name]) for name in ("bias", "cut", *SIGNS)}
