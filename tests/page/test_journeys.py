"""Journeys on the page in Chromium: by keyboard, after a reload, on a phone, and what axe finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from driving import ask, until
from fake_engine import FakeEngine

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
STATES = {
    "opening": "",
    "fact": "what share?",
    "dispute": "contested sums?",
    "timeline": "a timeline",
    "news": "what is new?",
    "list": "list it",
    "comparison": "compare them",
    "notice": "how many articles?",
    "refusal": "who runs the moon base?",
    "error": "broken?",
    "limits": "",
}


def bring(page: Page, state: str) -> None:
    """The page in one of STATES."""
    if state == "error":
        page.fill("#question textarea", STATES[state])
        page.press("#question textarea", "Enter")
        page.wait_for_selector(".failed")
    elif STATES[state]:
        ask(page, STATES[state])
    if state == "limits":
        page.click("#filters > button")
        page.get_by_label("As of", exact=True).fill("2025-06-12")
        page.get_by_label("As of", exact=True).blur()
        page.wait_for_selector("#off-as_of")


def tab_to(page: Page, selector: str, most: int = 40) -> None:
    """Press Tab until an element that `selector` matches has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(
    state: str, theme: str, axe: str, browser: Browser, served: Any, engine: FakeEngine
) -> None:
    context = browser.new_context(
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 860},
    )
    page = context.new_page()
    page.goto(served[1])
    page.wait_for_selector("#question textarea")
    bring(page, state)
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    assert [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found] == []
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("state", STATES)
def test_nothing_needs_sideways_scrolling(page: Page, state: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    bring(page, state)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if state == "dispute":  # no cell is squeezed to a column of letters
        for cell in page.locator("#disagreements :is(th[scope=row], td)").all():
            box = cell.bounding_box()
            assert box and box["height"] < 60, cell.inner_text()


def test_a_reload_keeps_the_conversation(page: Page, engine: FakeEngine) -> None:
    ask(page, "what share?")
    ask(page, "contested sums?", 2)
    text = page.inner_text("#conversation")
    page.reload()
    page.wait_for_selector("#exchange-2 .answer")
    assert page.inner_text("#conversation") == text
    assert page.locator("#disagreements tbody tr").count() == 5
    assert page.locator("#evidence-1-1 mark").count() == 1
    assert page.locator(".example:visible").count() == 0
    ask(page, "and what did they pay?", 3)  # a follow-up knows what was asked before the reload
    assert "what share?" in [turn.content for turn in engine.asked[-1].history]


def test_a_question_cut_off_by_a_reload_is_told_as_stopped(page: Page, engine: FakeEngine) -> None:
    engine.hold.clear()
    page.fill("#question textarea", "what share?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".evidence-card")
    page.reload()
    page.wait_for_selector(".draft.stopped")
    assert page.is_enabled("#ask")
    engine.hold.set()


def test_a_new_conversation_begins_empty_and_stays_so(page: Page, engine: FakeEngine) -> None:
    assert not page.is_visible("#anew")
    ask(page, "what share?")
    page.click("#anew")
    page.wait_for_selector(".opening")
    assert page.locator(".evidence-card, .exchange").count() == 0
    page.wait_for_selector(".example:visible")
    page.reload()
    page.wait_for_selector(".opening")
    page.wait_for_timeout(300)
    assert page.locator(".exchange").count() == 0
    ask(page, "what share?")
    assert engine.asked[-1].history == []


def test_examples_are_about_what_the_library_holds(page: Page) -> None:
    page.wait_for_selector(".example:visible >> nth=1")
    assert page.locator(".example:visible").all_inner_texts() == [
        "How much did Meta pay for 49% of Scale AI?",
        "What is new?",
    ]


def test_the_keyboard_alone_asks_reads_and_narrows(page: Page, engine: FakeEngine) -> None:
    page.keyboard.type("what share?")  # the question field has the focus at the start
    page.keyboard.press("Enter")
    page.wait_for_selector("#status .done")
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    tab_to(page, ".figure")
    assert page.is_visible(".proof")
    page.keyboard.press("Escape")
    assert not page.is_visible(".proof")
    tab_to(page, ".citation")
    page.keyboard.press("Enter")
    page.wait_for_selector(".evidence-card.lit")
    assert page.evaluate("document.activeElement.id") == "evidence-1-1"
    page.focus("#question textarea")
    tab_to(page, "#filters > button")
    page.keyboard.press("Enter")
    tab_to(page, "input[type=range]")
    page.keyboard.press("Home")
    page.wait_for_selector("#off-as_of")
    assert page.inner_text("#off-as_of").startswith("As of 2025-06-01")


def test_the_slider_tells_day_and_count_and_one_click_removes_it(
    page: Page, engine: FakeEngine
) -> None:
    page.click("#filters > button")
    assert page.inner_text("#remaining") == "All 3 articles"
    slider = page.locator("#as-of-slider input[type=range]")
    slider.press("ArrowLeft")
    page.wait_for_selector("#off-as_of")
    assert page.input_value("label:has-text('As of') input >> nth=-1")
    assert page.inner_text("#remaining").startswith("1 of 3 articles remain")
    assert slider.get_attribute("aria-valuetext") == "2025-06-12"
    ask(page, "what share?")
    assert engine.asked[-1].as_of == "2025-06-12"
    page.click("#off-as_of")
    page.wait_for_selector("#off-as_of", state="hidden")
    until(lambda: page.inner_text("#remaining") == "All 3 articles")
    until(lambda: slider.get_attribute("aria-valuetext") == "2025-06-13")
    ask(page, "what share?", 2)
    assert engine.asked[-1].as_of is None


def test_each_limit_that_is_on_can_be_taken_off(page: Page, engine: FakeEngine) -> None:
    page.click("#filters > button")
    page.get_by_label("Published since").fill("2025-06-13")
    page.get_by_label("Published until").fill("2026")
    page.get_by_label("Publisher", exact=True).click()
    page.get_by_role("option", name="Example Wire").click()
    page.wait_for_selector("#off-publisher")
    until(lambda: "1 of 3 articles remain" in page.inner_text("#remaining"))
    page.click("#filters > button")  # folded away, the limits still show
    assert page.locator("#limits-on .chip:visible").all_inner_texts() == [
        "Published since 2025-06-13 ×",
        "Published until 2026 ×",
        "Publisher Example Wire ×",
    ]
    for name in ("since", "until", "publisher"):
        page.click(f"#off-{name}")
        page.wait_for_selector(f"#off-{name}", state="hidden")
    ask(page, "what share?")
    asked = engine.asked[-1]
    assert (asked.since, asked.until, asked.publisher) == (None, None, None)


def test_a_date_that_is_none_is_said_beside_the_fields(page: Page) -> None:
    page.click("#filters > button")
    page.get_by_label("As of", exact=True).fill("soon")
    page.get_by_label("As of", exact=True).blur()
    page.wait_for_selector("#remaining .error")
    assert "soon" in page.inner_text("#remaining")


def test_what_is_said_is_announced(page: Page) -> None:
    page.click("#filters > button")
    page.wait_for_selector("#remaining")
    for name in ("status", "remaining"):
        assert page.get_attribute(f"#{name}", "role") == "status"
    ask(page, "what share?")
    assert "Answer: Meta bought 49% of Scale AI." in page.text_content("#status")  # type: ignore[operator]


def test_a_figure_shows_what_bears_it_out(page: Page) -> None:
    ask(page, "what share?")
    assert not page.is_visible(".proof")
    page.hover(".figure")
    assert "[2] Morning Ledger" in page.inner_text(".proof")
    page.click(".figure")
    page.wait_for_selector("#evidence-1-1.lit")


def test_a_mark_of_the_plot_opens_its_card(page: Page) -> None:
    ask(page, "contested sums?")
    assert page.locator("#disagreements .dot").count() == 5
    page.focus("#disagreements .dot >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_selector("#evidence-1-1.lit")


def test_the_answer_does_not_move_what_is_read(page: Page, engine: FakeEngine) -> None:
    """Cumulative layout shift, without what follows a key or a click within half a second."""
    page.evaluate(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => {"
        " if (!e.hadRecentInput) window.moved += e.value })).observe({type: 'layout-shift'})"
    )
    engine.hold.clear()
    page.fill("#question textarea", "contested sums?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".evidence-card")
    page.wait_for_timeout(700)
    engine.hold.set()
    page.wait_for_selector("#status .done")
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") <= 0.05
