"""The library and what is taken along from a conversation, in Chromium.

The library is a real one with the word-overlap encoder and no language model; the conversation's
engine is scripted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from fake_engine import HOSTILE, FakeEngine, serving
from web_server import Reply, Site
from web_server import served as site_served

from index.encoder import WordEncoder
from index.library import Library
from index.search import Searcher
from index.types import Article
from rag.dateline import Dateline
from rag.serving.kept import Kept
from rag.web.access import Access

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
NEWS = [
    Article("a1", f"Norvale buys Tessel for 2.1 billion dollars.\n\nIt {HOSTILE} closes in May.",
            f"Norvale buys Tessel {HOSTILE}", "https://wire.example/a", "Daily Wire", "2024-03-05"),
    *(Article(f"b{n}", f"Brief number {n} tells of chips.", f"Brief {n}", None, "Harbor Post", f"2023-01-{n:02d}")
      for n in range(1, 31)),
]  # fmt: skip
FILL = (
    "The hall in Varde will hold 48,000 chips and draw 180 megawatts, more than the town around it. "
    "Work on the foundations began in May, after the grid company had approved the connection. "
    "Neighbours had asked for a wall of trees along the road, and the council made that a condition."
)


@pytest.fixture
def engine(tmp_path: Path, words: WordEncoder, own_folders: Path) -> Iterator[Dateline]:
    folder = tmp_path / "news"
    with Library.open(folder, create=True) as library:
        for article in NEWS:
            library.add(article, words)
    library = Library.open(folder)
    yield Dateline(library, Searcher(library, words), None, "none")
    library.close()


def opened(browser: Browser, address: str, **context: Any) -> Page:
    page = browser.new_context(**context).new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    return page


def shelves(page: Page) -> None:
    page.click("#room-library")
    page.wait_for_selector("#articles tbody tr")


def test_articles_are_searched_sorted_limited_and_read(browser: Browser, engine: Dateline) -> None:
    import ui

    with serving(ui.build_app(engine)) as address:
        page = opened(browser, address)
        shelves(page)
        assert not page.is_visible("#question")
        assert page.inner_text("#articles caption") == "Articles 1 to 25 of 31"
        for part in ("31", "2023-01-01", "2024-03-05"):
            assert part in page.inner_text("#health")
        page.click("text=Next")
        page.wait_for_function(
            "document.querySelector('#articles caption').innerText.startsWith('Articles 26 to 31')"
        )
        page.get_by_label("Search").fill("number 17")
        page.wait_for_selector("#articles tbody tr:only-child")
        assert page.inner_text("#articles tbody th") == "Brief 17"
        page.get_by_label("Search").fill("")
        page.get_by_label("Order").click()
        page.get_by_role("option", name="Oldest first").click()
        page.wait_for_function(
            "document.querySelector('#articles tbody th').innerText == 'Brief 1'"
        )
        page.get_by_label("From", exact=True).fill("2024")
        page.wait_for_selector("#articles tbody tr:only-child")
        page.get_by_label("From", exact=True).fill("soon")
        page.wait_for_selector("#library-note .error")
        page.get_by_label("From", exact=True).fill("2024")
        page.wait_for_selector("#library-note .error", state="detached")
        page.focus("#articles tbody button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".stored")
        assert HOSTILE in page.inner_text(".stored h2") and HOSTILE in page.inner_text(".stored")
        assert page.locator("#shelves img, #shelves script").count() == 0
        assert page.evaluate("window.pwned") is None
        assert page.get_attribute(".stored a", "href") == "https://wire.example/a"
        page.click("text=Back to the list")
        page.wait_for_selector(".stored", state="detached")
        page.click("#room-ask")
        assert page.is_visible("#question")
        page.context.close()


def test_files_are_added_and_an_article_is_removed(
    browser: Browser, engine: Dateline, tmp_path: Path
) -> None:
    import ui

    (tmp_path / "hall.md").write_text(f"# A second hall\n\n{FILL}\n")
    (tmp_path / "rows.jsonl").write_text('{"text": "One row.", "title": "A row"}\n{}\n')
    (tmp_path / "song.mp3").write_text("la")
    with serving(ui.build_app(engine)) as address:
        page = opened(browser, address)
        shelves(page)
        names = ("hall.md", "rows.jsonl", "song.mp3")
        page.set_input_files("#drop input", [tmp_path / name for name in names])
        page.wait_for_selector("#library-note .error")
        assert "song.mp3: unknown kind of file" in page.inner_text("#library-note")
        page.wait_for_function("document.querySelectorAll('#jobs .job.done').length == 2")
        told = page.inner_text("#jobs")
        assert "Add rows.jsonl" in told and "1 added, 1 rejected" in told
        page.get_by_label("Order").click()
        page.get_by_role("option", name="Added last").click()
        page.wait_for_function("document.querySelector('#articles tbody th').innerText == 'A row'")
        page.wait_for_function("document.querySelector('#library').innerText.includes('33')")
        page.click("#articles tbody button >> nth=1")
        page.wait_for_selector(".stored")
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.click(".stored [data-do=remove]")
        page.once("dialog", lambda dialog: dialog.accept())
        page.click(".stored [data-do=remove]")
        page.wait_for_selector(".stored", state="detached")
        page.wait_for_selector("#jobs .job.done >> text=Remove A second hall")
        page.wait_for_function("document.querySelector('#health').innerText.includes('32')")
        page.context.close()
    assert engine.library.count() == 32


def test_a_feed_is_followed_updated_and_left(
    browser: Browser, engine: Dateline, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ui

    def feed(*titles: str) -> Reply:
        items = "".join(f"<item><title>{t}</title><link>/{t}</link></item>" for t in titles)
        head = "<rss version='2.0'><channel><title>Kestrel News</title>"
        return Reply(f"{head}{items}</channel></rss>", "application/rss+xml")

    with site_served() as site:
        cast(Site, site).pages |= {
            "/feed": [feed("one"), feed("one", "two")],
            **{
                f"/{name}": Reply(
                    f"<article><h1>{name}</h1><p>{FILL}</p><p>{name}: {FILL}</p></article>"
                )
                for name in ("one", "two")
            },
        }
        app = ui.build_app(engine)
        app.state.holdings.jobs.allow_private = True  # the test's own site is no public one
        with serving(app) as address:
            page = opened(browser, address)
            shelves(page)
            page.fill("#address input", "/etc/passwd")
            page.click("#add")
            page.wait_for_selector("#library-note .error")
            page.fill("#address input", site.url("/feed"))
            page.press("#address input", "Enter")
            page.wait_for_selector("#jobs .job.done", timeout=20_000)
            assert "1 added" in page.inner_text("#jobs")
            page.wait_for_function("!document.querySelector('#address input').value")
            page.click("#followed > button")
            page.wait_for_selector("#sources-list >> text=Kestrel News")
            page.click("#update")
            page.wait_for_function(
                "document.querySelectorAll('#jobs .job.done').length == 2", timeout=20_000
            )
            page.wait_for_function("document.querySelector('#health').innerText.includes('33')")
            page.once("dialog", lambda dialog: dialog.accept())
            page.click("#sources-list [data-do=remove]")
            page.wait_for_selector("#sources-list >> text=Nothing is followed yet")
            page.context.close()
    assert engine.library.count() == 33  # its articles stay


def test_who_may_not_change_the_library_reads_it(browser: Browser, engine: Dateline) -> None:
    import ui

    with serving(ui.build_app(engine, Access(read_only=True))) as address:
        page = opened(browser, address)
        shelves(page)
        assert not page.is_visible("#address") and not page.is_visible("#drop")
        page.click("#articles tbody button >> nth=0")
        page.wait_for_selector(".stored")
        assert page.locator("#shelves [data-do=remove]").count() == 0
        # nor by what the page's own script could send
        page.evaluate(
            "document.querySelector('.stored .tools').innerHTML ="
            " '<button data-do=remove data-id=a1 aria-label=Remove id=forged>Remove</button>'"
        )
        page.once("dialog", lambda dialog: dialog.accept())
        page.click("#forged")
        page.wait_for_selector("#library-note .error")
        page.context.close()
    assert engine.library.count() == 31


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_library_needs_no_sideways_scrolling(
    browser: Browser, engine: Dateline, width: int
) -> None:
    import ui

    with serving(ui.build_app(engine)) as address:
        page = opened(browser, address, viewport={"width": width, "height": 800})
        shelves(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.click("#articles tbody button >> nth=0")
        page.wait_for_selector(".stored")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_library(
    browser: Browser, engine: Dateline, axe: str, theme: str
) -> None:
    import ui

    with serving(ui.build_app(engine)) as address:
        # Half way between two colours nothing has the contrast that it is drawn with.
        page = opened(browser, address, color_scheme=theme, reduced_motion="reduce")
        shelves(page)
        page.evaluate(axe)
        found = list(page.evaluate("axe.run()")["violations"])
        page.click("#articles tbody button >> nth=0")
        page.wait_for_selector(".stored")
        found += page.evaluate("axe.run()")["violations"]
        assert [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found] == []
        page.context.close()


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[tuple[FakeEngine, str]]:
    import ui

    engine = FakeEngine()
    cast(Any, engine.library).path = tmp_path
    with serving(ui.build_app(engine)) as address:
        yield engine, address


def ask(page: Page, question: str, number: int = 1) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f"#exchange-{number} .answer")
    page.wait_for_selector("#status .done")


def test_an_answer_is_copied_with_its_quotes(
    browser: Browser, scripted: tuple[FakeEngine, str]
) -> None:
    page = opened(browser, scripted[1], permissions=["clipboard-read", "clipboard-write"])
    ask(page, "what share?")
    page.focus("#exchange-1 [data-take=copy]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#status >> text=The answer is copied")
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0] == "Meta bought 49% of Scale AI [1][2]."
    assert lines[2].startswith('[1] "Meta paid close to 14.8 billion dollars for 49% of Scale AI')
    assert "Example Wire, 2025-06-13, Meta closes its Scale AI deal" in lines[2]
    page.context.close()


def test_a_conversation_is_exported(browser: Browser, scripted: tuple[FakeEngine, str]) -> None:
    page = opened(browser, scripted[1])
    assert page.locator("#exports button").count() == 0
    ask(page, "what share?")
    ask(page, f"hostile {HOSTILE}", 2)
    found = {}
    for name in ("md", "html", "json"):
        with page.expect_download() as download:
            page.click(f"#exports [data-take={name}]")
        assert download.value.suggested_filename == f"dateline.{name}"
        found[name] = Path(download.value.path()).read_text("utf-8")
    assert found["md"].startswith("## what share?\n\nMeta bought 49% of Scale AI [^1-1][^1-2].\n")
    assert found["html"].startswith("<!doctype html>") and "<img" not in found["html"]
    assert [a["short"] for a in json.loads(found["json"])["answers"]] == ["49%", HOSTILE]
    page.context.close()


def test_a_link_opens_the_answer_and_says_when_the_library_has_moved_on(
    browser: Browser, scripted: tuple[FakeEngine, str]
) -> None:
    engine, address = scripted
    page = opened(browser, address, permissions=["clipboard-read", "clipboard-write"])
    ask(page, "what share?")
    page.click("#exchange-1 [data-take=link]")
    page.wait_for_selector("#status a")
    page.wait_for_function("navigator.clipboard.readText().then((t) => t.includes('/answer/'))")
    link = page.evaluate("navigator.clipboard.readText()")
    with page.expect_popup() as popup:
        page.click("#status a")
    assert popup.value.url == link and link.startswith(f"{address}/answer/")
    assert popup.value.inner_text("h2") == "what share?"
    assert "Meta bought 49% of Scale AI" in popup.value.inner_text("article")
    assert "the same articles today" in popup.value.inner_text("[role=note]")
    cast(Any, engine.library).snapshot = "s2"
    popup.value.reload()
    assert "has moved on" in popup.value.inner_text("[role=note]")
    page.context.close()


def test_a_verdict_is_kept_and_exported_as_rows(
    browser: Browser, scripted: tuple[FakeEngine, str], tmp_path: Path
) -> None:
    page = opened(browser, scripted[1])
    ask(page, "what share?")
    ask(page, "what did they pay?", 2)
    page.click("#exchange-2 [data-take=good]")
    page.wait_for_selector("#exchange-2 .given[data-take=good]")
    page.click("#exchange-1 .judge summary")
    page.get_by_label("What is wrong with it?").first.fill("an old figure")
    page.get_by_label("What would be right").first.fill("51%")
    page.get_by_label("What would be right").first.press("Enter")
    page.wait_for_selector("#exchange-1 summary.given")
    with page.expect_download() as download:
        page.click("#exports [data-take=rows]")
    rows = [json.loads(line) for line in Path(download.value.path()).read_text().splitlines()]
    rows = sorted(rows, key=lambda row: row["good"])
    assert [(row["question"], row["good"]) for row in rows] == [
        ("what share?", False),
        ("what did they pay?", True),
    ]
    assert rows[0]["reason"] == "an old figure" and "51%" in rows[0]["accept"][0]
    assert len(rows[1]["history"]) == 2
    assert len(list(Kept(tmp_path).eval_rows())) == 2
    page.context.close()
