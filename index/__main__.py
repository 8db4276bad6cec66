"""`python -m index`: adds articles to a library, shows what it holds, searches it.

Keeping it sound (check, rebuild, backup, restore, export) is in `care.py`.

Each command opens the library, does one thing and prints the result: lines for people, with --json
JSON for scripts. Questions are answered by `python -m rag.ask`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index import care
from index.cli import one_line, run, safe
from index.errors import LibraryError, UsageError
from index.options import AsJson, Folder, folder_of, library_at
from index.printing import Progress, article_line, hit_row, particulars, print_array
from index.types import Filters, Hit

if TYPE_CHECKING:
    from index.search import Found

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Add news articles to a library, look at it and search it.",
)

AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Fetch from your own network too.")
]


@app.command()
def add(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...",
            help="Addresses of pages, feeds, OPML lists or sitemaps; files or folders (.md .txt"
            " .html .mhtml .eml .mbox .pdf .jsonl .jsonl.gz .opml); or - for JSONL rows.",
        ),
    ] = None,
    bundled_feeds: Annotated[
        bool, typer.Option("--bundled-feeds", help="Follow the AI news feeds that come along.")
    ] = False,
    allow_private: AllowPrivate = False,
    library: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Add articles; each one is committed and acknowledged before the next is read.

    Feeds, lists and sitemaps are followed from then on: see update.
    """
    from index.following import run as web
    from index.following.writer import writing

    if not sources and not bundled_feeds:
        raise UsageError("Missing argument 'SOURCE...' (see 'index add --help')")
    with writing(folder_of(library)) as writer:
        told = Progress(as_json, unchanged=True)
        if bundled_feeds:
            web.add_bundled(writer, told.report, allow_private)
        for source in sources or ():
            web.take_in(source, writer, told.report, allow_private)
    if told.failed:
        raise typer.Exit(1)


