"""The conversation as the browser keeps it, so that it outlives a reload and a restart.

exchanges -> JSON in the browser's storage -> exchanges, checked anew: anybody could have written it
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from page.exchange import Exchange
from rag.types import Answer, Citation

KEY = "dateline-conversation"
KEPT = 30  # questions on the page, the latest; not measured
MOST = 400_000  # characters, below what a request may have (`rag/web/guard.py`); not measured


class _Kept(BaseModel):
    number: int
    question: str
    citations: list[Citation] = []
    answer: Answer | None = None
    error: str | None = None


class _Record(BaseModel):
    user: str | None
    exchanges: list[str]


def put_by(exchanges: Sequence[Exchange], user: str | None) -> dict[str, Any]:
    """The latest exchanges that there is room for, for the browser of this user."""
    rows: list[str] = []
    for item in reversed(exchanges[-KEPT:]):
        citations = [] if item.answer else item.citations
        kept = _Kept(
            number=item.number,
            question=item.question,
            citations=citations,
            answer=item.answer,
            error=item.error,
        )
        row = kept.model_dump_json()
        if sum(map(len, rows)) + len(row) > MOST:
            break
        rows.insert(0, row)
    return {"user": user, "exchanges": rows}


def taken_up(record: Any, user: str | None) -> list[Exchange]:
    """The exchanges that a browser kept for this user; none where it is another's or unreadable.

    A question without an answer counts as stopped.
    """
    try:
        read = _Record.model_validate(record)
        kept = [_Kept.model_validate_json(row) for row in read.exchanges[-KEPT:]]
    except ValidationError:
        return []
    if read.user != user:
        return []
    return [
        Exchange(
            number,
            item.question,
            item.answer.citations if item.answer else item.citations,
            answer=item.answer,
            error=item.error,
            stopped=not (item.answer or item.error),
        )
        for number, item in enumerate(kept, kept[0].number if kept else 1)
    ]
