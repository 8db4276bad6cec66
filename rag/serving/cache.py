"""Answers kept between runs, so that the same question to the same articles is answered once.

    question, its limits and history, the day, the model, the library's snapshot, the program itself
    -> a key -> the answer as JSON, in one SQLite file

It is only a cache: a file that cannot be read or written costs time, never an answer. Only its
owner can read it, since it tells what was asked.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from index.settings import cache_dir
from rag.types import Answer, Question

MOST = 5_000  # answers kept, those used last; not measured
_PACKAGES = ("index", "rag", "prompts")
_ERRORS = (sqlite3.Error, OSError)


class Answers:
    """The answers in one SQLite file; safe to use from several threads and processes."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, key: str) -> Answer | None:
        """The answer under `key`; None where there is none, or none that can be read."""
        answer = None
        with suppress(*_ERRORS, ValidationError), self._open() as db:
            row = db.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
            answer = Answer.model_validate_json(row[0]) if row else None
            if answer is not None:
                db.execute("UPDATE answers SET used = ? WHERE key = ?", (time.time(), key))
        return answer

    def put(self, key: str, answer: Answer) -> None:
        """Keep `answer`; of more than MOST answers those unused for longest are deleted."""
        with suppress(*_ERRORS), self._open() as db:
            db.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)",
                (key, time.time(), answer.model_dump_json()),
            )
            db.execute(
                "DELETE FROM answers WHERE key IN "
                "(SELECT key FROM answers ORDER BY used DESC LIMIT -1 OFFSET ?)",
                (MOST,),
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        self._file.chmod(0o600)  # an earlier version let everybody read it
        with closing(sqlite3.connect(self._file, timeout=1)) as db, db:
            try:
                db.execute(
                    "CREATE TABLE IF NOT EXISTS answers "
                    "(key TEXT PRIMARY KEY, used REAL NOT NULL, answer TEXT NOT NULL)"
                )
                yield db
            except sqlite3.OperationalError:  # another process holds it, or it cannot be written
                raise
            except sqlite3.DatabaseError:  # damaged: the next call makes a new file
                self._file.unlink(missing_ok=True)
                raise


def kept_answers() -> Answers:
    """The answers in the cache folder."""
    return Answers(cache_dir() / "answers-1.sqlite")


def key_of(question: Question, day: str, snapshot: str, model: str) -> str:
    """The SHA-256, in hex, of all that an answer rests on, but for the question's id.

    `day` is today ("2025-06-12"), from which "last June" is counted; `snapshot` is the library's
    state, `model` the model's file or server.
    """
    asked = question.model_dump(exclude={"id"})
    text = json.dumps([asked, day, snapshot, model, program()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def program() -> str:
    """A hash of the program: size and time of change of every file that an answer rests on, and the
    versions of the two libraries that run the models."""
    digest = hashlib.sha256()
    for package in ("llama-cpp-python", "openvino"):
        with suppress(PackageNotFoundError):
            digest.update(version(package).encode())
    for name, path in program_files().items():
        about = path.stat()
        digest.update(f"{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def program_files() -> dict[str, Path]:
    """Code, learned weights and prompts, by their paths below the folder that holds the packages.

    The bundled articles are not among them: the library's snapshot stands for those.
    """
    found = {}
    for package in _PACKAGES:
        root = Path(str(files(package)))
        for path in sorted(root.rglob("*.*")):
            name = path.relative_to(root.parent)
            if path.is_file() and not {"__pycache__", "briefs"} & set(name.parts):
                found[str(name)] = path
    return found
