"""Comparing texts: whether a text holds an answer, whether two answers are the same.

Quantities are compared by `rag/figures`, everything else by its tokens. A synonym is another answer
unless the question lists it.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence

from rag.figures import Figure, find_figures, same

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[%$€£¥]|\w+")
_ARTICLES = frozenset(("a", "an", "the"))
_SPELLED = {"%": "percent", "pct": "percent", "bn": "billion", "mn": "million", "&": "and"}
_SCALES = frozenset(("thousand", "million", "billion", "trillion", "percent", "per", "k", "m", "b"))
_MARKER = re.compile(r"\s*\[\d+\]")


def without_markers(text: str) -> str:
    """`text` without citation numbers: "Meta bought 49% [1][2]." -> "Meta bought 49%."."""
    return " ".join(_MARKER.sub("", text).split())


def markers(text: str) -> list[int]:
    """The citation numbers in `text`, in order: "49% [1][2]" -> [1, 2]."""
    return [int(number) for number in re.findall(r"\[(\d+)\]", text)]


def squeezed(text: str) -> str:
    """`text` without spaces and newlines, as MultiHop-RAG compares passages with facts."""
    return text.replace(" ", "").replace("\n", "")


def tokens(text: str) -> list[str]:
    """Lower-case tokens without articles: "The $14.30bn deal" -> ["$", "14.30", "billion", "deal"].

    A number is one token without its commas, so that "14.3" does not hold "3".
    """
    folded = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    folded = re.sub(r"(?<=\d),(?=\d{3}\b)", "", folded)
    folded = re.sub(r"(?<=\d)(bn|mn|m|b|k|pct)\b", r" \1", folded)
    found = [re.sub(r"'s?$", "", token) for token in _TOKEN.findall(folded)]
    return [_SPELLED.get(token, token) for token in found if token not in _ARTICLES]


def holds(text: str, form: str) -> bool:
    """Whether `text` holds the answer `form`: its tokens in a row, or the same quantity.

    holds("a stake of 49 percent", "49%"), holds("14,800 million dollars", "$14.8 billion"), but
    not holds("5 million", "5") nor holds("14.3 billion", "3 billion").
    """
    wanted, given = tokens(form), tokens(text)
    if not wanted:
        return False
    bare = wanted[-1].replace(".", "").isdigit()
    for i in range(len(given) - len(wanted) + 1):
        if given[i : i + len(wanted)] == wanted:
            following = given[i + len(wanted)] if i + len(wanted) < len(given) else ""
            if not (bare and following in _SCALES):
                return True
    figure = _only_figure(form)
    return figure is not None and any(same(figure, other) for other in find_figures(text))


def _only_figure(form: str) -> Figure | None:
    """The figure that `form` consists of; None where it holds other words or no single figure."""
    figures = find_figures(form)
    if len(figures) != 1:
        return None
    rest = form[: figures[0].start] + form[figures[0].end :]
    return None if re.search(r"\w", rest) else figures[0]


def holds_any(text: str, forms: Sequence[str]) -> bool:
    """Whether `text` holds at least one of `forms`."""
    return any(holds(text, form) for form in forms)


def normalised(text: str) -> str:
    """Lower-case, without punctuation and articles (SQuAD, Rajpurkar et al. 2016)."""
    lowered = unicodedata.normalize("NFKC", text).lower()
    bare = "".join(
        character
        for character in lowered
        if character not in string.punctuation and unicodedata.category(character)[0] != "P"
    )
    return " ".join(word for word in bare.split() if word not in _ARTICLES)


def exact(answer: str, gold: str) -> bool:
    """MultiHop-RAG's exact match: equal once normalised. exact("Yes.", "yes") is true."""
    return normalised(answer) == normalised(gold)


def contains(answer: str, form: str) -> bool:
    """RAMDocs' containment: the normalised form stands in the answer at word boundaries."""
    wanted = normalised(form)
    return bool(wanted) and f" {wanted} " in f" {normalised(answer)} "
