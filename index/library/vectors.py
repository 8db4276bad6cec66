"""The FAISS index of a library: inner product over the passages' embeddings.

    up to LARGE passages   flat: every vector compared, float32
    beyond                 inverted lists, eight bits a number: the lists nearest to the question

The index is derived from SQLite. `manifest.json` names its encoder, the library's state that it was
made from, and a checksum. An index that is missing, torn, or of another encoder or library is made
again; an older one gets what changed since. The one file that imports faiss.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.library import postings
from index.library.check import REBUILD, Problem
from index.library.library import Library

FILE = "vectors.faiss"
MANIFEST = "manifest.json"
# A library of more passages has inverted lists. At 100,000, all compared, a search takes 148 ms at
# p95 (`python -m eval.speed --sizes`, docs/scoreboard.md); other limits were not measured.
LARGE = 100_000
# Lists for each unit of the root of the passages, and lists searched for a question. At a million
# passages 2,000 lists gave recall@10 .949 with 256 searched, .975 with 512 and .988 with 768; 4,000
# lists needed 1,024 for .979 (the same command).
LISTS = 2.0
PROBED = 512
GROWN = 4  # times the passages that its lists were made for: made again; not measured
_TRAINED = 40  # vectors from which each list's centre is learned; not measured
_SAMPLE = 32  # vectors compared with SQLite whenever the file is read; not measured
_BLOCK = 10_000  # vectors in memory at once; not measured
_ABANDONED = 600.0  # seconds; an older unfinished file is of a killed process; not measured


class VectorIndex:
    """Finds the nearest passages by cosine; its numbers are the library's passage numbers."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def exact(self) -> bool:
        """Whether every vector is compared, in full precision."""
        return _lists(self._index) == 0

    def matrix(self) -> tuple[NDArray[np.int64], Vectors]:
        """Sorted passage numbers (n,) of an exact index, and their vectors, float32 (n, dim).

        The vectors may be a view of the index: hold the index as long as they are used.
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
        """The `k` nearest passages to one unit vector (dim,): (number, cosine), best first.

        Only numbers in `allowed` are returned. An index that is not exact may miss some, and its
        cosines are off by some thousandths.
        """
        faiss = _faiss()
        if not len(self) or (allowed is not None and not len(allowed)):
            return []
        lists = _lists(self._index)
        parameters = faiss.SearchParametersIVF() if lists else faiss.SearchParameters()
        if allowed is not None:
            bits = np.zeros(int(allowed.max()) + 1, bool)
            bits[allowed] = True
            parameters.sel = faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))
        if lists:  # the fewer passages are allowed, the more lists have to be searched
            share = 1.0 if allowed is None else len(allowed) / len(self)
            parameters.nprobe = int(min(lists, PROBED / min(share, 1)))
        scores, numbers = self._index.search(
            vector.reshape(1, -1), min(k, len(self)), params=parameters
        )
        return [(int(n), float(s)) for n, s in zip(numbers[0], scores[0], strict=True) if n >= 0]


def open_vectors(library: Library) -> VectorIndex:
    """The index of the library's present state: read from its file, else brought up to date."""
    index, state = _read(library)
    if index is not None and state == library.state and _suits(index, index.ntotal):
        return VectorIndex(index)
    return refresh(library)


def refresh(library: Library, *, anew: bool = False) -> VectorIndex:
    """Add and remove what changed since the file was written; write it where the folder allows.

    Brings the stored postings up to date too. `anew` makes the whole index again. A library never
    uses a passage number twice, so a number in both index and library has one vector.
    """
    import faiss

    postings.keep(library)
    if library.writable:
        library.settle()
    state = library.state
    index, have_state = (None, "") if anew else _read(library)
    wanted = library.passage_numbers()
    if index is None or not _suits(index, len(wanted)):
        index, have_state = _empty(library, wanted), ""
    if have_state == state:
        return VectorIndex(index)
    have = _numbers(index)
    gone = np.setdiff1d(have, wanted)
    if len(gone):
        index.remove_ids(faiss.IDSelectorBatch(gone))
    new = np.setdiff1d(wanted, have)
    for first in range(0, len(new), _BLOCK):
        block = new[first : first + _BLOCK]
        index.add_with_ids(library.embeddings(block.tolist()), block)
    _write(library, index, state)
    return VectorIndex(index)


def problems(library: Library) -> list[Problem]:
    """What is wrong with the file; that it is missing or older is no problem: it is made again."""
    manifest = _manifest(library)
    if manifest is None:
        return [Problem(f"{MANIFEST} is damaged", REBUILD)]
    if manifest.get("state") != library.state:
        return []
    index, _ = _read(library)
    if index is None or not np.array_equal(np.sort(_numbers(index)), library.passage_numbers()):
        return [Problem(f"{FILE} is damaged", REBUILD)]
    if not _agrees(library, index):
        return [Problem(f"{FILE} differs from the stored vectors", REBUILD)]
    return []


def _empty(library: Library, wanted: NDArray[np.int64]) -> Any:
    """An empty index of the kind that these passages need, its lists learned from them."""
    import faiss

    dim = library.dimension or 1
    if len(wanted) <= LARGE:
        return faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
    lists = int(LISTS * len(wanted) ** 0.5)
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dim), dim, lists, faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )  # fmt: skip
    index.cp.min_points_per_centroid = 1  # fewer are no cause for a warning
    some = min(len(wanted), _TRAINED * lists)
    sample = np.random.default_rng(0).choice(wanted, some, replace=False)
    index.train(library.embeddings(np.sort(sample).tolist()))
    return index


