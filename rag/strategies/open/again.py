"""What is asked about the last answer: its very words and who wrote them, or more of the same.

"who said that?", "show me the quote" -> the last question, told in the quotes it rests on
"more", "anything else?"              -> the last question's story, without what was told
"only TechCrunch", "what does UPI say?" -> the last question to that publisher
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.errors import UsageError
from index.query import publishers as naming
from index.text.aliases import mentioned
from rag.checking.check import check
from rag.checking.items import recount
from rag.checking.spoken import Spoken
from rag.evidence.prompt import plain
from rag.evidence.sentence import EvidenceSentence, source_of
from rag.language.lexicon import content
from rag.question.classifier import Encode
from rag.question.form import BACK, NOTICES, Form, chances_of, form_of
from rag.question.validate import checked
from rag.strategies.case import Case, Reply
from rag.strategies.open import story
from rag.types import Question, Turn

REPORTS = frozenset("say write report tell put only account version".split())


def form_in_conversation(question: Question, encode: Encode) -> Form | None:
    """The form of a message that follows others, by its own words; None for a first question."""
    return form_of(chances_of(question.question, encode)) if question.history else None


def earlier(question: Question, publishers: Sequence[str], encode: Encode) -> Question | None:
    """The question that the last answer is about: the last message that is neither about an answer
    nor a notice, with what came before it; None where there is none."""
    turns = own_turns(question.history, encode)
    places = [place for place, turn in enumerate(turns) if turn.role == "user"]
    if not places:
        return None
    last = turns[places[-1]]
    update = {"question": last.content, "history": turns[: places[-1]]}
    try:
        before = checked(question.model_copy(update=update))
    except UsageError:
        return None
    return narrowed(before, publishers, encode) or before


def own_turns(history: Sequence[Turn], encode: Encode) -> list[Turn]:
    """The conversation without messages about an answer, notices, and what was replied to them."""
    kept: list[Turn] = []
    asks = True
    for turn in history:
        if turn.role == "user":
            asks = form_of(chances_of(turn.content, encode)) not in (*BACK, *NOTICES)
        if asks:
            kept.append(turn)
    return kept


def narrowed(question: Question, publishers: Sequence[str], encode: Encode) -> Question | None:
    """The last question, put to the one publisher that a message names; None where the message
    names none or asks something else."""
    named = naming.named(question.question, publishers)
    if len(named) != 1 or not question.history:
        return None
    (name, meant), *_ = named.items()
    own = set(content(question.question)) - set(content(name))
    if own - REPORTS or (not own and mentioned(name)):  # "and OpenAI?" may ask about OpenAI
        return None
    last = earlier(question, publishers, encode)
    publisher = name if name in meant else meant[0]
    return last.model_copy(update={"publisher": publisher}) if last else None


def in_its_words(reply: Reply) -> Reply:
    """A reply told in the quotes that it rests on, each after its source."""
    cited = dict.fromkeys(e for spoken in reply.said for e in spoken.cited)
    return replace(reply, said=[_quoted(e) for e in cited], dropped=[])


def more_of(case: Case, question: Question) -> Reply:
    """Sentences of the last question's story that the conversation has not told."""
    found = story.reply(case, "summary", told=plain(" ".join(t.content for t in question.history)))
    return found if found.said else Reply(notice="The articles tell no more of it.")


def _quoted(e: EvidenceSentence) -> Spoken:
    text = f'{source_of(e)}: "{plain(e.text)}"'
    verdict = check(text, [e])
    return Spoken(recount(replace(verdict, text=text, cited=(e,), reason=None, repaired=True)))
