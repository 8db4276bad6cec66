"""A scripted engine with the methods of `rag.dateline.Dateline`: no model, no files.

Quotes are cut out of article text, so each is exactly that text.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from answer_forms import form_of

from index.errors import ModelError
from index.types import Article, Filters, Hit, Passage
from rag.types import (
    Answer,
    Check,
    Citation,
    Disagreement,
    DisagreementRow,
    LibraryInfo,
    Question,
    Sentence,
    Timings,
)

HOSTILE = '<img src=x onerror="window.pwned=1"> ${window.pwned=2} {{pwned}} `</mark>\\` &amp;'

ARTICLES = [
    Article(
        id="a1",
        title="Meta closes its Scale AI deal",
        publisher="Example Wire",
        published="2025-06-13T09:34:00Z",
        url="https://news.example/meta-scale?a=1&b=2",
        author="Dateline sample brief, after Example Wire",
        text=(
            "The company said on Friday that the transaction had closed. "
            "Meta paid close to 14.8 billion dollars for 49% of Scale AI, its largest bet on "
            "artificial intelligence so far. Scale's founder moves to a new Meta laboratory."
        ),
    ),
    Article(
        id="a2",
        title="Facebook's owner circles a data-labelling start-up",
        publisher="Morning Ledger",
        published="2025-06",
        url="https://ledger.example/circles",
        text=(
            "Meta plans to put 15 billion dollars into Scale AI, for which it could receive "
            "49 percent of the shares. Talks were not final at the time of writing."
        ),
    ),
    Article(
        id="a3",
        title=f"Odd page {HOSTILE}",
        publisher="Nobody <b>",
        url="javascript:alert(1)",
        text=f"A hostile sentence {HOSTILE} ends here. Another sentence \x1b[31mfollows.",
    ),
]


class FakeLibrary:
    """The few methods of `index.library.Library` that page and API call."""

    path = Path("/srv/articles/demo-library")
    snapshot = "s1"

    state = "s1"

    def count(self, filters: Filters = Filters()) -> int:
        return len([a for a in ARTICLES if self._passes(a, filters)])

    def undated_excluded(self, filters: Filters) -> int:
        return 1 if filters.since or filters.until else 0

    def latest(self, k: int) -> list[Article]:
        return ARTICLES[:2][:k]

    def _passes(self, article: Article, filters: Filters) -> bool:
        day = (article.published or "")[:10]
        return (
            (not filters.until or ("" < day <= filters.until))
            and (not filters.since or day >= filters.since)
            and (not filters.publisher or article.publisher == filters.publisher)
        )

    def article(self, article_id: str) -> Article | None:
        return next((item for item in ARTICLES if item.id == article_id), None)

    def rows(self, sql: str, *values: object) -> list[Any]:
        """The list of articles is tried with a real library."""
        return [{"c": 0}] if "count(*) c" in sql else []

    def has_table(self, name: str) -> bool:
        return False

    def publishers(self) -> list[str]:
        return sorted(item.publisher for item in ARTICLES if item.publisher)

    def date_range(self) -> tuple[str | None, str | None, int]:
        return "2025-06", "2025-06-13T09:34:00Z", 1


class FakeEngine:
    """Answers three questions, which it recognises by a word; refuses all others.

    A stream waits between evidence and draft until `hold` is set. `asked` records the questions.
    """

    model = "scripted-model.gguf"

    def __init__(self, pause: float = 0.0) -> None:
        self.library = FakeLibrary()
        self.pause = pause
        self.hold = threading.Event()
        self.hold.set()
        self.asked: list[Question] = []
        self.prepared: list[Question] = []
        self.preparing = 0
        self.closed = 0
        self.clients: list[str] = []
        self.writers = SimpleNamespace(waiting=0)
        self.threads: set[int] = set()

    @classmethod
    def open(
        cls, library: Path | None = None, model: str | None = None, **options: Any
    ) -> FakeEngine:
        return cls()

    def read(self, question: Question) -> tuple[Any, list[Any], Any]:
        """Any question counts as one that the evidence answers."""
        return None, [], SimpleNamespace(chance=1.0)

    def load(self) -> None:
        """Nothing to do: there is no model."""

    def ask(self, question: Question, stopped: Callable[[], bool] = bool) -> Answer:
        self.asked.append(question)
        self.threads.add(threading.get_ident())
        if "broken" in question.question:
            raise ModelError(
                "the model file /srv/models/m.gguf is damaged: remove it and ask again"
            )
        if "bug" in question.question:
            raise RuntimeError("no such thing")
        seconds = 1.0 * ("slow" in question.question) + 20.0 * ("endless" in question.question)
        end = time.monotonic() + seconds
        while time.monotonic() < end and not stopped():
            time.sleep(0.01)
        return _answer(question, self.model)

    def evidence(self, question: Question, k: int = 10) -> list[Hit]:
        """The first passages of the first articles, whatever is asked."""
        self.asked.append(question)
        return [
            Hit(a, Passage(a.id, 0, 60, a.text[:60]), 1.0 / n) for n, a in enumerate(ARTICLES, 1)
        ][:k]

    def prepare(self, question: Question, stopped: Callable[[], bool] = bool) -> bool:
        self.prepared.append(question)
        self.preparing += 1
        end = time.monotonic() + 10
        while not stopped() and time.monotonic() < end:  # as if it took long
            time.sleep(0.01)
        self.preparing -= 1
        return False

    def stream(
        self, question: Question, stopped: Callable[[], bool] = bool, client: str = ""
    ) -> Iterator[Any]:
        from rag.events import Done, Evidence, Words

        self.clients.append(client)
        try:
            answer = self.ask(question, stopped)
            yield Evidence(answer.citations)
            self.hold.wait(20)
            words = re.findall(r"\S+\s*", re.sub(r" \[\d+\]", "", answer.text))
            for word in words:
                time.sleep(self.pause)
                yield Words(word)
            time.sleep(self.pause)
            yield Done(answer)
        finally:
            self.closed += 1


def cite(number: int, article_id: str, words: str) -> Citation:
    """A citation of the sentence that holds `words`, in the article's exact text."""
    article = next(item for item in ARTICLES if item.id == article_id)
    at = article.text.index(words)
    start = article.text.rfind(". ", 0, at) + 2 if ". " in article.text[:at] else 0
    end = article.text.find(". ", at)
    end = len(article.text) if end < 0 else end + 1
    return Citation(
        id=number,
        article_id=article.id,
        title=article.title,
        publisher=article.publisher,
        url=article.url,
        published=article.published,
        author=article.author,
        quote=article.text[start:end],
        start=start,
        end=end,
    )


