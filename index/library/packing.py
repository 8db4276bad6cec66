"""The sentences of a passage as one blob: the span of each in its article, and its vector.

    int32 count | count x (int32 start, int32 end) | count x float32 scale | count x dim int8

Little-endian. A vector is stored with eight bits a number, scaled by its largest number; a cosine
changes by less than .01 (a test holds it to that).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]
Floats = NDArray[np.float32]


def pack(spans: Sequence[Span], vectors: Floats) -> bytes:
    """Spans and their unit vectors, float32 (len(spans), dim), as bytes.

    ValueError where the two differ in number.
    """
    if len(spans) != len(vectors):
        raise ValueError(f"{len(vectors)} vectors for {len(spans)} sentences")
    if not len(spans):
        return np.zeros(1, "<i4").tobytes()
    scales = np.maximum(np.abs(vectors).max(1), 1e-9).astype("<f4") / 127
    small = np.rint(vectors / scales[:, None]).astype("i1")
    head = np.array([len(spans)], "<i4").tobytes() + np.array(spans, "<i4").tobytes()
    return bytes(head + scales.tobytes() + small.tobytes())


def unpack(blob: bytes, dim: int) -> tuple[NDArray[np.int32], Floats]:
    """Spans, int32 (n, 2), and vectors, float32 (n, dim), of a blob; ValueError if it is torn."""
    if len(blob) < 4 or len(blob) != size(count := int(np.frombuffer(blob, "<i4", 1)[0]), dim):
        raise ValueError("torn sentences")
    spans = np.frombuffer(blob, "<i4", 2 * count, 4).reshape(count, 2)
    scales = np.frombuffer(blob, "<f4", count, 4 + 8 * count)
    small = np.frombuffer(blob, "i1", count * dim, 4 + 12 * count).reshape(count, dim)
    return spans, small * scales[:, None]


def size(count: int, dim: int) -> int:
    """Bytes of a blob of `count` sentences with vectors of `dim` numbers."""
    return 4 + count * (12 + dim)


def varints(data: bytes) -> Iterator[int]:
    """Numbers in a row of SQLite's `docsize` table: seven bits a byte, the high bit for more."""
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            yield value
            value = 0
