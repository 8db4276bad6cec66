"""Prefix cache: llama.cpp's state after the fixed head of a prompt, kept on disk between runs.

Reading a head of 500 tokens takes ten seconds on two cores, loading its state some milliseconds. A
file belongs to one model file, one llama.cpp and one head, and has a checksum; where none fits, the
head is read anew. It is only a cache: a folder that cannot be written costs time, never an answer.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from index.settings import cache_dir

_MOST = 6  # files kept, the newest; not measured


class HeadStates:
    """The states of one model's heads. `lib` is the llama_cpp module, `path` the model's file,
    `way` how heads are read (block size, GPU): states of another way are not used."""

    def __init__(self, lib: Any, path: Path, way: str) -> None:
        self._lib = lib
        about = path.stat()
        self._of = [path.name, about.st_size, about.st_mtime_ns, str(lib.__version__), way]

    def load(self, head: Sequence[int], context: Any) -> bool:
        """Put the state after the tokens `head` into sequence 0; False where none can be used."""
        try:
            data = self._file(head).read_bytes()
        except OSError:
            return False
        state, checksum = data[:-4], data[-4:]
        if zlib.crc32(state).to_bytes(4, "big") != checksum:
            return False
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        return bool(self._lib.llama_state_seq_set_data(context, buffer, len(state), 0))

    def save(self, head: Sequence[int], context: Any) -> None:
        """Keep the state of sequence 0, which must hold `head` and nothing else."""
        size = self._lib.llama_state_seq_get_size(context, 0)
        buffer = (ctypes.c_uint8 * size)()
        size = self._lib.llama_state_seq_get_data(context, buffer, size, 0)
        state = bytes(buffer)[:size]
        file = self._file(head)
        scratch = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(state + zlib.crc32(state).to_bytes(4, "big"))
            os.replace(scratch, file)
            kept = sorted(file.parent.glob("*.state"), key=lambda f: f.stat().st_mtime)
            for old in kept[:-_MOST]:
                old.unlink(missing_ok=True)
        except OSError:
            with suppress(OSError):
                scratch.unlink(missing_ok=True)

    def _file(self, head: Sequence[int]) -> Path:
        key = hashlib.sha256(json.dumps([*self._of, list(head)]).encode()).hexdigest()[:32]
        return cache_dir() / "heads" / f"{key}.state"
