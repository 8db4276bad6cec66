"""The flow of one question, from top to bottom: search, judge, answer, assemble.

question -> a message about the last answer? (`strategies/open/last_answer.py`)
         -> what it asks, and its evidence sentences, best first (`evidence/finder.py`)
         -> do they answer it? (`abstain/judge.py`)              the best three are shown now
         -> the first way of answering that fits (`strategies/`)  a draft is shown as it is written
         -> the public answer (`assemble.py`)

Leaves out the cache and answering ahead (`dateline.py`), and who goes first (`serving/`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

from rag.abstain.judge import judge
from rag.assemble import Abstention, assemble, citation, in_quotes, notice
from rag.events import Done, Event, Evidence, Words
from rag.evidence.finder import Finder
from rag.language.parse import load as load_parser
from rag.question.form import ABOUT_ANSWER, NOTICES, chances_of, explains, form_of, second_of
from rag.question.parts import parts_of
from rag.serving.background import Later
from rag.serving.shared_writer import SharedWriter
from rag.strategies import comparison, multihop, over_time, parts, per_article, single
from rag.strategies.case import Case, Reply
from rag.strategies.open import notice as about
from rag.strategies.open import story
from rag.strategies.open.last_answer import more_of, resolved, to_be_quoted
from rag.types import Answer, Question, Timings

SHOWN_FIRST = 3  # evidence sentences shown before anything is written; not measured
_PARSER = Later(load_parser)


def answering(
    question: Question,
    finder: Finder,
    writers: SharedWriter,
    stopped: Callable[[], bool],
    began: float,
    kept: Callable[[Question], Answer | None] = lambda question: None,
) -> Generator[Event, None, None]:
    """Evidence, then words of the draft, then the checked answer; Cancelled once `stopped`.

    `question` is checked (`question/validate.py`). Times count from `began`, a
    `time.perf_counter()`. `kept` gives an earlier answer to a question. The caller adds to the
    answer what only it knows: the question's id, the model's name, the library.
    """
    with writers.seeking(stopped):
        publishers = finder.library.publishers()
        last = to_be_quoted(question, publishers, finder.encode)
        if last is None:
            asked, more = resolved(question, publishers, finder.encode)
            case = case_of(asked, finder)
    if last is not None:
        yield from _in_quotes(last, finder, writers, stopped, began, kept)
        return
    timings = Timings(evidence_ms=since(began))
    yield Evidence([citation(e, i) for i, e in enumerate(case.pool[:SHOWN_FIRST], 1)])

    _PARSER.begin()  # other accounts are read with it; it loads while the model reads
    reply = Reply()  # nothing is said, unless a way of answering says something
    for step in reply_to(case, writers, stopped) if not more else ():
        if isinstance(step, Words):
            timings.first_token_ms = timings.first_token_ms or since(began)
            yield step
        else:
            reply = step
    if more:
        with writers.seeking(stopped):
            reply = more_of(case, question)

    answer = answer_of(case, reply)
    timings.prompt_tokens, timings.generated_tokens = reply.prompt_tokens, reply.generated_tokens
    timings.total_ms = since(began)
    yield Done(answer.model_copy(update={"timings": timings}))


def _in_quotes(
    last: Question,
    finder: Finder,
    writers: SharedWriter,
    stopped: Callable[[], bool],
    began: float,
    kept: Callable[[Question], Answer | None],
) -> Iterator[Event]:
    """The events of an earlier question, whose answer is told in its quotes: the kept answer, else
    one made anew."""
    if answer := kept(last):
        yield Evidence(answer.citations[:SHOWN_FIRST])
        timings = Timings(evidence_ms=since(began), total_ms=since(began))
        yield Done(in_quotes(answer.model_copy(update={"timings": timings})))
        return
    for event in answering(last, finder, writers, stopped, began):
        yield Done(in_quotes(event.answer)) if isinstance(event, Done) else event


def case_of(question: Question, finder: Finder) -> Case:
    """A checked question with all that the search gives for it, and whether that answers it."""
    found = finder.find(question)
    intent, pool = finder.read(found)
    intent = replace(intent, explains=explains(chances_of(found.asked.text, finder.encode)))
    judgement = judge(intent, pool, finder.rarity, finder.encode)
    return Case(question, found, intent, pool, judgement, finder)


def answer_of(case: Case, reply: Reply) -> Answer:
    """The public answer to a reply; where it says nothing, why, and what is nearest."""
    if reply.notice is not None:
        return notice(case.intent.text, reply.notice)
    undated = 0 if reply.said else case.finder.undated(case.question)
    why = Abstention(case.judgement.false_premise, undated)
    nearest = next(iter(reply.read or case.pool), None)
    answer = assemble(
        case.intent.text, reply.said, reply.differences, reply.dropped, nearest, why, reply.form
    )
    cited = {c.article_id for c in answer.citations}
    for c in answer.citations:
        copies = case.finder.copies(case.question, c)
        c.also_in = [copy for copy in copies if copy.article_id not in cited]
    return answer


def reply_to(
    case: Case, writers: SharedWriter, stopped: Callable[[], bool]
) -> Iterator[Words | Reply]:
    """Words of a draft, then what the first fitting way says; nothing where none can answer."""
    chances = chances_of(case.found.asked.text, case.finder.encode)
    form = form_of(chances)
    if form in NOTICES or form in ABOUT_ANSWER:  # of a last answer that there is not
        yield Reply(notice=about.notice(form, case.intent, case.finder.library))
        return
    told = Reply()
    if form in story.BUDGET and not multihop.asked(case):
        with writers.seeking(stopped):
            told = story.reply(case, form)
    if told.said:
        yield told
        return
    for step in _fact(case, writers, stopped):
        if isinstance(step, Reply):
            told = step  # said below, once the model is free for others
        else:
            yield step
    if not told.said and (second := second_of(chances)):
        with writers.seeking(stopped):
            other = story.reply(case, second)
        told = other if other.said else told
    yield told


def _fact(
    case: Case, writers: SharedWriter, stopped: Callable[[], bool]
) -> Iterator[Words | Reply]:
    """Words of a draft, then what the first way that fits says of one fact, or of several parts."""
    several = parts_of(case.found.asked.text)
    if len(several) > 1:
        asked = [
            case.question.model_copy(update={"question": part, "history": []}) for part in several
        ]
        each = [case_of(question, case.finder) for question in asked]
        yield from parts.reply(each, lambda part: _fact(part, writers, stopped))
    elif (by_code := comparison.reply(case) or over_time.reply(case)) is not None:
        yield by_code  # these two need no model
    elif multihop.asked(case):
        with writers.turn(stopped) as writer:
            yield multihop.reply(case, writer)
    elif not single.asked(case):  # the evidence leaves no hope of an answer
        yield Reply()
    elif per_article.asked(case) and writers.writer:
        with writers.turn(stopped) as writer:
            assert writer is not None
            yield from per_article.reply(case, writer, stopped)
    else:
        with writers.turn(stopped) as writer:
            yield from single.reply(case, writer, stopped)


def since(began: float) -> float:
    """Milliseconds since a `time.perf_counter()`, to a tenth."""
    return round((time.perf_counter() - began) * 1000, 1)
