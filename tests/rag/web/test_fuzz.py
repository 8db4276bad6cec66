"""Requests that nobody would send: no status of 500 and above, no path of this machine told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import httpx
import pytest
from fake_engine import FakeEngine, serving
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ui

EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
PATHS = (
    "/api/ask", "/v1/chat/completions", "/v1/models", "/mcp", "/healthz", "/metrics", "/login",
    "/openapi.json", "/docs", "/", "/config", "/gradio_api/queue/join", "/gradio_api/queue/data",
    "/gradio_api/run/predict", "/gradio_api/cancel", "/gradio_api/reset", "/theme.css",
    "/gradio_api/startup-events", "/gradio_api/user", "/gradio_api/login_check", "/gradio_api/token",
    "/api/library/files", "/answer/" + "0" * 32, "/answer/x",
    "/static/../../../etc/passwd", "/assets/%2e%2e/%2e%2e/pyproject.toml", "/svelte/a",
)  # fmt: skip
SECRET = (str(Path(ui.__file__).parent), "/srv/", "/site-packages", "Traceback", "/root", "/home")

text = st.text(max_size=20) | st.sampled_from(
    ["what share?", "user", "assistant", "2025-06", "9999-99-99", "dateline", "\ud800", "../a", ""]
)
keys = st.sampled_from(
    "id question as_of since until publisher history role content model messages stream n type text"
    " dateline stream_options jsonrpc method params name arguments data fn_index session_hash"
    " event_id event_data trigger_id batched".split()
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=12,
)
calls = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "id": st.integers() | text,
     "method": st.sampled_from(["initialize", "tools/list", "tools/call", "ping", "x"])},
    optional={"params": st.fixed_dictionaries({}, optional={
        "name": st.sampled_from(["ask", "search", "show", "x"]),
        "arguments": st.dictionaries(st.sampled_from(["question", "query", "k", "article_id"]),
                                     values), "protocolVersion": text})},
)  # fmt: skip
rows = st.fixed_dictionaries({"question": text}, optional={"history": values, "as_of": text})
chats = st.fixed_dictionaries(
    {"model": st.just("dateline"), "messages": st.lists(
        st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "system"]),
                               "content": values}), max_size=3)},
    optional={"stream": st.booleans(), "n": values, "dateline": values, "stream_options": values},
)  # fmt: skip
joins = st.fixed_dictionaries(
    {"data": st.lists(values, max_size=7),
     "fn_index": st.integers(-1, 40) | values, "session_hash": st.sampled_from(["s1", "s2"]) | text,
     "event_id": st.sampled_from(["e1", "0" * 32]) | text},
    optional={"event_data": values, "trigger_id": values, "batched": values},
)  # fmt: skip
bodies = (
    st.one_of(values, calls, rows, chats, joins).map(lambda v: json.dumps(v).encode())
    | st.binary(max_size=60)
)  # fmt: skip
headers = st.dictionaries(
    st.sampled_from(
        "content-type accept authorization mcp-protocol-version mcp-session-id range cookie "
        "x-forwarded-for if-none-match accept-language content-encoding".split()
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
    | st.sampled_from(["application/json", "multipart/form-data", "2026-07-28", "2025-06-18",
                       "text/event-stream", "application/x-www-form-urlencoded", "gzip",
                       "bytes=0-", "application/json, text/event-stream"]),
    max_size=3,
)  # fmt: skip


@pytest.fixture(scope="module")
def page() -> Iterator[httpx.Client]:
    with (
        serving(ui.build_app(cast(Any, FakeEngine()))) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield client


def harmless(page: httpx.Client, request: httpx.Request) -> None:
    response = page.send(request, stream=True)
    try:
        assert response.status_code < 500, (request.method, str(request.url), request.content)
        endless = response.headers.get("content-type", "").startswith("text/event-stream")
        body = (
            ""
            if endless and "/v1/" not in str(request.url)
            else response.read().decode("utf-8", "replace")
        )
        assert not [path for path in SECRET if path in body], body[:500]
    finally:
        response.close()


@EXAMPLES
@given(
    st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "DELETE", "PUT", "QUERY"]),
    st.sampled_from(PATHS),
    st.text(max_size=12),
    headers,
    bodies,
)
def test_any_request(
    page: httpx.Client, method: str, path: str, query: str, sent: dict[str, str], body: bytes
) -> None:
    url = httpx.URL(f"{page.base_url}".rstrip("/") + path).copy_with(
        query=quote(query, safe="=&", errors="replace").encode()
    )
    harmless(page, page.build_request(method, url, headers=sent, content=body))


@pytest.mark.parametrize(
    ("path", "shaped"),
    [
        ("/api/ask", rows),
        ("/v1/chat/completions", chats),
        ("/mcp", calls),
        ("/gradio_api/queue/join", joins),
        ("/gradio_api/run/predict", joins),
        ("/gradio_api/cancel", joins),
        ("/gradio_api/reset", joins),
    ],
)
def test_nearly_right_requests(
    page: httpx.Client, path: str, shaped: st.SearchStrategy[Any]
) -> None:
    @settings(EXAMPLES, max_examples=12)
    @given(shaped)
    def each(body: Any) -> None:
        sent = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
        content = json.dumps(body).encode()
        harmless(page, page.build_request("POST", path, headers=sent, content=content))

    each()
