"""A question from outside (command line, batch row, API, page) made into a checked `Question`.

    JSON -> `parse_row` -> `checked` -> `filters_of`, `today_of`

Only the form is checked: length, encoding, dates, field names. No model is loaded and no library
opened, so a wrong call is refused before anything slow starts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from index.dates import first_day, last_day
from index.errors import UsageError
from index.types import Filters
from rag.types import Question

# Limits against misuse, far above any real question; not measured.
MAX_CHARACTERS = 2_000
MAX_WORDS = 300
MAX_HISTORY_CHARACTERS = 100_000
MAX_TURNS = 200
MOST_NAMED = 8  # unknown fields that a warning names; not measured


class RowError(UsageError):
    """A batch row or request body that is no question record: not JSON, or without a question."""


def checked(question: Question) -> Question:
    """The question without surrounding space; raises UsageError, in one line, where it is wrong.

    Wrong are: an empty or too long question, a history that is too long, text that is no UTF-8,
    a date that cannot be read, and `since` after `until`.

    >>> checked(Question(question=" Who leads xAI? ")).question
    'Who leads xAI?'
    """
    text = question.question.strip()
    if not text:
        raise UsageError("the question is empty: ask something about the articles")
    if len(text) > MAX_CHARACTERS:
        raise UsageError(
            f"the question has {len(text):,} characters, at most {MAX_CHARACTERS:,}: shorten it"
        )
    if (words := len(text.split())) > MAX_WORDS:
        raise UsageError(f"the question has {words:,} words, at most {MAX_WORDS}: shorten it")
    for turn in question.history:
        _encodable(turn.content, "the history")
    if len(question.history) > MAX_TURNS:
        raise UsageError(f"the history has more than {MAX_TURNS} turns: send the last ones")
    if sum(len(turn.content) for turn in question.history) > MAX_HISTORY_CHARACTERS:
        raise UsageError(
            f"the history has more than {MAX_HISTORY_CHARACTERS:,} characters: send the last turns"
        )
    _encodable(text, "the question")
    if isinstance(question.id, str):
        _encodable(question.id, "the id")
    update: dict[str, Any] = {"question": text}
    for name in ("as_of", "since", "until", "publisher"):
        value = getattr(question, name)
        if value is not None:
            _encodable(value, name)
            update[name] = value.strip() or None
    fixed = question.model_copy(update=update)
    since = first_day(fixed.since) if fixed.since else None
    until = last_day(fixed.until) if fixed.until else None
    if fixed.as_of:
        last_day(fixed.as_of)
    if since and until and since > until:
        raise UsageError(f"since {fixed.since} is after until {fixed.until}: swap the two dates")
    return fixed


class Once:
    """Passes the first line that it gets on to `warn`, and drops all later ones."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn: Callable[[str], None] | None = warn

    def __call__(self, line: str) -> None:
        warn, self._warn = self._warn, None
        if warn is not None:
            warn(line)


def parse_row(row: str | bytes, warn: Callable[[str], None] = lambda line: None) -> Question:
    """One JSON object as a `Question`, not yet `checked`; raises RowError, in one line.

    Unknown fields are ignored, and named in a line to `warn`.
    """
    try:
        data = json.loads(row)
    except UnicodeDecodeError:
        raise RowError("the row is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "unreadable"
        raise RowError(f"the row is not JSON: {reason}") from None
    if not isinstance(data, dict):
        raise RowError('the row is not a JSON object such as {"question": "..."}')
    if unknown := sorted(set(data) - set(Question.model_fields)):
        names = ", ".join(json.dumps(name) for name in unknown[:MOST_NAMED])
        more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
        warn(f"ignored fields that no question has: {names}{more}")
    try:
        return Question.model_validate(data)
    except ValidationError as error:
        raise RowError(_first_problem(error)) from None


def row_id(row: str | bytes) -> str | int | None:
    """The `id` of a row, which may be wrong in every other way; None where there is no valid id."""
    try:
        value = json.loads(row).get("id")
    except (ValueError, RecursionError, AttributeError):
        return None
    return value if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def _encodable(text: str, what: str) -> None:
    """Raises UsageError where the text has lone surrogates, which UTF-8 cannot hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(f"{what} is not valid UTF-8 text: send it as UTF-8") from None


def _first_problem(error: ValidationError) -> str:
    """The first of pydantic's problems, in one line that names the field."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"][:3]) or "row"
    if problem["type"] == "missing":
        return f'the field "{place}" is missing'
    return f'the field "{place}" is wrong: {problem["msg"]}'


def today_of(question: Question) -> date:
    """The day that relative dates count from: the question's `as_of`, else today in UTC."""
    if question.as_of:
        return date.fromisoformat(last_day(question.as_of))
    return datetime.now(UTC).date()


def filters_of(question: Question) -> Filters:
    """The question's limits as ISO days; the range ends with the earlier of `as_of` and `until`."""
    ends = [last_day(d) for d in (question.as_of, question.until) if d]
    return Filters(
        since=first_day(question.since) if question.since else None,
        until=min(ends) if ends else None,
        publisher=question.publisher,
    )
