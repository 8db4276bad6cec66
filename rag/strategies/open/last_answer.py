"""Messages about the last answer: who said that, more of the same, the same from one publisher.

"who said that?", "show me the quote"   -> the answer before it, told in the quotes that it cites
"more", "anything else?"                -> the last question's story, without what was told
"only TechCrunch", "what does UPI say?" -> the last question to that publisher
"""

from __future__ import annotations

from collections.abc import Sequence

from index.errors import UsageError
from index.query import publishers as naming
from index.text.aliases import mentioned
from index.text.words import topical_only
from rag.evidence.prompt import plain
from rag.question.classifier import Encode
from rag.question.form import ABOUT_ANSWER, NOTICES, Form, chances_of, form_of
from rag.question.validate import checked
from rag.strategies.case import Case, Reply
from rag.strategies.open import story
from rag.types import Question, Turn


def to_be_quoted(question: Question, publishers: Sequence[str], encode: Encode) -> Question | None:
    """The message whose answer this one asks the words of, with the conversation before it; None
    where this one asks something else, or nothing was answered."""
    text = question.question
    if not question.history or _form(text, encode) != "source" or _asked_alone(text, publishers):
        return None
    return _last(question, ("source", *NOTICES), encode)


def resolved(
    question: Question, publishers: Sequence[str], encode: Encode
) -> tuple[Question, bool]:
    """The question to answer, and whether more is wanted of what was told of it: for "more" the
    last question, for "only UPI" that question to UPI, for "thanks" no conversation, for another
    the conversation without such messages."""
    form = _form(question.question, encode) if question.history else "fact"
    if form in NOTICES and form != "library":
        return question.model_copy(update={"history": []}), False
    if form == "more" and (last := _last(question, (*ABOUT_ANSWER, *NOTICES), encode)):
        return _alone(last, publishers, encode), True
    return _alone(question, publishers, encode), False


def more_of(case: Case, question: Question) -> Reply:
    """Sentences of the last question's story that the conversation has not told."""
    found = story.reply(case, "summary", told=plain(" ".join(t.content for t in question.history)))
    return found if found.said else Reply(notice="The articles tell no more of it.")


def _form(text: str, encode: Encode) -> Form:
    return form_of(chances_of(text, encode))


def _last(question: Question, passed: Sequence[str], encode: Encode) -> Question | None:
    """The last message of the conversation whose form is none of `passed`, as it was asked."""
    for place, turn in reversed(list(enumerate(question.history))):
        if turn.role == "user" and _form(turn.content, encode) not in passed:
            update = {"question": turn.content, "history": question.history[:place]}
            try:
                return checked(question.model_copy(update=update))
            except UsageError:
                return None
    return None


def _alone(question: Question, publishers: Sequence[str], encode: Encode) -> Question:
    """The last question, put to the one publisher that is named where nothing else is asked; else
    the question, its conversation without messages about answers and notices."""
    if question.history and (publisher := _asked_alone(question.question, publishers)):
        last = _last(question, (*ABOUT_ANSWER, *NOTICES), encode)
        if last:
            return _alone(last, publishers, encode).model_copy(update={"publisher": publisher})
    return question.model_copy(update={"history": _own_turns(question.history, encode)})


def _asked_alone(text: str, publishers: Sequence[str]) -> str | None:
    """The library's publisher that a message names where it asks for nothing but its report."""
    named = naming.mentions(text, publishers)
    rest = text
    for mention in reversed(named):
        rest = rest[: mention.start] + rest[mention.end :]
    if len({mention.form for mention in named}) != 1 or topical_only(
        naming.REPORTING.sub(" ", rest)
    ):
        return None
    form, meant = named[0].form, named[0].publishers
    if mentioned(form) and not naming.REPORTING.search(rest):
        return None  # "and OpenAI?" may ask about OpenAI
    return form if form in meant else meant[0]


def _own_turns(history: Sequence[Turn], encode: Encode) -> list[Turn]:
    """The conversation without messages about an answer, notices, and what was replied to them."""
    kept: list[Turn] = []
    asks = True
    for turn in history:
        if turn.role == "user":
            asks = _form(turn.content, encode) not in (*ABOUT_ANSWER, *NOTICES)
        if asks:
            kept.append(turn)
    return kept
