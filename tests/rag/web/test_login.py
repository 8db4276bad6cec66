"""Passwords, tokens, sessions and how often: over a real server, and the users' file."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import openai
import pytest
from fake_engine import FakeEngine, serving

from index.errors import UsageError
from rag.api import application
from rag.web.access import RATE, Access, access
from rag.web.login import LONGEST, UNUSED, Sessions
from rag.web.users import Users, main, read_users, users_of

ROOT = Path(__file__).parents[3]
ROW = {"question": "what share?"}
TOKEN = "dateline-f3a1"


def users() -> Users:
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    lines = ["ann:s3:cret", " bob :pässword", f"bot:$sha256${digest}"]
    return users_of(lines, lambda line: None)


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def locked(engine: FakeEngine) -> Iterator[httpx.Client]:
    """A new server for each test, since wrong passwords are counted."""
    app = application(cast(Any, engine), Access(users=users()))
    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client


def test_programs_show_a_password_or_a_token(locked: httpx.Client, engine: FakeEngine) -> None:
    refused = locked.post("/api/ask", json=ROW)
    assert refused.status_code == 401 and "Basic" in refused.headers["www-authenticate"]
    for wrong in (("ann", "no"), ("eve", ""), ("ann", ""), ("", "")):
        assert locked.post("/api/ask", json=ROW, auth=wrong).status_code == 401
    for header in ("Basic %%%", "Bearer no", "Bearer", "Digest a", ""):
        sent = {"authorization": header}
        assert locked.post("/api/ask", json=ROW, headers=sent).status_code == 401
    for name, password in (("ann", "s3:cret"), ("bob", "pässword")):
        assert locked.post("/api/ask", json=ROW, auth=(name, password)).status_code == 200
        assert engine.clients[-1] == name
    bearer = {"authorization": f"Bearer {TOKEN}"}
    assert locked.post("/api/ask", json=ROW, headers=bearer).status_code == 200
    assert engine.clients[-1] == "bot"
    with openai.OpenAI(base_url=f"{locked.base_url}/v1", api_key=TOKEN, max_retries=0) as client:
        assert client.models.list().data[0].id == "dateline"
    with (
        openai.OpenAI(base_url=f"{locked.base_url}/v1", api_key="no", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError, match="sign in"),
    ):
        client.models.list()


def test_nothing_but_health_is_served_to_strangers(locked: httpx.Client) -> None:
    for path in ("/api/ask", "/v1/models", "/mcp", "/metrics", "/openapi.json", "/docs", "/config",
                 "/gradio_api/app_id", "/gradio_api/heartbeat/a", "/theme.css"):  # fmt: skip
        assert locked.get(path).status_code == 401, path
    assert locked.get("/healthz").json() == {"status": "ok"}
    assert locked.get("/").headers["location"] == "/login"


def test_signing_in_and_out(locked: httpx.Client) -> None:
    form = locked.get("/login")
    assert form.status_code == 200 and '<form method="post">' in form.text
    wrong = locked.post("/login", data={"username": "ann", "password": "no"})
    assert wrong.status_code == 401 and "is wrong" in wrong.text and not locked.cookies
    right = locked.post("/login", data={"username": "ann", "password": "s3:cret"})
    assert (right.status_code, right.headers["location"]) == (303, "/")
    cookie = right.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    assert locked.post("/api/ask", json=ROW).status_code == 200
    kept = dict(locked.cookies)
    assert locked.get("/logout").headers["location"] == "/login"
    locked.cookies.update(kept)
    assert locked.post("/api/ask", json=ROW).status_code == 401
    other = {"origin": "https://evil.example"}
    data = {"username": "ann", "password": "s3:cret"}
    assert locked.post("/login", data=data, headers=other).status_code == 403


def test_a_session_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("rag.web.login.time.monotonic", lambda: now[0])
    sessions = Sessions()
    key = sessions.begin("ann")
    for _ in range(20):
        now[0] += UNUSED - 1
        assert sessions.name(key) == ("ann" if now[0] - 1000 <= LONGEST else None)
    unused = sessions.begin("bob")
    now[0] += UNUSED + 1
    assert sessions.name(unused) is None and sessions.name("") is None


def test_guessing_ends_soon_and_is_written_down(
    locked: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dateline.audit")
    bearer = {"authorization": f"Bearer {TOKEN}"}
    assert locked.post("/api/ask", json=ROW, auth=("bob", "pässword")).status_code == 200
    codes = [locked.post("/api/ask", json=ROW, auth=("ann", f"{n}")).status_code for n in range(12)]
    assert codes == [401] * 10 + [429] * 2
    too_many = locked.post("/login", data={"username": "ann", "password": "s3:cret"})
    assert too_many.status_code == 429 and 1 <= int(too_many.headers["retry-after"]) <= 300
    # who has shown that they know is not held up
    assert locked.post("/api/ask", json=ROW, headers=bearer).status_code == 200
    assert locked.post("/api/ask", json=ROW, auth=("bob", "pässword")).status_code == 200
    lines = [json.loads(r.getMessage()) for r in caplog.records if r.name == "dateline.audit"]
    wrong = [line for line in lines if line["event"] == "sign-in" and not line["right"]]
    assert len(wrong) == 10 and {(w["user"], w["client"]) for w in wrong} == {("ann", "127.0.0.1")}
    assert "s3:cret" not in caplog.text and TOKEN not in caplog.text


def test_too_many_questions_are_429(engine: FakeEngine) -> None:
    with (
        serving(application(cast(Any, engine), Access(users=users(), rate=3))) as address,
        httpx.Client(base_url=address, auth=("ann", "s3:cret")) as client,
    ):
        codes = [client.post("/api/ask", json=ROW).status_code for _ in range(3)]
        late = client.post("/v1/chat/completions", json={})
        assert codes == [200] * 3 and late.status_code == 429
        assert "error" in late.json() and 1 <= int(late.headers["retry-after"]) <= 60
        assert "content-security-policy" in late.headers
        assert client.post("/api/ask", json=ROW, auth=("bob", "pässword")).status_code == 200
        assert client.get("/healthz").status_code == 200


def test_where_it_may_listen() -> None:
    for own in ("127.0.0.1", "::1", "localhost", "127.0.0.2"):
        assert access(own).rate is None
    for other in ("0.0.0.0", "192.168.1.5", "::", "news.example"):
        with pytest.raises(UsageError, match="give --auth FILE, or --insecure-no-auth"):
            access(other)
        assert access(other, insecure=True).rate == RATE
        assert access(other, users()).rate == RATE
    assert access("::", users(), rate=0).rate is None
    for wrong in (
        "dateline",
        "ftp://a/b",
        "https:///x",
        "//evil",
        "/a/../b",
        "/a?b",
        "https://u@h",
    ):
        with pytest.raises(UsageError, match="--root-path"):
            access("127.0.0.1", root_path=wrong)
    with pytest.raises(UsageError, match="--proxy"):
        access("127.0.0.1", proxies=["nginx"])


def test_the_users_file(tmp_path: Path) -> None:
    file, warnings = tmp_path / "users", list[str]()
    file.write_text("# staff\n\nann:s3:cret\n bob :pw\n")
    file.chmod(0o644)
    read = read_users(file, warnings.append)
    assert read.known("ann", "s3:cret") and read.known("bob", "pw")
    assert not read.known("ann", "pw") and not read.known("eve", "") and not read.known("", "")
    assert [line.split(" ", 2)[2] for line in warnings] == [
        f"can be read by others: run 'chmod 600 {file}'",
        "holds 2 passwords in clear text: 'python -m rag.web.users FILE --hash' hashes them",
    ]
    for bad in ("", "ann\n", ":pw\n", "ann:\n", "ann:$argon2id$broken\n"):
        file.write_text(bad)
        with pytest.raises(UsageError, match="--auth"):
            read_users(file)
    with pytest.raises(UsageError):
        read_users(tmp_path / "missing")


def test_the_command_writes_the_users_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, warnings = tmp_path / "users", list[str]()
    file.write_text("old:clear\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("s3:cret\nnew one\n"))
    main(file, "ann")
    main(file, "ann", token=True)
    token = capsys.readouterr().out.strip()
    main(file, "ann")
    main(file, hash_=True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert "clear" not in file.read_text() and token not in file.read_text()
    read = read_users(file, warnings.append)
    assert read.known("ann", "new one") and not read.known("ann", "s3:cret")
    assert read.known("old", "clear") and read.owner(token) == "ann" and not warnings
    main(file, "ann", remove=True)
    assert read_users(file).owner(token) is None
    for wrong in (None, "a:b", "ann"):  # no name, a colon, no password
        with pytest.raises(UsageError):
            main(file, wrong)
    done = subprocess.run(
        [sys.executable, "-m", "rag.web.users", str(file)],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
