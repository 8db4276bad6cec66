"""The words and forms that page and terminal share: kinds, dates, addresses, timing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from index.cli import one_line
from rag.types import Answer, Citation

KINDS = {
    "rounding": "the same amount, rounded differently",
    "update": "the figure changed over time",
    "conflict": "sources contradict each other",
    "spelling": "the same name, spelled differently",
}

NOTICES = {
    "retraction": "the article says that it is retracted",
    "correction": "the article carries a correction",
    "note": "the article carries a note of its editors",
}

ANSWERED = "the answer"  # the value that the others are set beside


def day(published: str | None) -> str:
    """A published date as far as it is known, without its time: 2025-06-12, 2025-06, undated."""
    return one_line(published)[:10] if published else "undated"


class Sourced(Protocol):
    """An article, or what is quoted of one."""

    @property
    def publisher(self) -> str | None: ...
    @property
    def published(self) -> str | None: ...
    @property
    def title(self) -> str | None: ...


def source(record: Sourced) -> str:
    """Publisher, day and title on one line, as far as they are known: Daily Wire, undated, Rain."""
    parts = (record.publisher, day(record.published), record.title)
    return one_line(", ".join(part for part in parts if part))


def marked(text: str, citations: Sequence[int]) -> str:
    """The sentence with its citation numbers before the final stop."""
    marks = "".join(f"[{n}]" for n in citations)
    match = re.search(r"[.!?]?[\"”’']?$", text)
    end = match.start() if match else len(text)
    return f"{text[:end]} {marks}{text[end:] or '.'}"


def web_address(url: str | None) -> str | None:
    """`url` if it is a plain http(s) address, else None: only these become links."""
    if not url or url != one_line(url) or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host else None


def notes(citation: Citation) -> list[str]:
    """What a reader should know of a cited article, a line each: that the quote was corrected, that
    the article says so or was retracted, that its page is gone, and who else has it."""
    found = [f'{NOTICES[notice.kind]}: "{one_line(notice.quote)}"' for notice in citation.notices]
    if corrected := citation.corrected:
        before = f', before: "{one_line(corrected.before)}"' if corrected.before else ""
        found.append(f"{'added' if corrected.added else 'corrected'} on {corrected.day}{before}")
    if citation.gone:
        found.append(f"its page is gone, seen on {citation.gone}")
    if citation.also_in:
        names = (copy.publisher or copy.url or copy.article_id for copy in citation.also_in)
        found.append(f"also in {', '.join(dict.fromkeys(map(one_line, names)))}")
    return found


def short_heads(answer: Answer) -> bool:
    """Whether the short answer gets a line above the text: it exists and is not the whole text."""
    return bool(answer.short) and one_line(answer.short or "") != one_line(answer.text)


def timing(answer: Answer) -> str:
    """`evidence 90 ms, first word 2.4 s, 4.1 s in all, 190 tokens read, 24 written, model`."""
    times = answer.timings
    parts = [f"evidence {_duration(times.evidence_ms)}"]
    if times.first_token_ms is not None:
        parts.append(f"first word {_duration(times.first_token_ms)}")
    parts.append(f"{_duration(times.total_ms)} in all")
    if times.prompt_tokens or times.generated_tokens:
        parts.append(f"{times.prompt_tokens} tokens read, {times.generated_tokens} written")
    return ", ".join([*parts, one_line(answer.model)])


def _duration(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"
