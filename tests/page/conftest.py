"""Chromium, and the page of a scripted engine in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from fake_engine import FakeEngine, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), ""
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("no Chromium: apt-get install chromium")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FakeEngine, str]]:
    import ui

    engine = FakeEngine(pause=0.01)
    with serving(ui.build_app(engine)) as address:
        yield engine, address


@pytest.fixture
def engine(served: tuple[FakeEngine, str]) -> Iterator[FakeEngine]:
    engine = served[0]
    engine.asked.clear()
    engine.hold.set()
    engine.pause = 0.01
    yield engine
    engine.hold.set()


@pytest.fixture
def page(engine: FakeEngine, served: tuple[FakeEngine, str], browser: Browser) -> Iterator[Page]:
    """A fresh page; the test fails at a foreign or failed request and at a script error."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    hosts: set[str] = set()
    errors: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "response",
        lambda reply: errors.append(f"{reply.status} {reply.url}") if reply.status >= 400 else None,
    )
    page.goto(served[1])
    page.wait_for_selector("#question textarea")
    yield page
    assert hosts <= {"127.0.0.1", ""}, hosts
    assert not errors, errors
    context.close()


@pytest.fixture(scope="module")
def axe() -> str:
    if find_spec("axe_playwright_python") is None:
        pytest.skip("axe-core is not installed: pip install axe-playwright-python")
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
