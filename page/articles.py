"""The library as HTML: its health, what is followed, what is added, its articles, one article.

Values in, markup out; everything that comes from an article, a feed or a user goes through
`html.escape`. Buttons say what they do in `data-do`, and to what in `data-id`; the script of
`assets/library.js` tells the server of it (`library.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from index.following.jobs import Job
from index.library import Library
from index.library.followed import KINDS, Source
from index.library.listing import Listed
from index.types import Article
from rag.show.wording import day, web_address

PAGE = 25  # articles shown at once; not measured
_STATES = {"waiting": "waiting", "running": "at work", "done": "done", "failed": "failed"}


@dataclass(frozen=True, slots=True)
class Health:
    """What a library holds; `size` in bytes on the disk, days as YYYY-MM-DD or shorter."""

    articles: int
    publishers: int
    oldest: str | None
    newest: str | None
    undated: int
    size: int


def health_of(library: Library) -> Health:
    """The health of a library."""
    oldest, newest, undated = library.date_range()
    size = sum(file.stat().st_size for file in Path(library.path).glob("*") if file.is_file())
    publishers = len(library.publishers())
    return Health(library.count(), publishers, oldest, newest, undated, size)


def health(found: Health, sample: bool) -> str:
    """The facts of a library, and that the samples are not added to."""
    facts = [
        ("Articles", f"{found.articles:,}"),
        ("Publishers", f"{found.publishers:,}"),
        ("From", day(found.oldest)),
        ("To", day(found.newest)),
        ("Undated", f"{found.undated:,}"),
        ("On disk", f"{found.size / 1e6:,.1f} MB"),
    ]
    cells = "".join(f"<div><dt>{key}</dt><dd>{escape(value)}</dd></div>" for key, value in facts)
    note = (
        "<p>These are the sample briefs. The first article that you add begins a library of your "
        "own, which is asked from then on.</p>"
    )
    return f'<dl class="facts">{cells}</dl>{note if sample else ""}'


def jobs(found: Sequence[Job]) -> str:
    """What is being changed and what was, newest first, each with its progress by source."""
    rows = "".join(map(_job, found))
    return f'<ul class="jobs">{rows}</ul>' if rows else ""


def _job(job: Job) -> str:
    verb = {"add": "Add", "update": "Update", "remove": "Remove"}[job.kind]
    told = ", ".join(f"{number:,} {name}" for name, number in sorted(job.articles.items()))
    told = job.problem or told or ("nothing new" if job.state == "done" else "")
    lines = [
        f"{tally.source}: {tally.state}, {tally.new:,} new"
        + (f", {tally.left:,} left for the next update" if tally.left else "")
        + (f", {tally.problem}" if tally.problem else "")
        for tally in job.sources
    ]
    more = "".join(f'<li dir="auto">{escape(line)}</li>' for line in [*lines, *job.problems])
    many = len(lines) + len(job.problems)
    label = f"{many} line{'s' * (many != 1)} of progress"
    return (
        f'<li class="job {job.state}"><span class="state">{_STATES[job.state]}</span> '
        f'<span dir="auto">{verb} {escape(job.source)}</span> '
        f'<span class="told">{escape(told)}</span>'
        + (f"<details><summary>{label}</summary><ul>{more}</ul></details>" if more else "")
        + "</li>"
    )


def sources(found: Sequence[Source], articles: Mapping[str, int], may_change: bool) -> str:
    """What is followed on the web, with its state."""
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{escape(s.title or s.url)}<span class="url">'
        f"{escape(s.url)}</span></th><td>{KINDS[s.kind]}</td><td>{articles.get(s.url, 0):,}</td>"
        f'<td dir="auto">{escape(s.problem or "") or f"read {day(s.checked)}"}</td>'
        + (f"<td>{_button('remove', s.url, 'Stop following', s.title or s.url)}</td>" * may_change)
        + "</tr>"
        for s in found
    )
    heads = ["Source", "Kind", "Articles", "State", *(["Change"] * may_change)]
    return _table("Followed on the web", heads, rows) if rows else (
        '<p class="nothing">Nothing is followed yet.</p>'
    )  # fmt: skip


def listing(found: Sequence[Listed], first: int, many: int) -> str:
    """A part of the list of articles, from number `first` on of `many`."""
    if not found:
        return '<p class="nothing">No article fits.</p>'
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{_button("open", row.id, row.title or "Untitled")}</th>'
        f'<td dir="auto">{escape(row.publisher or "publisher unknown")}</td>'
        f'<td class="when">{escape(day(row.published))}</td>'
        f'<td class="count">{row.characters:,}</td></tr>'
        for row in found
    )
    caption = f"Articles {first + 1:,} to {first + len(found):,} of {many:,}"
    return _table(caption, ["Title", "Publisher", "Published", "Characters"], rows)


def article(found: Article | None, changed: str | None, may_change: bool) -> str:
    """One article as it is stored; `changed` is when its page says that it was changed last."""
    if found is None:
        return '<p class="nothing">The article is there no longer.</p>'
    facts = [found.publisher or "publisher unknown", day(found.published), found.author]
    facts += [f"changed {day(changed)}" if changed else None]
    address = web_address(found.url)
    link = (
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer nofollow">'
        f"{escape(address)}</a>"
        if address
        else ""
    )
    text = "".join(
        f'<p dir="auto">{escape(part)}</p>' for part in found.text.split("\n\n") if part.strip()
    )
    title = found.title or "Untitled"
    return (
        '<article class="stored" tabindex="-1"><div class="tools">'
        + _button("close", "", "Back to the list")
        + _button("remove", found.id, "Remove", title) * may_change
        + f'</div><h2 dir="auto">{escape(title)}</h2>'
        f'<p class="facts" dir="auto">{escape(", ".join(filter(None, facts)))}</p>'
        f"<p>{link}</p>{text}</article>"
    )


def notice(message: str, kind: str = "idle") -> str:
    """A line for the reader; `kind` is idle or error."""
    return f'<p class="status {kind}">{escape(message)}</p>' if message else ""


def unseen(message: str) -> str:
    """A line for screen readers alone."""
    return f'<p class="unseen">{escape(message)}</p>'


def _button(do: str, name: str, label: str, what: str = "") -> str:
    """A button; `what` it is done to is told where the label does not say it."""
    about = f' aria-label="{escape(f"{label}: {what}")}"' if what else ""
    return (
        f'<button type="button" data-do="{do}" data-id="{escape(name)}"{about} dir="auto">'
        f"{escape(label)}</button>"
    )


def _table(caption: str, heads: Sequence[str], rows: str) -> str:
    cells = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{cells}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
