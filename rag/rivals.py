"""What else the model might have written where it wrote a figure.

    the draft's pieces, each with the likeliest others in its place -> how likely a rival figure was

Someone who has read "6 billion" in one article and "5.8 billion" in another has both in mind when
the value is asked for, and a price, a part or another year's value not at all. It costs nothing:
the odds were there while the draft was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from rag.figures import Figure, find_figures, same

LEAST = 0.002  # share below which a figure was never in question
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
Step = tuple[str, Mapping[str, float]]  # a piece as written; pieces in its place with their odds


def likelihood(written: Sequence[Step], lead: Figure, rival: Figure) -> float | None:
    """How likely the model was to go on to `rival` where it wrote `lead`, 0 to 1, from the first
    character in which their digits differ; None where that cannot be told."""
    draft = "".join(piece for piece, _ in written)
    told = next((f for f in find_figures(draft) if same(f, lead) or same(lead, f)), None)
    mine = _NUMBER.search(draft, told.start, told.end) if told else None
    other = _NUMBER.search(rival.text)
    if mine is None or other is None or mine[0] == other[0]:
        return None
    pairs = zip(mine[0], other[0], strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    place, rest = mine.start() + shared, other[0][shared:]
    start = 0
    for piece, odds in written:
        if start + len(piece) > place:
            before = piece[: place - start]
            return sum(p for text, p in odds.items() if _goes_on(text, before, rest))
        start += len(piece)
    return None


def _goes_on(text: str, before: str, rest: str) -> bool:
    """Whether a piece goes on with the rival's next digit, or ends its number where it ends."""
    if not text.startswith(before):
        return False
    after = text[len(before) :]
    return after[:1] == rest[0] if rest else not re.match(r"[\d.,]", after)