def _answer(question: Question, model: str) -> Answer:
    text = question.question.lower()
    rules: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        ("share", _share),
        ("pay", _price),
        ("hostile", _hostile),
    ]
    known = form_of(text, cite) or next((make() for word, make in rules if word in text), None)
    fields = known or {
        "status": "unanswerable",
        "text": "No article answers this. Nearest: what Meta paid for its share of Scale AI.",
    }
    return Answer(
        id=question.id,
        question=question.question,
        as_of=question.as_of,
        model=model,
        library=LibraryInfo(path="/srv/articles/demo-library", articles=3, snapshot="s1"),
        timings=Timings(
            evidence_ms=90,
            first_token_ms=2_400,
            total_ms=4_100,
            prompt_tokens=190,
            generated_tokens=24,
        ),
        **fields,
    )


def _share() -> dict[str, Any]:
    check = Check(kind="percent", value="49%", found_in=[1, 2])
    text = "Meta bought 49% of Scale AI"
    return {
        "status": "answered",
        "text": f"{text} [1][2].",
        "short": "49%",
        "sentences": [Sentence(text=f"{text}.", citations=[1, 2], checks=[check])],
        "citations": [cite(1, "a1", "14.8"), cite(2, "a2", "15 billion")],
    }


def _price() -> dict[str, Any]:
    first, second = cite(1, "a1", "14.8"), cite(2, "a2", "15 billion")
    rows = [
        DisagreementRow(
            value="14.8 billion USD",
            normalized=14_800_000_000,
            unit="USD",
            quote=first.quote,
            citation=1,
            published=first.published,
            event_status="completed",
        ),
        DisagreementRow(
            value="15 billion USD",
            normalized=15_000_000_000,
            unit="USD",
            quote=second.quote,
            citation=2,
            published=second.published,
            event_status="planned",
            kind="update",
        ),
    ]
    about = "price Meta paid for its Scale AI stake"
    return {
        "status": "disputed",
        "text": "Meta paid close to 14.8 billion dollars [1]. Before the deal, 15 billion dollars "
        "was planned [2].",
        "short": "14.8 billion USD",
        "sentences": [
            Sentence(text="Meta paid close to 14.8 billion dollars.", citations=[1]),
            Sentence(text="Before the deal, 15 billion dollars was planned.", citations=[2]),
        ],
        "dropped": [
            {"text": "Meta now owns all of Scale AI.", "reason": "no evidence sentence says so"}
        ],
        "citations": [first, second],
        "disagreements": [Disagreement(about=about, kind="update", rows=rows)],
    }


def _hostile() -> dict[str, Any]:
    return {
        "status": "answered",
        "text": f"It says {HOSTILE} [1].",
        "short": HOSTILE,
        "sentences": [Sentence(text=f"It says {HOSTILE}.", citations=[1])],
        "citations": [cite(1, "a3", "hostile")],
        "disagreements": [
            Disagreement(
                about=HOSTILE,
                kind="conflict",
                rows=[
                    DisagreementRow(
                        value=HOSTILE,
                        normalized=None,
                        unit=None,
                        quote=HOSTILE,
                        citation=1,
                        published=None,
                        event_status="reported",
                    )
                ],
            )
        ],
    }


@contextmanager
def serving(app: Any, port: int = 0, lifespan: Any = "on") -> Iterator[str]:
    """Serve `app` on 127.0.0.1, by default on a free port; yields its address."""
    from rag.web import listen

    with socket.create_server(("127.0.0.1", port)) as listening:
        server = listen.server(app)
        server.config.lifespan = lifespan
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            server.force_exit = True
            thread.join(10)
