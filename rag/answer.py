"""A question to a checked answer: the flow, from top to bottom.

question -> search -> what it asks, and its evidence sentences, best first   (shown at once)
evidence -> does it answer the question?
         -> the first way of answering that fits   (`strategies/`; a draft is shown as written)
what is said, how accounts differ, what was dropped -> the public answer
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

from rag.abstain.judge import judge
from rag.assemble import Abstention, assemble, citation
from rag.events import Done, Event, Evidence, Words
from rag.evidence.finder import Finder
from rag.serving.shared_writer import SharedWriter
from rag.strategies import comparison, multihop, over_time, per_article, single
from rag.strategies.case import Case, Reply
from rag.types import Question, Timings

SHOWN_FIRST = 3  # evidence sentences shown before anything is written


def answering(
    question: Question,
    finder: Finder,
    writers: SharedWriter,
    stopped: Callable[[], bool],
    began: float,
) -> Generator[Event, None, None]:
    """Evidence, then words of the draft, then the checked answer; Cancelled once `stopped`.

    `question` is checked (`question/validate.py`), `began` the `time.perf_counter()` from which
    times count. The answer lacks what only the caller knows: the question's id, the model's name,
    the library.
    """
    with writers.seeking(stopped):
        found = finder.find(question)
        intent, pool = finder.read(found)
        judgement = judge(intent, pool, finder.rarity, finder.encode)
    timings = Timings(evidence_ms=since(began))
    yield Evidence([citation(e, i) for i, e in enumerate(pool[:SHOWN_FIRST], 1)])

    case = Case(question, found, intent, pool, judgement, finder)
    reply = Reply()
    for step in _reply(case, writers, stopped):
        if isinstance(step, Words):
            timings.first_token_ms = timings.first_token_ms or since(began)
            yield step
        else:
            reply = step
    why = Abstention(judgement.false_premise, 0 if reply.said else finder.undated(question))
    nearest = pool[0] if pool else None
    answer = assemble(intent.text, reply.said, reply.differences, reply.dropped, nearest, why)
    timings.prompt_tokens, timings.generated_tokens = reply.prompt_tokens, reply.generated_tokens
    timings.total_ms = since(began)
    yield Done(answer.model_copy(update={"timings": timings}))


def _reply(
    case: Case, writers: SharedWriter, stopped: Callable[[], bool]
) -> Iterator[Words | Reply]:
    """By the first way that the question asks for; nothing where the evidence is hopeless."""
    if (told := comparison.reply(case) or over_time.reply(case)) is not None:  # by code alone
        yield told
    elif multihop.asked(case):
        with writers.turn(stopped) as writer:
            yield multihop.reply(case, writer)
    elif not single.asked(case):
        return
    elif per_article.asked(case) and writers.writer:
        with writers.turn(stopped) as writer:
            assert writer is not None
            yield from per_article.reply(case, writer, stopped)
    else:
        with writers.turn(stopped) as writer:
            yield from single.reply(case, writer, stopped)


def since(began: float) -> float:
    """Milliseconds since a `time.perf_counter()`."""
    return round((time.perf_counter() - began) * 1000, 1)
