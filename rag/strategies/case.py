"""What every way of answering is given, and what it gives.

Each way is one module with the same two functions: `asked(case)` says whether the question is one
for it, `reply(case, ...)` answers. `rag/answer.py` tries them in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.search import Found
from rag.abstain.judgement import Judgement
from rag.checking.spoken import Spoken
from rag.disagreements.account import Difference
from rag.evidence.finder import Finder
from rag.evidence.sentence import EvidenceSentence
from rag.question.intent import Intent
from rag.types import AnswerForm, Dropped, Question


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what was found for it."""

    question: Question
    found: Found
    intent: Intent
    pool: Sequence[EvidenceSentence]  # best first
    judgement: Judgement  # by the evidence alone
    finder: Finder


@dataclass(slots=True)
class Reply:
    """The sentences to be said, none where there is no answer, and what goes with them.

    A `notice` is what is said instead where no article is asked about.
    """

    said: list[Spoken] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    prompt_tokens: int = 0
    generated_tokens: int = 0
    read: list[EvidenceSentence] = field(default_factory=list)  # evidence, what is read first
    shown: int = 0  # how many of the first of these the draft was written from
    form: AnswerForm = "fact"
    notice: str | None = None