@app.command()
def update(
    every: Annotated[
        str | None, typer.Option(metavar="TIME", help="Again and again, such as every 30m or 2h.")
    ] = None,
    allow_private: AllowPrivate = False,
    library: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Poll what is followed, and add what is new or has changed."""
    import time

    from index.following import run as web

    pause = web.seconds(every) if every is not None else None
    while True:
        failed = _updated(folder_of(library), allow_private, as_json, keep_on=pause is not None)
        if pause is None:
            break
        time.sleep(pause)
    if failed:
        raise typer.Exit(1)


@app.command("sources")
def sources_(library: Folder = None, as_json: AsJson = False) -> None:
    """List what is followed on the web."""
    from index.library.followed import KINDS, Followed

    with library_at(library) as opened:
        followed = Followed(opened)
        counts = followed.counts()
        found = [asdict(s) | {"articles": counts.get(s.url, 0)} for s in followed.sources()]
    if as_json:
        print_array(iter(found))
        return
    for row in found:
        state = row["problem"] or f"read {row['checked']}" if row["checked"] else "not read yet"
        name = " / ".join(filter(None, (row["topic"], row["title"] or KINDS[row["kind"]])))
        print(f"{row['url']}  {one_line(name)}  {row['articles']} articles, {one_line(state)}")
    if not found:
        print("nothing is followed: python -m index add URL, or --bundled-feeds", file=sys.stderr)


@app.command()
def status(library: Folder = None, as_json: AsJson = False) -> None:
    """Show what the library holds."""
    with library_at(library) as opened:
        oldest, newest, undated = opened.date_range()
        facts = {
            "path": str(opened.path),
            "articles": opened.count(),
            "passages": opened.passage_count(),
            "encoder": opened.encoder,
            "snapshot": opened.snapshot,
            "oldest": oldest,
            "newest": newest,
            "undated": undated,
        }
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        print(f"{name:<9} {'-' if value is None else value}")


@app.command("list")
def list_(library: Folder = None, as_json: AsJson = False) -> None:
    """List the articles in the order they came in (with --json, without their text)."""
    with library_at(library) as opened:
        if as_json:
            print_array(particulars(article) for article in opened.articles())
            return
        for article in opened.articles():
            print(article_line(article))


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(metavar="ARTICLE_ID")],
    library: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Print one article as it is stored, and what became of it: corrections, notices, its page."""
    from index.library.followed import Followed
    from index.library.tables.history import History

    with library_at(library) as opened:
        article = opened.article(article_id)
        modified = Followed(opened).changed(article_id)
        history = History(opened)
        versions, gone = history.versions(article_id), history.gone(article_id)
        corrections = history.corrections(article) if article else []
    if article is None:
        raise LibraryError(f"no article {article_id}: 'python -m index list' shows the ids")
    fields = particulars(article) | ({"modified": modified} if modified else {})
    fields |= {"gone": gone} if gone else {}
    if as_json:
        told = {"text": article.text, "versions": [asdict(version) for version in versions]}
        print(json.dumps(fields | told, ensure_ascii=False))
        return
    for name, value in fields.items():
        if value is not None:
            print(f"{name:<10} {one_line(value)}")
    print(f"\n{safe(article.text)}")
    if corrections:
        print()
    for start, end, correction in corrections:
        before = f', before: "{one_line(correction.before)}"' if correction.before else ""
        print(f'{one_line(correction.told)}{before}: "{one_line(article.text[start:end])}"')


@app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    k: Annotated[int, typer.Option("--k", min=1, help="How many passages.")] = 10,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Published on this day or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Published on this day or earlier.")
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(metavar="NAME", help="From this publisher only.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what was understood and why each is there.")
    ] = False,
    library: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Print the passages nearest to QUERY, best first; no language model is asked."""
    from index.dates import first_day, last_day

    query = query.encode("utf-8", "replace").decode().strip()
    if not query:
        raise UsageError("the query is empty: write what to search for")
    filters = Filters(
        first_day(since) if since else None, last_day(until) if until else None, publisher or None
    )
    if filters.since and filters.until and filters.since > filters.until:
        raise UsageError(f"nothing lies between {since} and {until}: swap --since and --until")
    with library_at(library) as opened:
        hits: list[Hit] = []
        found: Found | None = None
        if opened.count():
            from index import encoder
            from index.search import Searcher

            searcher = Searcher(opened, encoder.load_encoder())
            found = searcher.find(query, k, filters, today=datetime.now(UTC).date())
            hits = found.hits
        undated = opened.undated_excluded(filters)
    if undated:
        print(f"{undated} undated articles were left out by the dates", file=sys.stderr)
    if as_json:
        rows = [hit_row(rank, hit) for rank, hit in enumerate(hits, 1)]
        if explain and found:
            from index.explain import understood

            told = understood(found)
            for row, hit in zip(rows, hits, strict=True):
                row["signals"] = {name: round(value, 4) for name, value in hit.signals.items()}
            print(json.dumps({"understood": told, "hits": rows}, ensure_ascii=False))
            return
        print_array(iter(rows))
        return
    if not hits:
        print("nothing found", file=sys.stderr)
    if explain and found:
        from index.explain import understood_lines

        print("\n".join(map(one_line, understood_lines(found))) + "\n")
    for rank, hit in enumerate(hits, 1):
        print(f"{rank}. {hit.score:.3f}  {article_line(hit.article)}")
        if hit.also_in:
            print(f"   also in {', '.join(hit.also_in)}")
        if explain and found:
            from index.explain import hit_line

            print(f"   {hit_line(hit, searcher.rankers.passages)}")
        print(f"   {one_line(hit.passage.text)}\n")


@app.command()
def remove(
    article: Annotated[str, typer.Argument(metavar="ARTICLE_ID|URL")],
    library: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Remove one article, by its id or its URL; or follow a source no longer, its articles stay."""
    with library_at(library, write=True) as opened:
        from index.following import run as web
        from index.library import vectors

        if not web.remove(opened, article):
            raise LibraryError(f"no article {article}: 'python -m index list' shows the ids")
        done = {"article": article, "state": "removed"}
        print(json.dumps(done, ensure_ascii=False) if as_json else f"removed   {one_line(article)}")
        sys.stdout.flush()
        vectors.refresh(opened)


app.registered_commands += care.app.registered_commands


def _updated(path: Path, allow_private: bool, as_json: bool, keep_on: bool) -> int:
    """One round of `update`; returns how many sources and articles failed.

    With `keep_on` an error of the library is told, and the next round tries again.
    """
    from index.following import run as web
    from index.following.writer import writing
    from index.library import FILE

    told = Progress(as_json, unchanged=False)
    number = 0
    try:
        if (path / FILE).is_file():
            with writing(path) as writer:
                number = web.update(writer, told.report, allow_private)
    except LibraryError as error:
        if not keep_on:
            raise
        print(f"dateline: {one_line(str(error))}", file=sys.stderr, flush=True)
        return 1
    if not number:
        message = "nothing is followed: python -m index add URL, or --bundled-feeds"
        print(json.dumps({"sources": 0, "message": message}) if as_json else message)
    return told.failed


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
