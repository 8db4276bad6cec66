"""The FAISS index of a library: exact inner product over the passages' embeddings.

Derived from SQLite and never the truth: `manifest.json` names the encoder, the state it was
made from and a checksum, and whatever is missing, torn, or another encoder's or library's is made
again. An older one is brought up to date by what changed. The one file that imports faiss.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.library import Library

FILE = "vectors.faiss"
MANIFEST = "manifest.json"
_SAMPLE = 32  # vectors compared with SQLite whenever the file is read
_ABANDONED = 600.0  # seconds after which an unfinished file is of a process that was killed


class VectorIndex:
    """Nearest passages by cosine; numbers are those of the library's passages."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def matrix(self) -> tuple[NDArray[np.int64], Vectors]:
        """(sorted passage numbers (n,), their vectors, float32 (n, dim)), without a copy if it can.

        The vectors may be a view of the index: keep the index as long as they are used.
        """
        import faiss

        numbers = faiss.vector_to_array(self._index.id_map)
        flat: Any = faiss.downcast_index(self._index.index)
        count, dim = int(flat.ntotal), int(flat.d)
        if not count:
            return numbers, np.zeros((0, dim), np.float32)
        rows = faiss.rev_swig_ptr(flat.get_xb(), count * dim).reshape(count, dim)
        if np.all(numbers[1:] > numbers[:-1]):
            return numbers, rows
        order = np.argsort(numbers)
        return numbers[order], rows[order]

    def search(
        self, vector: Vectors, k: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The `k` nearest passages to one unit vector (dim,): (number, cosine), best first."""
        import faiss

        if not len(self) or (allowed is not None and not len(allowed)):
            return []
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = faiss.IDSelectorBatch(allowed)
        scores, numbers = self._index.search(
            vector.reshape(1, -1), min(k, len(self)), params=parameters
        )
        return [(int(n), float(s)) for n, s in zip(numbers[0], scores[0], strict=True) if n >= 0]


def open_vectors(library: Library) -> VectorIndex:
    """The index of this library's snapshot, read from its file, else brought up to date."""
    index, state = _read(library)
    if index is not None and state == library.state:
        return VectorIndex(index)
    return refresh(library)


def refresh(library: Library, *, anew: bool = False) -> VectorIndex:
    """Add and remove what changed since the file was written, then write it if the folder allows.

    A library never uses a passage number twice, so a number that both hold has the same vector.
    """
    import faiss

    state = library.state
    index, have_state = (None, "") if anew else _read(library)
    if index is not None and have_state == state:
        return VectorIndex(index)
    wanted = library.passage_numbers()
    if index is None:
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(library.dimension or 1))
    have = faiss.vector_to_array(index.id_map)
    gone = np.setdiff1d(have, wanted)
    if len(gone):
        index.remove_ids(faiss.IDSelectorBatch(gone))
    new = np.setdiff1d(wanted, have)
    for first in range(0, len(new), 10_000):
        block = new[first : first + 10_000]
        index.add_with_ids(library.embeddings(block.tolist()), block)
    _write(library, index, state)
    return VectorIndex(index)


def problems(library: Library) -> list[str]:
    """What differs between the file and SQLite; a missing or older file is no problem."""
    index, state = _read(library)
    if index is None or state != library.state:
        return []
    import faiss

    have = faiss.vector_to_array(index.id_map)
    wanted = library.passage_numbers()
    if not np.array_equal(np.sort(have), wanted):
        return [f"{FILE} holds {len(have)} vectors for {len(wanted)} passages: run 'rebuild'"]
    if not _same(library, index, have):
        return [f"{FILE} differs from the stored vectors: run 'rebuild'"]
    return []


def _same(library: Library, index: Any, numbers: NDArray[np.int64]) -> bool:
    """Whether the library has these vectors for those of the numbers that it still holds."""
    for first in range(0, len(numbers), 10_000):
        block = numbers[first : first + 10_000]
        stored = library.embeddings(block.tolist())
        held = stored.any(axis=1)  # no unit vector is all zeros
        if not np.array_equal(index.reconstruct_batch(block[held]), stored[held]):
            return False
    return True


def _read(library: Library) -> tuple[Any, str]:
    import faiss

    try:
        manifest = json.loads((library.path / MANIFEST).read_text())
        if (manifest["encoder"], manifest["dimension"]) != (library.encoder, library.dimension):
            return None, ""
        data = (library.path / FILE).read_bytes()
        if zlib.crc32(data) != manifest["crc32"]:
            return None, ""
        index: Any = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        numbers = faiss.vector_to_array(index.id_map)
        sample = np.append(numbers[:: len(numbers) // _SAMPLE + 1], numbers[-1:])
        if index.d != library.dimension or not _same(library, index, sample):
            return None, ""
        return index, str(manifest["state"])
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError):
        return None, ""  # missing or torn: made again from SQLite


def _write(library: Library, index: Any, state: str) -> None:
    """Both files by rename, the manifest last; a folder that cannot be written is only read."""
    import faiss

    scratch = library.path / f".{FILE}.{os.getpid()}"
    try:
        for left in library.path.glob(f".{FILE}.*"):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                _unlink(left)
        faiss.write_index(index, str(scratch))
        crc32 = zlib.crc32(scratch.read_bytes())
        (library.path / MANIFEST).unlink(missing_ok=True)
        os.replace(scratch, library.path / FILE)
        manifest = {
            "format": 2,
            "encoder": library.encoder,
            "dimension": library.dimension,
            "snapshot": library.snapshot,
            "state": state,
            "passages": index.ntotal,
            "crc32": crc32,
        }
        scratch.write_text(json.dumps(manifest, indent=1) + "\n")
        os.replace(scratch, library.path / MANIFEST)
    except (OSError, RuntimeError):
        pass
    finally:
        _unlink(scratch)


def _unlink(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
