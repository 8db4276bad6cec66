"""The files of MultiHop-RAG: queries, articles, the library made of them, the encoder's tokens.

corpus.jsonl.gz -> articles -> a library in the cache;  queries.jsonl.gz -> rows
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.harness import Row
from eval.libraries import build
from index.errors import SourceError

if TYPE_CHECKING:
    from index.types import Article


MEASURED_QUERIES = 400  # queries of `eval.multihop --limit 400`: no probe is fitted on them
NULL = "null_query"  # the type of queries that no article answers
PASSAGE_TOKENS = 256  # of a passage that the published benchmark counts, and that the encoder reads


def read_queries(path: Path) -> list[Row]:
    """The rows of a query file; SourceError where a row lacks a field."""
    from eval.harness import read_rows

    rows = read_rows(path)
    for row in rows:
        if not {"query", "answer", "question_type", "evidence_list"} <= set(row):
            raise SourceError(f"{path} is no MultiHop-RAG query file: rows lack its fields")
    return rows


def articles_of(corpus: Path) -> list[Article]:
    """The articles of a corpus file."""
    from eval.harness import read_rows

    return [article_of(row) for row in read_rows(corpus)]


def library_of(corpus: Path) -> Path:
    """Folder of the library of a corpus file, built once in the cache."""
    folder = cached_library(corpus)
    build(folder, articles_of(corpus))
    return folder


def cached_library(corpus: Path) -> Path:
    """Folder in the cache for a corpus file, named by its hash; SourceError if it is unreadable."""
    from index.library.sqlite import FORMAT
    from index.settings import cache_dir

    try:
        with corpus.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"cannot read {corpus}: {error.strerror}; check the path") from None
    return cache_dir() / "eval" / f"multihop-{digest[:16]}-{FORMAT}"


def article_of(row: Row) -> Article:
    """The article of a corpus row; SourceError where it lacks its text."""
    from index.ingest.formats import Draft
    from index.ingest.sources import article

    try:
        return article(
            Draft(
                text=row["body"],
                title=row.get("title"),
                url=row.get("url"),
                publisher=row.get("source"),
                published=row.get("published_at"),
                author=row.get("author"),
            )
        )
    except KeyError as error:
        raise SourceError(f"the corpus has an article without {error}: give corpus.jsonl") from None


class Cutter:
    """Cuts a text to the tokens that the encoder reads: the first 256, special ones not counted."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __call__(self, text: str) -> str:
        spans = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return text if len(spans) <= PASSAGE_TOKENS else text[: spans[PASSAGE_TOKENS - 1][1]]

    def count(self, text: str) -> int:
        """Number of tokens of a text."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)


def cutter() -> Cutter:
    """The cutter with the encoder's tokenizer."""
    from tokenizers import Tokenizer

    from index.encoder import model_folder

    tokenizer: Any = Tokenizer.from_file(str(model_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return Cutter(tokenizer)
