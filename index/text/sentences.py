"""Where the sentences of a text begin and end, exactly, so that each can be quoted.

    text -> blocks (blank lines, headings, list items, lines that end a sentence)
         -> chunks of bounded length -> pysbd -> offsets -> repairs

pysbd knows the abbreviations. Its offsets are not used, as they lose repeated sentences and take
quadratic time; offsets are computed here by counting the characters that are not space. Where
pysbd changed a character, so that its sentences do not fit the chunk, a plain rule splits it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

Span = tuple[int, int]

_LINE = re.compile(r"[^\n\r\v\f\u2028\u2029]+")
_BLANK = re.compile(r"(?:\r\n|[\n\r\v\f\u2028])[^\S\n\r]*(?:\r\n|[\n\r\v\f\u2028])|\u2029")
_ITEM = re.compile(r"(?:[-*+•‣◦▪·–—]|\(?(?:[0-9]{1,3}|[a-zA-Z])[.)])\s+\S")
_ENDS = re.compile(r"[.!?…。！？][\"'”’»)\]*_]*\Z")
_GOES_ON = re.compile(r"[,;\-–—&/(]\Z")
_STOP = re.compile(r"(?<![.!?])(?:[.!?]+|…)([\"'”’»)\]]*)\s+(?=[\"'“‘«(\[]*[A-Z0-9])|[。！？]+")
# None of these four is measured.
_CHUNK = 1500  # characters given to pysbd at once, as its time is quadratic
_WRAPPED = 120  # characters; a longer line is not wrapped, so its end is the end of a paragraph
_LONGEST_WORD = 20  # characters looked at for an abbreviation before a stop
_LONG_WORDS = 40  # words; pysbd keeps a quotation whole, so a longer sentence is split by the rule

_ABBREVIATIONS = frozenset(
    re.findall(
        r"\S+",
        "mr mrs ms dr prof sen rep gov gen col lt sgt st jr sr hon rev vs no nos fig figs vol pp p "
        "ed eds al cf ca approx act est dept div inc corp co ltd llc plc bros jan feb mar apr jun "
        "jul aug sep sept oct nov dec e.g i.e u.s u.k e.u u.n a.m p.m a.k.a",
    )
)
# Abbreviations after which pysbd ends a sentence even before a small letter or a figure.
_GOES_ON_SMALL = _ABBREVIATIONS | {
    "bn",
    "mn",
    "mln",
    "mio",
    "mrd",
    "tn",
    "trn",
    "m",
    "b",
    "k",
    "etc",
}


def sentences(text: str) -> list[Span]:
    """Return (start, end) of each sentence, in order, in code points.

    The spans do not overlap. Together they hold every character that is not space, and none
    begins or ends with space.

    >>> [("Meta paid $14.3 bn. for 49%. It said so."[a:b]) for a, b in
    ...  sentences("Meta paid $14.3 bn. for 49%. It said so.")]
    ['Meta paid $14.3 bn. for 49%.', 'It said so.']
    """
    return [span for paragraph in paragraphs(text) for span in paragraph]


def ends(text: str) -> bool:
    """Whether a text ends with the mark of a sentence's end."""
    return _ENDS.search(text) is not None


def paragraphs(text: str) -> list[list[Span]]:
    """The spans of `sentences` by paragraph; a heading or a list item is a paragraph."""
    found = []
    for start, end in _blocks(text):
        spans = [
            (start + a, start + b)
            for offset, chunk in _chunks(text[start:end])
            for a, b in ((offset + a, offset + b) for a, b in _split(chunk))
        ]
        if spans:
            found.append(spans)
    return found


def _blocks(text: str) -> Iterator[Span]:
    """Parts of the text that no sentence crosses, ends trimmed."""
    position = 0
    for blank in [*_BLANK.finditer(text), None]:
        end = len(text) if blank is None else blank.start()
        yield from _lines(text, position, end)
        position = end


def _lines(text: str, position: int, end: int) -> Iterator[Span]:
    """Spans of the lines between two blank lines, joined where a sentence crosses a line's end."""
    lines = [
        span
        for match in _LINE.finditer(text, position, end)
        if (span := _trim(text, *match.span())) is not None
    ]
    longest = max((b - a for a, b in lines), default=0)
    start = None
    for index, (a, b) in enumerate(lines):
        start = a if start is None else start
        following = text[slice(*lines[index + 1])] if index + 1 < len(lines) else None
        if following is None or _breaks(text[a:b], following, longest):
            yield start, b
            start = None


