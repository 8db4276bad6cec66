"""What a running server changes in its library: one thing after another, in a thread of its own.

    address, file, update, removal -> a Job that waits -> runs -> is done, with what came of it

Whoever shows the jobs reads them at any time. Who may ask for one is decided elsewhere
(`rag/web/library.py`). The thread ends with the last job; a job that is broken off goes on where it
was when it is asked for again, as each article is one transaction.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

from index import encoder
from index.errors import Busy, DatelineError, LibraryLocked, SourceError, UsageError
from index.following import run
from index.following.update import Report, Tally
from index.following.writer import Writer, writing
from index.types import Article, Rejected

WAITING, SHOWN = 50, 30  # jobs that may wait, and that are remembered; not measured
PROBLEMS = 20  # of one job that are told in full; not measured
_log = logging.getLogger("dateline")


@dataclass(slots=True)
class Job:
    """One change and what has come of it so far.

    `source` is what the user named; `articles` counts added, replaced, unchanged, rejected;
    `sources` are the feeds and lists that were polled; `problem` is why it could not be done.
    """

    kind: Literal["add", "update", "remove"]
    source: str
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    articles: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    sources: list[Tally] = field(default_factory=list)
    problem: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "failed")


Work = Callable[[Writer, Report], object]


class Jobs:
    """The changes of one library; safe to use from several threads.

    `folder` names the library when a job begins, and `changed` is called when one has ended.
    """

    def __init__(
        self,
        folder: Callable[[], Path],
        changed: Callable[[], None] = lambda: None,
        allow_private: bool = False,
    ) -> None:
        self._folder, self._changed, self.allow_private = folder, changed, allow_private
        self._encoder = cache(lambda: encoder.load_encoder())
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Job, Work, Path | None, Path | None]] = deque()
        self._recent: deque[Job] = deque(maxlen=SHOWN)
        self._thread: threading.Thread | None = None

    def recent(self) -> list[Job]:
        """The last jobs, newest first."""
        with self._lock:
            return list(reversed(self._recent))

    @property
    def busy(self) -> bool:
        """Whether a job waits or runs."""
        return self._thread is not None

    def add(self, address: str) -> Job:
        """Add the page at an address, or follow the feed, list or sitemap there. UsageError for
        what is none, so that no file of this machine is read; Busy."""
        address = address.strip()
        if not run.is_address(address) or len(address.split()) != 1:
            raise UsageError("that is no address: write one such as https://news.example/feed")
        return self._put(
            Job("add", address),
            lambda writer, report: run.take_in(address, writer, report, self.allow_private),
        )

    def add_file(self, file: Path, name: str, scratch: Path) -> Job:
        """Add the articles of a file that is called `name`; then the folder `scratch`, in which it
        lies, is deleted. Busy."""
        return self._put(
            Job("add", name),
            lambda writer, report: run.take_in(str(file), writer, report, self.allow_private),
            file,
            scratch,
        )

    def update(self) -> Job:
        """Poll everything that is followed. Busy."""
        return self._put(
            Job("update", "everything that is followed"),
            lambda writer, report: run.update(writer, report, self.allow_private),
        )

    def remove(self, name: str, shown: str = "") -> Job:
        """Remove an article by its id or address, or follow a source no longer. Busy."""

        def work(writer: Writer, report: Report) -> None:
            if not run.remove(writer.library, name):
                raise SourceError("it was there no longer")
            writer.refresh()

        return self._put(Job("remove", shown or name), work)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until no job waits or runs."""
        if thread := self._thread:
            thread.join(seconds)

    def _put(
        self, job: Job, work: Work, file: Path | None = None, scratch: Path | None = None
    ) -> Job:
        with self._lock:
            if len(self._waiting) >= WAITING:
                raise Busy("too many changes of the library are waiting: try again later")
            self._waiting.append((job, work, file, scratch))
            self._recent.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
        return job

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                job, work, file, scratch = self._waiting.popleft()
            job.state = "running"
            try:
                with writing(self._folder(), self._encoder) as writer:
                    work(writer, _report(job, file))
                self._changed()
                job.state = "done"
            except Exception as error:
                job.problem = _told(error)
                job.state = "failed"
            finally:
                if scratch is not None:
                    shutil.rmtree(scratch, ignore_errors=True)


def _report(job: Job, file: Path | None) -> Report:
    """Puts what happens into the job; a temporary file goes by the name that it was given."""

    def named(source: str) -> str:
        return source.replace(str(file), job.source) if file else source

    def article(item: Article | Rejected, state: str) -> None:
        job.articles[state] += 1
        if isinstance(item, Rejected) and len(job.problems) < PROBLEMS:
            source = named(item.source)
            job.problems.append(item.reason if source == job.source else f"{source}: {item.reason}")

    def source(tally: Tally) -> None:
        job.sources.append(replace(tally, source=named(tally.source)))

    return Report(article, source)


def _told(error: Exception) -> str:
    """The reason in words that name no file of this machine; others are in the log."""
    if isinstance(error, SourceError | UsageError):
        return str(error)
    if isinstance(error, LibraryLocked):
        return "another process is writing to the library: try again when it is done"
    if isinstance(error, DatelineError):
        _log.warning("%s", error)
        return "the library cannot be changed: the server's log says why"
    _log.error("changing the library failed", exc_info=error)
    return f"unexpected {type(error).__name__}: the server's log has the details"
