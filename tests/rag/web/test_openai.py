"""OpenAI's chat completions by the official client, unchanged, over a real server."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import openai
import pytest
from fake_engine import FakeEngine, serving

from rag.api import application
from rag.types import Answer
from rag.web.asking import HISTORY

ROOT = Path(__file__).parents[3]
ASKED: list[Any] = [{"role": "user", "content": "what share?"}]


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(scope="module")
def client(engine: FakeEngine) -> Iterator[openai.OpenAI]:
    with (
        serving(application(cast(Any, engine))) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client,
    ):
        yield client


def test_an_answer(client: openai.OpenAI) -> None:
    made = client.chat.completions.create(model="dateline", messages=ASKED, temperature=0.3)
    assert made.choices[0].message.content == "Meta bought 49% of Scale AI [1][2]."
    assert (made.choices[0].finish_reason, made.choices[0].message.role) == ("stop", "assistant")
    assert made.usage is not None and made.usage.total_tokens == 214
    answer = Answer.model_validate(cast(Any, made).dateline)
    assert (answer.short, [c.article_id for c in answer.citations]) == ("49%", ["a1", "a2"])
    assert answer.library.path == "demo-library"


def test_what_the_readme_shows(client: openai.OpenAI, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    here = str(client.base_url).removesuffix("/v1/")
    shown = re.search(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert shown is not None
    exec(shown[1].replace("http://127.0.0.1:7860", here), {})
    assert capsys.readouterr().out.startswith("Meta bought 49% of Scale AI [1][2]. [{'id': 1, ")
    curl = next(line for line in text.splitlines() if line.startswith("curl "))
    done = subprocess.run(
        shlex.split(curl.replace("http://127.0.0.1:7860", here)), capture_output=True, timeout=20
    )
    assert json.loads(done.stdout)["short"] == "49%"


def test_a_stream_is_the_same_answer(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="dateline",
            messages=ASKED,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    texts = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert "".join(texts) == "Meta bought 49% of Scale AI [1][2]."
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage is not None and chunks[-1].usage.completion_tokens == 24
    answer = Answer.model_validate(cast(Any, chunks[-2]).dateline)
    assert answer.status == "answered" and answer.library.path == "demo-library"
    assert len({chunk.id for chunk in chunks}) == 1


def test_a_conversation_becomes_the_history(client: openai.OpenAI, engine: FakeEngine) -> None:
    messages: list[Any] = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "user", "content": "Who owns Scale AI?"},
        {"role": "assistant", "content": "Meta owns 49% [1]."},
        {"role": "user", "content": [{"type": "text", "text": "And what share is that?"}]},
    ]
    client.chat.completions.create(
        model="dateline", messages=messages, extra_body={"dateline": {"as_of": "2025-06"}}
    )
    asked = engine.asked[-1]
    assert (asked.question, asked.as_of) == ("And what share is that?", "2025-06")
    assert [(turn.role, turn.content) for turn in asked.history] == [
        ("user", "Who owns Scale AI?"),
        ("assistant", "Meta owns 49% [1]."),
    ]


def test_of_a_long_conversation_the_end_is_read(client: openai.OpenAI, engine: FakeEngine) -> None:
    long: list[Any] = [
        {"role": role, "content": f"{n} " + "word " * 400}
        for n in range(110)
        for role in ("user", "assistant")
    ]
    client.chat.completions.create(model="dateline", messages=[*long, *ASKED])
    history = engine.asked[-1].history
    assert sum(len(turn.content) for turn in history) <= HISTORY
    assert history[-1].content.startswith("109 ") and 4 <= len(history) <= 6


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["dateline"]
    assert client.models.retrieve("dateline").owned_by == "dateline"
    with pytest.raises(openai.NotFoundError, match="the one here is dateline"):
        client.models.retrieve("gpt-4o")


@pytest.mark.parametrize(
    ("wrong", "status", "line"),
    [
        ({"model": "gpt-4o"}, 404, "the one here is dateline"),
        ({"messages": []}, 400, "messages: "),
        ({"messages": [{"role": "user", "content": " "}]}, 400, "the question is empty"),
        ({"messages": [{"role": "system", "content": "Hi"}]}, 400, "end with the question"),
        ({"messages": [*ASKED, {"role": "assistant", "content": "49%"}]}, 400, "end with the"),
        ({"messages": [{"role": "king", "content": "Hi"}]}, 400, "messages.0.role: "),
        ({"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "https://evil.example/a.png"}}]}]},
            400, "send text alone"),
        ({"n": 2}, 400, "n is 1 here"),
        ({"dateline": {"since": "soon"}}, 400, "soon"),
        ({"messages": [{"role": "user", "content": "broken"}]}, 503, "the language model cannot"),
        ({"messages": [{"role": "user", "content": "bug"}]}, 500, "unexpected RuntimeError"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stream", [False, True])
def test_refusals_are_openais(
    client: openai.OpenAI, wrong: dict[str, Any], status: int, line: str, stream: bool
) -> None:
    body = {"model": "dateline", "messages": ASKED, "stream": stream, **wrong}
    response = httpx.post(f"{client.base_url}chat/completions", json=body)
    assert response.status_code == status
    error = response.json()["error"]
    assert line in error["message"] and "\n" not in error["message"]
    assert "/srv" not in response.text and error["type"].endswith("_error")
    with pytest.raises(openai.APIStatusError) as raised:
        client.post("/chat/completions", body=body, cast_to=cast(Any, object))
    assert raised.value.status_code == status


def test_a_stream_keeps_its_connection_awake(
    client: openai.OpenAI, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.web.chat.AWAKE", 0.02)
    engine.hold.clear()
    body = {"model": "dateline", "messages": ASKED, "stream": True}
    lines = list[str]()
    with httpx.stream("POST", f"{client.base_url}chat/completions", json=body) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        for line in response.iter_lines():
            lines.append(line)
            if line.startswith(": "):
                engine.hold.set()
    assert json.loads(lines[0].removeprefix("data: "))["choices"][0]["delta"]["role"] == "assistant"
    assert lines[-2] == "data: [DONE]"


def test_a_client_that_leaves_ends_the_work(client: openai.OpenAI, engine: FakeEngine) -> None:
    closed = engine.closed
    for stream in (False, True):
        with pytest.raises(openai.APITimeoutError):
            client.with_options(timeout=0.2).chat.completions.create(
                model="dateline",
                messages=[{"role": "user", "content": "endless share?"}],
                stream=stream,
            )
    end = time.monotonic() + 10
    while engine.closed < closed + 2 and time.monotonic() < end:
        time.sleep(0.01)
    assert engine.closed == closed + 2
