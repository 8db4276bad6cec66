"""`python -m index`: adds articles to a library, shows what it holds, searches it.

Each command opens the library, does one thing and prints the result: lines for people, with --json
JSON for scripts. Questions are answered by `python -m rag.ask`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.cli import one_line, run, safe
from index.errors import LibraryError, UsageError
from index.types import Article, Filters, Hit, Rejected

if TYPE_CHECKING:
    from index.library import Library
    from index.search import Found

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Add news articles to a library, look at it and search it.",
)

Folder = Annotated[
    str | None, typer.Option("--library", metavar="DIR", help="The library (default: your own).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Files or folders (.md .txt .html .jsonl .jsonl.gz), or - for JSONL rows.",
        ),
    ],
    library: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Add articles; each one is committed and acknowledged before the next is read."""
    from index.ingest.sources import read
    from index.library import Library

    path = _path(library)
    rejected = 0
    with ExitStack() as stack:
        opened = None
        for item in chain.from_iterable(map(read, sources)):
            if isinstance(item, Rejected):
                rejected += 1
                _acknowledge(item, "rejected", as_json)
                continue
            if opened is None:  # only now: a source without articles makes no library
                from index import encoder
                from index.library import vectors

                model = encoder.load_encoder()  # if it fails, no empty library is left
                opened = stack.enter_context(Library.open(path, create=True, write=True))
            _acknowledge(item, opened.add(item, model), as_json)
        if opened is not None:
            vectors.refresh(opened)
    if rejected:
        raise typer.Exit(1)


@app.command()
def update(library: Folder = None, as_json: AsJson = False) -> None:
    """Poll the web sources that were added before (none can be added yet)."""
    message = "no web sources to poll: this version adds files, folders and JSONL only"
    print(json.dumps({"sources": 0, "message": message}) if as_json else message)


@app.command()
def status(library: Folder = None, as_json: AsJson = False) -> None:
    """Show what the library holds."""
    with _opened(library) as opened:
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
    with _opened(library) as opened:
        if as_json:
            _print_array(_particulars(article) for article in opened.articles())
            return
        for article in opened.articles():
            print(_line(article))


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(metavar="ARTICLE_ID")],
    library: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Print one article as it is stored."""
    with _opened(library) as opened:
        article = opened.article(article_id)
    if article is None:
        raise LibraryError(f"no article {article_id}: 'python -m index list' shows the ids")
    if as_json:
        print(json.dumps(_particulars(article) | {"text": article.text}, ensure_ascii=False))
        return
    for name, value in _particulars(article).items():
        if value is not None:
            print(f"{name:<10} {one_line(value)}")
    print(f"\n{safe(article.text)}")


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
    with _opened(library) as opened:
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
        rows = [_found(rank, hit) for rank, hit in enumerate(hits, 1)]
        if explain and found:
            from index.explain import understood

            told = understood(found)
            for row, hit in zip(rows, hits, strict=True):
                row["signals"] = {name: round(value, 4) for name, value in hit.signals.items()}
            print(json.dumps({"understood": told, "hits": rows}, ensure_ascii=False))
            return
        _print_array(iter(rows))
        return
    if not hits:
        print("nothing found", file=sys.stderr)
    if explain and found:
        from index.explain import understood_lines

        print("\n".join(map(one_line, understood_lines(found))) + "\n")
    for rank, hit in enumerate(hits, 1):
        print(f"{rank}. {hit.score:.3f}  {_line(hit.article)}")
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
    """Remove one article, by its id or its URL."""
    with _opened(library, write=True) as opened:
        from index.library import vectors

        if not opened.remove(article):
            raise LibraryError(f"no article {article}: 'python -m index list' shows the ids")
        done = {"article": article, "state": "removed"}
        print(json.dumps(done, ensure_ascii=False) if as_json else f"removed   {one_line(article)}")
        sys.stdout.flush()
        vectors.refresh(opened)


@app.command()
def check(library: Folder = None, as_json: AsJson = False) -> None:
    """Check the library's integrity."""
    with _opened(library) as opened:
        problems = opened.check()
        if not problems:
            from index.library import vectors

            problems = vectors.problems(opened)
    if as_json:
        print(json.dumps({"ok": not problems, "problems": problems}, ensure_ascii=False))
    else:
        print("\n".join(one_line(problem) for problem in problems) if problems else "ok")
    if problems:
        raise typer.Exit(1)


@app.command()
def rebuild(library: Folder = None, as_json: AsJson = False) -> None:
    """Make passages, lexical index and vectors anew from the stored text."""
    with _opened(library, write=True, upgrade=True) as opened:
        from index import encoder
        from index.library import vectors

        number = opened.rebuild(encoder.load_encoder())
        vectors.refresh(opened, anew=True)
    print(json.dumps({"articles": number}) if as_json else f"rebuilt {number} articles")


def _path(given: str | None) -> Path:
    """The folder given by --library, else the user's library; UsageError for what is no folder."""
    if given is None:
        from index.settings import user_library

        return user_library()
    if not given:
        raise UsageError("--library is empty: give a folder")
    if given.startswith("milvus:"):
        raise UsageError("milvus libraries are not supported yet: give a folder to --library")
    return Path(given).expanduser()


@contextmanager
def _opened(given: str | None, write: bool = False, upgrade: bool = False) -> Iterator[Library]:
    from index.library import Library

    with Library.open(_path(given), write=write, upgrade=upgrade) as opened:
        yield opened


def _acknowledge(item: Article | Rejected, state: str, as_json: bool) -> None:
    """Print what became of one article, before the next one is read."""
    row: dict[str, str | None]
    if isinstance(item, Rejected):
        row = {"article_id": None, "state": state, "source": item.source, "reason": item.reason}
        text = f"{state:<9} {one_line(item.source)}: {one_line(item.reason)}"
    else:
        row = {"article_id": item.id, "state": state, **_particulars(item)}
        text = f"{state:<9} {_line(item)}"
    if as_json:
        print(json.dumps(row, ensure_ascii=False), flush=True)
    else:
        print(text, flush=True, file=sys.stderr if isinstance(item, Rejected) else sys.stdout)


def _particulars(article: Article) -> dict[str, str | None]:
    """The fields of an article but for its text, as they stand in JSON."""
    fields = asdict(article)
    del fields["text"]
    return {"article_id": fields.pop("id"), **fields}


def _line(article: Article) -> str:
    day = (article.published or "undated")[:10]
    name = article.title or article.text.strip()[:80]
    publisher = f" ({one_line(article.publisher)})" if article.publisher else ""
    return f"{article.id}  {day:<10}  {one_line(name)}{publisher}"


def _found(rank: int, hit: Hit) -> dict[str, object]:
    passage = hit.passage
    return {
        "rank": rank,
        "score": round(hit.score, 6),
        **_particulars(hit.article),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "also_in": list(hit.also_in),
    }


def _print_array(rows: Iterator[dict[str, object]] | Iterator[dict[str, str | None]]) -> None:
    """Print a JSON array with one row on each line."""
    mark = "["
    for row in rows:
        print(f"{mark}{json.dumps(row, ensure_ascii=False)}", end="")
        mark = ",\n "
    print("[]" if mark == "[" else "]")


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
