"""The page in Chromium: what a reader sees, what clicks do, and that hostile text stays text.

The engine is scripted, but for one test marked `model`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from driving import ask, until
from fake_engine import FakeEngine

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
IDS = "question ask stop conversation evidence disagreements filters library status".split()


def test_a_pause_in_typing_is_used_to_read_ahead(page: Page, engine: FakeEngine) -> None:
    engine.prepared.clear()
    page.type("#question textarea", "What share of Scale", delay=20)
    until(lambda: [q.question for q in engine.prepared] == ["What share of Scale"])
    page.type("#question textarea", " AI did Meta buy?", delay=20)
    until(
        lambda: (
            [q.question for q in engine.prepared][1:] == ["What share of Scale AI did Meta buy?"]
        )
    )
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#status .done")
    assert [q.question for q in engine.asked] == ["What share of Scale AI did Meta buy?"]
    assert engine.preparing == 1  # the newest alone
    page.type("#question textarea", "And for how much?", delay=20)
    until(lambda: len(engine.prepared) == 3)
    assert [turn.content for turn in engine.prepared[-1].history][:1] == [
        "What share of Scale AI did Meta buy?"
    ]
    page.fill("#question textarea", " ")
    time.sleep(0.7)
    assert len(engine.prepared) == 3
    assert not page.locator("#paused").is_visible()
    engine.hold.clear()
    page.fill("#question textarea", "What share?")
    page.press("#question textarea", "Enter")
    page.click("#stop")
    until(lambda: engine.preparing == 0)  # Stop ends what is done ahead too
    engine.hold.set()


def test_every_named_element_is_there(page: Page) -> None:
    for name in IDS:
        assert page.locator(f"#{name}").count() == 1, name
    facts = page.inner_text("#library")
    for part in ("demo-library", "3", "2025-06-13", "scripted-model.gguf"):
        assert part in facts
    assert page.locator("footer:visible").count() == 0
    assert page.title() == "Dateline"


def test_evidence_then_draft_then_checked_answer(page: Page, engine: FakeEngine) -> None:
    engine.hold.clear()
    page.fill("#question textarea", "What share of Scale AI did Meta buy?")
    page.click("#ask")
    page.wait_for_selector(".evidence-card mark")
    assert page.locator(".evidence-card").count() == 2
    assert page.locator(".answer, .draft-text").count() == 0
    engine.pause = 0.15
    engine.hold.set()
    page.wait_for_selector(".draft-text")
    assert "not yet checked" in page.inner_text(".draft")
    assert page.locator(".citation").count() == 0
    page.wait_for_selector(".answer .citation")
    assert page.inner_text(".answer .short") == "49%"
    assert page.inner_text(".answer .text") == "Meta bought 49% of Scale AI [1][2]."
    assert page.locator(".draft").count() == 0
    assert page.locator("#evidence-1-2 mark strong").all_inner_texts() == ["49 percent"]
    assert "4.1 s in all" in page.inner_text("#status")
    assert page.input_value("#question textarea") == ""


def test_a_citation_lights_its_card(page: Page) -> None:
    ask(page, "what share?")
    ask(page, "what did they pay?", 2)
    page.click("#exchange-2 .citation >> nth=1")
    assert page.get_attribute("#evidence-2-2", "class") == "evidence-card lit"
    assert page.evaluate("document.activeElement.id") == "evidence-2-2"
    page.click("#exchange-1 .citation >> nth=0")  # its group was folded away
    page.wait_for_selector("#evidence-1-1.lit", state="visible")
    assert page.locator(".lit").count() == 1


def test_disagreements_are_a_table(page: Page) -> None:
    ask(page, "what did they pay?")
    rows = page.locator("#disagreements tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == [
        ["14.8 billion USD", "Example Wire[1]", "2025-06-13", "completed", "the answer"],
        ["15 billion USD", "Morning Ledger[2]", "2025-06", "planned", "update"],
    ]
    page.click("#disagreements .citation >> nth=0")
    page.wait_for_selector("#evidence-1-1.lit")
    ask(page, "who runs the moon base?", 2)
    assert page.inner_text("#disagreements").strip() == ""
    assert "Not in the library" in page.inner_text("#exchange-2")


def test_stop_cancels_and_the_page_goes_on(page: Page, engine: FakeEngine) -> None:
    engine.hold.clear()
    page.fill("#question textarea", "what share?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".evidence-card")
    assert page.is_disabled("#ask")
    closed = engine.closed
    page.click("#stop")
    page.wait_for_selector(".draft.stopped")
    engine.hold.set()
    deadline = time.monotonic() + 10
    while engine.closed == closed and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert engine.closed == closed + 1
    page.wait_for_timeout(300)
    assert page.locator(".answer").count() == 0
    assert page.is_disabled("#stop") and page.is_enabled("#ask")
    ask(page, "what share?", 2)


def test_follow_ups_carry_the_conversation(page: Page, engine: FakeEngine) -> None:
    ask(page, "what share?")
    ask(page, "and what did they pay?", 2)
    history = [(turn.role, turn.content) for turn in engine.asked[1].history]
    assert history == [
        ("user", "what share?"),
        ("assistant", "Meta bought 49% of Scale AI [1][2]."),
    ]


def test_filters_reach_the_engine(page: Page, engine: FakeEngine) -> None:
    page.click("#filters > button")
    page.get_by_label("As of").fill("2025-06")
    page.get_by_label("Published since").fill("2024")
    page.get_by_label("Publisher", exact=True).click()
    page.get_by_role("option", name="Example Wire").click()
    ask(page, "what share?")
    asked = engine.asked[0]
    assert (asked.as_of, asked.since, asked.until) == ("2025-06", "2024", None)
    assert asked.publisher == "Example Wire"


def test_errors_are_one_clear_line(page: Page, engine: FakeEngine) -> None:
    page.click("#ask")
    page.wait_for_selector("#status .error")
    assert "empty" in page.inner_text("#status")
    page.click("#filters > button")
    page.get_by_label("As of").fill("soon")
    page.fill("#question textarea", "what share?")
    page.click("#ask")
    page.wait_for_function("document.querySelector('#status').innerText.includes('soon')")
    assert page.input_value("#question textarea") == "what share?" and not engine.asked
    page.get_by_label("As of").fill("")
    page.fill("#question textarea", "broken?")
    page.click("#ask")
    page.wait_for_selector(".failed")
    assert "the language model cannot be used" in page.inner_text("#status")
    assert page.is_enabled("#ask")
    ask(page, "what share?", 2)


def test_example_questions_ask(page: Page, engine: FakeEngine) -> None:
    page.click(".example >> nth=0")
    page.wait_for_selector("#exchange-1 .answer")
    assert "Scale AI" in engine.asked[0].question
    assert page.locator(".example:visible").count() == 0


def test_hostile_text_is_only_text(page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    attack = "hostile <img src=x onerror=alert(1)><script>window.pwned=3</script> ${1+1} {{x}}"
    ask(page, attack)
    page.click(".evidence-card .title")
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None and not dialogs
    assert page.inner_text("#exchange-1 .asked") == attack
    for place in ("#evidence mark", "#exchange-1 .text", "#exchange-1 .short", "#disagreements"):
        assert '<img src=x onerror="window.pwned=1"> ${window.pwned=2} {{pwned}} `' in (
            page.inner_text(place)
        )
    assert page.locator("#conversation img, #evidence img, #evidence script").count() == 0
    assert page.locator(".evidence-card .title a").count() == 0  # javascript: is no address
    assert "undated" in page.inner_text(".evidence-card .when")


def test_a_phone_needs_no_sideways_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, "hostile " + "x" * 300)
    ask(page, "what did they pay?", 2)
    page.click("#filters > button")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.click("#exchange-2 .citation >> nth=1")
    page.wait_for_timeout(800)
    assert page.locator("#evidence-2-2").bounding_box()["y"] < 844  # type: ignore[index]
    page.click("#evidence-2-2 .back")
    page.wait_for_timeout(800)
    box = page.locator("#exchange-2").bounding_box()
    assert box and 0 <= box["y"] < 844


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_ground(
    browser: Browser, served: tuple[FakeEngine, str], theme: str
) -> None:
    """WCAG AA: 4.5 to 1, for every text on the page that is not disabled."""
    context = browser.new_context(color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(served[1])
    page.wait_for_selector("#question textarea")
    low = page.evaluate(_CONTRAST)
    ask(page, "what did they pay?")
    page.click("#exchange-1 .citation >> nth=1")
    page.click("#filters > button")
    page.wait_for_timeout(500)
    assert low + page.evaluate(_CONTRAST) == []
    context.close()


@pytest.mark.model
@pytest.mark.timeout(420)
def test_the_real_engine_answers_from_the_bundled_library(browser: Browser) -> None:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("DATELINE_LIB")
    }
    with subprocess.Popen(
        [sys.executable, "ui.py", "--port", "0", *_bundled()],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            assert line.startswith("Dateline is at http://127.0.0.1:"), line
            page = browser.new_page()
            page.goto(line.split()[3])
            page.wait_for_selector("#question textarea")
            page.fill("#question textarea", "what share of Scale AI did Meta buy?")
            page.press("#question textarea", "Enter")
            page.wait_for_selector("#exchange-1 .answer", timeout=180_000)
            assert "49%" in page.inner_text("#conversation")
            assert page.locator("#conversation .citation").count() >= 1
            assert any(
                "49" in mark for mark in page.locator(".evidence-card mark").all_inner_texts()
            )
            page.close()
        finally:
            server.terminate()


def _bundled() -> list[str]:
    """Options that choose the bundled library even where the user has one of their own."""
    from index.bundled import bundled_library
    from index.settings import user_library

    if not user_library().exists():
        return []
    if not bundled_library().exists():
        pytest.skip("a library of the user's own is in the way and the bundled one is not built")
    return ["--library", str(bundled_library())]


_CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => {
    c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const c = parse(getComputedStyle(node).backgroundColor);
      if (c.length === 3 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const node of document.querySelectorAll("#masthead *, #desk *")) {
    const own = [...node.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim());
    if (!own || node.matches(":disabled") || !node.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${node.className}: ${node.textContent.trim()} ${ratio.toFixed(2)}`);
  }
  return low;
}"""
