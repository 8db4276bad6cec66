"""From the sentences to be said to the public answer: text, citations, checks, disagreements.

Citations are numbered in the order in which the answer uses them. Leaves out which sentences are
said (`strategies/`) and what only the engine knows: id, model, library (`dateline.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from index.cli import one_line
from index.ingest.hygiene.notices import notices
from index.library import Library
from index.library.tables.history import History
from index.types import Article
from rag.checking.items import verbatim
from rag.checking.spoken import Spoken
from rag.disagreements.account import Account, Difference
from rag.evidence.sentence import EvidenceSentence, source_of
from rag.figures import normalize
from rag.show.wording import marked
from rag.types import (
    Answer,
    AnswerForm,
    Check,
    Citation,
    Correction,
    Disagreement,
    DisagreementKind,
    DisagreementRow,
    Dropped,
    LibraryInfo,
    Notice,
    Sentence,
    Status,
)

Number = Callable[[EvidenceSentence], int]


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why nothing is said: what the articles say against the question's premise, and how many
    undated articles the date filter left out."""

    premise: str | None = None
    undated: int = 0


def assemble(
    question: str,
    spoken: Sequence[Spoken],
    differences: Sequence[Difference],
    dropped: Sequence[Dropped],
    nearest: EvidenceSentence | None,
    abstention: Abstention,
    form: AnswerForm = "fact",
) -> Answer:
    """The answer's text, sentences, citations and disagreements; the caller adds the rest.

    Without a sentence in `spoken` the status is "unanswerable", and the text quotes `nearest` and
    names the cause in `abstention`. With a conflict among `differences` it is "disputed".
    """
    numbers: dict[tuple[str, int], int] = {}
    citations: list[Citation] = []

    def number(e: EvidenceSentence) -> int:
        key = (e.article.id, e.start)
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            citations.append(citation(e, numbers[key]))
        return numbers[key]

    said = [_sentence(s, number) for s in spoken]
    status: Status = "unanswerable"
    disagreements: list[Disagreement] = []
    if said and differences:
        disagreements = [_disagreement(question, differences, number)]
    if said:
        text = _laid_out(form, said)
        conflict = any(d.kind == "conflict" for d in disagreements)
        status = "disputed" if conflict else "answered"
    else:
        text = _nearest(nearest, abstention, number)
    return Answer(
        question=question,
        status=status,
        form=form if said else "fact",
        text=text,
        short=spoken[0].short if spoken else None,
        sentences=said,
        dropped=list(dropped),
        citations=citations,
        disagreements=disagreements,
        model="",
        library=LibraryInfo(path="", articles=0, snapshot=""),
    )


def in_quotes(answer: Answer) -> Answer:
    """The answer told in the quotes that its sentences cite, each after its source; one that says
    nothing as it is."""
    cited = {number for sentence in answer.sentences for number in sentence.citations}
    rows = [citation for citation in answer.citations if citation.id in cited]
    number = {(c.article_id, c.start): c.id for c in rows}
    said = []
    for c in rows:
        of = Article(c.article_id, c.quote, c.title, c.url, c.publisher, c.published, c.author)
        e = EvidenceSentence(of, c.start, c.end, c.quote, c.title or "")
        text = f'{source_of(e)}: "{one_line(c.quote)}"'
        said.append(_sentence(Spoken(verbatim(text, e)), lambda e: number[e.article.id, e.start]))
    if not said:
        return answer
    told = {"text": _laid_out(answer.form, said), "sentences": said, "dropped": []}
    return answer.model_copy(update=told)


def citation(e: EvidenceSentence, number: int) -> Citation:
    """An evidence sentence as the public citation."""
    a = e.article
    return Citation(
        id=number, article_id=a.id, title=a.title, publisher=a.publisher, url=a.url,
        published=a.published, author=a.author, quote=e.text, start=e.start, end=e.end,
    )  # fmt: skip


