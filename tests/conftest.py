"""Fixtures that several test files share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from index.encoder import WordEncoder

settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
settings.register_profile("fuzz", max_examples=40_000, deadline=None, print_blob=True,
                          suppress_health_check=list(HealthCheck))  # fmt: skip
settings.load_profile("unhurried")


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> WordEncoder:
    """The word-overlap encoder, in place of both real ones."""
    encoder = WordEncoder()
    monkeypatch.setattr("index.encoder.load_reference", lambda: encoder)
    monkeypatch.setattr("index.encoder.load_encoder", lambda: encoder)
    return encoder


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No DATELINE_* set but a cache and a library below the returned folder."""
    import os

    for name in [name for name in os.environ if name.startswith("DATELINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DATELINE_LIBRARY", str(tmp_path / "library"))
    return tmp_path


@pytest.fixture
def jsonl(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows to a JSONL file: `jsonl({"text": "..."}, name="news.jsonl")`."""

    def write(*rows: Any, name: str = "news.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write
