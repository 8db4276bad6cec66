"""What `python -m index` prints: lines for people, JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from index.cli import one_line
from index.types import Article, Hit, Rejected

if TYPE_CHECKING:
    from index.following.update import Report, Tally


class Progress:
    """Prints what becomes of articles and sources, and counts what failed."""

    def __init__(self, as_json: bool, unchanged: bool) -> None:
        self._as_json, self._unchanged = as_json, unchanged
        self.failed = 0

    @property
    def report(self) -> Report:
        """For the pollers of `following/`."""
        from index.following.update import Report

        return Report(self.article, self.source)

    def article(self, item: Article | Rejected, state: str) -> None:
        """Print what became of one article, before the next one is read."""
        row: dict[str, str | None]
        if isinstance(item, Rejected):
            self.failed += 1
            row = {"article_id": None, "state": state, "source": item.source, "reason": item.reason}
            text = f"{state:<9} {one_line(item.source)}: {one_line(item.reason)}"
        elif state == "unchanged" and not self._unchanged:
            return
        else:
            row = {"article_id": item.id, "state": state, **particulars(item)}
            text = f"{state:<9} {article_line(item)}"
        if self._as_json:
            print(json.dumps(row, ensure_ascii=False), flush=True)
        else:
            print(text, flush=True, file=sys.stderr if isinstance(item, Rejected) else sys.stdout)
        if isinstance(item, Article) and item.published and _is_later(item.published):
            told = f"{item.id}: its date, {item.published}, lies after today: it counts as undated"
            print(told, file=sys.stderr, flush=True)

    def source(self, tally: Tally) -> None:
        """Print what the poll of one source came to."""
        bad = tally.state in ("failed", "gone")
        self.failed += tally.state == "failed"
        if self._as_json:
            print(json.dumps(asdict(tally), ensure_ascii=False), flush=True)
            return
        counts = ", ".join(
            f"{number} {name}"
            for name, number in (
                ("new", tally.new),
                ("changed", tally.changed),
                ("repeated", tally.repeated),
                ("failed", tally.failed),
                ("left for the next run", tally.left),
            )
            if number
        )
        what = counts or ("nothing new" if tally.state == "read" else "")
        told = "; ".join(one_line(part) for part in (what, tally.problem or "") if part)
        line = f"{tally.state:<9} {one_line(tally.source)}" + (f": {told}" if told else "")
        print(line, flush=True, file=sys.stderr if bad else sys.stdout)


def _is_later(published: str) -> bool:
    """Whether a date lies after today."""
    from index.library.counts import today

    return published[:10] > today()


def particulars(article: Article) -> dict[str, str | None]:
    """The fields of an article but for its text, as they stand in JSON."""
    fields = asdict(article)
    del fields["text"]
    return {"article_id": fields.pop("id"), **fields}


def article_line(article: Article) -> str:
    """Id, day, title and publisher of an article."""
    day = (article.published or "undated")[:10]
    name = article.title or article.text.strip()[:80]
    publisher = f" ({one_line(article.publisher)})" if article.publisher else ""
    return f"{article.id}  {day:<10}  {one_line(name)}{publisher}"


def hit_row(rank: int, hit: Hit) -> dict[str, object]:
    """A passage that a search found, as JSON has it."""
    passage = hit.passage
    return {
        "rank": rank,
        "score": round(hit.score, 6),
        **particulars(hit.article),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "also_in": list(hit.also_in),
    }


def print_array(rows: Iterator[dict[str, object]] | Iterator[dict[str, str | None]]) -> None:
    """Print a JSON array with one row on each line."""
    mark = "["
    for row in rows:
        print(f"{mark}{json.dumps(row, ensure_ascii=False)}", end="")
        mark = ",\n "
    print("[]" if mark == "[" else "]")
