"""Dateline: one library and one model that many users ask at once.

question -> the kept answer (`serving/cache.py`)
         -> else the answer that is being made ahead (`serving/ahead.py`)
         -> else the flow of one question (`answer.py`)
         -> what only the engine knows is added: id, model, library -> kept

Leaves out how a question is answered, and arguments and output (`ask.py`, `api.py`, `ui.py`).
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
from rag.abstain.judgement import Judgement
from rag.answer import SHOWN_FIRST, answering, case_of, since
from rag.assemble import with_history
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
        self.model = model  # its name, as an answer gives it
        self._weights = model  # which file or server of that name, for the cache's key
        self._searching = searcher if isinstance(searcher, Later) else Later.ready(searcher)
        self.finder = Finder(library, self._searching.get)
        self.writers = SharedWriter(writer if isinstance(writer, Later) else Later.ready(writer))
        self._answers = answers
        self._ahead, self._preparing = Ahead(), Turns()

    @property
    def writer(self) -> Writer | None:
        """The model, None for `none`; waits while it is being loaded. ModelError."""
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

        With `answers` a question that was answered before is not answered again. With `wait` the
        encoder and the model are loaded now, side by side; without it, at the first question
        that no kept answer settles. UsageError, ModelError and other DatelineErrors.
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
            None if isinstance(found, Remote) else answers,  # a server may change its model unseen
        )
        program()  # hashed now, before an update can replace this program's files
        made._weights = weights(found)
        if wait:
            try:
                made.load()
            except BaseException:
                opened.close()
                raise
        return made

    def load(self) -> None:
        """Load the encoder and the model, side by side, and wait for both. ModelError."""
        self.writers.begin()
        self._searching.get()
        self.writers.wait()

    def reopen(self, library: Path) -> None:
        """Answer from another library from now on; questions in work end with the one that they
        began with. LibraryError."""
        from index.encoder import load_encoder

        opened = Library.open(library)
        self._searching = Later(lambda: Searcher(opened, load_encoder()))
        self.library, self.finder = opened, Finder(opened, self._searching.get)
        self._searching.begin()

    def close(self) -> None:
        """Close the library's file."""
        self.library.close()

    def evidence(self, question: Question, k: int = 10) -> list[Hit]:
        """The best `k` passages for a question, without a language model. UsageError."""
        return self.find(question, k).hits

    def find(self, question: Question, k: int = 10) -> Found:
        """The same with what the search read in the question; `sentences` takes it. UsageError."""
        return self.finder.find(checked(question), k)

    def sentences(self, found: Found, budget: int, count: Count) -> list[Selected]:
        """The sentences of `found` that answer, in at most `budget` tokens as `count` counts."""
        return self.finder.searcher.sentences(found, budget, count)

    def ask(self, question: Question, stopped: Callable[[], bool] = lambda: False) -> Answer:
        """The checked answer; UsageError, ModelError, Busy, or Cancelled once `stopped`."""
        for event in self.stream(question, stopped):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done")

    def stream(
        self,
        question: Question,
        stopped: Callable[[], bool] = lambda: False,
        client: str = "",
    ) -> Iterator[Event]:
        """Evidence, then words of the draft, then the checked answer.

        Questions take turns for the search, and again for the model, and so do the clients who
        ask them, each known by `client`; the search never waits for the model. Once `stopped` says
        so the work ends with Cancelled.
        """
        began = time.perf_counter()
        asked = checked(question)
        key = self._key(asked)
        ready = self._ahead.take(key)
        kept = ready or self._kept(asked)
        if kept is not None:
            timings = Timings(evidence_ms=since(began), total_ms=since(began))
            yield Evidence(kept.citations[:SHOWN_FIRST])
            yield self._done(key, self._completed(kept, asked, timings), new=ready is not None)
            return
        self.writers.begin()
        timings = Timings()
        for event in self._ahead.follow(key, stopped):
            if isinstance(event, Done):
                self._ahead.take(key)
                timings.total_ms = since(began)
                yield self._done(key, self._completed(event.answer, asked, timings))
                return
            if isinstance(event, Evidence):
                timings.evidence_ms = since(began)
            else:
                timings.first_token_ms = timings.first_token_ms or since(began)
            yield event
        writers = self.writers.of(client)
        for event in answering(asked, self.finder, writers, stopped, began, self._kept):
            if isinstance(event, Done):
                self.writers.wait()  # a model that cannot be loaded is an error, needed or not
                answer = self._completed(event.answer, asked, event.answer.timings)
                event = self._done(key, answer, new=key == self._key(asked))
            elif stopped():
                raise Cancelled("the question was withdrawn")
            yield event

    def _done(self, key: str, answer: Answer, *, new: bool = True) -> Done:
        """The last event of a stream; a `new` answer goes into the cache."""
        if new and self._answers:
            self._answers.put(key, answer)
        return Done(answer)

    def _kept(self, asked: Question) -> Answer | None:
        """The answer to this question in the cache."""
        return self._answers.get(self._key(asked)) if self._answers else None

    def _key(self, asked: Question) -> str:
        """The key of all that the answer rests on, as it is now."""
        return key_of(asked, today_of(asked).isoformat(), self.library.state, self._weights)

    def _completed(self, answer: Answer, asked: Question, timings: Timings) -> Answer:
        """The answer with what only the engine knows of this question."""
        return answer.model_copy(
            update={
                "id": asked.id,
                "question": asked.question,
                "as_of": asked.as_of,
                "citations": [with_history(c, self.library) for c in answer.citations],
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
        """Answer a question that may be asked next, if nobody waits for anything; whether the
        answer stands ready at the end.

        The work ends once `stopped` says so, or once somebody asks something else. Whoever asks
        this question meanwhile follows the work; later the answer is ready. Nothing of it is
        written to the disk, and nothing is sent to a model on a server: False at once.
        """
        asked = checked(question)
        if isinstance(self.writer, RemoteWriter):
            return False
        key = self._key(asked)

        def gives_way() -> bool:
            return stopped() or self.writers.waiting > 1

        def work(withdrawn: Callable[[], bool]) -> Generator[Event, None, None]:
            began = time.perf_counter()
            return answering(asked, self.finder, self.writers, withdrawn, began, self._kept)

        with suppress(Cancelled), self._preparing.turn(stopped):
            if self.writers.waiting or self._ahead.ready(key):
                return False
            if self._kept(asked):
                return False
            return self._ahead.run(key, work, gives_way, lambda: key == self._key(asked))
        return False

    def read(self, question: Question) -> tuple[Intent, list[EvidenceSentence], Judgement]:
        """What the question asks, its evidence sentences, best first, and whether they answer it.

        UsageError.
        """
        case = self.case(question)
        return case.intent, list(case.pool), case.judgement

    def case(self, question: Question) -> Case:
        """A question with its evidence, as the ways of answering take it. UsageError."""
        return case_of(checked(question), self.finder)
