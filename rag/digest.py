"""`python -m rag.digest`: what is new, by story, for a terminal, a mail body or a program.

    period, topic, publisher -> passages -> `strategies/open/digest.py` -> Markdown, HTML or JSON

Every line is an article's own sentence with its source. No language model is asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from index.cli import run
from index.errors import UsageError
from index.library import Library
from index.printing import particulars
from index.types import Article
from rag.evidence.finder import Finder
from rag.evidence.sentence import EvidenceSentence
from rag.question.validate import checked, filters_of, today_of
from rag.show.export import linked, plain
from rag.show.wording import day, source
from rag.strategies.open.digest import Story, stories
from rag.strategies.open.story import on_topic
from rag.types import Question
from rag.web import options

if TYPE_CHECKING:
    from index.search import Searcher

MOST = 20  # stories, unless told otherwise
PASSAGES = 200  # found for a topic
_AGO = re.compile(r"([1-9]\d{0,3})([dwm])")
_DAYS = {"d": 1, "w": 7, "m": 30}


class Format(StrEnum):
    """How the digest is written."""

    md = "md"
    html = "html"
    json = "json"


def digest(
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="1d, 2w, 1m before the last day, or a date.")
    ] = "1d",
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day (inclusive); default: today.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only what is about this.")
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only articles of this publisher.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Markdown, HTML or JSON.")] = Format.md,
    most: Annotated[int, typer.Option(min=1, metavar="N", help="At most N stories.")] = MOST,
    library: options.Library = None,
) -> None:
    """Write what is new, by story, the one that most sources tell first; every line is cited."""
    from index.bundled import default_library

    asked = _asked(topic or "news", since, until, publisher)
    with Library.open(library or default_library(lambda line: None)) as opened:
        finder = Finder(opened, lambda: _searcher(opened))
        numbers = (
            on_topic(asked, finder, PASSAGES)
            if topic
            else opened.passage_numbers(filters_of(asked)).tolist()
        )
        found = stories(opened, numbers, finder.defend)[:most]
        written = _written(form, found, asked, opened)
    print(written, end="")


def _asked(topic: str, since: str, until: str | None, publisher: str | None) -> Question:
    """The period, topic and publisher as a checked question. UsageError."""
    if not since.strip():
        raise UsageError("--since is empty: give 1d, 2w, 1m or a date")
    asked = Question(question=topic, until=until, publisher=publisher)
    last = today_of(Question(question=topic, as_of=checked(asked).until))
    if ago := _AGO.fullmatch(since.strip()):
        since = (last - timedelta(days=int(ago[1]) * _DAYS[ago[2]] - 1)).isoformat()
    return checked(asked.model_copy(update={"since": since, "until": last.isoformat()}))


def _searcher(library: Library) -> Searcher:
    from index.encoder import load_encoder
    from index.search import Searcher

    return Searcher(library, load_encoder())


def _written(form: Format, found: Sequence[Story], asked: Question, library: Library) -> str:
    period = f"{asked.since} to {asked.until}" if asked.since != asked.until else str(asked.since)
    if form is Format.json:
        newest = library.newest()
        record = {
            "since": asked.since,
            "until": asked.until,
            "newest": newest and particulars(newest),
            "stories": [_record(story) for story in found],
        }
        return json.dumps(record) + "\n"
    told = "\n".join(map(_markdown, found)) or plain(_nothing(library)) + "\n"
    text = f"# News, {period}\n\n{told}"
    if form is Format.md:
        return text
    from markdown_it import MarkdownIt

    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>News, {period}</title></head><body>\n"
        f"{MarkdownIt('commonmark', {'html': False}).render(text)}</body></html>\n"
    )


def _nothing(library: Library) -> str:
    """What is said of a period without news, with the newest article that there is."""
    newest = library.newest()
    tail = f" The newest article: {source(newest)}." if newest else ""
    return f"Nothing in the library fits, of what is dated and was published then.{tail}"


def _lines(story: Story) -> Iterator[tuple[str, EvidenceSentence]]:
    """Each line with what is said before it."""
    for e in story.lines:
        yield "", e
    for e in story.differs:
        yield "Differs: ", e


def _markdown(story: Story) -> str:
    """A heading, the lines, each with its source linked, and what else tells the story."""
    out = [f"## {plain(_title(story))}", ""]
    for lead, e in _lines(story):
        cited = linked(source(e.article), e.article.url)
        out.append(f"- {lead}{plain(e.text)} ({cited})")
    if rest := _rest(story):
        out.append(f"- Also: {plain('; '.join(map(source, rest)))}")
    return "\n".join(out) + "\n"


def _record(story: Story) -> dict[str, object]:
    """A story as JSON: each line with its article and its place in the article's stored text."""

    def line(e: EvidenceSentence) -> dict[str, object]:
        return {"text": e.text, "article_id": e.article.id, "start": e.start, "end": e.end}

    return {
        "title": _title(story),
        "lines": [line(e) for e in story.lines],
        "differs": [line(e) for e in story.differs],
        "articles": [particulars(article) for article in story.articles],
    }


def _title(story: Story) -> str:
    """The title of the leading line's article, else its publisher, else its day."""
    article = story.lines[0].article
    return article.title or article.publisher or day(article.published)


def _rest(story: Story) -> list[Article]:
    """The articles of a story that no line is of."""
    cited = {e.article.id for _, e in _lines(story)}
    return [article for article in story.articles if article.id not in cited]


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(digest)


if __name__ == "__main__":
    main()
