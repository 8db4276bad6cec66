"""Stemming by many threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from rag.language.lexicon import stem

_ENDINGS = ("ing", "ed", "ations", "ly", "iveness", "ies", "s", "ousness", "fulness", "er")


def test_words_are_stemmed_alike_in_many_threads() -> None:
    words = [f"{chr(97 + n % 26) * 3}abor{n}{end}" for n in range(1000) for end in _ENDINGS[:3]]
    stem.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(stem, words))
    stem.cache_clear()
    assert found == [stem(word) for word in words]
