"""Whether another figure of the quotes is another account of what was asked.

    the draft's pieces, each with the likeliest others in its place -> how likely a rival figure was
    -> with its size, role, unit and place beside the lead's -> a learned yes or no

Someone who has read "6 billion" in one article and "5.8 billion" in another has both in mind when
the value is asked for, and a price, a part or another year's value not at all. The odds cost
nothing: they were there while the draft was written. Weights: `rivals.json`, fitted by
`eval/calibrate.py`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import takewhile

from rag.differences import Account
from rag.figures import Figure, find_figures, same
from rag.roles import role
from rag.writer import Step

SIGNS = ("apart", "odds", "below", "farther", "role", "unit", "one_article", "retold")
_MOST_APART = 3.0
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")


def signs(
    lead: Account, said: str, other: Account, written: Sequence[Step], retold: bool
) -> dict[str, float] | None:
    """What speaks for `other`: `lead.figure` stands in the sentence `said`, the draft is `written`;
    `retold` tells whether its sentence retells the lead's. None without odds."""
    odds = likelihood(written, lead.figure, other.figure)
    if odds is None:
        return None
    mine, theirs = lead.figure, other.figure
    return {
        "apart": apart(mine, theirs),
        "odds": math.log(max(odds, 1e-6)),
        "below": other.evidence.score - lead.evidence.score,
        "farther": other.evidence.cosine - lead.evidence.cosine,
        "role": float(role(theirs, other.evidence.text) == role(mine, said)),
        "unit": float(mine.unit == theirs.unit),
        "one_article": float(other.evidence.article.id == lead.evidence.article.id),
        "retold": float(retold),
    }


def accepted(found: Mapping[str, float]) -> bool:
    """Whether these signs make another account."""
    weights = _weights()
    return weights["bias"] + sum(weights[name] * found[name] for name in SIGNS) >= weights["cut"]


def apart(one: Figure, other: Figure) -> float:
    """How far two values lie apart, 0 to 3, by the log of their ratio."""
    a, b = one.value, other.value
    if isinstance(a, str) or isinstance(b, str) or a <= 0 or b <= 0:
        return _MOST_APART
    return min(_MOST_APART, abs(math.log(a / b)))


def likelihood(written: Sequence[Step], lead: Figure, rival: Figure) -> float | None:
    """How likely the model was to go on to `rival` rather than `lead` where it wrote that, 0 to 1,
    from the first character in which their digits differ; None where that cannot be told, as of
    dates, which are written in too many ways."""
    if "date" in (lead.kind, rival.kind):
        return None
    draft = "".join(piece for piece, _ in written)
    told = next((f for f in find_figures(draft) if same(f, lead) or same(lead, f)), None)
    mine = _NUMBER.search(draft, told.start, told.end) if told else None
    other = _NUMBER.search(rival.text)
    if mine is None or other is None or mine[0] == other[0]:
        return None
    if ("," in mine[0]) != ("," in other[0]) and max(len(mine[0]), len(other[0])) > 3:
        return None  # "1,500" beside "1200"
    pairs = zip(mine[0], other[0], strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    place = mine.start() + shared
    start = 0
    for piece, odds in written:
        if start + len(piece) > place:
            before = piece[: place - start]
            theirs, own = (
                sum(p for text, p in odds.items() if _goes_on(text, before, number[0][shared:]))
                for number in (other, mine)
            )
            return theirs / (theirs + own) if theirs else 0.0
        start += len(piece)
    return None


def _goes_on(text: str, before: str, rest: str) -> bool:
    """Whether a piece goes on with the rival's next digit, or ends its number where it ends."""
    if not text.startswith(before):
        return False
    after = text[len(before) :]
    return after[:1] == rest[0] if rest else not re.match(r"[\d.,]", after)


@cache
def _weights() -> dict[str, float]:
    loaded = json.loads(files("rag").joinpath("rivals.json").read_text())
    return {name: float(loaded[name]) for name in ("bias", "cut", *SIGNS)}
