"""Answering ahead while somebody types delays nobody else."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

import httpx
from fake_engine import FakeEngine, serving

import ui


def test_fifty_who_type_hold_up_neither_health_nor_page() -> None:
    """Each answer ahead goes on until its text is typed on, here for as long as the test."""
    engine = FakeEngine()
    with serving(ui.build_app(cast(Any, engine))) as address:
        health, page, most = asyncio.run(_typed(address, engine, people=50))
    # the best of several, as other programs run beside the tests
    assert min(health) <= 0.1 and len(health) >= 3
    assert min(page) <= 2.0 and len(page) >= 3
    assert most == 1  # one answer ahead at a time


async def _typed(
    address: str, engine: FakeEngine, people: int
) -> tuple[list[float], list[float], int]:
    """Seconds of /healthz and of the page while `people` type, and the most answers ahead."""
    limits = httpx.Limits(max_connections=people + 10)
    async with httpx.AsyncClient(base_url=address, timeout=20, limits=limits) as client:
        config = (await client.get("/config")).json()
        paused = next(d["id"] for d in config["dependencies"] if len(d["inputs"]) == 7)

        async def type_on(person: int) -> None:
            for text in ("What sha", "What share of Sca", "What share of Scale AI?"):
                data = [text, "", "", "", None, None, None]
                call = {"data": data, "fn_index": paused, "session_hash": f"typing{person}"}
                reply = await client.post("/gradio_api/run/predict", json=call)
                assert reply.status_code == 200, reply.text

        async def seconds(path: str) -> float:
            began = time.perf_counter()
            assert (await client.get(path)).status_code == 200
            return time.perf_counter() - began

        typing = [asyncio.create_task(type_on(person)) for person in range(people)]
        health, page, most = list[float](), list[float](), 0
        end = time.monotonic() + 1.2
        while time.monotonic() < end or len(page) < 3:
            health.append(await seconds("/healthz"))
            page.append(await seconds("/"))
            most = max(most, engine.preparing)
            await asyncio.sleep(0.05)
        for task in typing:
            task.cancel()
        await asyncio.gather(*typing, return_exceptions=True)
    return health, page, most
