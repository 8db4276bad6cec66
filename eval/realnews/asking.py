"""Asking one question, and following its answering sentences through the stages of an answer."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from eval.harness import Row, read_rows
from eval.realnews.judging import judge
from index.errors import SourceError

if TYPE_CHECKING:
    from index.library import Library
    from rag.dateline import Dateline
    from rag.evidence.sentence import EvidenceSentence
    from rag.strategies.case import Case
    from rag.types import Question

FIELDS = ("id", "question", "as_of", "since", "until", "publisher", "history")
HERE = "eval.realnews"


def questions_over(corpus: Path, paths: Sequence[Path]) -> list[Row]:
    """The rows of question files over the articles of a corpus file. An answering sentence may be
    told by its place in its article's text (`start`, `end`, code points): it gets its `quote`."""
    texts = {row.get("url"): row.get("body", "") for row in read_rows(corpus)}
    rows = [row for path in paths for row in bundled_questions(path)]
    for row in rows:
        for item in row.get("evidence", ()):
            if "quote" not in item:
                item["quote"] = texts.get(item["url"], "")[item["start"] : item["end"]]
    return rows


def bundled_questions(path: Path | None) -> list[Row]:
    """The rows of a question file, by default the bundled one; SourceError where a field lacks."""
    rows = read_rows(path or Path(str(files(HERE) / "questions.jsonl")))
    for row in rows:
        if not {"id", "kind", "question"} <= set(row):
            raise SourceError(f"{path}: a row lacks id, kind or question")
    return rows


def articles_library(corpus: Path | None) -> Path:
    """Folder of the library of a corpus file, by default of the bundled articles of normal length;
    made once in the cache."""
    from eval.libraries import build
    from eval.multihop.corpus import library_of
    from index.ingest.sources import read
    from index.settings import cache_dir
    from index.types import Rejected

    if corpus is not None:
        return library_of(corpus)
    found = list(read(str(files(HERE) / "articles")))
    articles = [item for item in found if not isinstance(item, Rejected)]
    told = "".join(sorted(f"{a.id}{a.text}" for a in articles))
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]  # changed articles make a new library
    folder = cache_dir() / "eval" / f"realnews-{digest}"
    build(folder, articles)
    return folder


def ask(dateline: Dateline, row: Row, *, given: bool = False) -> Row:
    """The answer to one question, its verdict, and how far its answering sentences came; `given`
    these sentences are all the evidence."""
    from rag.answer import answer_of, reply_to, since
    from rag.strategies.case import Reply

    began = time.perf_counter()
    case = dateline.case(question_of(row))
    gold = gold_spans(dateline, row)
    if given:
        case = with_answering(case, gold)
    reply = Reply()
    for step in reply_to(case, dateline.writers, lambda: False):
        if isinstance(step, Reply):
            reply = step
    answer = answer_of(case, reply)
    out: Row = {
        "id": row["id"],
        "kind": row["kind"],
        "question": row["question"],
        "status": answer.status,
        "text": answer.text,
        "short": answer.short,
        "dropped": [d.model_dump() for d in answer.dropped],
        "timings": {"total_ms": since(began), "prompt_tokens": reply.prompt_tokens},
    }
    out["verdict"] = judge(row, out)
    if not row.get("unanswerable"):
        ranks = [n for n, e in enumerate(reply.read or case.pool, 1) if holds(gold, e)]
        out["found"] = any(
            overlaps(gold.get(hit.article.id, ()), hit.passage.start, hit.passage.end)
            for hit in case.found.hits
        )
        out["rank"] = ranks[0] if ranks else 0
        out["shown"] = 0 < out["rank"] <= reply.shown
    return out


def question_of(row: Row) -> Question:
    """A row as a question; the gold fields stay behind."""
    from rag.types import Question

    return Question.model_validate({k: row[k] for k in FIELDS if row.get(k) is not None})


Spans = Mapping[str, Sequence[tuple[int, int]]]  # by article id


def gold_spans(dateline: Dateline, row: Row) -> Spans:
    """Where the answering quotes stand in the library's articles, white space as it may be."""
    out: dict[str, list[tuple[int, int]]] = {}
    for item in row.get("evidence", ()):
        pattern = r"\s+".join(map(re.escape, item["quote"].split()))
        for name in _by_url(dateline.library).get(item["url"], ()):
            article = dateline.library.article(name)
            if article and (match := re.search(pattern, article.text)):
                out.setdefault(name, []).append(match.span())
    return out


@lru_cache(maxsize=1)
def _by_url(library: Library) -> dict[str, list[str]]:
    """Ids of the library's articles by their addresses."""
    out: dict[str, list[str]] = {}
    for article in library.articles():
        out.setdefault(article.url or "", []).append(article.id)
    return out


def overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether some span shares at least half of itself, or of the other, with start to end."""
    return any(2 * (min(b, end) - max(a, start)) >= min(b - a, end - start) > 0 for a, b in spans)


def holds(gold: Spans, e: EvidenceSentence) -> bool:
    """Whether an evidence sentence is an answering one, or a part of it."""
    return overlaps(gold.get(e.article.id, ()), e.start, e.end)


def with_answering(case: Case, gold: Spans) -> Case:
    """The case with the answering sentences as all its evidence; unchanged where there are none."""
    own = [e for e in case.pool if holds(gold, e)]
    return replace(case, pool=own) if own else case
