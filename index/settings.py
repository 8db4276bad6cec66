"""The environment variables of Dateline, and the folders of its cache and library.

Options of a command line win over the environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.errors import UsageError

_PREFIX = "DATELINE_"


class Settings(BaseSettings):
    """DATELINE_LIBRARY, DATELINE_MODEL and DATELINE_CACHE; an empty variable counts as unset."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, extra="forbid")

    library: Path | None = None
    model: str = "auto"
    cache: Path | None = None


def settings() -> Settings:
    """Read the environment now; UsageError for an unknown DATELINE_* variable or a bad value."""
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
    """Folder of what can be made again: joined models, the bundled library, cached answers."""
    given = settings().cache
    if given is not None:
        return given.expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("dateline")


def user_library() -> Path:
    """Folder of the user's library, which need not exist yet."""
    given = settings().library
    if given is not None:
        return given.expanduser()
    from platformdirs import user_data_path

    return user_data_path("dateline") / "library"
