"""What form of answer a question wants: one fact, or a timeline, a summary, a list and the like.

The classifier's weights (`classifier.py`) are in `form.json`, fitted by `python -m eval.fit.forms`.
A form other than a fact is taken only where the classifier is sure of it: a fact that is told as a
summary is a worse mistake than a summary that is told as a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from rag.question.classifier import Encode, load

Form = Literal[
    "fact", "timeline", "summary", "list", "comparison", "explanation", "news",
    "library", "talk", "opinion", "foreign", "source", "more",
]  # fmt: skip
NOTICES = ("library", "talk", "opinion", "foreign")  # that no article answers
ABOUT_ANSWER = ("source", "more")  # the last one: its very words, or more of the same
STORIES = ("timeline", "summary", "list", "comparison", "news")  # of several sentences
EXPLAINS = 0.3  # chance from which an answer is told in the articles' own sentences
STORY = 0.9  # chance of all of these, from which one is told; not measured on questions left out
SECOND = 0.8  # chance of all of these, from which one is taken where no fact is found
_WEIGHTS = "form.json"


def chances_of(question: str, encode: Encode) -> dict[Form, float]:
    """How likely a question wants each form of answer, 0 to 1; `encode` is the library's encoder."""
    chances = load(_WEIGHTS).chances(question, encode) or {"fact": 1.0}
    return cast("dict[Form, float]", chances)


def form_of(chances: Mapping[Form, float], least: float | None = None) -> Form:
    """The form to answer in: the likeliest, where it is sure enough, else a fact; of the stories,
    where all of them together are. `least` stands in for the chance that the weights come with.

    An explanation is tried as a fact: most questions with "why" ask for one reason, and whether an
    article gives it is judged there.
    """
    told = {form: chance for form, chance in chances.items() if form in STORIES}
    if sum(told.values()) >= STORY:
        return max(told, key=lambda form: told[form])
    best = max(chances, key=lambda form: chances[form])
    sure = chances[best] >= (least or load(_WEIGHTS).least) and best != "explanation"
    return best if sure else "fact"


def explains(chances: Mapping[Form, float]) -> bool:
    """Whether a question asks why or how, so that a clause answers it and no figure or name."""
    return chances.get("explanation", 0.0) >= EXPLAINS


def second_of(chances: Mapping[Form, float]) -> Form | None:
    """The form to answer in where no fact answers: the likeliest of the stories, where these are
    likely enough together."""
    told = {form: c for form, c in chances.items() if form in STORIES}
    if sum(told.values()) < SECOND:
        return None
    return max(told, key=lambda form: told[form])
