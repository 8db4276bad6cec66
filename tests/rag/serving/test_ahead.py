"""Answering ahead while somebody types: taken ready, followed, given up, never on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from deals import PRICE, SHARE, Open, opened
from scripted import answer as scripted_answer
from scripted_writer import ScriptedWriter

from index.errors import Cancelled
from rag.dateline import Dateline
from rag.events import Done, Event, Evidence
from rag.serving.ahead import Ahead
from rag.serving.cache import Answers
from rag.types import Question


@pytest.fixture
def dateline(tmp_path: Path) -> Open:
    return opened(tmp_path / "news")


def test_an_answer_that_was_taken_at_once_was_had() -> None:
    ahead = Ahead()

    def answering(gives_way: Callable[[], bool]) -> Generator[Event, None, None]:
        yield Evidence([])
        yield Done(scripted_answer("Meta took 49%."))

    def taken() -> bool:  # asked after each event
        return ahead.take("k") is not None

    assert ahead.run("k", answering, taken, lambda: True) is True
    assert not ahead.ready("k")
    assert list(ahead.follow("k", bool)) == []  # it is over


class Slow(ScriptedWriter):
    """A writer for which everything is stated; it says so once the event `may` is set."""

    def __init__(self) -> None:
        reply = "Meta bought 49% of Scale AI."
        super().__init__(lambda s, u: reply, lambda s, u, o: {o[0]: 0.99})
        self.read, self.may, self.begun = list[str](), threading.Event(), threading.Event()

    def choose(
        self, system: str, user: str, options: Sequence[str], *, begin: str = ""
    ) -> dict[str, float]:
        if "True:" not in begin:  # behind a draft it is asked once more
            self.read.append(user)
        self.begun.set()
        end = time.monotonic() + 20
        while not self.may.wait(0.01):
            if self.withdrawn():
                raise Cancelled("the question was withdrawn")
            assert time.monotonic() < end
        return super().choose(system, user, options, begin=begin)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.model
def test_what_is_typed_is_answered_ahead(dateline: Open) -> None:
    writer = Slow()
    writer.may.set()
    engine, typed = dateline(writer), Question(question=SHARE)
    assert engine.prepare(typed) is True
    assert engine.prepare(typed) is False  # it stands ready
    answer = engine.ask(Question(question=SHARE, id="q7"))
    assert (answer.id, answer.short, len(writer.read)) == (
        "q7",
        "49%",
        2,
    )  # a draft and its short answer
    assert answer.timings.first_token_ms is None
    assert engine.ask(Question(question=SHARE, publisher="Bitget News")).short == "49%"
    assert len(writer.read) == 4  # another question
    assert engine.ask(typed).short == "49%"
    assert len(writer.read) == 6  # and what stood ready was for once


@pytest.mark.model
@pytest.mark.parametrize("question", [SHARE, "Did Meta buy 49% of Scale AI?"])
def test_who_asks_the_same_follows_what_is_done(dateline: Open, question: str) -> None:
    alone, writer = Slow(), Slow()
    alone.may.set()
    expected = [type(event) for event in dateline(alone).stream(Question(question=question))]
    engine, typed = dateline(writer), Question(question=question)
    with ThreadPoolExecutor() as threads:
        ahead = threads.submit(engine.prepare, typed)
        assert writer.begun.wait(20)
        events = engine.stream(typed)
        assert isinstance(next(events), Evidence)
        other = threads.submit(engine.ask, Question(question=PRICE))  # comes later
        until(lambda: engine.writers.waiting == 2)
        writer.may.set()
        rest = list(events)
        assert ahead.result(20) is True
        assert other.result(20).status == "answered"
    assert [Evidence, *map(type, rest)] == expected
    assert isinstance(rest[-1], Done) and rest[-1].answer.short in ("49%", "Yes")
    assert rest[-1].answer.timings.total_ms >= rest[-1].answer.timings.evidence_ms > 0
    assert writer.read[: len(alone.read)] == alone.read  # once each
    assert not engine._ahead.ready(engine._key(typed))


@pytest.mark.model
@pytest.mark.parametrize("why", ["typed on", "another question", "stopped by who asked"])
def test_answering_ahead_gives_way(dateline: Open, why: str) -> None:
    writer = Slow()
    engine, typed = dateline(writer), Question(question=SHARE)
    with ThreadPoolExecutor() as threads:
        gone = threading.Event()
        ahead = threads.submit(engine.prepare, typed, gone.is_set)
        assert writer.begun.wait(20)
        if why == "typed on":
            whole = threads.submit(engine.prepare, Question(question=PRICE))
            until(lambda: engine._preparing.waiting == 2)
            gone.set()
            assert ahead.result(20) is False
            until(lambda: len(writer.read) == 2)
            writer.may.set()
            assert whole.result(20) is True
        elif why == "another question":
            asked = threads.submit(engine.ask, Question(question=PRICE))
            assert ahead.result(20) is False
            writer.may.set()
            assert asked.result(20).status == "answered"
        else:
            stopped = threading.Event()
            follower = threads.submit(engine.ask, typed, stopped.is_set)
            until(lambda: engine._ahead._now.asked == 1)
            gone.set()  # nobody types it any more, but somebody waits for it
            time.sleep(0.1)
            assert not ahead.done()
            stopped.set()
            assert ahead.result(20) is False
            with pytest.raises(Cancelled):
                follower.result(20)
    assert not engine._ahead.ready(engine._key(typed))


@pytest.mark.model
def test_an_answer_of_another_state_of_the_library_does_not_stand_ready(
    dateline: Open,
) -> None:
    writer = Slow()
    engine, typed = dateline(writer), Question(question=SHARE)
    with ThreadPoolExecutor() as threads:
        ahead = threads.submit(engine.prepare, typed)
        assert writer.begun.wait(20)
        engine.library.remove("groq")
        writer.may.set()
        assert ahead.result(20) is False


@pytest.mark.model
def test_what_is_answered_ahead_goes_nowhere(dateline: Open, tmp_path: Path) -> None:
    writer = Slow()
    writer.may.set()
    engine = dateline(writer)
    engine._answers = Answers(tmp_path / "answers.sqlite")
    assert engine.prepare(Question(question=SHARE)) is True
    assert engine._answers.get(engine._key(Question(question=SHARE))) is None
    engine.ask(Question(question=SHARE))
    assert engine.prepare(Question(question=SHARE)) is False  # what was asked is kept
    assert engine._answers.get(engine._key(Question(question=SHARE))) is not None
    remote = Dateline.open(tmp_path / "news", "http://127.0.0.1:9/v1#some", wait=False)
    assert remote.prepare(Question(question=SHARE)) is False  # half a question is not sent
