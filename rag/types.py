"""The public question and answer, read from JSON and written to it (docs/interface.md)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["answered", "disputed", "unanswerable"]
CheckKind = Literal["percent", "money", "count", "date", "name"]
DisagreementKind = Literal["conflict", "update", "rounding", "spelling"]  # the gravest first
EventStatus = Literal["planned", "reported", "announced", "completed", "denied", "cancelled"]


AnswerForm = Literal[
    "fact", "timeline", "summary", "list", "comparison", "explanation", "news", "notice"
]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Turn(_Record):
    """One earlier message of the conversation; its other fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["user", "assistant"]
    content: str


class Question(_Record):
    """One question as a batch row or an API call gives it; dates may be partial (2025, 2025-06).

    Other fields are ignored, as evaluation files carry expected answers.
    """

    model_config = ConfigDict(extra="ignore")

    question: str
    id: str | int | None = None
    as_of: str | None = None
    since: str | None = None
    until: str | None = None
    publisher: str | None = None
    history: list[Turn] = Field(default_factory=list)


class Check(_Record):
    """One figure, date or name of a sentence; `found_in` are the ids of its citations."""

    kind: CheckKind
    value: str
    found_in: list[int]


class Sentence(_Record):
    text: str
    citations: list[int]
    repaired: bool = False
    checks: list[Check] = Field(default_factory=list)
    day: str | None = None  # of what it tells, in a timeline or in news
    side: str | None = None  # whose account it is, in a comparison


class Dropped(_Record):
    text: str
    reason: str


class Correction(_Record):
    """A quote that was not in an earlier text of its article: since when it stands there, what did
    before it, if that is to be told, and whether it was `added`, so that nothing did."""

    day: str
    before: str | None = None
    added: bool = False


class Notice(_Record):
    """What an article says of itself, in its title or in a paragraph."""

    kind: Literal["retraction", "correction", "note"]
    quote: str


class Copy(_Record):
    """Another article that has the quote word for word in a copy of the same passage."""

    article_id: str
    title: str | None
    publisher: str | None
    url: str | None
    published: str | None


class Citation(_Record):
    """`quote` is the article's stored text from `start` to `end`, in code points.

    `gone` is the day on which the article's page was found to be gone.
    """

    id: int
    article_id: str
    title: str | None
    publisher: str | None
    url: str | None
    published: str | None
    author: str | None = None
    quote: str
    start: int
    end: int
    corrected: Correction | None = None
    notices: list[Notice] = Field(default_factory=list)
    gone: str | None = None
    also_in: list[Copy] = Field(default_factory=list)


class DisagreementRow(_Record):
    value: str
    normalized: float | int | str | None
    unit: str | None
    quote: str
    citation: int
    published: str | None
    event_status: EventStatus
    kind: DisagreementKind | None = None  # how it differs from the first; null for that


class Disagreement(_Record):
    """The accounts of what was asked, each once, that with which the answer leads first; `kind` is
    that of the gravest."""

    about: str
    kind: DisagreementKind
    reason: str | None = None
    rows: list[DisagreementRow]


class LibraryInfo(_Record):
    path: str
    articles: int
    snapshot: str


class Timings(_Record):
    evidence_ms: float = 0
    first_token_ms: float | None = None
    total_ms: float = 0
    prompt_tokens: int = 0
    generated_tokens: int = 0


class Answer(_Record):
    id: str | int | None = None
    question: str
    status: Status
    form: AnswerForm = "fact"
    text: str
    short: str | None = None
    sentences: list[Sentence] = Field(default_factory=list)
    dropped: list[Dropped] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    disagreements: list[Disagreement] = Field(default_factory=list)
    as_of: str | None = None
    model: str
    library: LibraryInfo
    timings: Timings = Field(default_factory=Timings)
