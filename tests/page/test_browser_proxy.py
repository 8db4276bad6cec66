"""The page in Chromium behind a reverse proxy, below a path, for users who sign in."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from fake_engine import FakeEngine, serving
from reverse_proxy import PREFIX, ReverseProxy

from rag.web.access import access
from rag.web.users import users_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("how", ["root path", "forwarded headers", "whole address"])
def test_signing_in_and_asking_below_a_path(browser: Browser, how: str, tmp_path: Path) -> None:
    import ui

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}{PREFIX}/"
    options: dict[str, Any] = {
        "root path": {"root_path": PREFIX},
        "forwarded headers": {"proxies": ["127.0.0.1"]},
        "whole address": {"root_path": address},
    }[how]
    users = users_of(["ann:s3:cret"], lambda line: None)
    engine = FakeEngine()
    cast(Any, engine.library).path = tmp_path
    app = ui.build_app(cast(Any, engine), access("127.0.0.1", users, **options))
    with serving(app) as upstream:
        proxy = ReverseProxy(
            upstream, headers=how == "forwarded headers", own_host=how != "root path"
        )
        with serving(proxy.app, port):
            page = browser.new_context().new_page()
            page.goto(address)
            assert page.url == f"{address}login"
            page.fill("input[name=username]", "ann")
            page.fill("input[name=password]", "no")
            page.click("button")
            assert "is wrong" in page.inner_text("[role=alert]")
            page.fill("input[name=username]", "ann")
            page.fill("input[name=password]", "s3:cret")
            page.click("button")
            page.wait_for_selector("#question textarea")
            assert page.url == address
            page.fill("#question textarea", "what share?")
            page.press("#question textarea", "Enter")
            page.wait_for_selector("#exchange-1 .answer")
            assert "49%" in page.inner_text("#conversation")
            page.click("#exchange-1 [data-take=link]")
            page.wait_for_selector("#status a")
            link = page.evaluate("document.querySelector('#status a').href")
            assert link.startswith(f"{address}answer/")
            assert page.evaluate("gradio_config.root").rstrip("/") == address.rstrip("/")
            page.click("#room-library")
            page.wait_for_selector("#drop input")  # a user who signed in may change the library
            page.goto(link)
            assert page.inner_text("article h2") == "what share?"
            page.context.close()
    assert set(proxy.outside) <= {"/favicon.ico"}  # which browsers ask for by themselves
    assert proxy.bad == [(401, f"{PREFIX}/login")]
    assert set(engine.clients) == {"ann"}
