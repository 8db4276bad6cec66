"""Files, folders and JSONL rows to articles, lazily; a bad file or row does not stop the others.

    SOURCE -> files -> drafts (`ingest/formats.py`, or a JSONL row) -> articles, or Rejected

A published date comes from the source's text, never from the file's time. What is on the web is
fetched elsewhere (`following/`).
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import json
import logging
import os
import re
import sys
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, cast

from index.cli import one_line
from index.dates import parse_published
from index.errors import SourceError
from index.ingest import formats, mail, pages
from index.ingest.encoding import visible
from index.ingest.formats import Draft
from index.ingest.limit import time_limit
from index.ingest.pdf import pdf
from index.types import Article, Rejected
from index.web.urls import article_key

KINDS = (".md", ".txt", ".html", ".htm", ".mhtml", ".mht", ".eml", ".mbox", ".pdf", ".jsonl",
         ".jsonl.gz")  # fmt: skip
LIMIT = 20_000_000  # bytes of a document or of one JSONL row; not measured

_FIELDS = ("title", "url", "publisher", "published", "author")
_READERS = {
    ".md": formats.markdown,
    ".txt": formats.plain,
    ".html": pages.webpage,
    ".htm": pages.webpage,
    ".mhtml": mail.saved_page,
    ".mht": mail.saved_page,
    ".eml": mail.letter,
    ".pdf": pdf,
}
_log = logging.getLogger("dateline")


def read(source: str) -> Iterator[Article | Rejected]:
    """Articles of a file, a folder (all files below it, sorted by name) or `-` (JSONL on stdin).

    A file or row that cannot be read is yielded as Rejected; nothing is raised for it.
    """
    if source == "-":
        yield from _rows(sys.stdin.buffer, "stdin")
        return
    path = Path(source)
    try:
        if path.is_dir():
            yield from _folder(path)
        elif not path.exists():
            yield Rejected(source, "no such file or folder")
        elif _kind(path.name) is None:
            yield Rejected(source, f"unknown kind of file: known are {', '.join(KINDS)}")
        elif not path.is_file():
            yield Rejected(source, "not a regular file: for a pipe write '-' and give JSONL rows")
        else:
            yield from _file(path, source, _short_key(path))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        yield Rejected(source, _why(error))


def article(draft: Draft, key: str | None = None, where: str = "") -> Article:
    """The article of a draft; SourceError where it holds no text.

    The id (16 hex digits) is a hash of what the draft is known by; or of url and `key`; or without
    a key of the url as `web/urls.py` has it; or without all of these of title, publisher and text.
    A url that is not http(s) and a date that cannot be read are left out, with a warning that names
    `where` they stood.
    """
    fields = {name: _line(getattr(draft, name)) for name in _FIELDS}
    text = visible(_storable(draft.text))
    if not text.strip():
        raise SourceError("it holds no text")
    url = fields["url"]
    if url and re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", url, re.IGNORECASE):
        _warn("%s: url left out, it is not http or https: %s", where, url[:80])
        url = None
    published = parse_published(fields["published"]) if fields["published"] else None
    if fields["published"] and published is None:
        _warn(
            "%s: published '%s' is no clear date, taken as unknown: write YYYY-MM-DD",
            where,
            fields["published"][:80],
        )
    title, publisher = fields["title"], fields["publisher"]
    if draft.known_by:
        key = _storable(draft.known_by)
    elif url:
        key = f"{url}\n{key}" if key else article_key(url) or url
    return Article(
        id=identity(key or f"{title or ''}\n{publisher or ''}\n{text}"),
        text=text,
        title=title,
        url=url,
        publisher=publisher,
        published=published,
        author=fields["author"],
    )


def identity(key: str) -> str:
    """The id of the article with this key: 16 hex digits."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _folder(folder: Path) -> Iterator[Article | Rejected]:
    """Articles of all files of a known kind below `folder`, but for names with a leading dot."""
    problems: list[OSError] = []
    seen: set[str] = set()
    found = False
    for name, folders, files in os.walk(folder, onerror=problems.append):
        folders[:] = sorted(sub for sub in folders if not sub.startswith("."))
        for file in sorted(files):
            path = Path(name, file)
            if file.startswith(".") or _kind(file) is None or not path.is_file():
                continue
            found = True
            if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
                yield Rejected(str(path), "a link that leads out of the folder: add its target")
                continue
            key = _short_key(path)
            if key in seen:  # 2024/06/a.md and 2025/06/a.md are two articles
                key = path.relative_to(folder).as_posix()
            seen.add(key)
            yield from _file(path, str(path), key)
    for error in problems:
        yield Rejected(str(error.filename), _why(error))
    if not found and not problems:
        yield Rejected(str(folder), f"no articles in this folder: known are {', '.join(KINDS)}")


