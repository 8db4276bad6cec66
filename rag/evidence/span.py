"""Evidence of one to three consecutive sentences: a sentence with the one that it leans on.

A sentence whose subject stands in the one before ("The company said ...", "Its price ...", a list
item under its heading) tells little alone, to a model, to a check and to a reader of the quote. So
the one before belongs to it. Found without a parser; what a pronoun means is not resolved, only
that something before it is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.text.items import ITEM
from index.text.passages import sentences
from rag.evidence.sentence import EvidenceSentence, stems_of
from rag.language.names import find_names

Span = tuple[int, int]

MOST_WORDS = 90  # of a widened span; not measured
CONTINUED, CONTINUED_WORDS = 3, 80  # sentences that follow, and words of all; see docs/design.md
BEARING = 2  # words that a sentence shares with what is said of it; see docs/design.md
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|such"
    r"|both|the (?:former|latter|two|pair|trio|same))\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(  # a thing just named, by its kind
    r"^\W*the (?:company|firm|start-?up|deal|move|lab|group|bill|law|ruling|judge|agency|round"
    r"|acquisition|merger|lawsuit|suit|investment|report|study|paper|tool|model|app|service|product"
    r"|feature|device|chip|platform|bank|fund|site|store|team|court|regulator|executive|founder|man"
    r"|woman|couple|game|film|show|update|change|plan|offer|announcement|news|decision)\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s")


def leans(text: str) -> bool:
    """Whether a sentence takes its subject from the one before it.

    >>> leans("It was founded in 2019."), leans("Norvale said it would appeal.")
    (True, False)
    """
    if _ITEM.match(text) or _DEFINITE.match(text):
        return True
    pronoun = _PRONOUN.search(text)
    if pronoun is None:
        return False
    names = [n.start for n in find_names(text) if n.start > 0 or " " in n.text or len(n.text) > 4]
    return not names or pronoun.start() < names[0]


def lead_in(text: str, spans: Sequence[Span], place: int) -> int:
    """Where the evidence of the sentence `spans[place]` of an article's `text` begins: at the one
    that it leans on, or the one before that, where that one leans too; at most two further up, and
    of the same item of a digest."""
    first = place
    for before in range(place - 1, max(-1, place - 3), -1):
        own, gap = text[slice(*spans[first])], text[spans[before][1] : spans[first][0]]
        heading = text[slice(*spans[before])].rstrip().endswith(":")
        if ITEM in gap or not leans(own) or ("\n" in gap and not (heading or _ITEM.match(own))):
            break
        if len(text[spans[before][0] : spans[place][1]].split()) > MOST_WORDS:
            break
        first = before
    return spans[first][0]


def widened(e: EvidenceSentence) -> EvidenceSentence:
    """The sentence with the ones that it leans on."""
    if e.lead_in is None or e.lead_in >= e.start:
        return e
    text = e.article.text[e.lead_in : e.end]
    return replace(e, start=e.lead_in, text=text, core=e.start, lead_in=None)


def followed(e: EvidenceSentence) -> EvidenceSentence:
    """The evidence with the next sentence of its paragraph, where that leans on it ("It did so
    because ...")."""
    rest = e.article.text[e.end :].partition("\n")[0]
    first = next(iter(sentences(rest)), None)
    if first is None or not leans(rest[slice(*first)]):
        return e
    end = e.end + first[1]
    return replace(e, end=end, text=e.article.text[e.start : end])


def continued(e: EvidenceSentence) -> EvidenceSentence:
    """The evidence with the next sentences of its article: a reason is told beside the event, in
    other words than the question about it."""
    text, end = e.article.text, e.end
    words = len(e.text.split())
    for a, b in sentences(text[e.end :])[:CONTINUED]:
        words += len(text[e.end + a : e.end + b].split())
        if words > CONTINUED_WORDS or ITEM in text[end : e.end + a]:
            break
        end = e.end + b
    return replace(e, end=end, text=text[e.start : end])


def as_far_as(e: EvidenceSentence, meant: Iterable[str]) -> EvidenceSentence:
    """The evidence up to its last sentence that has two of the words `meant`, or any of it where
    none has; never less than the answering sentence."""
    core = max(e.start, e.core or 0)
    spans = [(e.start + a, e.start + b) for a, b in sentences(e.text)]
    words = set(meant)
    bearing = [b for a, b in spans if len(words & stems_of(e.article.text[a:b])) >= BEARING]
    end = max([*bearing, *(b for a, b in spans if a <= core)]) if bearing else e.end
    return replace(e, end=end, text=e.article.text[e.start : end])