def _lists(index: Any) -> int:
    """Number of lists of an index; 0 for a flat one."""
    return int(getattr(index, "nlist", 0))


def _suits(index: Any, count: int) -> bool:
    """Whether an index is of the kind that `count` passages need."""
    made_for = (_lists(index) / LISTS) ** 2
    return (count > LARGE) == bool(made_for) and (not made_for or count <= GROWN * made_for)


def _numbers(index: Any) -> NDArray[np.int64]:
    """The passage numbers that an index holds."""
    import faiss

    if not _lists(index):
        return np.asarray(faiss.vector_to_array(index.id_map), np.int64)
    ids = [_ids(index, number) for number in range(index.nlist)]
    return np.concatenate(ids) if ids else np.zeros(0, np.int64)


def _ids(index: Any, number: int) -> NDArray[np.int64]:
    import faiss

    size = index.invlists.list_size(number)
    if not size:
        return np.zeros(0, np.int64)
    return np.array(faiss.rev_swig_ptr(index.invlists.get_ids(number), size), np.int64)


def _agrees(library: Library, index: Any, most: int | None = None) -> bool:
    """Whether index and library have the same vectors for the numbers that both hold.

    Compares all of them, or about `most` from all over the index.
    """
    faiss = _faiss()
    if not _lists(index):
        numbers = _numbers(index)
        if most:
            numbers = np.append(numbers[:: len(numbers) // most + 1], numbers[-1:])
        for first in range(0, len(numbers), _BLOCK):
            block = numbers[first : first + _BLOCK]
            stored, held = _stored(library, block)
            if not np.array_equal(index.reconstruct_batch(block[held]), stored):
                return False
        return True
    for number in range(0, index.nlist, max(1, index.nlist // most) if most else 1):
        ids = _ids(index, number)[: 1 if most else None]
        if not len(ids):
            continue
        stored, held = _stored(library, ids)
        size = (len(ids), int(index.code_size))
        codes = faiss.rev_swig_ptr(index.invlists.get_codes(number), size[0] * size[1])
        lists, wanted = np.full(len(stored), number), np.zeros((len(stored), size[1]), np.uint8)
        pointers = map(faiss.swig_ptr, (stored, lists, wanted))
        index.encode_vectors(len(stored), *pointers)
        off = codes.reshape(size)[held].astype(int) - wanted  # by one: rounded by another processor
        if np.abs(off).max(initial=0) > 1:
            return False
    return True


def _stored(library: Library, numbers: NDArray[np.int64]) -> tuple[Vectors, NDArray[np.bool_]]:
    """The vectors of the numbers that the library holds (m, dim), and which those are (n,)."""
    stored = library.embeddings(numbers.tolist())
    held: NDArray[np.bool_] = np.any(stored, axis=1)  # no unit vector is all zeros
    return stored[held], held


def _manifest(library: Library) -> dict[str, Any] | None:
    """What the manifest says, nothing where there is none; None where it is damaged."""
    try:
        manifest: dict[str, Any] = json.loads((library.path / MANIFEST).read_text())
        if "check" not in manifest and manifest["format"] == 2:
            return manifest
        whole = manifest.pop("check") == zlib.crc32(json.dumps(manifest).encode())
        return manifest if whole else None
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _read(library: Library) -> tuple[Any, str]:
    faiss = _faiss()
    try:
        manifest = _manifest(library) or {}
        if (manifest["encoder"], manifest["dimension"]) != (library.encoder, library.dimension):
            return None, ""
        with (library.path / FILE).open("rb") as file:
            if _crc32(file) != manifest["crc32"]:
                return None, ""
            file.seek(0)
            index = faiss.read_index(faiss.PyCallbackIOReader(file.read, 1 << 20))
        if index.d != library.dimension:
            return None, ""
        if not _agrees(library, index, _SAMPLE):
            return None, ""
        return index, str(manifest["state"])
    except (OSError, ValueError, LookupError, TypeError, RuntimeError, AttributeError):
        return None, ""  # missing or torn: made again from SQLite


def _crc32(file: IO[bytes]) -> int:
    crc32 = 0
    while part := file.read(1 << 24):
        crc32 = zlib.crc32(part, crc32)
    return crc32


def _write(library: Library, index: Any, state: str) -> None:
    """Write both files by rename, the manifest last; nothing where the folder is read-only."""
    import faiss

    scratch = library.path / f".{FILE}.{os.getpid()}"
    try:
        for left in library.path.glob(f".{FILE}.*"):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                _unlink(left)
        faiss.write_index(index, str(scratch))
        with scratch.open("rb") as file:
            crc32 = _crc32(file)
        (library.path / MANIFEST).unlink(missing_ok=True)
        os.replace(scratch, library.path / FILE)
        manifest = {
            "format": 3,
            "encoder": library.encoder,
            "dimension": library.dimension,
            "snapshot": library.snapshot,
            "state": state,
            "passages": index.ntotal,
            "crc32": crc32,
        }
        manifest["check"] = zlib.crc32(json.dumps(manifest).encode())
        scratch.write_text(json.dumps(manifest, indent=1) + "\n")
        os.replace(scratch, library.path / MANIFEST)
    except (OSError, RuntimeError):
        pass
    finally:
        _unlink(scratch)


def _faiss() -> Any:
    """The faiss module, untyped: its types lack what its Python part adds."""
    import faiss

    return faiss


def _unlink(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
