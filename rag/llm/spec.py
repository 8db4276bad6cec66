"""From a SPEC (`auto`, a .gguf, hf:..., http(s)://...#MODEL, none) to weights or a server.

`packaged.py` joins the packaged model, `hub.py` downloads, `llama.py` loads a model and `remote.py`
asks a server.
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
    """Local weights, a server, or None for `none`; makes the weights local first if need be.

    UsageError: `spec` is no SPEC. ModelError: it is one, but what it names cannot be had.
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
    """What an answer calls its model."""
    if found is None:
        return "none"
    return found.model if isinstance(found, Remote) else found.stem


def weights(found: Path | Remote | None) -> str:
    """The same so that two models of one name differ."""
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
        raise UsageError(f"'{spec}' names no server and model: write http(s)://HOST/v1#MODEL")
    return Remote(url.rstrip("/"), model)


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
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from None
    if head != b"GGUF":
        what = "no GGUF file" if head else "empty"
        raise ModelError(f"{path} is {what}: get the .gguf again, or use --model auto")
    return path


# The packaged model
