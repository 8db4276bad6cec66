"""Labelled cases of a few short articles: loaded, asked, judged, scored.

    disagreements.jsonl -> Case -> a library of its articles -> Answer -> row -> metrics

A case of kind "none" has articles that look as if they disagreed and do not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.harness import Row, progress, read_rows
from eval.judging.texts import holds_any
from index.errors import SourceError
from rag.types import Answer, Question

if TYPE_CHECKING:
    from rag.dateline import Dateline
    from rag.llm.writer import Writer


KINDS = ("rounding", "update", "conflict", "spelling", "none")


class CaseArticle(BaseModel):
    """One of a case's short articles."""

    model_config = ConfigDict(extra="forbid")

    title: str
    text: str
    publisher: str | None = None
    published: str | None = None
    sentence: str = ""  # the sentence that answers, and in `gives` its value, where labelled
    gives: str | None = None


class Case(BaseModel):
    """One labelled case.

    A disagreement that is found must show all `values`. `alike` marks articles that only look as
    if they disagreed.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    kind: Literal["rounding", "update", "conflict", "spelling", "none"]
    question: str
    values: list[str]
    articles: list[CaseArticle]
    alike: bool = False

    def asked(self) -> Question:
        """The question as `Dateline.ask` takes it."""
        return Question(question=self.question)


def load(path: Path | None = None) -> list[Case]:
    """All cases of a file, by default disagreements.jsonl; SourceError names an invalid row."""
    source = path or Path(str(files("eval.disagreements") / "disagreements.jsonl"))
    found = []
    for number, row in enumerate(read_rows(source), 1):
        try:
            found.append(Case.model_validate(row))
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(part) for part in problem["loc"])
            raise SourceError(f"{source.name}, row {number}: {place} {problem['msg']}") from None
    return found


@contextmanager
def opened(case: Case, folder: Path, writer: Writer | None = None) -> Iterator[Dateline]:
    """Dateline over a library of the case's articles alone, which is made in `folder`.

    An article's id ends with its place in the case.
    """
    from index.encoder import load_encoder
    from index.library import Library
    from index.search import Searcher
    from index.types import Article
    from rag.dateline import Dateline

    encoder = load_encoder()
    with Library.open(folder / case.id, create=True) as library:
        for number, item in enumerate(case.articles):
            library.add(
                Article(
                    id=f"{case.id}-{number}", text=item.text, title=item.title,
                    publisher=item.publisher, published=item.published,
                ),
                encoder,
            )  # fmt: skip
        name = writer.name if writer else "none"
        yield Dateline(library, Searcher(library, encoder), writer, name)


def ask(case: Case, folder: Path, writer: Writer | None = None) -> Answer:
    """The answer from a library of the case's articles alone; verbatim quotes without `writer`."""
    with opened(case, folder, writer) as dateline:
        return dateline.ask(case.asked())


def judged(case: Case, answer: Answer) -> Row:
    """The row of one case: kinds of its disagreements, whether they show the labelled values."""
    told = [group.kind for group in answer.disagreements]
    shown = "\n".join(row.value for group in answer.disagreements for row in group.rows)
    return {
        "id": case.id,
        "kind": case.kind,
        "question": case.question,
        "status": answer.status,
        "told": told,
        "found": bool(told),
        "values_shown": all(holds_any(shown, [value]) for value in case.values),
        "right": told == [case.kind] if case.kind != "none" else not told,
        "answer": answer.model_dump(mode="json"),
    }


def score(rows: Sequence[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, by_type): precision and recall of finding, share of the found of the right kind."""
    real = [row for row in rows if row["kind"] != "none"]
    found = [row for row in rows if row["found"]]
    hits = [row for row in real if row["found"] and row["values_shown"]]
    metrics = {
        "cases": len(rows),
        "alike": sum(row["kind"] == "none" for row in rows),
        "precision": len(hits) / len(found) if found else None,
        "recall": len(hits) / len(real) if real else None,
        "kind_right": sum(row["right"] for row in hits) / len(hits) if hits else None,
    }
    by_type = {
        kind: {
            "n": sum(row["kind"] == kind for row in rows),
            "found": sum(row["found"] for row in rows if row["kind"] == kind),
            "right": sum(row["right"] for row in rows if row["kind"] == kind),
        }
        for kind in KINDS
    }
    return metrics, by_type


def measured(cases: Sequence[Case], writer: Writer | None = None) -> list[Row]:
    """The judged row of every case, in order."""
    by_id = {case.id: case for case in cases}
    with tempfile.TemporaryDirectory() as folder:
        return [
            judged(by_id[row["id"]], ask(by_id[row["id"]], Path(folder), writer))
            for row in progress([{"id": case.id} for case in cases], "cases")
        ]
