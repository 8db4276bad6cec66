"""Answers that somebody shared or judged, kept for good in the library's own folder.

    question, answer -> an id, which a permanent link names -> the same question and answer again
    thumbs up or down, a reason, the right answer -> rows that `python -m eval.realnews` asks

Unlike `cache.py` nothing is dropped here: an answer from articles that have changed since cannot be
made again. The same answer to the same question has one id, whoever shares it. Only its owner can
read the file, since it tells what was asked.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import LibraryUnwritable, UsageError
from index.library.sqlite import translated
from rag.question.validate import MAX_CHARACTERS
from rag.types import Answer, Question

FILE = "kept.sqlite3"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS answers (id TEXT PRIMARY KEY, made TEXT NOT NULL,"
    " question TEXT NOT NULL, answer TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS verdicts (answer TEXT NOT NULL, user TEXT NOT NULL,"
    " made TEXT NOT NULL, good INTEGER NOT NULL, reason TEXT NOT NULL, correct TEXT NOT NULL,"
    " PRIMARY KEY (answer, user)) WITHOUT ROWID",
)


@dataclass(frozen=True, slots=True)
class Shared:
    """An answer as it was given; `made` is the day on which it was kept, UTC."""

    question: Question
    answer: Answer
    made: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody thinks of an answer: `reason` and the `correct` answer may be empty."""

    good: bool
    reason: str = ""
    correct: str = ""


class Kept:
    """The kept answers of one library; safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, question: Question, answer: Answer) -> str:
        """Keep an answer; its id. LibraryUnwritable."""
        name = id_of(question, answer)
        values = name, _now(), question.model_dump_json(), answer.model_dump_json()
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?)", values)
        return name

    def get(self, name: str) -> Shared | None:
        """The answer with this id; None where there is none."""
        rows = self._rows("SELECT question, answer, made FROM answers WHERE id = ?", name)
        return next((_shared(*row) for row in rows), None)

    def judge(self, question: Question, answer: Answer, verdict: Verdict, user: str = "") -> None:
        """Keep what a user thinks of an answer, in place of what the same user thought before;
        `user` is "" where nobody signs in. UsageError, LibraryUnwritable."""
        for text in (verdict.reason, verdict.correct):
            if len(text) > MAX_CHARACTERS:
                raise UsageError(f"that has more than {MAX_CHARACTERS:,} characters: shorten it")
        name = self.keep(question, answer)
        told = verdict.good, verdict.reason.strip(), verdict.correct.strip()
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?)",
                (name, user, _now(), *told),
            )

    def eval_rows(self, user: str | None = None) -> Iterator[dict[str, Any]]:
        """What was judged, oldest first, as rows for `python -m eval.realnews --questions`: by this
        user, or by everybody."""
        rows = self._rows(
            "SELECT a.question, a.answer, a.made, v.good, v.reason, v.correct, v.answer, v.user"
            " FROM verdicts v JOIN answers a ON a.id = v.answer"
            " WHERE ? IS NULL OR v.user = ? ORDER BY v.made, v.answer, v.user",
            user,
            user,
        )
        for question, answer, made, good, reason, correct, name, who in rows:
            key = f"{name}-{hashlib.sha256(who.encode()).hexdigest()[:8]}" if who else name
            shared, verdict = _shared(question, answer, made), Verdict(bool(good), reason, correct)
            yield {"id": key, **eval_row(shared.question, shared.answer, verdict)}

    def _rows(self, sql: str, *values: object) -> list[Any]:
        file = self._folder / FILE
        if not file.is_file():
            return []
        uri = f"{file.absolute().as_uri()}?mode=ro"
        with translated(self._folder), closing(sqlite3.connect(uri, uri=True, timeout=5)) as db:
            return db.execute(sql, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        file = self._folder / FILE
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
        except OSError as error:
            raise LibraryUnwritable(f"cannot write to {file}: {error.strerror}") from None
        with translated(self._folder), closing(sqlite3.connect(file, timeout=5)) as db, db:
            for table in _TABLES:
                db.execute(table)
            yield db


def id_of(question: Question, answer: Answer) -> str:
    """32 hex digits that name a question with its answer, but for times and the caller's own id."""
    told = answer.model_dump(mode="json", exclude={"id", "timings"})
    text = json.dumps([question.model_dump(exclude={"id"}), told], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def eval_row(question: Question, answer: Answer, verdict: Verdict) -> dict[str, Any]:
    """A judged answer as a row of `eval.realnews`, without its id.

    A good answer gives what another must say too, and the quotes that bear it out. Of a bad one
    its short answer must not come again; right is `correct` where the user told it, else anything
    but that. A refusal that was right makes the question unanswerable.
    """
    row: dict[str, Any] = question.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    row |= {"kind": answer.form, "good": verdict.good}
    if verdict.reason:
        row["reason"] = verdict.reason
    if answer.status == "unanswerable" and verdict.good:
        return row | {"unanswerable": True, "accept": []}
    short = [answer.short] if answer.short else []
    if verdict.good:
        values = short or [check.value for s in answer.sentences for check in s.checks]
        quotes = [{"url": c.url or "", "quote": c.quote} for c in answer.citations]
        return row | {
            "accept": [_pattern(value) for value in dict.fromkeys(values)] or [""],
            "all": not short,
            "evidence": quotes,
        }
    accept = [_pattern(verdict.correct)] if verdict.correct else [""]
    reject = [_pattern(value) for value in short if value != verdict.correct]
    return row | {"accept": accept, "reject": reject}


def _pattern(value: str) -> str:
    """A pattern that finds the words of a value, not inside a longer word or number."""
    words = r"\s+".join(map(re.escape, value.split()))
    return rf"(?<![\w.,]){words}(?!\w|[.,]\d)"


def _shared(question: str, answer: str, made: str) -> Shared:
    return Shared(
        Question.model_validate_json(question), Answer.model_validate_json(answer), made[:10]
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
