"""Which part of a quote carries the answer: the pieces that are set in bold."""

from __future__ import annotations

import re

from rag.figures import find_figures, same
from rag.types import Answer


def emphasis(quote: str, answer: Answer | None, citation: int) -> list[tuple[str, bool]]:
    """`quote` cut into pieces, each True if it carries the answer. Joined they are `quote`.

    Marked is the short answer, if the quote has it; else the figures that were checked against this
    citation; else its value in a disagreement.
    """
    for needles in _needles(answer, citation):
        found = {span for needle in needles for span in _find(needle, quote)}
        spans = sorted(found, key=lambda span: (span[0], -span[1]))
        if spans:
            return _pieces(quote, spans)
    return [(quote, False)] if quote else []


def _needles(answer: Answer | None, citation: int) -> list[list[str]]:
    """What to look for in the quote; a later list only counts where the earlier ones fail."""
    if answer is None:
        return []
    short = [answer.short] if answer.short and answer.short not in ("Yes", "No") else []
    checks = [
        check.value
        for sentence in answer.sentences
        for check in sentence.checks
        if citation in check.found_in and check.kind in ("percent", "money", "count", "date")
    ]
    rows = [
        row.value
        for disagreement in answer.disagreements
        for row in disagreement.rows
        if row.citation == citation
    ]
    return [short, checks, rows]


def _find(needle: str, quote: str) -> list[tuple[int, int]]:
    """The spans of `quote` where `needle` stands as whole words, or the same figure otherwise."""
    body = r"\s+".join(re.escape(word) for word in needle.split())
    pattern = re.compile(rf"(?<![\w.,])(?<!\d[.,]){body}(?![\w%]|[.,]\d)", re.IGNORECASE)
    spans = [match.span() for match in pattern.finditer(quote)] if body else []
    figures = find_figures(needle)
    if len(figures) == 1:
        spans += [(f.start, f.end) for f in find_figures(quote) if same(figures[0], f)]
    return spans


def _pieces(quote: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The quote cut at sorted spans; a span that overlaps an earlier one is left out."""
    pieces, at = [], 0
    for start, end in spans:
        if start < at:
            continue
        pieces += [(quote[at:start], False), (quote[start:end], True)]
        at = end
    pieces.append((quote[at:], False))
    return [piece for piece in pieces if piece[0]]
