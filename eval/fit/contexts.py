"""Questions written out with more words that do not change what they ask for: `vary`.

Written questions are short and rightly spelt. A classifier of them must also learn which words of a
long one do not count (its subject, and what stands before and after), and to know a mistyped one.
"""

from __future__ import annotations

import json
import random
import re
from functools import cache
from importlib.resources import files

BEFORE, AFTER = 0.15, 0.85  # of the questions that get words there; not measured
SLIP = 0.25  # of the questions, with a slip in one of the FIRST words; .4 is no better
FIRST = 3


def vary(question: str, chance: random.Random) -> str:
    """The question with another subject, more words before and after it, and a slip of the pen.

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
    return _mistyped(question, chance) if chance.random() < SLIP else question


def _mistyped(question: str, chance: random.Random) -> str:
    """The question with two neighbouring letters of one of its first words swapped."""
    words = question.split(" ")
    n = chance.randrange(min(FIRST, len(words)))
    if len(word := words[n]) > 2:
        at = chance.randrange(len(word) - 1)
        words[n] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


@cache
def _contexts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(
        files("eval.fit").joinpath("contexts.json").read_text()
    )
    return found
