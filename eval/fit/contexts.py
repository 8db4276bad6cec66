"""Questions written out with more words that do not change what they ask for: `vary`.

Written questions are short. A classifier of them must also learn which words of a long one do not
count: its subject, and what stands before and after.
"""

from __future__ import annotations

import json
import random
import re
from functools import cache
from importlib.resources import files

BEFORE, AFTER = 0.15, 0.85  # of the questions that get words there; not measured


def vary(question: str, chance: random.Random) -> str:
    """The question with another subject and more words before and after it.

    >>> vary("When was it sold?", random.Random(1))
    'When was Amazon sold with the bank?'
    """
    words = _contexts()
    for pronouns, subjects in (("it|they", "it"), ("he|she", "she")):
        subject = chance.choice(words[subjects])
        question = re.sub(rf"\b(?:{pronouns})\b(?!['’])", subject, question, count=1)
    if chance.random() < AFTER:
        bare = question.rstrip("?. ")
        question = f"{bare} {chance.choice(words['after'])}{question[len(bare) :]}"
    if chance.random() < BEFORE:
        question = chance.choice(words["before"]) + question
    return question


@cache
def _contexts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(
        files("eval.fit").joinpath("contexts.json").read_text()
    )
    return found
