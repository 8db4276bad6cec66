"""What browser tests do on the page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def ask(page: Page, question: str, number: int = 1) -> None:
    """Ask by Enter and wait for the checked answer."""
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f"#exchange-{number} .answer", timeout=20_000)
    page.wait_for_selector("#status .done")


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
