"""The page's process over HTTP (API, health, limits, passwords) and its markup; no browser.

A real uvicorn server answers; the engine behind it is scripted.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fake_engine import HOSTILE, FakeEngine, serving

from page import markup as html
from page.cards import Around, evidence
from page.differences import disagreements
from page.exchange import Exchange, follow, read
from rag.api import application
from rag.assemble import notice
from rag.types import Question
from rag.web.access import Access
from rag.web.guard import MAX_BODY
from rag.web.listen import listen

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(scope="module")
def api(engine: FakeEngine) -> Iterator[httpx.Client]:
    with serving(application(engine)) as address, httpx.Client(base_url=address) as client:
        yield client


@pytest.fixture(scope="module")
def page() -> Iterator[httpx.Client]:
    """Page and API; clients may also use one name given with --allow-host."""
    import ui

    app = ui.build_app(cast(Any, FakeEngine()), Access(hosts=["News.corp.example"]))
    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client


def test_a_follow_up_is_read_with_the_question_that_it_follows() -> None:
    messages = ["What share?", "thanks", "who said that?", "more", "more"]
    shown = [
        Exchange(n, text, answer=notice(text, f"reply {n}")) for n, text in enumerate(messages, 1)
    ]
    asked = read("source?", {}, [*shown, Exchange(6, "Who?", stopped=True)])
    assert [turn.content for turn in asked.history if turn.role == "user"] == messages


def test_health(api: httpx.Client) -> None:
    response = api.get("/healthz")
    assert response.json() == {"status": "ok"}
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_a_row_in_an_answer_out(api: httpx.Client, engine: FakeEngine) -> None:
    row = {"id": 7, "question": " what share? ", "as_of": "2025", "history": []}
    answer = api.post("/api/ask", json=row).json()
    assert (answer["id"], answer["status"], answer["short"]) == (7, "answered", "49%")
    assert engine.asked[-1].question == "what share?"
    # as curl -d sends it
    assert api.post("/api/ask", content=b'{"question": "share"}').status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"question": 1}', 422),
        (b'{"question": "a?", "id": "\\ud800"}', 400),
        (b'{"question": "a?", "history": [{"role": "user", "content": "\\ud800"}]}', 400),
        (b'{"question": "a?", "history": [{"content": "Who?"}]}', 422),
        (b"\xff", 422),
        (b'{"question": " "}', 400),
        (b'{"question": "a?", "as_of": "soon"}', 400),
        (b'{"question": "\\ud800"}', 400),
        (json.dumps({"question": "a " * 301}).encode(), 400),
        (
            json.dumps(
                {
                    "question": "And who?",
                    "history": [{"role": "user", "content": f"it {n}"} for n in range(2000)],
                }
            ).encode(),
            400,
        ),
        (b'{"question": "broken"}', 503),
        (b'{"question": "bug"}', 500),
    ],
)
def test_refusals_are_one_line(api: httpx.Client, body: bytes, status: int) -> None:
    response = api.post("/api/ask", content=body)
    assert response.status_code == status
    error = response.json()["error"]
    assert error and "\n" not in error and "Traceback" not in error


def test_bodies_above_the_limit_are_refused(api: httpx.Client) -> None:
    large = b'{"question": "' + b"a" * MAX_BODY + b'"}'
    assert api.post("/api/ask", content=large).status_code == 413

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536]

    with suppress(httpx.TransportError):  # the server may hang up on a sender that goes on
        assert api.post("/api/ask", content=pieces()).status_code == 413  # no length announced
    assert api.get("/healthz").status_code == 200


def test_unknown_fields_of_a_row_are_ignored_with_one_warning(
    engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    row = {"question": "what share?", "gold": "49%", "history": [{"role": "user", "content": "a",
           "name": "ann"}]}  # fmt: skip
    with serving(application(cast(Any, engine))) as address:
        for _ in range(3):
            assert httpx.post(f"{address}/api/ask", json=row).json()["short"] == "49%"
    assert [r.getMessage() for r in caplog.records] == [
        'ignored fields that no question has: "gold"'
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_sites_may_not_ask(page: httpx.Client, headers: dict[str, str]) -> None:
    for path in ("/api/ask", "/gradio_api/queue/join", "/login", "/"):
        response = page.post(path, json={"question": "share"}, headers=headers)
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers
    if "origin" in headers:
        preflight = {**headers, "access-control-request-method": "POST"}
        for response in (
            page.get("/config", headers=headers),
            page.options("/api/ask", headers=preflight),
        ):
            assert response.status_code == 403
            assert "access-control-allow-origin" not in response.headers
    assert page.post("/api/ask", json={"question": "share"}).status_code == 200


def test_only_its_own_names_reach_the_server(page: httpx.Client) -> None:
    own = f"http://{page.base_url.host}:{page.base_url.port}"
    port = page.base_url.port
    for host in (
        f"evil.example:{port}",
        "evil.example",
        "localhost.evil.example",
        "",
        "[::1",
        "a b",
    ):
        for path in ("/", "/config", "/healthz"):
            assert page.get(path, headers={"host": host}).status_code == 400
        named = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
        assert page.post("/api/ask", json={"question": "share"}, headers=named).status_code == 400
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", "192.168.1.5",
                 f"LOCALHOST:{port}", "news.corp.example"):  # fmt: skip
        assert page.get("/config", headers={"host": host}).status_code == 200
        named = {"host": host, "origin": f"http://{host}"}
        assert page.post("/api/ask", json={"question": "share"}, headers=named).status_code == 200
    assert page.get("/config", headers={"origin": own}).status_code == 200


def test_of_gradio_only_what_the_page_uses_is_served(page: httpx.Client) -> None:
    files = {"files": ("f.bin", b"x" * 1000)}
    assert page.post("/gradio_api/upload", files=files).status_code == 404
    for path in ("file=/etc/passwd", "proxy=http://127.0.0.1/", "stream/a/b/c", "info", "mcp/sse",
                 "vibe-code/", "monitoring", "process_recording", "component_server",
                 "call/answer"):  # fmt: skip
        assert page.get(f"/gradio_api/{path}").status_code == 404
        assert page.post(f"/gradio_api/{path}", json={}).status_code == 404
    assert page.get("/monitoring").status_code == 404
    assert page.get("/").status_code == 200


def test_a_websocket_is_closed_at_once() -> None:
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    app = application(cast(Any, FakeEngine()))
    scope = {"type": "websocket", "path": "/", "headers": [], "query_string": b""}
    asyncio.run(app(cast(Any, scope), cast(Any, receive), send))
    assert sent == ["websocket.close"]


def test_answers_do_not_wait_for_an_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_the_server_while_a_page_is_open(how: signal.Signals) -> None:
    code = (
        "import signal, sys, runpy, rag.dateline; from fake_engine import FakeEngine;"
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "rag.dateline.Dateline = FakeEngine; sys.argv = ['ui.py', '--port', '0'];"
        "runpy.run_path('ui.py', run_name='__main__')"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'helpers'}"}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        port = int(server.stdout.readline().partition("127.0.0.1:")[2].split()[0])
        with socket.create_connection(("127.0.0.1", port)) as page:
            page.sendall(b"GET /gradio_api/heartbeat/abc HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert page.recv(100).startswith(b"HTTP/1.1 200")
            began = time.monotonic()
            server.send_signal(how)
            _, errors = server.communicate(timeout=15)
    assert time.monotonic() - began < 10
    assert (server.returncode, errors) == (-how if how == signal.SIGTERM else 130, "")


def test_some_paths_are_not_there(api: httpx.Client) -> None:
    assert api.get("/api/ask").status_code == 405
    assert api.get("/api/nothing").status_code == 404


def test_a_slow_answer_does_not_block_the_others(api: httpx.Client) -> None:
    url = str(api.base_url)
    slow = threading.Thread(target=httpx.post, args=(f"{url}/api/ask",), kwargs={
        "json": {"question": "slow share"}, "timeout": 20,
    })  # fmt: skip
    slow.start()
    time.sleep(0.2)
    assert api.get("/healthz").status_code == 200
    assert slow.is_alive()  # the other one is not through yet
    slow.join()


def test_a_taken_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _page("--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"dateline: cannot listen on 127.0.0.1 port {port}")
    assert done.stderr.count("\n") == 1


def test_help_of_the_page_loads_nothing_heavy() -> None:
    done = _page("--help")
    assert done.returncode == 0 and "--auth" in done.stdout
    code = "import sys, ui; print([n for n in ('gradio', 'torch', 'numpy') if n in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert loaded.stdout == "[]\n", loaded.stderr


def test_wrong_options_of_the_page_are_one_line(tmp_path: Path) -> None:
    for arguments in (["--port", "99999"], ["--auth", str(tmp_path / "none")], ["--colour"]):
        done = _page(*arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def _page(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "ui.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "NO_COLOR": "1"},
    )


def _exchange(question: str, number: int = 1) -> Exchange:
    answer = FakeEngine().ask(Question(question=question))
    return Exchange(number, question, citations=answer.citations, answer=answer)


def test_markup_of_an_answer() -> None:
    item = _exchange("what share?", number=3)
    talk = html.conversation([item])
    assert '<p class="short" dir="auto">49%</p>' in talk
    assert 'class="citation" href="#evidence-3-1"' in talk and ">[2]</a>" in talk
    cards = evidence([item], lambda citation: Around("before "))
    assert 'id="evidence-3-2"' in cards and cards.count("<mark>") == 2
    assert "for <strong>49%</strong> of Scale AI" in cards
    assert "receive <strong>49 percent</strong> of the shares." in cards
    assert 'rel="noopener noreferrer nofollow"' in cards and 'target="_blank"' in cards
    assert "https://news.example/meta-scale?a=1&amp;b=2" in cards
    assert "Dateline sample brief, after Example Wire" in cards
    assert disagreements(item) == ""


def test_markup_of_disagreements_stays_with_its_question() -> None:
    item, later = _exchange("what did they pay?"), _exchange("moon?", 2)
    panel = disagreements(item)
    assert "Price Meta paid" in panel and "completed" in panel and "#evidence-1-2" in panel
    assert "<table" not in html.conversation([item])
    assert "<table" in html.conversation([item, later])
    assert "No passage answers" in evidence([item, later])
    assert item.answer is not None
    assert (
        '<td class="leads">the answer</td>' in panel and '<td class="update">update</td>' in panel
    )


def test_markup_escapes_everything() -> None:
    item = _exchange("hostile <script>x</script>")
    item.draft = HOSTILE
    text = html.conversation([item]) + evidence([item]) + disagreements(item)
    text += html.status(HOSTILE) + html.library(HOSTILE, 1, None, HOSTILE)
    text += html.conversation([Exchange(1, HOSTILE, draft=HOSTILE)])
    text += html.conversation([Exchange(1, HOSTILE, error=HOSTILE)])
    for raw in ("<img", "<script", "javascript:", "Nobody <b>", 'onerror="'):
        assert raw not in text
    assert "undated" in text


def test_a_draft_that_begins_anew_replaces_the_first() -> None:
    from rag.events import Done, Evidence, Words

    asked = Question(question="What share?")
    answer = FakeEngine().ask(asked)
    events = [
        Evidence([]),
        Words("Meta bo"),
        Evidence([]),
        Words("Meta "),
        Words("bought 49%."),
        Done(answer),
    ]
    engine, item = SimpleNamespace(stream=lambda *_: iter(events)), Exchange(1, "What share?")
    list(follow(cast(Any, engine), asked, item))
    assert (item.draft, item.answer) == ("Meta bought 49%.", answer)


def test_drafts_look_like_drafts() -> None:
    running = Exchange(1, "q?", draft="Meta bou")
    assert "not yet checked" in html.conversation([running])
    assert 'aria-busy="true"' in html.conversation([running])
    running.stopped = True
    stopped = html.conversation([running])
    assert "Stopped. The draft was not checked." in stopped and "aria-busy" not in stopped


def test_a_citation_without_a_card_is_no_link() -> None:
    item = _exchange("what share?")
    assert item.answer is not None
    item.answer.sentences[0].citations.append(9)
    assert "[9]." in html.conversation([item])
    assert html.conversation([item]).count('class="citation"') == 2