def _breaks(line: str, following: str, longest: int) -> bool:
    """Whether the end of `line` ends a sentence, by the next line and the longest line's length.

    The lengths below (40 characters, .6 of the longest) are not measured.
    """
    if _ITEM.match(following) or _ENDS.search(line):
        return True
    if _GOES_ON.search(line):
        return False
    if longest > _WRAPPED:
        return not following[0].islower() or len(line) <= 40
    return not following[0].islower() and len(line) < 0.6 * longest


def _chunks(block: str) -> Iterator[tuple[int, str]]:
    """The block in chunks for pysbd with their offsets; cut after a sentence, else at a space."""
    start = 0
    while len(block) - start > _CHUNK:
        window = block[start : start + _CHUNK]
        cuts = [b for _, b in _plain(window)[:-1]] or [
            m.start() for m in re.finditer(r"\s", window)
        ]
        cut = cuts[-1] if cuts and cuts[-1] > 0 else _CHUNK
        yield start, window[:cut]
        start += cut
    yield start, block[start:]


@lru_cache(maxsize=2048)
def _split(chunk: str) -> tuple[Span, ...]:
    """Spans of the sentences of one chunk."""
    spans = _laid_over(chunk, _pysbd(re.sub(r"\s", " ", chunk)))
    if spans is None:
        return tuple(_plain(chunk))
    joined: list[Span] = []
    for a, b in spans:
        if joined and _goes_on(chunk[slice(*joined[-1])], chunk[a:b]):
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    result: list[Span] = []
    for a, b in joined:
        parts = _plain(chunk[a:b]) if len(chunk[a:b].split()) > _LONG_WORDS else [(0, b - a)]
        result.extend((a + first, a + last) for first, last in parts)
    return tuple(result)


def _pysbd(chunk: str) -> list[str]:
    import pysbd

    segmenter = pysbd.Segmenter(language="en", clean=False, char_span=False)
    try:
        return [str(sentence) for sentence in segmenter.processor(chunk).process() or []]
    except (re.error, IndexError, ValueError, TypeError):
        return []  # some text breaks its patterns; then the plain rule splits it


def _laid_over(chunk: str, parts: list[str]) -> list[Span] | None:
    """Spans of `parts` in `chunk`, counting characters that are not space; None if they differ."""
    solid = [index for index, char in enumerate(chunk) if not char.isspace()]
    packed = ["".join(part.split()) for part in parts]
    if "".join(packed) != "".join(chunk.split()):
        return None
    spans, used = [], 0
    for part in packed:
        if part:
            spans.append((solid[used], solid[used + len(part) - 1] + 1))
            used += len(part)
    return spans


def _goes_on(sentence: str, following: str) -> bool:
    """Whether pysbd split after an abbreviation (`$2.4 bn. in June`) or before closing marks."""
    if not re.search(r"\w", following):
        return True
    if not sentence.endswith("."):
        return False
    word = _word(sentence[:-1].split()[-1]) if sentence[:-1].split() else ""
    small = following[0].islower() or following[0].isdigit()
    return small and word in _GOES_ON_SMALL


def _plain(text: str) -> list[Span]:
    """The plain rule: a stop before space and a capital or figure, but for abbreviations."""
    spans, start = [], 0
    for match in _STOP.finditer(text):
        if match[0].startswith(".") and match[0][1:].isspace():
            before = text[max(start, match.start() - _LONGEST_WORD) : match.start()].split()
            word = before[-1] if before else ""
            if _word(word) in _ABBREVIATIONS or re.fullmatch(r"\W*[A-Z]", word):
                continue
        if (span := _trim(text, start, match.end())) is not None:
            spans.append(span)
        start = match.end()
    if (span := _trim(text, start, len(text))) is not None:
        spans.append(span)
    return spans


def _word(token: str) -> str:
    return re.sub(r"^\W+|^[\d.,]+(?=[a-z])", "", token.lower())


def _trim(text: str, start: int, end: int) -> Span | None:
    """The span without the space at its ends; None where only space is in it."""
    part = text[start:end]
    body = part.strip()
    if not body:
        return None
    first = start + len(part) - len(part.lstrip())
    return first, first + len(body)
