"""The kind of answer that a question asks for: `kind_of`, and whether it asks at all: `asks`.

The classifier's weights (`classifier.py`) are in `kind.json`, fitted by `python -m eval.fit.kinds`.
Beside the kinds it knows fragments: "And in 2024?" asks nothing without the question before it.
"""

from __future__ import annotations

from typing import Literal, cast

from rag.question.classifier import Encode, load

Kind = Literal[
    "percent",
    "money",
    "count",
    "date",
    "duration",
    "age",
    "person",
    "place",
    "org",
    "yesno",
    "open",
]
_WEIGHTS = "kind.json"
_FRAGMENT = "fragment"


def kind_of(question: str, encode: Encode) -> Kind:
    """The likeliest kind of answer; `encode` is the library's encoder.

    Yes/no only where the classifier is sure enough: an answer Yes to a question for a fact is the
    worst mistake. "open" with another encoder than the one that the weights were fitted on.
    """
    classifier = load(_WEIGHTS)
    chances = classifier.chances(question, encode) or {"open": 1.0}
    chances.pop(_FRAGMENT, None)
    if chances.get("yesno", 0.0) < classifier.least:
        chances.pop("yesno", None)
    return cast(Kind, max(chances, key=lambda kind: chances[kind]))


def asks(question: str, encode: Encode) -> bool:
    """Whether the question asks something by itself, which "And OpenAI?" does not."""
    chances = load(_WEIGHTS).chances(question, encode)
    return not chances or max(chances, key=lambda kind: chances[kind]) != _FRAGMENT
