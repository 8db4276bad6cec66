"""Yes or No: what the quotes tell of the thing asked first, then whether that is a yes.

    evidence, question -> the model copies what is told -> figures compared by code (`bounds.py`)
    -> the model's state with both before it (`probes.py`), words of denial (`polarity.py`)
    -> Yes or No

Asked outright a small model says Yes to almost anything; with the fact written out before the
question is decided it is right far more often, and the fact is what the answer says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompts import render
from rag.language.negation import verdict as polarity
from rag.llm.probes import log_odds, odds_of
from rag.strategies.bounds import decides

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.llm.writer import Writer

FIGURES = 3.0  # log odds that a comparison of figures is worth
DENIALS = 1.4  # and words of denial, as fitted beside the probe
MAX_TOKENS = 48


def told_by(writer: Writer, user: str) -> str:
    """What the quotes of the prompt `user` tell of the very thing that its question asks."""
    begin = render("yesno.told")
    pieces = writer.write(
        render("yesno.system"), user, begin=begin, max_tokens=MAX_TOKENS, stop=["\n"]
    )
    return "".join(pieces).strip()


def yes(writer: Writer, user: str, question: str, told: str) -> float:
    """Log odds that the answer is Yes, from what is told."""
    odds = log_odds(writer, "yes", render("yesno.system"), user, _begin(told)) or 0.0
    for worth, decided in ((FIGURES, decides(question, told)), (DENIALS, polarity(question, told))):
        if decided is not None:
            odds += worth if decided else -worth
    return odds


def read(writer: Writer, user: str, told: str) -> tuple[float, NDArray[np.float32] | None]:
    """The model's own log odds of Yes and its state, for fitting."""
    return odds_of(writer, render("yesno.system"), user, _begin(told))


def _begin(told: str) -> str:
    return render("yesno.answer", told=told)
