"""The role of a sum of money: an amount paid, a valuation, or revenue.

    figure, its sentence -> the words beside the figure -> `role`

With it a price is compared with prices only, never with a valuation.
"""

from __future__ import annotations

import re

from rag.figures import Figure

VALUATION = r"valu\w+|worth|market value|capitali[sz]ation"
REVENUE = r"revenues?|turnover|sales|run-rate|ARR|income"


def role(figure: Figure, text: str) -> str:
    """The role of a figure in `text`: "valuation", "revenue", or "amount" where neither fits.

    It is read from the 45 characters before the figure and the 35 after it, within the clause;
    revenue also from the 120 before it. None of these widths is measured.

    >>> from rag.figures import find_figures
    >>> text = "It raised $3.5 billion at a valuation of $61.5 billion."
    >>> [role(f, text) for f in find_figures(text)]
    ['amount', 'valuation']
    """
    before, after = text[max(0, figure.start - 45) : figure.start], text[figure.end :]
    before = re.split(r"[;,]| and (?!about|around|nearly)", before)[-1]
    after = re.split(r"[;,.]| and | for | at ", after)[0][:35]
    earlier = text[max(0, figure.start - 120) : figure.start]
    if re.search(
        rf"(?i)\b(?:{REVENUE})\b(?!.*\b(?:{VALUATION}|paid|raised|round|invest\w*)\b)", earlier
    ) or re.match(rf".{{0,20}}\b(?:{REVENUE})\b", after):
        return "revenue"
    if (
        re.search(rf"(?i)\b(?:{VALUATION})\b[^$€£\d]*$", before)
        or re.match(r"\s*(?:dollars |euros )?(?:pre|post)-money|.{0,12}\bvaluation", after)
        or re.search(r"\bat (?:around |about |over |nearly |roughly |a |an? \w+ )*$", before)
    ):
        return "valuation"
    return "amount"
