"""What is asked about the last answer: its very words and who wrote them, or more of the same.

"who said that?", "show me the quote" -> the last question, told in the quotes it rests on
"more", "anything else?"              -> the last question's story, without what was told
"only TechCrunch", "what does UPI say?" -> the last question to that publisher
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.query import publishers as naming
from rag.checking.check import check
from rag.checking.items import recount
from rag.checking.spoken import Spoken
from rag.evidence.prompt import plain
from rag.evidence.scoring import Encode
from rag.evidence.sentence import EvidenceSentence, source_of
from rag.language.lexicon import content
from rag.question.form import BACK, NOTICES, Form, chances_of, form_of
from rag.strategies.case import Case, Reply
from rag.strategies.open import story
from rag.types import Question

REPORTS = frozenset("say write report tell put only account version".split())


def form_in_conversation(question: Question, encode: Encode) -> Form | None:
    """The form of a message that follows others, by its own words; None for a first question."""
    return form_of(chances_of(question.question, encode)) if question.history else None


def earlier(question: Question, encode: Encode) -> Question | None:
    """The last question of the conversation that asked something by itself, with what came before
    it; None where there is none."""
    turns = question.history
    for place in reversed(range(len(turns))):
        turn = turns[place]
        if turn.role != "user":
            continue
        before = question.model_copy(update={"question": turn.content, "history": turns[:place]})
        if form_of(chances_of(turn.content, encode)) not in (*BACK, *NOTICES):
            return before
    return None


def narrowed(question: Question, publishers: Sequence[str], encode: Encode) -> Question | None:
    """The last question, put to the one publisher that a message names; None where the message
    names none or asks something else."""
    named = naming.named(question.question, publishers)
    if len(named) != 1 or not (last := earlier(question, encode)):
        return None
    (name, meant), *_ = named.items()
    if set(content(question.question)) - set(content(name)) - REPORTS:
        return None
    return last.model_copy(update={"publisher": meant[0]})


def in_its_words(reply: Reply) -> Reply:
    """A reply told in the quotes that it rests on, each after its source."""
    cited = dict.fromkeys(e for spoken in reply.said for e in spoken.cited)
    return replace(reply, said=[_quoted(e) for e in cited], differences=[], dropped=[])


def more_of(case: Case, question: Question) -> Reply:
    """Sentences of the last question's story that the conversation has not told."""
    told = plain(" ".join(turn.content for turn in question.history))
    found = story.reply(case, "summary")
    said = [s for s in found.said if plain(s.verdict.text).rstrip(".") not in told]
    return replace(found, said=said)


def _quoted(e: EvidenceSentence) -> Spoken:
    text = f'{source_of(e)}: "{plain(e.text)}"'
    verdict = check(text, [e])
    return Spoken(recount(replace(verdict, text=text, cited=(e,), reason=None, repaired=True)))
