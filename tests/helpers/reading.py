"""Questions understood with the real encoder, which is loaded once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from index.encoder import Encoder, Remembering, Vectors, load_encoder
from rag.question.intent import Intent, understand


@cache
def _encoder() -> Encoder:
    return Remembering(load_encoder())


def encode(texts: Sequence[str]) -> Vectors:
    return _encoder().encode(texts)


def understood(
    question: str, publishers: Sequence[str] = (), known_names: Collection[str] = ()
) -> Intent:
    return understand(question, encode, publishers, known_names)
