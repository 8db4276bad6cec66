"""The writer's seam: a scripted writer, and a chat server on 127.0.0.1."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from scripted_writer import ScriptedWriter

from index.errors import ModelError
from rag.llm.load import load_writer
from rag.llm.remote import RemoteWriter
from rag.llm.spec import Remote
from rag.llm.writer import Writer

# The scripted writer, and what all share


def test_words_come_one_by_one_and_make_the_reply() -> None:
    writer: Writer = ScriptedWriter(lambda system, user: f"{system}: it is\n{user}.")
    pieces = list(writer.write("S", "49 percent"))
    assert pieces == ["S:", " it", " is", "\n49", " percent."]
    assert (writer.prompt_tokens, writer.generated_tokens) == (3, 5)
    assert list(writer.write("S", "x", max_tokens=2)) == ["S:", " it"]


@pytest.mark.parametrize(
    ("stop", "text"),
    [
        ((), "one two. three"), (("two",), "one "), ((" two. t",), "one"), (("one",), ""),
        (("four",), "one two. three"), (("thr", "o."), "one tw"), (("",), "one two. three"),
        (("threes",), "one two. three"),
    ],
)  # fmt: skip
def test_stop_ends_before_itself(stop: tuple[str, ...], text: str) -> None:
    writer = ScriptedWriter(lambda system, user: "one two. three")
    pieces = list(writer.write("", "", stop=stop))
    assert "".join(pieces) == text
    assert "" not in pieces


def test_closing_ends_the_work() -> None:
    writer = ScriptedWriter(lambda system, user: "one two three")
    with closing(writer.write("", "")) as pieces:
        assert next(pieces) == "one"
    assert writer.generated_tokens == 1


def test_scripted_choice() -> None:
    assert ScriptedWriter(lambda s, u: "").choose("", "", ["Yes", "No"]) == {"Yes": 1, "No": 0}
    writer = ScriptedWriter(lambda s, u: "", lambda s, u, options: {options[1]: 0.75})
    assert writer.choose("", "", ["Yes", "No"]) == {"Yes": 0, "No": 0.75}


def test_none_loads_no_writer() -> None:
    assert load_writer("none") is None


# A chat server


@dataclass
class Server:
    """An OpenAI-compatible server that says `lines`, or answers `status`."""

    url: str = ""
    status: int = 200
    lines: list[str] = field(default_factory=list)
    answer: Any = None
    endless: bytes = b""  # sent again and again, `pause` seconds apart
    pause: float = 0.0
    refuses: tuple[str, ...] = ()
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def says(self, *words: str) -> None:
        deltas = [{"choices": [{"delta": {"content": word}}]} for word in words]
        usage = {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": len(words)}}
        chunks = [{"choices": [{"delta": {"role": "assistant"}}]}, *deltas, usage]
        self.lines = [": ping", *(f"data: {json.dumps(chunk)}" for chunk in chunks), "data: [DONE]"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append({"path": self.path, **asked})
            server.keys.append(self.headers["Authorization"])
            status = 400 if set(server.refuses) & set(asked) else server.status
            self.send_response(status)
            self.end_headers()
            while server.endless:
                try:
                    self.wfile.write(server.endless)
                except OSError:
                    return
                time.sleep(server.pause)
            if status != 200:
                key = self.headers["Authorization"]
                body = json.dumps({"error": {"message": f"it is\n so, {key}"}})
            elif asked.get("stream"):
                body = "".join(f"{line}\n\n" for line in server.lines)
            else:
                body = (
                    server.answer if isinstance(server.answer, str) else json.dumps(server.answer)
                )
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        server.url = f"http://127.0.0.1:{web.server_port}/v1"
        threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        web.shutdown()


def test_a_server_streams(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.says("Meta", " bought", " 49%.")
    monkeypatch.setenv("OPENAI_API_KEY", "k-1")
    writer = load_writer(f"{server.url}#qwen/small")
    assert writer is not None and writer.name == "qwen/small"
    assert server.asked == []  # loading asks nothing
    assert list(writer.write("S", "U", max_tokens=7)) == ["Meta", " bought", " 49%."]
    assert (writer.prompt_tokens, writer.generated_tokens) == (12, 3)
    (asked,) = server.asked
    assert asked["path"] == "/v1/chat/completions"
    assert asked["messages"] == [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "U"},
    ]
    assert (asked["model"], asked["temperature"], asked["seed"]) == ("qwen/small", 0, 0)
    assert (asked["max_tokens"], asked["stream"]) == (7, True)
    assert server.keys == ["Bearer k-1"]


def test_a_server_that_refuses_what_is_optional(server: Server) -> None:
    server.says("ok")
    server.refuses = ("stream_options",)
    writer = RemoteWriter(Remote(server.url, "m"))
    assert list(writer.write("S", "U", stop=["."])) == ["ok"]
    assert [("seed" in asked) for asked in server.asked] == [True, False]
    assert server.keys == [None, None]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((" 49%", "."), " 49%."),
        (("Stated:", " Yes\nAnswer:", " 49%."), " 49%."),
        (("Stated:", " It is 49%."), "Stated: It is 49%."),
        (("Stated:",), "Stated:"),
    ],
)
def test_a_server_goes_on_with_what_is_begun_or_says_it_again(
    words: tuple[str, ...], said: str, server: Server
) -> None:
    server.says(*words)
    begin = "Stated: Yes\nAnswer:"
    written = RemoteWriter(Remote(server.url, "m")).write("S", "U", begin=begin)
    assert "".join(written) == said
    assert server.asked[0]["messages"][-1] == {"role": "assistant", "content": begin}


def choice(text: str, **logprobs: float) -> dict[str, Any]:
    top = [{"token": token, "logprob": value} for token, value in logprobs.items()]
    row: dict[str, Any] = {"message": {"content": text}}
    if top:
        row["logprobs"] = {"content": [{"token": text, "logprob": -0.1, "top_logprobs": top}]}
    return {"choices": [row], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}


@pytest.mark.parametrize(
    ("answer", "yes"),
    [
        (choice("Yes", Yes=-0.2, No=-0.2, Maybe=0.0), 0.5),
        (choice("No", No=-0.2), 0.0),
        (choice("Yes"), 1.0),  # no logprobs: what it wrote
        (choice("Perhaps", Perhaps=0.0), 0.5),
    ],
)
def test_a_server_chooses(answer: dict[str, Any], yes: float, server: Server) -> None:
    server.answer = answer
    writer = RemoteWriter(Remote(server.url, "m"))
    chosen = writer.choose("S", "U", ["Yes", "No"])
    assert chosen == pytest.approx({"Yes": yes, "No": 1 - yes})
    assert (server.asked[0]["max_tokens"], writer.prompt_tokens) == (1, 5)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "set OPENAI_API_KEY"), (404, "check that it has the model 'm'"),
        (500, "try again later"), (400, "try again later"),
    ],
)  # fmt: skip
def test_a_server_that_says_no(
    status: int, advice: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-s3cret")
    server.status = status
    writer = RemoteWriter(Remote(server.url, "m"))
    for work in (lambda: list(writer.write("S", "U")), lambda: writer.choose("S", "U", ["A"])):
        with pytest.raises(ModelError, match=rf"127.0.0.1:\d+ answered {status} .*{advice}") as no:
            work()
        assert "\n" not in str(no.value)
        assert "Bearer [secret]" in str(no.value)  # it says again what it was sent


@pytest.mark.parametrize(
    "lines",
    [
        [], ["<html>"], ["data: {broken"], ["data: []"], ['data: {"choices": [{"delta": 7}]}'],
        ['data: {"choices": [{"delta": {"content": "cut off"}}]}'],
    ],
)  # fmt: skip
def test_a_server_that_speaks_otherwise(lines: list[str], server: Server) -> None:
    server.lines, server.answer = lines, "".join(lines)
    writer = RemoteWriter(Remote(server.url, "m"))
    with pytest.raises(ModelError, match=r"does not speak the OpenAI chat format"):
        list(writer.write("S", "U"))
    with pytest.raises(ModelError, match=r"does not speak the OpenAI chat format"):
        writer.choose("S", "U", ["Yes", "No"])


def test_a_server_that_fails_on_the_way(server: Server) -> None:
    server.lines = ['data: {"error": {"message": "out of memory"}}']
    with pytest.raises(ModelError, match=r"broke off: .*out of memory.*; try again"):
        list(RemoteWriter(Remote(server.url, "m")).write("S", "U"))


@pytest.mark.parametrize(
    "body",
    [
        b'data: {"choices": [{"delta": {"content": "more "}}]}\n\n',
        b"data: " + b"x" * 1000,  # one line without end
        b": still here\n" * 100,
    ],
)
def test_a_server_that_never_ends_is_given_up(body: bytes, server: Server) -> None:
    server.endless = body
    writer = RemoteWriter(Remote(server.url, "m"))
    for work in (
        lambda: list(writer.write("S", "U", max_tokens=3)),
        lambda: writer.choose("S", "U", ["Yes", "No"]),
    ):
        with pytest.raises(ModelError, match=r"127.0.0.1:\d+ sends without end: restart"):
            work()


def test_a_server_that_only_says_that_it_works_is_given_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.llm.remote._LONGEST", 0.2)
    server.endless, server.pause = b": still here\n\n", 0.05
    with pytest.raises(ModelError, match="sends without end"):
        list(RemoteWriter(Remote(server.url, "m")).write("S", "U"))


def test_no_server() -> None:
    writer = RemoteWriter(Remote("http://user:secret@127.0.0.1:1/v1", "m"))
    with pytest.raises(ModelError, match=r"cannot reach 127\.0\.0\.1:1 .*start the server") as no:
        list(writer.write("S", "U"))
    assert "secret" not in str(no.value)
