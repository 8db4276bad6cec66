"""What is written down of each question: one line in the audit log, and counts for Prometheus.

The audit log is JSON lines: on standard error without the question's words, which would stand in
the system's journal for all its readers, or with them in a file that only its owner can read.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from index.errors import Busy, Cancelled, DatelineError, UsageError
from rag.events import Done, Event
from rag.types import Question

if TYPE_CHECKING:
    from rag.dateline import Dateline

METRICS = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.1, 0.3, 1, 3, 10, 30, 100, 300)  # of the histogram of answers; not measured
_WITH_WORDS = "dateline.audit.words"
_log = logging.getLogger("dateline.audit")


def write_audit(file: Path | None) -> None:
    """Begin the audit log: in `file`, with the questions' words, or on standard error."""
    handler: logging.Handler = logging.StreamHandler()
    if file is not None:
        os.close(os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s"))
    _log.handlers = [handler]
    _log.propagate = False
    _log.setLevel(logging.INFO)
    logging.getLogger(_WITH_WORDS).disabled = file is None


def audit(event: str, **fields: object) -> None:
    """One line of the audit log."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    _log.info(json.dumps({"time": now, "event": event, **fields}))


class Records:
    """The counts of one server."""

    def __init__(self, engine: Dateline) -> None:
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "dateline_questions",
            "Questions, by the door they came through and how they ended.",
            ["door", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "dateline_answer_seconds",
            "Seconds until the checked answer.",
            ["door"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._responses = Counter(
            "dateline_http_responses",
            "HTTP responses, by status.",
            ["status"],
            registry=self._registry,
        )
        waiting = Gauge(
            "dateline_waiting", "Questions in the longer of the two lines.", registry=self._registry
        )
        waiting.set_function(lambda: engine.writers.waiting)
        articles = Gauge("dateline_articles", "Articles in the library.", registry=self._registry)
        articles.set_function(lambda: engine.library.count())

    def metrics(self) -> bytes:
        """All counts in Prometheus' text format."""
        return generate_latest(self._registry)

    def response(self, status: int) -> None:
        """Count a response."""
        self._responses.labels(str(status)).inc()

    def question(
        self, events: Iterator[Event], asked: Question, door: str, client: str
    ) -> Generator[Event, None, None]:
        """The same events; when they are over the question is counted and written down."""
        began, status = time.perf_counter(), "stopped"
        try:
            for event in events:
                if isinstance(event, Done):
                    status = event.answer.status
                yield event
        except Exception as error:
            status = _ended(error)
            raise
        finally:
            if isinstance(events, Generator):
                events.close()  # frees the model at once
            seconds = time.perf_counter() - began
            self._questions.labels(door, status).inc()
            self._seconds.labels(door).observe(seconds)
            fields: dict[str, object] = {
                "door": door,
                "client": client,
                "status": status,
                "seconds": round(seconds, 3),
                "characters": len(asked.question),
            }
            if not logging.getLogger(_WITH_WORDS).disabled:
                fields["question"] = asked.question
            audit("question", **fields)


def _ended(error: Exception) -> str:
    """How a question ended that was not answered."""
    if isinstance(error, Cancelled):
        return "stopped"
    if isinstance(error, UsageError):
        return "refused"
    if isinstance(error, Busy):
        return "busy"
    return "failed" if isinstance(error, DatelineError) else "bug"
