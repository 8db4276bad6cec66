"""The library of a running server: who may change it, files that are sent to it, answers kept.

    POST /api/library/files?name=NAME    a file's bytes -> a job that adds its articles
    GET  /answer/ID                      a kept answer as it was given, and whether the articles
                                         are still the same

Leaves out the jobs themselves (`index/following/jobs.py`), the store (`rag/serving/kept.py`), and
how both are used on the page (`page/library.py`, `page/taking_away.py`).
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import OrderedDict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, Query, Request, Response
from starlette.requests import ClientDisconnect

from index.bundled import bundled_library
from index.cli import one_line
from index.errors import Busy, UsageError
from index.following.jobs import Job, Jobs
from index.ingest.sources import KINDS
from index.library import FILE
from index.settings import user_library
from rag.serving.kept import Kept, Shared, id_of
from rag.show.export import html
from rag.types import Answer, Citation, Question
from rag.web.asking import Asking, client_of, told
from rag.web.guard import FILES
from rag.web.records import audit
from rag.web.refusal import refusal

if TYPE_CHECKING:
    from starlette.types import Scope

    from index.library import Library
    from rag.dateline import Dateline
    from rag.web.access import Access

GIVEN = 2_000  # answers that may still be shared or judged, the latest; not measured
LONGEST_NAME = 150  # characters of a file's name; not measured
REFUSED = (
    "only somebody on this machine, or a user who has signed in, may change the library, and "
    "nobody with --read-only"
)


class Holdings:
    """What one server may do to its library.

    What is added while the bundled briefs are asked begins the user's own library, which is asked
    from then on: the two are never mixed.
    """

    def __init__(self, engine: Dateline, access: Access) -> None:
        self._engine, self._access = engine, access
        self._bundled = engine.library.path == bundled_library()
        self.jobs = Jobs(self._folder, self._changed)
        self._given: OrderedDict[str, Question] = OrderedDict()

    @property
    def library(self) -> Library:
        """The library that is asked now."""
        return self._engine.library

    @property
    def sample(self) -> bool:
        """Whether it is the bundled one, which nothing is added to."""
        return self._bundled

    @property
    def kept(self) -> Kept:
        """The answers that were shared or judged."""
        return Kept(self._folder())

    def may_change(self, scope: Scope) -> bool:
        """Whether a request may change the library."""
        return self._access.may_change(scope)

    def asked_for(self, job: Job, scope: Scope) -> None:
        """Write down who asked for a change."""
        audit("library", client=client_of(scope), change=job.kind, source=one_line(job.source))

    def give(self, question: Question, answer: Answer) -> None:
        """Remember that this server gave an answer, so that it may be kept."""
        self._given[_name(answer)] = question
        while len(self._given) > GIVEN:
            self._given.popitem(last=False)

    def asked_of(self, answer: Answer) -> Question:
        """The question of an answer that this server gave. UsageError for any other: a browser
        could have made it up."""
        question = self._given.get(_name(answer))
        if question is None:
            raise UsageError("the server has been restarted since: ask this again first")
        return question

    def stands(self, citation: Citation) -> bool:
        """Whether the library still holds a quote where it was found."""
        article = self.library.article(citation.article_id)
        return article is not None and (
            article.text[citation.start : citation.end] == citation.quote
        )

    def age(self, shared: Shared) -> str:
        """When an answer was given, and whether the library has moved on since."""
        then, now = shared.answer.library, self.library
        if then.snapshot == now.snapshot:
            return f"Kept on {shared.made}. The library holds the same articles today."
        quotes = shared.answer.citations
        gone = sum(not self.stands(citation) for citation in quotes)
        still = f"{gone} of its {len(quotes)} quotes no longer stand in it."
        if not gone:
            still = "All its quotes still stand in it." if quotes else ""
        return (
            f"Kept on {shared.made}. The library has moved on since: it held {then.articles:,} "
            f"articles and holds {now.count():,} now. {still} This is the answer as it was given."
        )

    def _folder(self) -> Path:
        return user_library() if self._bundled else self.library.path

    def _changed(self) -> None:
        if self._bundled and (user_library() / FILE).is_file():
            self._engine.reopen(user_library())
            self._bundled = False


def add_library(app: FastAPI, asking: Asking, holdings: Holdings) -> None:
    """Add both routes to the application."""

    @app.post(FILES, summary="Add a file's articles to the library", tags=["Dateline"])
    async def add_file(request: Request, name: Annotated[str, Query()]) -> Response:
        if not holdings.may_change(request.scope):
            return refusal(FILES, 403, REFUSED)
        scratch = Path(tempfile.mkdtemp(prefix="dateline-"))  # its owner's alone
        try:
            file = await _received(request, scratch, _file_name(name))
            job = holdings.jobs.add_file(file, file.name, scratch)
        except (UsageError, Busy) as error:
            shutil.rmtree(scratch, ignore_errors=True)
            return refusal(FILES, told(error).status, str(error))
        except ClientDisconnect:
            shutil.rmtree(scratch, ignore_errors=True)
            return refusal(FILES, 408, "the rest of the file did not come: send it anew")
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        holdings.asked_for(job, request.scope)
        return Response(status_code=202)

    @app.get("/answer/{name}", summary="An answer that was shared", tags=["Dateline"])
    async def answer(name: str) -> Response:
        shared = await asking.run(holdings.kept.get, name)
        if shared is None:
            line = "There is no answer at this address: it was kept in another library."
            return Response(html([], "Dateline", line), 404, media_type="text/html")
        note = await asking.run(holdings.age, shared)
        text = html([shared.answer], shared.answer.question, note)
        return Response(text, media_type="text/html")


def _name(answer: Answer) -> str:
    return id_of(Question(question=answer.question), answer)


def _file_name(name: str) -> str:
    """The name of a file without folders. UsageError where no file of that kind is read."""
    last = PurePosixPath(one_line(name).replace("\\", "/")).name[-LONGEST_NAME:]
    known = (*KINDS, ".opml")
    if not last.lower().endswith(known) or last.startswith("."):
        raise UsageError(f"unknown kind of file: known are {', '.join(known)}")
    return last


async def _received(request: Request, scratch: Path, name: str) -> Path:
    """The body as a file, in a folder that is named by its content: an article of a file is known
    by folder and name, so the same file is the same article, and another of its name another."""
    digest, part = hashlib.sha256(), scratch / "part"
    with part.open("wb") as out:
        async for piece in request.stream():
            digest.update(piece)
            out.write(piece)
    folder = scratch / digest.hexdigest()[:16]
    folder.mkdir()
    return part.rename(folder / name)
