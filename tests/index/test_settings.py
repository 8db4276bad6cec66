"""What the environment sets, and what it names wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.bundled import bundled_library
from index.errors import UsageError
from index.settings import cache_dir, settings, user_library


def test_settings_of_the_environment(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_dir() == own_folders / "cache"
    assert user_library() == own_folders / "library"
    assert settings().model == "auto"
    assert bundled_library().parent == own_folders / "cache"
    assert bundled_library() == bundled_library()
    monkeypatch.setenv("DATELINE_LIBRARY", "")
    assert user_library().name == "library" and user_library() != own_folders / "library"
    monkeypatch.setenv("DATELINE_LIBRARY", "~/x")
    assert user_library() == Path.home() / "x"


def test_an_unknown_setting_is_told(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_LIBARY", "/x")
    with pytest.raises(UsageError) as error:
        settings()
    assert str(error.value) == (
        "unknown environment variable DATELINE_LIBARY: known are "
        "DATELINE_LIBRARY, DATELINE_MODEL, DATELINE_CACHE"
    )
