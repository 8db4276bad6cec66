"""The bundled questions: loaded and validated, asked, their answers judged.

    questions.jsonl -> BundledQuestion -> hits and Answer -> row with its outcome

Answers are judged by words and quantities (`judging/texts.py`); no model judges a model. Rows are
scored in `bundled/scores.py` and shown in `__main__.py` and `bundled/report.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.harness import Row
from eval.judging.metrics import rank
from eval.judging.support import Gold, cited, invariants
from eval.judging.texts import holds_any
from index.errors import SourceError
from rag.types import Answer, Question, Turn

if TYPE_CHECKING:
    from index.types import Article, Hit
    from rag.dateline import Dateline

Kind = Literal[
    "figure",
    "person",
    "date",
    "place",
    "yesno",
    "comparison",
    "change",
    "as_of",
    "disagreement",
    "followup",
    "alias",
    "unanswerable",
]


class GoldSentence(BaseModel):
    """A sentence that supports the answer: the stem of its article's file, and its exact text."""

    model_config = ConfigDict(extra="forbid")

    article: str
    sentence: str


class BundledQuestion(BaseModel):
    """One row of questions.jsonl.

    `answers` are accepted forms, of which one must stand in the answer; `all_of` are groups of
    forms, of which each group must have one there. No form of `wrong` may stand there. `twin_of` is
    the id of the question from which this one differs in one point. `ci` marks CI's questions.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    kind: Kind
    question: str
    history: list[Turn] = Field(default_factory=list)
    as_of: str | None = None
    since: str | None = None
    until: str | None = None
    publisher: str | None = None
    answers: list[str] = Field(default_factory=list)
    all_of: list[list[str]] = Field(default_factory=list)
    wrong: list[str] = Field(default_factory=list)
    evidence: list[GoldSentence] = Field(default_factory=list)
    ci: bool = False
    twin_of: str | None = None
    split: Literal["test", "calibration"] = "test"

    @property
    def answerable(self) -> bool:
        """Whether the bundled articles hold the answer."""
        return self.kind != "unanswerable"

    def asked(self) -> Question:
        """The question as `Dateline.ask` takes it."""
        names = ("question", "id", "as_of", "since", "until", "publisher", "history")
        return Question(**{name: getattr(self, name) for name in names})


def brief(stem: str) -> Article | None:
    """A bundled article by the stem of its file; None where there is none."""
    from index.bundled import briefs_dir
    from index.ingest.sources import read
    from index.types import Article

    path = briefs_dir() / f"{stem}.md"
    if not path.is_file():
        return None
    return next((item for item in read(str(path)) if isinstance(item, Article)), None)


def load(
    path: Path | None = None, find: Callable[[str], Article | None] = brief
) -> list[BundledQuestion]:
    """All questions of a file, by default the bundled ones; SourceError names an invalid row."""
    lines = (path or Path(str(files("eval.bundled") / "questions.jsonl"))).read_bytes().splitlines()
    questions: dict[str, BundledQuestion] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = BundledQuestion.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(part) for part in problem["loc"])
            raise SourceError(
                f"questions.jsonl, line {number}{_row_id(line)}: {place} {problem['msg']}"
            ) from None
        if question.id in questions:
            raise SourceError(f"questions.jsonl: two rows have the id {question.id}")
        questions[question.id] = question
    cache: dict[str, Article | None] = {}
    for question in questions.values():
        for problem_text in _problems(question, questions, cache, find):
            raise SourceError(f"questions.jsonl, row {question.id}: {problem_text}")
    return list(questions.values())


def _row_id(line: bytes) -> str:
    try:
        return f", row {json.loads(line)['id']}"
    except (ValueError, KeyError, TypeError):
        return ""


def _problems(
    question: BundledQuestion,
    questions: Mapping[str, BundledQuestion],
    cache: dict[str, Article | None],
    find: Callable[[str], Article | None],
) -> list[str]:
    problems = []
    if question.answerable and not (question.answers or question.all_of):
        problems.append("an answerable question needs answers or all_of")
    if question.kind == "yesno" and not set(question.answers) <= {"Yes", "No"}:
        problems.append("answers of a yes/no question are Yes or No")
    if not question.answerable and (question.answers or question.all_of):
        problems.append("an unanswerable question has no answers")
    if question.twin_of is not None and question.twin_of not in questions:
        problems.append(f"twin_of {question.twin_of} is no row")
    for gold in question.evidence:
        if gold.article not in cache:
            cache[gold.article] = find(gold.article)
        article = cache[gold.article]
        if article is None:
            problems.append(f"no bundled article {gold.article}")
        elif not gold.sentence or gold.sentence not in article.text:
            problems.append(f"{gold.article} does not hold the sentence {gold.sentence!r}")
    return problems


def gold_spans(
    question: BundledQuestion, find: Callable[[str], Article | None] = brief
) -> list[Gold]:
    """The spans of the gold sentences in the stored articles."""
    spans = []
    for gold in question.evidence:
        article = find(gold.article)
        if article is not None:
            start = article.text.index(gold.sentence)
            spans.append(Gold(article.id, start, start + len(gold.sentence)))
    return spans


def judge(question: BundledQuestion, answer: Answer) -> str | None:
    """Why an answer is not right; None where it is right.

    The right answer to an unanswerable question is to abstain. Any other answer is right when

    - `short` or `text` holds one of `answers` (for Yes or No, `short` is one of them),
    - the text or the values of the disagreements hold one form of each group of `all_of`, and
    - `short` holds none of `wrong`; without `short`, the text holds none but those that stand in a
      gold sentence.
    """
    if not question.answerable:
        return None if answer.status == "unanswerable" else "answered what no article holds"
    if answer.status == "unanswerable":
        return "abstained"
    short = answer.short
    if question.answers and set(question.answers) <= {"Yes", "No"}:
        if short not in question.answers:
            return f"short is {short!r}, not {' or '.join(question.answers)}"
    elif question.answers and not holds_any(f"{short or ''}\n{answer.text}", question.answers):
        return "holds none of the accepted answers"
    values = [row.value for group in answer.disagreements for row in group.rows]
    whole = "\n".join([answer.text, *values])
    for group in question.all_of:
        if not holds_any(whole, group):
            return f"lacks {' / '.join(group)}"
    gold = "\n".join(e.sentence for e in question.evidence)
    said = answer.text if short is None else short
    for form in question.wrong:
        if holds_any(said, [form]) and not (short is None and holds_any(gold, [form])):
            return f"holds the wrong answer {form}"
    return None


def ask(
    dateline: Dateline, question: BundledQuestion, article_text: Callable[[str], str | None]
) -> Row:
    """Ask one question and judge the answer; the row holds enough to be scored again."""
    asked = question.asked()
    hits = dateline.evidence(asked, 10)
    answer = dateline.ask(asked)
    return judged(question, answer, hits, article_text, gold_spans(question))


def judged(
    question: BundledQuestion,
    answer: Answer,
    hits: Sequence[Hit],
    article_text: Callable[[str], str | None],
    gold: Sequence[Gold],
) -> Row:
    """The row of one answer; its `outcome` is right, abstained or wrong."""
    reason = judge(question, answer)
    verdict = cited(answer, article_text, gold, question.answers)
    ranking = rank([hit.passage.text for hit in hits], [e.sentence for e in question.evidence])
    outcome = (
        "right" if reason is None else "abstained" if answer.status == "unanswerable" else "wrong"
    )
    return {
        "id": question.id,
        "kind": question.kind,
        "split": question.split,
        "ci": question.ci,
        "twin_of": question.twin_of,
        "question": question.question,
        "as_of": question.as_of,
        "answers": question.answers,
        "all_of": question.all_of,
        "evidence": [gold_row.model_dump() for gold_row in question.evidence],
        "outcome": outcome,
        "right": reason is None,
        "reason": reason,
        "status": answer.status,
        "short": answer.short,
        "text": answer.text,
        "evidence_recall": sum(ranking.new) / ranking.distinct if ranking.distinct else None,
        "precise": verdict.precise,
        "recalled": verdict.recalled,
        "invariants": invariants(answer, article_text),
        "hits": [
            {
                "article_id": hit.article.id,
                "title": hit.article.title,
                "published": hit.article.published,
                "score": round(hit.score, 4),
                "text": hit.passage.text,
            }
            for hit in hits
        ],
        "answer": answer.model_dump(mode="json"),
    }


def failed(question: BundledQuestion, error: str) -> Row:
    """The row of a question that could not be asked: wrong, without an answer."""
    kept = ("id", "kind", "split", "ci", "twin_of", "question", "as_of", "answers", "all_of")
    row = question.model_dump(mode="json")
    return {
        **{name: row[name] for name in kept},
        "evidence": row["evidence"],
        "outcome": "wrong",
        "right": False,
        "reason": f"error: {error}",
        "error": error,
        "invariants": [],
        "hits": [],
    }
