"""The MCP tools by the official client: over HTTP, and on standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from fake_engine import ARTICLES, FakeEngine, serving
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from rag.api import application
from rag.types import Answer

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(scope="module")
def address(engine: FakeEngine) -> Iterator[str]:
    with serving(application(cast(Any, engine))) as address:
        yield f"{address}/mcp"


def run(server: Any, work: Callable[[Client], Coroutine[Any, Any, None]], **options: Any) -> None:
    async def connected() -> None:
        async with Client(server, **options) as client:
            await work(client)

    asyncio.run(connected())


@pytest.mark.parametrize("mode", ["auto", "legacy"])  # clients of this year's protocol, and older
def test_the_tools_over_http(address: str, engine: FakeEngine, mode: str) -> None:
    async def work(client: Client) -> None:
        listed = (await client.list_tools()).tools
        assert [tool.name for tool in listed] == ["ask", "search", "show"]
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in listed)
        assert "untrusted" not in (client.instructions or "") and client.instructions

        history = [{"role": "user", "content": "Who owns Scale AI?"}]
        made = await client.call_tool(
            "ask", {"question": "what share?", "as_of": "2025-06", "history": history}
        )
        answer = Answer.model_validate(made.structured_content)
        assert (answer.short, answer.library.path) == ("49%", "demo-library")
        assert text(made).startswith('Meta bought 49% of Scale AI [1][2].\n\n[1] "Meta paid')
        asked = engine.asked[-1]
        assert (asked.as_of, asked.history[0].content) == ("2025-06", "Who owns Scale AI?")

        found = await client.call_tool("search", {"query": "Scale AI", "k": 2})
        passages = (found.structured_content or {})["passages"]
        assert [p["article_id"] for p in passages] == ["a1", "a2"]
        assert "[a1] Example Wire, 2025-06-13, Meta closes" in text(found)

        shown = await client.call_tool("show", {"article_id": passages[0]["article_id"]})
        assert (shown.structured_content or {})["text"] == ARTICLES[0].text
        hostile = await client.call_tool("show", {"article_id": "a3"})
        assert "\x1b" not in text(hostile)

    run(address, work, mode=mode)


def test_mistakes_are_one_line(address: str) -> None:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("ask", {"question": " "}, "the question is empty"),
        ("ask", {"question": "a?", "as_of": "soon"}, "soon"),
        ("ask", {"question": "broken"}, "the language model cannot be used at present"),
        ("ask", {"question": "bug"}, "unexpected RuntimeError"),
        ("search", {"query": "a" * 3000}, "shorten it"),
        ("show", {"article_id": "../../etc/passwd"}, "no article has that id"),
    ]

    async def work(client: Client) -> None:
        for tool, arguments, line in wrong:
            made = await client.call_tool(tool, arguments)
            assert made.is_error and line in text(made)
            assert "\n" not in text(made) and "/srv" not in text(made)

    run(address, work)


def test_the_tools_on_standard_input_and_output(own_folders: Path) -> None:
    code = (
        "import rag.dateline; from fake_engine import FakeEngine; import runpy;"
        "rag.dateline.Dateline = FakeEngine; runpy.run_module('rag.mcp', run_name='__main__')"
    )
    server = StdioServerParameters(
        command=sys.executable,
        args=["-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'helpers'}"},
    )

    async def work(client: Client) -> None:
        made = await client.call_tool("ask", {"question": "what share?"})
        assert (made.structured_content or {})["short"] == "49%"

    run(server, work)


def text(result: Any) -> str:
    return "".join(part.text for part in result.content)
