"""From a SPEC, as --model takes it, to a file of weights or a server.

    auto                    the packaged model, joined from its pieces (`packaged.py`)
    FILE.gguf               the user's file
    hf:OWNER/REPO/FILE.gguf a file from a hub, downloaded once (`hub.py`)
    http(s)://HOST/v1#MODEL a model on a server
    none                    no model

Leaves out loading a file (`llama.py`) and asking a server (`remote.py`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from index.errors import ModelError, UsageError
from rag.llm.packaged import PACKAGED, Packaged, joined

_KINDS = "auto, none, FILE.gguf, hf:OWNER/REPO/FILE.gguf or http(s)://HOST/v1#MODEL"


@dataclass(frozen=True, slots=True)
class Remote:
    """An OpenAI-compatible server: `url` ends before `/chat/completions`."""

    url: str
    model: str


def resolve(spec: str, *, packaged: Packaged = PACKAGED) -> Path | Remote | None:
    """A local file of weights (joined or downloaded if need be), a server, or None for `none`.

    UsageError: `spec` is no SPEC. ModelError: it is one, but its file cannot be read or made.
    """
    from index.settings import cache_dir

    spec = spec.strip()
    if spec == "none":
        return None
    if spec == "auto":
        return joined(packaged, cache_dir() / "models")
    if spec.startswith(("http://", "https://")):
        return _remote(spec)
    if spec.startswith("hf:"):
        from rag.llm.hub import from_hub

        return _checked(from_hub(spec, cache_dir() / "models" / "hub"))
    return _own_file(spec)


def name_of(found: Path | Remote | None) -> str:
    """The model's name, as an answer gives it."""
    if found is None:
        return "none"
    return found.model if isinstance(found, Remote) else found.stem


def weights(found: Path | Remote | None) -> str:
    """The same for the cache's key: two models of one name differ."""
    if found is None or isinstance(found, Remote):
        return repr(found)
    about = found.stat()
    return f"{found.name} {about.st_size} {about.st_mtime_ns}"


def _remote(spec: str) -> Remote:
    url, _, model = spec.partition("#")
    try:
        good = bool(urlsplit(url).hostname and model and urlsplit(url).port != 0)
    except ValueError:
        good = False
    if not good:
        raise UsageError(
            f"'{without_user(spec)}' names no server and model: write http(s)://HOST/v1#MODEL"
        )
    return Remote(url.rstrip("/"), model)


def without_user(spec: str) -> str:
    """The SPEC without the name and password that may stand before its host."""
    scheme, slashes, rest = spec.partition("://")
    return scheme + slashes + rest.rpartition("@")[2]


def _own_file(spec: str) -> Path:
    path = Path(os.path.expanduser(spec))
    if not spec or not (path.suffix.lower() == ".gguf" or os.path.exists(path)):
        raise UsageError(f"unknown model '{spec}': give {_KINDS}")
    if os.path.isdir(path):
        raise ModelError(f"{path} is a folder: name the .gguf file in it")
    if not os.path.isfile(path):
        raise ModelError(f"there is no model file {path}: check the path, or use --model auto")
    return _checked(path)


def _checked(path: Path) -> Path:
    """The path, if the file begins as a GGUF file does. ModelError."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from None
    if head != b"GGUF":
        what = "no GGUF file" if head else "empty"
        raise ModelError(f"{path} is {what}: get the .gguf again, or use --model auto")
    return path
