"""An article cut into passages: runs of whole sentences, short enough for the encoder.

    text -> sentences -> the cheapest partition into runs -> passages

The cost of a partition is low where passages have about one size and end with a paragraph. Where a
paragraph is cut, the next passage repeats one short sentence. Sizes are estimates in word pieces,
rather too high than too low; no tokenizer is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.text.items import sections
from index.text.sentences import Span, ends, paragraphs, sentences
from index.types import Article, Passage

__all__ = ["MAX_TOKENS", "passages", "sentences", "token_estimate"]

MAX_TOKENS = 210  # of the encoder's 256, which the title takes part of; not measured
_OVERLAP_WORDS = 30  # a longer sentence is not repeated; not measured
_MID_PARAGRAPH = 0.15  # cost of a cut in a paragraph, added to (size/target - 1) ** 2; not measured
_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+|[^\sA-Za-z0-9]")


def token_estimate(text: str) -> int:
    """Estimate of how many word pieces a BERT vocabulary makes of `text`, rather too many."""
    count = 0
    for match in _TOKEN.finditer(text):
        length = match.end() - match.start()
        token = match[0]
        if token[0].isdigit():
            count += (length + 2) // 3
        elif length <= 7:
            count += 1 if token[1:].islower() or length < 4 else 2
        else:
            count += 1 + (length - 1) // 7
    return count


def passages(article: Article, max_tokens: int = MAX_TOKENS) -> list[Passage]:
    """Passages of `article.text` in order, which together hold every sentence; none crosses the end
    of a section of a digest (`text/items.py`).

    Each has at most `max_tokens` (16 or more, else ValueError) by `token_estimate`. A longer
    sentence is cut at spaces. Empty for a blank text.
    """
    if max_tokens < 16:
        raise ValueError("max_tokens must be at least 16")
    text = article.text
    found: list[Passage] = []
    for first, last in sections(text):
        units: list[Span] = []
        closes: set[int] = set()  # indexes of units after which a paragraph ends
        for paragraph in paragraphs(text[first:last]):
            for start, end in paragraph:
                units.extend(_pieces(text, (first + start, first + end), max_tokens))
            closes.add(len(units) - 1)
        found.extend(
            Passage(article.id, start, end, text[start:end])
            for start, end in _runs(text, units, closes, max_tokens)
        )
    return found


def _pieces(text: str, span: Span, max_tokens: int) -> Iterable[Span]:
    """The sentence, or parts of it within the limit, cut at spaces where it has some."""
    if token_estimate(text[slice(*span)]) <= max_tokens:
        return [span]
    pieces: list[Span] = []
    size = max_tokens
    for match in re.finditer(rf"\S{{1,{max_tokens}}}", text[slice(*span)]):
        start, end = span[0] + match.start(), span[0] + match.end()
        size += (cost := token_estimate(match[0]))
        if size > max_tokens:
            pieces.append((start, end))
            size = cost
        else:
            pieces[-1] = (pieces[-1][0], end)
    return pieces


def whole(text: str, spans: Iterable[Span], max_tokens: int = MAX_TOKENS) -> list[Span]:
    """`spans` with the parts of each sentence joined that was cut as too long for a passage."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and _is_cut(text, joined[-1], (start, end), max_tokens):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _is_cut(text: str, before: Span, after: Span, max_tokens: int) -> bool:
    """Whether two neighbours are parts of one sentence: no end between them, together too long."""
    if ends(text[slice(*before)]) or "\n" in text[before[1] : after[0]]:
        return False
    return token_estimate(text[before[0] : after[1]]) > max_tokens


def _runs(text: str, units: list[Span], closes: set[int], max_tokens: int) -> list[Span]:
    """Spans of the cheapest partition of `units` into runs within the limit."""
    sizes = [token_estimate(text[slice(*unit)]) for unit in units]
    target = sum(sizes) / max(1, -(-sum(sizes) // max_tokens))
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]  # cost, start of run, start with overlap
    for end in range(1, len(units) + 1):
        options = []
        size = 0
        for start in range(end - 1, -1, -1):
            size += sizes[start]
            if size > max_tokens:
                break
            repeat = start > 0 and _repeats(text, units, closes, start)
            first = start - 1 if repeat and size + sizes[start - 1] <= max_tokens else start
            cut = 0.0 if end - 1 in closes else _MID_PARAGRAPH
            options.append((best[start][0] + (size / target - 1) ** 2 + cut, start, first))
        best.append(min(options))
    runs = []
    end = len(units)
    while end > 0:
        _, start, first = best[end]
        runs.append((units[first][0], units[end - 1][1]))
        end = start
    return runs[::-1]


def _repeats(text: str, units: list[Span], closes: set[int], start: int) -> bool:
    """Whether the unit before `start` is short, and of the same paragraph or a heading."""
    before = text[slice(*units[start - 1])]
    heading = start - 1 in closes and before[-1].isalnum()
    return (start - 1 not in closes or heading) and len(before.split()) <= _OVERLAP_WORDS
