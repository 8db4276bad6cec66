"""Where Dateline keeps things and what the environment says about it. Flags win over all of it."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.errors import UsageError

_PREFIX = "DATELINE_"


class Settings(BaseSettings):
    """The environment: DATELINE_LIBRARY, DATELINE_MODEL and DATELINE_CACHE. Empty means unset."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, extra="forbid")

    library: Path | None = None
    model: str = "auto"
    cache: Path | None = None


def settings() -> Settings:
    """Read the environment anew; a variable DATELINE_* that means nothing raises UsageError."""
    known = [_PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise UsageError(f"unknown environment variable {name}: known are {', '.join(known)}")
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors()[0]
        name = _PREFIX + str(problem["loc"][0]).upper()
        raise UsageError(f"bad environment variable {name}: {problem['msg']}") from None


def cache_dir() -> Path:
    """Folder for what can be made again: joined models, the bundled library, kept answers."""
    given = settings().cache
    if given is not None:
        return given.expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("dateline")


def user_library() -> Path:
    """Folder of the user's own library, which may not exist yet."""
    given = settings().library
    if given is not None:
        return given.expanduser()
    from platformdirs import user_data_path

    return user_data_path("dateline") / "library"
