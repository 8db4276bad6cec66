"""What every response carries and none tells, and what becomes of slow and idle clients."""

from __future__ import annotations

import json
import logging
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fake_engine import FakeEngine, serving
from prometheus_client.parser import text_string_to_metric_families

from rag.api import application
from rag.serving.cache import Answers
from rag.types import Question
from rag.web.asking import HISTORY
from rag.web.guard import MAX_BODY
from rag.web.records import write_audit

ROW = {"question": "what share?"}


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(scope="module")
def api(engine: FakeEngine) -> Iterator[httpx.Client]:
    with (
        serving(application(cast(Any, engine))) as address,
        httpx.Client(base_url=address) as client,
    ):
        yield client


def test_every_response_is_dressed(api: httpx.Client) -> None:
    large = b'{"question": "' + b"a" * MAX_BODY + b'"}'
    for response, status in (
        (api.get("/healthz"), 200),
        (api.post("/api/ask", json=ROW), 200),
        (api.post("/api/ask", json=[]), 422),
        (api.post("/api/ask", content=large), 413),
        (api.get("/nothing"), 404),
        (api.get("/api/ask"), 405),
        (api.get("/healthz", headers={"host": "evil.example"}), 400),
        (api.get("/healthz", headers={"origin": "http://evil.example"}), 403),
        (api.post("/v1/chat/completions", json={}), 400),
        (api.post("/mcp", json={}), 400),
        (api.post("/api/ask", json={"question": "bug"}), 500),
    ):
        assert response.status_code == status, response.text
        headers = response.headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


def test_no_path_of_the_machine_is_told(api: httpx.Client, engine: FakeEngine) -> None:
    answer = api.post("/api/ask", json=ROW).json()
    assert answer["library"]["path"] == "demo-library"
    broken = api.post("/api/ask", json={"question": "broken"})
    assert broken.json()["error"] == (
        "the language model cannot be used at present: the server's log says why"
    )
    assert "/srv" not in broken.text


def test_only_the_end_of_a_long_history_is_read(api: httpx.Client, engine: FakeEngine) -> None:
    history = [{"role": "user", "content": f"{n} " + "O'" * 4_000} for n in range(10)]
    assert api.post("/api/ask", json={**ROW, "history": history}).status_code == 200
    kept = engine.asked[-1].history
    assert sum(len(turn.content) for turn in kept) == HISTORY
    assert kept[-1].content.startswith("9 ") and len(kept) == 2


def test_openapi_says_what_there_is(api: httpx.Client) -> None:
    told = api.get("/openapi.json").json()
    assert set(told["paths"]) == {
        "/healthz", "/metrics", "/api/ask", "/v1/models", "/v1/models/{name}",
        "/v1/chat/completions", "/api/library/files", "/answer/{name}",
    }  # fmt: skip
    ask = told["paths"]["/api/ask"]["post"]
    asked = ask["requestBody"]["content"]["application/json"]["schema"]
    assert asked["required"] == ["question"] and "as_of" in asked["properties"]
    assert ask["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Answer"
    }
    page = api.get("/docs").text
    assert "https://" not in page and "swagger-ui-bundle.js" in page


def test_each_question_is_counted_and_written_down(tmp_path: Path) -> None:
    audit, logger = tmp_path / "audit.log", logging.getLogger("dateline.audit")
    before = (logger.handlers, logger.propagate, logger.level)
    with serving(application(cast(Any, FakeEngine()))) as address:
        write_audit(audit)
        try:
            for question in ("what share?", "moon?", "broken", "bug"):
                httpx.post(f"{address}/api/ask", json={"question": question})
            body = {"model": "dateline", "messages": [{"role": "user", "content": "what share?"}]}
            httpx.post(f"{address}/v1/chat/completions", json=body)
        finally:
            logger.handlers[0].close()
            logger.handlers, logger.propagate = before[0], before[1]
            logger.setLevel(before[2])
            write_words = logging.getLogger("dateline.audit.words")
            write_words.disabled = True
        metrics = httpx.get(f"{address}/metrics")
    assert stat.S_IMODE(audit.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    assert [(line["door"], line["question"], line["status"]) for line in lines] == [
        ("api", "what share?", "answered"),
        ("api", "moon?", "unanswerable"),
        ("api", "broken", "failed"),
        ("api", "bug", "bug"),
        ("openai", "what share?", "answered"),
    ]
    assert {line["client"] for line in lines} == {"127.0.0.1"}
    counts = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.text)
        for sample in family.samples
    }
    assert counts["dateline_questions_total", "api", "answered"] == 1
    assert counts["dateline_questions_total", "openai", "answered"] == 1
    assert counts["dateline_answer_seconds_count", "api"] == 4
    assert counts["dateline_http_responses_total", "503"] == 1
    assert (counts["dateline_articles",], counts["dateline_waiting",]) == (3, 0)


def test_on_standard_error_the_words_are_left_out(
    api: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dateline.audit")
    api.post("/api/ask", json={"question": "what share\x1b[31m?"})
    line = json.loads(caplog.records[-1].getMessage())
    assert line["characters"] == 16 and "share" not in caplog.records[-1].getMessage()


def test_kept_answers_are_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "answers.sqlite"
    answers, answer = Answers(file), FakeEngine().ask(Question(question="what share?"))
    answers.put("k", answer)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o644)  # as an earlier version made it
    assert answers.get("k") == answer
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("sent", "reply"),
    [
        (b"", b""),
        (b"GET /healthz HT", b""),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", b""),
        (
            b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
            b"HTTP/1.1 408",
        ),
        # the second request on a connection is waited for no longer than the first
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /", b"HTTP/1.1 200"),
    ],
)
def test_who_does_not_go_on_is_hung_up_on(
    sent: bytes, reply: bytes, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.web.listen.HEAD_SECONDS", 0.4)
    monkeypatch.setattr("rag.web.listen.KEEP_SECONDS", 0.4)
    monkeypatch.setattr("rag.web.guard.BODY_SECONDS", 0.4)
    with serving(application(cast(Any, engine))) as address:
        place = ("127.0.0.1", int(address.rpartition(":")[2]))
        with socket.create_connection(place) as slow:
            slow.sendall(sent)
            slow.settimeout(10)
            assert httpx.post(f"{address}/api/ask", json=ROW).status_code == 200
            got = b""
            while more := slow.recv(65_536):
                got += more
    assert got.startswith(reply) and bool(got) == bool(reply)


def test_a_long_answer_is_not_hung_up_on(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("listen.HEAD_SECONDS", "listen.KEEP_SECONDS", "guard.BODY_SECONDS"):
        monkeypatch.setattr(f"rag.web.{name}", 0.3)
    with serving(application(cast(Any, engine))) as address:
        slow = httpx.post(f"{address}/api/ask", json={"question": "slow share?"}, timeout=20)
    assert slow.json()["short"] == "49%"


def test_a_connection_too_many_is_told_so(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.web.listen.CONNECTIONS", 4)
    with serving(application(cast(Any, engine))) as address:
        place = ("127.0.0.1", int(address.rpartition(":")[2]))
        held = [socket.create_connection(place) for _ in range(4)]
        time.sleep(0.2)
        assert httpx.get(f"{address}/healthz").status_code == 503
        for connection in held:
            connection.close()
        time.sleep(0.2)
        assert httpx.get(f"{address}/healthz").status_code == 200
