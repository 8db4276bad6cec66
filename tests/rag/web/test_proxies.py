"""The page and the API below a path of a real reverse proxy, and whose forwarded headers count."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import httpx
import openai
import pytest
from fake_engine import FakeEngine, serving
from reverse_proxy import PREFIX, ReverseProxy
from starlette.requests import Request
from starlette.responses import JSONResponse

from rag.api import application
from rag.web.access import Access, access
from rag.web.guard import Guard
from rag.web.proxies import Proxies

ROW = {"question": "what share?"}
SETUPS = {
    "root path, prefix cut off": ({"root_path": PREFIX}, {"headers": False}),
    "root path, prefix left on": ({"root_path": PREFIX}, {"headers": False, "cut": False}),
    "root path, forwarded headers that nobody named": ({"root_path": PREFIX}, {}),
    "forwarded headers of a named proxy": ({"proxies": ["127.0.0.1"]}, {"own_host": True}),
    "whole address, Host of the upstream": ({}, {"headers": False, "own_host": True}),
}


@pytest.fixture(scope="module", params=SETUPS)
def proxied(request: pytest.FixtureRequest) -> Iterator[tuple[ReverseProxy, str]]:
    """The proxy, and its address with the prefix."""
    import socket

    import ui

    options, how = SETUPS[request.param]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    if "whole address" in request.param:
        options = {"root_path": f"http://127.0.0.1:{port}{PREFIX}"}
    app = ui.build_app(cast(Any, FakeEngine()), access("127.0.0.1", **cast(Any, options)))
    with serving(app) as upstream:
        proxy = ReverseProxy(upstream, **how)
        with serving(proxy.app, port) as address:
            yield proxy, address + PREFIX


def test_the_page_works_below_a_path(proxied: tuple[ReverseProxy, str]) -> None:
    proxy, address = proxied
    origin = address.removesuffix(PREFIX)
    with httpx.Client(base_url=f"{address}/") as browser:
        page = browser.get("")
        assert page.status_code == 200
        config = browser.get("config").json()
        assert config["root"] == address
        assert json.loads(_config(page.text))["root"] == address
        for link in re.findall(r'(?:src|href)="([^"#]+)"', page.text):
            if not link.startswith(("data:", "https://")):
                assert browser.get(link).status_code == 200, link
        assert browser.get("theme.css").status_code == 200

        # asking as the page does, from a page of this origin
        asks = next(
            d
            for d in config["dependencies"]
            if len(d["inputs"]) == 6 and any(t[1] == "submit" for t in d["targets"])
        )
        joined = browser.post(
            "gradio_api/queue/join",
            json={
                "data": ["what share?", "", "", "", None, None],
                "fn_index": asks["id"],
                "session_hash": "s1",
            },
            headers={"origin": origin},
        )
        assert joined.status_code == 200, joined.text
        events = list[str]()
        with browser.stream("GET", "gradio_api/queue/data?session_hash=s1") as stream:
            for line in stream.iter_lines():
                events.append(line)
                if "process_completed" in line:
                    break
        assert "49%" in "".join(events)
        assert browser.post("api/ask", json=ROW, headers={"origin": origin}).status_code == 200
        elsewhere = {"origin": "http://evil.example"}
        assert browser.post("api/ask", json=ROW, headers=elsewhere).status_code == 403
        docs = browser.get("docs").text
        assert f"'{PREFIX}/openapi.json'" in docs
        for link in re.findall(r'(?:src|href)="([^"]+)"', docs):
            assert httpx.URL(address).join(link).host == "127.0.0.1"
            assert browser.get(link).status_code == 200
    assert proxy.outside == []
    assert proxy.bad == [(403, f"{PREFIX}/api/ask")]
    proxy.bad.clear()


def test_the_api_streams_below_a_path(proxied: tuple[ReverseProxy, str]) -> None:
    with openai.OpenAI(base_url=f"{proxied[1]}/v1", api_key="none", max_retries=0) as client:
        messages: list[Any] = [{"role": "user", "content": "what share?"}]
        stream = client.chat.completions.create(model="dateline", messages=messages, stream=True)
        words = [chunk.choices[0].delta.content or "" for chunk in stream]
    assert "".join(words) == "Meta bought 49% of Scale AI [1][2]."


@pytest.fixture(scope="module")
def told() -> Iterator[httpx.Client]:
    """A server that tells how a request looks to the application; 127.0.0.0/8 is named."""
    own = Access(proxies=["127.0.0.0/8", "10.0.0.1"], hosts=["news.example"])
    with _telling(own) as client:
        yield client


def _telling(own: Access) -> Any:
    from contextlib import contextmanager

    async def tell(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            seen = {
                "client": request.client.host if request.client else None,
                "url": str(request.url),
                "headers": sorted(k for k in request.headers if "forward" in k),
            }
            await JSONResponse(seen)(scope, receive, send)

    @contextmanager
    def opened() -> Iterator[httpx.Client]:
        app = Proxies(Guard(tell, own, lambda status: None), own)
        with serving(app, lifespan="off") as address, httpx.Client(base_url=address) as client:
            yield client

    return opened()


def test_a_named_proxy_is_believed(told: httpx.Client) -> None:
    sent = {
        "x-forwarded-for": "6.6.6.6, 198.51.100.7, 10.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "evil.example, news.example",
        "x-forwarded-prefix": "/dateline/",
    }
    seen = told.get("/healthz", headers=sent).json()
    assert seen == {
        "client": "198.51.100.7",  # what the nearest proxy that is not named said of its client
        "url": "https://news.example/dateline/healthz",
        "headers": [],
    }
    for bad in ("//evil.example", "/a b", "javascript:alert(1)", "/<script>"):
        seen = told.get("/healthz", headers={**sent, "x-forwarded-prefix": bad}).json()
        assert seen["url"] == "https://news.example/healthz"
    other = {**sent, "x-forwarded-host": "evil.example"}
    assert told.get("/healthz", headers=other).status_code == 400


def test_nobody_else_is_believed() -> None:
    sent = {
        "x-forwarded-for": "6.6.6.6",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "evil.example",
        "x-forwarded-prefix": "/evil",
        "forwarded": "for=6.6.6.6;host=evil.example",
        "x-gradio-server": "http://evil.example",
    }
    with _telling(Access(proxies=["10.0.0.1"])) as client:
        seen = client.get("/healthz", headers=sent).json()
        own = str(client.base_url.join("/healthz"))
        assert seen == {"client": "127.0.0.1", "url": own, "headers": []}


def test_a_page_told_of_another_host_does_not_link_there() -> None:
    engine: Any = FakeEngine()
    with serving(application(engine)) as address:
        headers = {"x-forwarded-host": "evil.example"}
        assert "evil" not in httpx.get(f"{address}/docs", headers=headers).text


def _config(page: str) -> str:
    start = page.index("window.gradio_config = ") + len("window.gradio_config = ")
    return page[start : page.index(";</script>", start)]
