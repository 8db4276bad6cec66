"""Changes of a library by a running server, one after another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_server import Reply, Site

from index.encoder import WordEncoder
from index.errors import Busy, LibraryError, UsageError
from index.following import jobs as module
from index.following.jobs import Jobs
from index.library import Library
from index.library.followed import Followed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def jobs(folder: Path, words: WordEncoder, waits: list[float], quick: None) -> Iterator[Jobs]:
    made = Jobs(lambda: folder, allow_private=True)
    yield made
    made.wait(20)


ONE = "Kestrel Compute builds a second hall, which costs 2.1 billion kroner."
FILL = (
    "The hall in Varde will hold 48,000 chips and draw 180 megawatts, more than the town around it. "
    "Work on the foundations began in May, after the grid company had approved the connection. "
    "The Danish maker of the cooling plant, which uses sea water, has delivered its first pumps. "
    "Neighbours had asked for a wall of trees along the road, and the council made that a condition. "
    "The first hall was opened in 2024 and is full, so that customers are waiting for the second. "
    "A third hall is drawn on the plans too, but nothing about it has been decided by the board."
)


def rss(*titles: str) -> Reply:
    items = "".join(
        f"<item><title>{title}</title><link>/{title.lower()}</link><content:encoded>"
        f"<![CDATA[<p>{title}: {ONE}</p><p>{FILL}</p>]]></content:encoded></item>"
        for title in titles
    )
    space = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    return Reply(
        f"<rss version='2.0' {space}><channel><title>Kestrel News</title>{items}"
        "<item><title>Linked</title><link>/b</link></item></channel></rss>",
        "application/rss+xml",
    )


def dropped(folder: Path, name: str, text: str) -> Path:
    """A file as the server stores it: in a folder of its own, which goes with it."""
    path = folder / "scratch" / "0123abcd" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def titles(folder: Path) -> list[str | None]:
    with Library.open(folder) as library:
        return [article.title for article in library.articles()]


def test_a_feed_is_followed_and_told_by_source(jobs: Jobs, folder: Path, site: Site) -> None:
    site.pages["/feed"] = rss("One")
    job = jobs.add(f" {site.url('/feed')} ")
    jobs.wait(20)
    assert (job.kind, job.source, job.state) == ("add", site.url("/feed"), "done")
    assert job.articles == {"added": 1, "rejected": 1}
    assert [(tally.source, tally.new, tally.failed) for tally in job.sources] == [
        (site.url("/feed"), 1, 1)
    ]
    assert [problem.partition(": ")[0] for problem in job.problems] == [site.url("/b")]
    with Library.open(folder) as library:
        assert [a.text for a in library.articles()] == [f"One: {ONE}\n\n{FILL}"]
        assert [s.url for s in Followed(library).sources()] == [site.url("/feed")]


def test_an_update_brings_what_is_new(jobs: Jobs, folder: Path, site: Site) -> None:
    site.pages["/feed"] = [rss("One"), rss("Two", "One")]
    jobs.add(site.url("/feed"))
    job = jobs.update()
    jobs.wait(20)
    assert (job.state, job.articles["added"]) == ("done", 1)
    assert titles(folder) == ["One", "Two"]


@pytest.mark.parametrize(
    "text", ["/etc/passwd", "news.md", "", "  ", "https://a.example/ https://b.example/", "-", "~/x.opml"]
)  # fmt: skip
def test_only_addresses_are_added(jobs: Jobs, folder: Path, text: str) -> None:
    with pytest.raises(UsageError):
        jobs.add(text)
    assert jobs.recent() == [] and not folder.exists()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://news.example/a", "gopher://x/"])
def test_only_web_addresses_are_fetched(jobs: Jobs, folder: Path, address: str) -> None:
    job = jobs.add(address)
    jobs.wait(20)
    assert job.articles == {"rejected": 1} and len(job.problems) == 1


def test_ones_own_network_is_not_fetched(folder: Path, words: WordEncoder, site: Site) -> None:
    site.pages["/a"] = Reply(f"<article><p>{ONE}</p><p>{FILL}</p></article>")
    jobs = Jobs(lambda: folder)
    job = jobs.add(site.url("/a"))
    jobs.wait(20)
    assert job.articles == {"rejected": 1} and not site.asked


def test_a_file_is_added_and_its_copy_deleted(jobs: Jobs, folder: Path, tmp_path: Path) -> None:
    file = dropped(tmp_path, "hall.md", f"# A hall\n\n{ONE}\n")
    job = jobs.add_file(file, "hall.md", tmp_path / "scratch")
    jobs.wait(20)
    assert (job.state, job.articles, job.problems) == ("done", {"added": 1}, [])
    assert not (tmp_path / "scratch").exists()
    assert titles(folder) == ["A hall"]


def test_problems_of_a_file_go_by_its_own_name(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.add_file(
        dropped(tmp_path, "x1.jsonl", '{"text": "One."}\n{}\n'), "rows.jsonl", tmp_path / "scratch"
    )
    jobs.wait(20)
    assert job.articles == {"added": 1, "rejected": 1}
    assert job.problems == ['rows.jsonl:2: "text" is required and must not be blank']


def test_articles_and_sources_are_removed(jobs: Jobs, folder: Path, site: Site) -> None:
    site.pages["/feed"] = rss("One")
    jobs.add(site.url("/feed"))
    jobs.wait(20)
    with Library.open(folder) as library:
        (article,) = library.articles()
    jobs.remove(site.url("/feed"))
    jobs.remove(article.id, "A hall")
    missing = jobs.remove("0" * 16)
    jobs.wait(20)
    states = [(job.source, job.state, job.problem) for job in jobs.recent()[:3]]
    assert states == [
        ("0" * 16, "failed", "it was there no longer"),
        ("A hall", "done", None),
        (site.url("/feed"), "done", None),
    ]
    assert missing.over and titles(folder) == []


def test_a_locked_library_is_told_and_the_next_job_goes_on(
    jobs: Jobs, folder: Path, tmp_path: Path
) -> None:
    with Library.open(folder, create=True):
        job = jobs.add_file(
            dropped(tmp_path, "hall.md", f"# A hall\n\n{ONE}\n"), "hall.md", tmp_path / "scratch"
        )
        jobs.wait(20)
    assert job.state == "failed"
    assert job.problem == "another process is writing to the library: try again when it is done"
    again = jobs.add_file(
        dropped(tmp_path, "hall.md", f"# A hall\n\n{ONE}\n"), "hall.md", tmp_path / "scratch"
    )
    jobs.wait(20)
    assert again.state == "done" and titles(folder) == ["A hall"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LibraryError("/srv/secret is damaged"), "the library cannot be changed: the server's log says why"),
        (OSError("/srv/secret"), "unexpected OSError: the server's log has the details"),
    ],
)  # fmt: skip
def test_no_path_is_told(folder: Path, words: WordEncoder, error: Exception, told: str) -> None:
    def fails() -> Path:
        raise error

    jobs = Jobs(fails)
    job = jobs.update()
    jobs.wait(20)
    assert (job.state, job.problem) == ("failed", told)


def test_jobs_run_one_at_a_time_and_only_so_many_wait(
    folder: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, ended = threading.Event(), list[str]()

    def place() -> Path:
        go.wait(20)
        return folder

    monkeypatch.setattr(module, "WAITING", 2)
    jobs = Jobs(place, lambda: ended.append("one"))
    first = jobs.update()
    while first.state != "running":
        threading.Event().wait(0.01)
    jobs.remove("a"), jobs.remove("b")
    with pytest.raises(Busy):
        jobs.remove("c")
    assert jobs.busy and [job.state for job in jobs.recent()] == ["waiting", "waiting", "running"]
    go.set()
    jobs.wait(20)
    assert not jobs.busy and all(job.over for job in jobs.recent())
    assert ended == ["one"]  # what removed nothing changed nothing