def with_history(c: Citation, library: Library) -> Citation:
    """The citation with what became of its article: a correction of the quote, notices, its page.

    It may change without any article that is added or removed.
    """
    article = library.article(c.article_id)
    if article is None:
        return c
    history = History(library)
    changed = [
        Correction(day=found.day, before=found.before, added=found.added)
        for start, end, found in history.corrections(article)
        if start < c.end and end > c.start
    ]
    update = {
        "corrected": max(changed, key=lambda found: (not found.added, found.day), default=None),
        "notices": [Notice(kind=n.kind, quote=n.quote) for n in notices(article)],
        "gone": history.gone(article.id),
    }
    return c.model_copy(update=update)


def _sentence(s: Spoken, number: Number) -> Sentence:
    ids = [number(e) for e in s.cited]
    checks = [
        Check(kind=item.kind, value=item.text, found_in=[ids[i] for i in where])
        for item, where in zip(s.verdict.items, s.verdict.found, strict=True)
    ]
    return Sentence(
        text=s.verdict.text,
        citations=list(dict.fromkeys(ids)),
        repaired=s.verdict.repaired,
        checks=checks,
        day=s.day,
        side=s.side,
    )


def _disagreement(question: str, differences: Sequence[Difference], number: Number) -> Disagreement:
    """All accounts in one table, each article's value once."""
    rows: dict[tuple[str, str], DisagreementRow] = {}

    def add(a: Account, kind: DisagreementKind | None) -> None:
        key = a.evidence.article.id, a.figure.text.casefold()
        if key in rows:
            return
        rows[key] = DisagreementRow(
            value=a.figure.text,
            normalized=normalize(a.figure),
            unit=a.figure.unit,
            quote=a.evidence.text,
            citation=number(a.evidence),
            published=a.evidence.article.published,
            event_status=a.status,
            kind=kind,
        )

    for difference in differences:
        add(difference.lead, None)
        for other in difference.others:
            add(other.account, other.kind)
    others = [other for difference in differences for other in difference.others]
    return Disagreement(
        about=question.rstrip("?"),
        kind=min((other.kind for other in others), key=get_args(DisagreementKind).index),
        reason="; ".join(dict.fromkeys(other.reason for other in others)),
        rows=list(rows.values()),
    )


def _nearest(e: EvidenceSentence | None, why: Abstention, number: Number) -> str:
    """The text of an answer that says nothing but why, and quotes the nearest sentence."""
    parts = ["The library does not hold the answer."]
    if why.premise:
        parts.append(f"The articles say {why.premise}.")
    if why.undated:
        noun = "article" if why.undated == 1 else "articles"
        parts.append(f"The date filter left out {why.undated} undated {noun}.")
    if e is not None:
        parts.append(f'Nearest: "{e.text}" ({source_of(e)}) [{number(e)}].')
    else:
        parts.append("Nothing in it is within the filters given.")
    return " ".join(parts)


def notice(question: str, text: str) -> Answer:
    """An answer about the library or the program itself: no article is cited."""
    return Answer(
        question=question, status="answered", form="notice", text=text, model="",
        library=LibraryInfo(path="", articles=0, snapshot=""),
    )  # fmt: skip


def _laid_out(form: AnswerForm, said: Sequence[Sentence]) -> str:
    """The text of the sentences, Markdown: a line each for a timeline, news or a list, a heading
    for each side of a comparison, else one paragraph."""
    texts = [marked(s.text, s.citations) for s in said]
    if form in ("timeline", "news"):
        heads = [f"**{s.day}** " if s.day else "" for s in said]
        return "\n".join(f"- {head}{text}" for head, text in zip(heads, texts, strict=True))
    if form == "list":
        return "\n".join(f"- {text}" for text in texts)
    if form == "comparison" and any(s.side for s in said):
        lines: list[str] = []
        for n, (s, text) in enumerate(zip(said, texts, strict=True)):
            if n == 0 or s.side != said[n - 1].side:
                lines.append(f"**{s.side}**")
            lines.append(f"- {text}")
        return "\n".join(lines)
    return " ".join(texts)