def _file(path: Path, where: str, key: str) -> Iterator[Article | Rejected]:
    kind = _kind(path.name)
    try:
        if kind == ".jsonl.gz":
            with gzip.open(path, "rb") as rows:
                yield from _rows(rows, where)
            return
        if kind == ".jsonl":
            with path.open("rb") as rows:
                yield from _rows(_in_utf_8(rows), where)
            return
        if kind == ".mbox":
            yield from _letters(path, where)
            return
        assert kind is not None
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
        if len(data) > LIMIT:
            size, noun = path.stat().st_size, "page" if "ht" in kind else "file"
            raise SourceError(f"{noun} is {_mega(size)}; the limit is {_mega(LIMIT)}")
        if not data.strip():
            raise SourceError("it is empty")
        with time_limit():
            made = article(_READERS[kind](data), key, where)
        yield made
    except (OSError, SourceError) as error:
        yield Rejected(where, _why(error))
    except (AssertionError, ValueError, LookupError, RecursionError) as error:  # of the parsers
        yield Rejected(where, f"cannot be read ({type(error).__name__}): is it what its name says?")


def _in_utf_8(rows: BufferedReader) -> IO[bytes]:
    """The rows of a file that may be UTF-16, as some shells write it."""
    if rows.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return cast(IO[bytes], codecs.EncodedFile(rows, "utf-8", "utf-16"))
    return rows


def _letters(path: Path, where: str) -> Iterator[Article | Rejected]:
    """Articles of the letters of a mailbox."""
    number = 0
    letters = mail.letters(path)
    while True:
        place = f"{where}:{number + 1}"
        try:
            with time_limit():
                found = next(letters, None)
                if found is None:
                    break
                number += 1
                if isinstance(found, SourceError):
                    raise found
                made = article(found, None, place)
            yield made
        except SourceError as error:
            yield Rejected(place, str(error))
    if not number:
        yield Rejected(where, "it holds no letters: is it a mailbox (mbox)?")


def _rows(rows: IO[bytes] | gzip.GzipFile, where: str) -> Iterator[Article | Rejected]:
    """Articles of JSONL rows; blank lines are skipped."""
    number = 0
    some = False
    try:
        while line := rows.readline(LIMIT + 1):
            number += 1
            place = f"{where}:{number}"
            if len(line) > LIMIT:
                yield Rejected(place, f"row is longer than the limit of {_mega(LIMIT)}")
                while line and not line.endswith(b"\n"):
                    line = rows.readline(LIMIT)
                some = True
                continue
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.strip():
                continue
            some = True
            try:
                yield article(_row(line), None, place)
            except SourceError as error:
                yield Rejected(place, str(error))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        yield Rejected(where, f"damaged gzip file: {number} rows were read, get the file again")
        return
    if not some:
        yield Rejected(where, "it holds no rows")


def _row(line: bytes) -> Draft:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise SourceError("not UTF-8 text: save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise SourceError(f"not JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError):
        raise SourceError("not JSON that can be read") from None
    if not isinstance(row, dict):
        raise SourceError('a row is an object: {"title": ..., "text": ..., ...}')
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise SourceError('"text" is required and must not be blank')
    return Draft(text, **{name: _field(name, row.get(name)) for name in _FIELDS})


def _field(name: str, value: Any) -> str | None:
    if name == "author" and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return ", ".join(value)
    if value is not None and not isinstance(value, str):
        raise SourceError(f'"{name}" must be text or null')
    return value


def _warn(message: str, *values: str) -> None:
    """Log a warning whose values cannot steer a terminal."""
    _log.warning(message, *map(one_line, values))


def _kind(name: str) -> str | None:
    return next((kind for kind in reversed(KINDS) if name.lower().endswith(kind)), None)


def _short_key(path: Path) -> str:
    """Folder and name: a copy of the folder keeps its keys, two folders' index.md differ."""
    path = path.resolve()
    return f"{path.parent.name}/{path.name}"


def _storable(text: str) -> str:
    """The text with U+FFFD for what UTF-8 or SQLite cannot store: lone surrogates and NULs."""
    return re.sub("[\ud800-\udfff\0]", "\ufffd", text)


def _line(value: str | None) -> str | None:
    """The value on one line, without space at its ends; None where it is blank."""
    return " ".join(visible(_storable(value)).split()) or None if value else None


def _mega(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


def _why(error: Exception) -> str:
    """The reason in words, without the path, which the caller prints before it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)
