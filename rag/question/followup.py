"""A follow-up question made to stand alone: `standalone`.

    question, conversation -> the names it leaves out -> the question with these names

Rules; whether the question asks anything by itself is learned (`question/kind.py`). It is
understood afterwards, in `question/intent.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text.aliases import mentioned
from rag.language.lexicon import content
from rag.language.names import bears, find_names, unique
from rag.question.classifier import Encode
from rag.question.kind import asks
from rag.types import Turn

_PRONOUN = re.compile(
    r"\b(?:it|its|he|his|him|she|her|they|their|them|this|that|these|those|there|the company"
    r"|the firm|the startup|the start-up|the deal|the lab|the man|the same)\b",
    re.IGNORECASE,
)


def standalone(question: str, history: Sequence[Turn], encode: Encode) -> str:
    """The question completed from the conversation, or unchanged where it stands alone.

    A question with only a new name ("And Google?") becomes the last question with the new name in
    place of the old one. Up to three words that ask nothing ("And in 2024?") are added to the last
    question. Any other question stands alone when it has two names, or one name and no pronoun.
    The rest get names in front: "About Scale AI: ...". These are the names of the last question
    that has any; for "he", "she" or "they" the names of the last answer come first.
    """
    earlier = [turn.content for turn in history if turn.role == "user"]
    if not earlier:
        return question
    own = [n.text for n in find_names(question)] + mentioned(question)
    last = earlier[-1]
    last_names = [n.text for n in find_names(last)]
    last_names += [m for m in mentioned(last) if not any(bears(m, n) for n in last_names)]
    last_names = sorted(unique(last_names), key=last.find)
    words = content(question)
    whole = asks(question, encode)
    about = re.match(r"(?:(?:what|how) about|and)?\s*(.+?)\??$", question.strip(), re.IGNORECASE)
    if own and not whole and len(words) <= 4 and last_names and about:
        return _swap(last, last_names, own)
    if not whole and len(words) <= 3 and about:
        return f"{last.rstrip('?! .')} {about[1].strip()}?"
    if own and not _PRONOUN.search(question):
        return question
    if len(own) >= 2:
        return question
    answers = [turn.content for turn in history if turn.role == "assistant"]
    names = last_names
    if (
        re.search(r"\b(?:he|his|him|she|her|they|their|them)\b", question, re.IGNORECASE)
        and answers
    ):
        names = unique([n.text for n in find_names(answers[-1])][:2] + names)
    if not names:
        return standalone(question, [t for t in history if t.content != last][:-1], encode)
    missing: list[str] = []
    for name in names:
        if not any(bears(name, have) or bears(have, name) for have in (*own, *missing)):
            missing.append(name)
    if re.search(
        r"\b(?:it|its|the (?:company|firm|start-?up|lab|deal))\b", question, re.IGNORECASE
    ):
        missing = missing[:1]
    return f"About {' and '.join(missing[:3])}: {question}" if missing else question


def _swap(question: str, old: Sequence[str], new: Sequence[str]) -> str:
    """The old question with its last name replaced by the new one."""
    if any(bears(n, question) for n in new):
        return question
    return re.sub(rf"(?<!\w){re.escape(old[-1])}(?!\w)", new[0], question)
