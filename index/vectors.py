"""The FAISS index of a library: exact inner product over the passages' embeddings.

Derived from SQLite and never the truth: `manifest.json` names the encoder and the state it was
made from, and whatever is missing, torn, older or another encoder's is made again. It is
brought up to date by what changed, not from the start. The one file that imports faiss.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.library import Library

FILE = "vectors.faiss"
MANIFEST = "manifest.json"


class VectorIndex:
    """Nearest passages by cosine; numbers are those of the library's passages."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

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

    Passage numbers are never used twice, so a number that both sides hold has the same vector.
    """
    import faiss

    state = library.state
    index = None if anew else _read(library)[0]
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
    sample = wanted[:: max(1, len(wanted) // 200)]
    stored = library.embeddings(sample.tolist())
    for number, row in zip(sample.tolist(), stored, strict=True):
        if not np.array_equal(index.reconstruct(number), row):
            return [f"{FILE} differs from the stored vectors: run 'rebuild'"]
    return []


def _read(library: Library) -> tuple[Any, str]:
    import faiss

    try:
        manifest = json.loads((library.path / MANIFEST).read_text())
        file = library.path / FILE
        if (
            manifest["encoder"] != library.encoder
            or manifest["dimension"] != library.dimension
            or manifest["bytes"] != file.stat().st_size
        ):
            return None, ""
        index = faiss.read_index(str(file))
        if index.ntotal != manifest["passages"] or index.d != library.dimension:
            return None, ""
        return index, str(manifest["state"])
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return None, ""  # missing or torn: made again from SQLite


def _write(library: Library, index: Any, state: str) -> None:
    """Both files by rename, the manifest last; a folder that cannot be written is only read."""
    import faiss

    scratch = library.path / f".{FILE}.{os.getpid()}"
    try:
        (library.path / MANIFEST).unlink(missing_ok=True)
        faiss.write_index(index, str(scratch))
        size = scratch.stat().st_size
        os.replace(scratch, library.path / FILE)
        manifest = {
            "format": 1,
            "encoder": library.encoder,
            "dimension": library.dimension,
            "snapshot": library.snapshot,
            "state": state,
            "passages": index.ntotal,
            "bytes": size,
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
