"""A question to a checked answer: the whole way, wired.

    question -> stand-alone question -> intent
    intent -> hits -> evidence sentences                      (shown at once)
    two sides compared?           -> decided by code from each side's value
    several articles needed?      -> decided from sentences of each (`across.py`)
    neither publisher nor date?   -> each article read on its own (`unlabelled.py`)
    evidence does not answer it?  -> unanswerable, with what is nearest
    evidence -> prompt -> does it state the answer? -> draft   (shown as it is written)
    draft -> sentences, each checked and cited, repaired, replaced by the quote, or dropped
    other articles' values        -> agreeing citations, disagreements
    -> answer

Deciding is in the modules named above; here it is only put together and timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path

from index.errors import Cancelled
from index.library import Library
from index.ranking.selection import Count, Selected
from index.search import Found, Searcher
from index.types import Hit
from prompts import render
from rag.abstain.judge import stated_by
from rag.abstain.judgement import Judgement
from rag.assemble import Abstention, citation
from rag.checking.spoken import Spoken
from rag.events import Done, Event, Evidence, Words
from rag.evidence.finder import Finder
from rag.evidence.prompt import prompt
from rag.evidence.sentence import EvidenceSentence
from rag.language.names import mentions
from rag.llm.load import load
from rag.llm.probes import log_odds
from rag.llm.remote import RemoteWriter
from rag.llm.spec import Remote, name_of, resolve, weights
from rag.llm.writer import Writer
from rag.question.intent import Intent
from rag.question.validate import checked, filters_of, today_of
from rag.serving.ahead import Ahead
from rag.serving.background import Later
from rag.serving.cache import Answers, key_of, program
from rag.serving.queue import Turns
from rag.strategies import multihop as across
from rag.strategies.comparison import compare
from rag.strategies.over_time import developed
from rag.strategies.per_article import read_each, to_read, unlabelled
from rag.strategies.reading import Readings
from rag.strategies.single import Composer
from rag.strategies.yesno import told_by, yes
from rag.types import Answer, LibraryInfo, Question, Timings

MAX_TOKENS = 64
SHOWN_FIRST = 3
EVIDENCE_FIRST = 2.0  # seconds that the model waits for others' evidence


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
        later = searcher if isinstance(searcher, Later) else Later.ready(searcher)
        self.finder = Finder(library, later)
        self._loading = writer if isinstance(writer, Later) else Later.ready(writer)
        self._answers = answers
        self._turns, self._seeking = Turns(), Turns()  # the model's, and those of finding evidence
        self._ahead, self._preparing = Ahead(), Turns()

    @property
    def writer(self) -> Writer | None:
        """The model, waited for if it is being loaded; ModelError."""
        return self._loading.get()

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
        self._loading.begin()
        self.finder.searching.get()
        self._loading.get()

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
            timings = Timings(evidence_ms=_ms(began), total_ms=_ms(began))
            yield Evidence(kept.citations[:SHOWN_FIRST])
            yield self._done(key, self._told(kept, asked, timings), new=ready is not None)
            return
        self._loading.begin()
        timings = Timings()
        for event in self._ahead.follow(key, stopped):
            if isinstance(event, Done):
                self._ahead.take(key)
                timings.total_ms = _ms(began)
                yield self._done(key, self._told(event.answer, asked, timings))
                return
            if isinstance(event, Evidence):
                timings.evidence_ms = _ms(began)
            else:
                timings.first_token_ms = timings.first_token_ms or _ms(began)
            yield event
        for event in self._answering(asked, began, stopped):
            if isinstance(event, Done):
                self._loading.get()  # a model that cannot be loaded is told, needed or not
                event = self._done(key, event.answer, new=key == self._key(asked))
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

    def _answering(
        self, asked: Question, began: float, stopped: Callable[[], bool]
    ) -> Generator[Event, None, None]:
        filters = filters_of(asked)
        with self._seeking.turn(stopped):  # several at once would all be as late as the last
            found = self.finder.find(asked)
            intent, pool, judgement = self.finder.weigh(found)
        timings = Timings(evidence_ms=_ms(began))
        composer = Composer(intent, pool)
        yield Evidence([citation(e, i) for i, e in enumerate(pool[:SHOWN_FIRST], 1)])

        spoken: list[Spoken] = []
        comparison = None
        if not across.long(found.asked):
            comparison = compare(intent, lambda side: self.finder.side(side, asked))
            comparison = comparison or developed(intent, pool)
        if comparison:
            spoken = composer.comparison(comparison)
        elif across.spans(found.asked, intent):
            with self._model_turn(stopped):
                spoken = self._across(found, intent, composer)
            if self.writer is not None and spoken:
                timings.prompt_tokens = self.writer.prompt_tokens
        elif not judgement.hopeless and unlabelled(intent, composer.chosen()) and self.writer:
            defended = self.finder.defended
            readings = Readings(to_read(intent, found.hits, self.library.article, defended))
            with self._model_turn(stopped):
                for piece in read_each(self.writer, intent, readings):
                    if stopped():
                        raise Cancelled("the question was withdrawn")
                    if piece:
                        timings.first_token_ms = timings.first_token_ms or _ms(began)
                        yield Words(piece)
            spoken = composer.apart(readings)
            timings.prompt_tokens = readings.prompt_tokens
            timings.generated_tokens = readings.generated_tokens
        elif not judgement.hopeless:
            draft = ""
            writer = self.writer
            with self._model_turn(stopped) if writer else nullcontext():
                if writer is not None:
                    judgement = stated_by(writer, intent, composer.chosen(), judgement)
                    timings.prompt_tokens = writer.prompt_tokens
                if stopped():
                    raise Cancelled("the question was withdrawn")
                if writer is not None and not judgement.hopeless:
                    for piece in self.draft(writer, intent, composer):
                        if timings.first_token_ms is None:
                            timings.first_token_ms = _ms(began)
                        draft += piece
                        yield Words(piece)
                    timings.prompt_tokens = writer.prompt_tokens
                    timings.generated_tokens = writer.generated_tokens
            if draft:
                judgement = judgement.drafted(*composer.weighed(draft))
            if judgement.answers:
                spoken = composer.spoken(draft)
            elif draft:
                composer.refuse(draft)
        undated = 0 if spoken else self.library.undated_excluded(filters)
        answer = composer.answer(spoken, Abstention(judgement.false_premise, undated))
        timings.total_ms = _ms(began)
        yield Done(self._told(answer, asked, timings))

    @contextmanager
    def _model_turn(self, stopped: Callable[[], bool]) -> Iterator[None]:
        """The model's turn. Of questions that come at once the evidence of all is found first:
        each takes a tenth of a second, and longer beside a model that reads."""
        with self._turns.turn(stopped):
            self._seeking.quiet(EVIDENCE_FIRST, stopped)
            writer = self.writer
            if writer is None:
                yield
                return
            writer.withdrawn = stopped
            try:
                yield
            finally:
                writer.withdrawn = lambda: False

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
        key, lines = self._key(asked), (self._seeking, self._turns)

        def others() -> bool:
            return stopped() or any(line.waiting > 1 for line in lines)

        with suppress(Cancelled), self._preparing.turn(stopped):
            if any(line.waiting for line in lines) or self._ahead.ready(key):
                return False
            if self._answers and self._answers.get(key):
                return False
            answering = partial(self._answering, asked, time.perf_counter())
            return self._ahead.run(key, answering, others, lambda: key == self._key(asked))
        return False

    def read(self, question: Question) -> tuple[Intent, list[EvidenceSentence], Judgement]:
        """What the question asks, its evidence sentences best first, and whether they answer it."""
        return self.finder.weigh(self.finder.find(checked(question)))

    def _across(self, found: Found, intent: Intent, composer: Composer) -> list[Spoken]:
        """What the articles of a question over several of them say together; nothing where one
        of them is not held, the sentences do not tell it, or no model is there to choose."""
        if across.unheld(found.asked, intent, found.hits):
            return []
        said = self.finder.of_several(found)
        if not said:
            return []
        writer, (system, user) = self.writer, prompt(intent, said, across=True)
        options = across.alternatives(found.asked.text)
        enough = options is None  # no word is asked of the model
        if writer is not None:
            begin = render("answer.stated")
            stated = log_odds(writer, "stated", system, user, begin, enough)
            if stated is not None and stated < across.LEAST_STATED:
                return []
        if options is None and intent.kind != "yesno":
            name = across.common_name(found.asked, intent, said, found.hits)
            if name is None:
                return []
            return composer.quoted(across.quotes(said, lambda text: mentions(name, text)), name)
        if writer is None:
            return []
        begin = render("answer.begin")
        if options is None:
            agree = log_odds(writer, "agree", system, user, begin, enough)
            if agree is None:
                return []
            short = "Yes" if agree >= 0 else "No"
        else:
            odds = writer.choose(system, user, [f" {word}" for word in options], begin=begin)
            short = max(options, key=lambda word: odds[f" {word}"])
        return composer.quoted(across.quotes(said), short, begun=True)

    def prompt_across(self, question: Question) -> tuple[str, str] | None:
        """What is said to the model of a question over several articles; None without sentences."""
        found = self.finder.find(checked(question))
        said = self.finder.of_several(found)
        return prompt(self.finder.weigh(found)[0], said, across=True) if said else None

    def draft(self, writer: Writer, intent: Intent, composer: Composer) -> Iterator[str]:
        """The model's sentence, begun with Yes or No where that is asked."""
        system, user = prompt(intent, composer.chosen())
        if intent.kind == "yesno":
            told = told_by(writer, user)
            count = writer.generated_tokens
            yield f"{'Yes' if yes(writer, user, intent.text, told) >= 0 else 'No'}, {told}"
            writer.generated_tokens = count
            return
        begin = render("answer.begin")
        yield from writer.write(system, user, begin=begin, max_tokens=MAX_TOKENS, stop=["\n"])


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
