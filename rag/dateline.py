"""One library and one model, asked by many at once; answers kept and answered ahead.

The flow of one question is `answer.py`; its turn, its cache and answering ahead are `serving/`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path

from index.errors import Cancelled
from index.library import Library
from index.ranking.selection import Count, Selected
from index.search import Found, Searcher
from index.types import Hit
from rag.abstain.judge import judge
from rag.abstain.judgement import Judgement
from rag.answer import SHOWN_FIRST, answering, since
from rag.events import Done, Event, Evidence
from rag.evidence.finder import Finder
from rag.evidence.sentence import EvidenceSentence
from rag.llm.load import load
from rag.llm.remote import RemoteWriter
from rag.llm.spec import Remote, name_of, resolve, weights
from rag.llm.writer import Writer
from rag.question.intent import Intent
from rag.question.validate import checked, today_of
from rag.serving.ahead import Ahead
from rag.serving.background import Later
from rag.serving.cache import Answers, key_of, program
from rag.serving.queue import Turns
from rag.serving.shared_writer import SharedWriter
from rag.strategies.case import Case
from rag.types import Answer, LibraryInfo, Question, Timings


class Dateline:
    """One library and one model, ready to be asked; safe to use from several threads."""

    def __init__(
        self,
        library: Library,
        searcher: Searcher | Later[Searcher],
        writer: Writer | Later[Writer | None] | None,
        model: str,
        answers: Answers | None = None,
    ) -> None:
        self.library = library
        self.model = model  # its name
        self._weights = model  # and which of that name
        self._searching = searcher if isinstance(searcher, Later) else Later.ready(searcher)
        self.finder = Finder(library, self._searching.get)
        self.writers = SharedWriter(writer if isinstance(writer, Later) else Later.ready(writer))
        self._answers = answers
        self._ahead, self._preparing = Ahead(), Turns()

    @property
    def writer(self) -> Writer | None:
        """The model, waited for if it is being loaded; ModelError."""
        return self.writers.writer

    @classmethod
    def open(
        cls,
        library: Path | None = None,
        model: str | None = None,
        *,
        log: Callable[[str], None] = lambda line: None,
        answers: Answers | None = None,
        wait: bool = True,
    ) -> Dateline:
        """The user's library, else the bundled one (built on first use), with the model of SPEC.

        With `answers` what was answered before is not answered again. Unless it has to `wait`,
        nothing is loaded before something is asked that was not, and the parts side by side.
        """
        from index.bundled import default_library
        from index.encoder import load_encoder
        from index.settings import settings

        found = resolve(model or settings().model)
        opened = Library.open(library or default_library(log))
        made = cls(
            opened,
            Later(lambda: Searcher(opened, load_encoder())),
            Later(lambda: load(found)),
            name_of(found),
            None if isinstance(found, Remote) else answers,  # a server's model may change unseen
        )
        program()  # before the files of this program can be replaced
        made._weights = weights(found)
        if wait:
            try:
                made.load()
            except BaseException:
                opened.close()
                raise
        return made

    def load(self) -> None:
        """Load what answering needs, side by side, and wait for it."""
        self.writers.begin()
        self._searching.get()
        self.writers.wait()

    def close(self) -> None:
        """Close the library's file."""
        self.library.close()

    def evidence(self, question: Question, k: int = 10) -> list[Hit]:
        """The ranked passages for a question, without any model."""
        return self.find(question, k).hits

    def find(self, question: Question, k: int = 10) -> Found:
        """The same with what was understood; `sentences` picks the few that answer from it."""
        return self.finder.find(checked(question), k)

    def sentences(self, found: Found, budget: int, count: Count) -> list[Selected]:
        """The sentences of what was found that answer, within `budget` tokens by `count`."""
        return self.finder.searcher.sentences(found, budget, count)

    def ask(self, question: Question, stopped: Callable[[], bool] = lambda: False) -> Answer:
        """The checked answer."""
        for event in self.stream(question, stopped):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done")

    def stream(
        self, question: Question, stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[Event]:
        """Evidence, then words of the draft, then the checked answer.

        Evidence is sought for one question after the other, and so is the model asked; evidence
        never waits for the model. Once `stopped` says so the work ends with Cancelled.
        """
        began = time.perf_counter()
        asked = checked(question)
        key = self._key(asked)
        ready = self._ahead.take(key)
        kept = ready or (self._answers.get(key) if self._answers else None)
        if kept is not None:
            timings = Timings(evidence_ms=since(began), total_ms=since(began))
            yield Evidence(kept.citations[:SHOWN_FIRST])
            yield self._done(key, self._told(kept, asked, timings), new=ready is not None)
            return
        self.writers.begin()
        timings = Timings()
        for event in self._ahead.follow(key, stopped):
            if isinstance(event, Done):
                self._ahead.take(key)
                timings.total_ms = since(began)
                yield self._done(key, self._told(event.answer, asked, timings))
                return
            if isinstance(event, Evidence):
                timings.evidence_ms = since(began)
            else:
                timings.first_token_ms = timings.first_token_ms or since(began)
            yield event
        for event in answering(asked, self.finder, self.writers, stopped, began):
            if isinstance(event, Done):
                self.writers.wait()  # one that cannot be loaded is told, needed or not
                answer = self._told(event.answer, asked, event.answer.timings)
                event = self._done(key, answer, new=key == self._key(asked))
            elif stopped():
                raise Cancelled("the question was withdrawn")
            yield event

    def _done(self, key: str, answer: Answer, *, new: bool = True) -> Done:
        """The end of a stream; a `new` answer is kept."""
        if new and self._answers:
            self._answers.put(key, answer)
        return Done(answer)

    def _key(self, asked: Question) -> str:
        """Of all that the answer rests on, as it is now."""
        return key_of(asked, today_of(asked).isoformat(), self.library.state, self._weights)

    def _told(self, answer: Answer, asked: Question, timings: Timings) -> Answer:
        """The answer to this asking of the question."""
        return answer.model_copy(
            update={
                "id": asked.id,
                "question": asked.question,
                "as_of": asked.as_of,
                "model": self.model,
                "library": LibraryInfo(
                    path=str(self.library.path),
                    articles=self.library.count(),
                    snapshot=self.library.snapshot,
                ),
                "timings": timings,
            }
        )

    def prepare(self, question: Question, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Answer what may be asked next while nobody waits for anything; whether the answer stands
        ready then.

        The work ends once `stopped` says so, or somebody asks something else. Whoever asks the same
        follows it, or finds the answer ready. None of it goes to the disk, and to a server goes
        only what was asked.
        """
        asked = checked(question)
        if isinstance(self.writer, RemoteWriter):
            return False
        key = self._key(asked)

        def others() -> bool:
            return stopped() or self.writers.waiting > 1

        def work(withdrawn: Callable[[], bool]) -> Generator[Event, None, None]:
            began = time.perf_counter()
            return answering(asked, self.finder, self.writers, withdrawn, began)

        with suppress(Cancelled), self._preparing.turn(stopped):
            if self.writers.waiting or self._ahead.ready(key):
                return False
            if self._answers and self._answers.get(key):
                return False
            return self._ahead.run(key, work, others, lambda: key == self._key(asked))
        return False

    def read(self, question: Question) -> tuple[Intent, list[EvidenceSentence], Judgement]:
        """What the question asks, its evidence sentences best first, and whether they answer it."""
        case = self.case(question)
        return case.intent, list(case.pool), case.judgement

    def case(self, question: Question) -> Case:
        """A question with all that its evidence gives, as the ways of answering take it."""
        asked = checked(question)
        found = self.finder.find(asked)
        intent, pool = self.finder.read(found)
        judgement = judge(intent, pool, self.finder.rarity, self.finder.encode)
        return Case(asked, found, intent, pool, judgement, self.finder)
