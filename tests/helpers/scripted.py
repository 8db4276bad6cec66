"""A scripted engine with one article and two questions, for tests of `eval/harness.py`."""

from __future__ import annotations

from types import SimpleNamespace

from index.errors import ModelError
from index.types import Article, Hit, Passage
from rag.types import Answer, Citation, LibraryInfo, Question, Sentence, Status

TEXT = "Meta took 49% of Scale AI for $14.3 billion. The stake brings no votes."
ARTICLE = Article("a1", TEXT, title="Meta <b>& Scale</b>", published="2025-06-12")


def answer(text: str, short: str | None = None, status: Status = "answered") -> Answer:
    """An answer with one sentence that cites the article, or none if it is unanswerable."""
    refused = status == "unanswerable"
    cite = Citation(
        id=1,
        article_id="a1",
        title=ARTICLE.title,
        publisher=None,
        url=None,
        published=None,
        quote=TEXT[:44],
        start=0,
        end=44,
    )
    return Answer(
        question="what share?",
        status=status,
        text=text,
        short=short,
        sentences=[] if refused else [Sentence(text=text, citations=[1])],
        citations=[] if refused else [cite],
        model="none",
        library=LibraryInfo(path="x", articles=1, snapshot="s"),
    )


class Scripted:
    """Refuses questions with "unknown", answers all others alike; once only if `silent`."""

    def __init__(self) -> None:
        self.library = self
        self.snapshot = "s"
        self.asked: list[str] = []
        self.silent = False

    def count(self) -> int:
        return 1

    def article(self, article_id: str) -> Article | None:
        return ARTICLE if article_id == "a1" else None

    def evidence(self, asked: Question, k: int = 10) -> list[Hit]:
        return [Hit(ARTICLE, Passage("a1", 0, len(TEXT), TEXT), 0.9)]

    def find(self, asked: Question, k: int = 10) -> SimpleNamespace:
        return SimpleNamespace(hits=self.evidence(asked, k))

    def sentences(self, found: SimpleNamespace, budget: int, count: object) -> list[object]:
        return []

    def ask(self, asked: Question) -> Answer:
        if self.silent and self.asked:
            raise ModelError("the server is silent: start it")
        self.asked.append(asked.question)
        if "unknown" in asked.question:
            return answer("Nothing.", None, "unanswerable")
        return answer("Meta took 49% of Scale AI.", "49%")
