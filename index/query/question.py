"""A question read before it is searched: its clauses, sources, dates and names.

    "Did the Wire's story of 6 October on Acme's layoffs agree with what CNA wrote of its profit?"
      publishers  The Wire, CNA            dates  6 October
      clauses     "story of 6 October on Acme's layoffs" (The Wire, 6 October)
                  "agree with what CNA wrote of its profit" (CNA)

Rules of English; no model. Only publishers of the library count as sources.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.query.dates import When, dates_in
from index.query.publishers import Mention, mentions
from index.text.words import STOPWORDS, topical, topical_only

_BREAK = re.compile(
    r"[;:?!\n]+|,|\.(?=\s)|[–—]| - "
    r"|\b(?:while|whereas|although|though|but|and|or|after|before|because|since"
    r"|which|who|whom|whose|that|than|as|with|between|against|when|where|if)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"(?<![\w'’])(?:[A-Z][\w&.-]*\w|[a-z]+[A-Z]\w*|[A-Z](?=\s[A-Z]))")
_QUOTED = re.compile(r"[\"“]([^\"”]{3,120})[\"”]|(?<!\w)['‘]([^'’]{3,120})['’](?!\w)")
_PERIODS = (
    r"(?:years?|months?|weeks?|weekend|days?|hours?|night|spring|summer|autumn|fall|winter"
    r"|quarters?|decades?|century|few|couple|name|\d+|two|three|four|five|six|ten|twelve"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|\w+day)\b"
)
_RECENT = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|current(?:ly)?|now|(?<!USA )today|these days|so far"
    r"|still|up to date|as (?:it|things) stands?|at the moment|nowadays|by now|at present"
    r"|the status of|where do(?:es)?\b.*\bstand|last (?:reported|known|raised|heard)"
    rf"|(?:the|it|they) last(?! {_PERIODS})(?![-?]))\b",
    re.IGNORECASE,
)
_MIN_TERMS = 3  # content words of a clause that is searched by itself; not measured
_MAX_CLAUSES = 8  # clauses searched at most; not measured


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a question, with the library's publishers and the dates that it names."""

    text: str
    terms: tuple[str, ...]
    publishers: frozenset[str] = frozenset()
    dates: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was read; `terms` and `names` (lower case) hold no source or date."""

    text: str
    terms: tuple[str, ...]
    clauses: tuple[Clause, ...]
    sources: tuple[Mention, ...]
    dates: tuple[When, ...]
    names: tuple[str, ...]
    titles: tuple[str, ...]  # quoted or capitalised runs long enough to be an article's title
    recent: bool  # whether it asks for the latest state

    @property
    def publishers(self) -> frozenset[str]:
        """Every publisher of the library that one of the sources can mean."""
        return frozenset(name for source in self.sources for name in source.publishers)


def understand(
    text: str,
    publishers: Sequence[str],
    today: date | None = None,
    newest: date | None = None,
) -> Asked:
    """Read a question.

    `publishers` are those of the library, `newest` is the last day on which it has news. Relative
    dates are counted from `today` and skipped without it.
    """
    sources = mentions(text, publishers)
    dates = dates_in(text, today, newest)
    subject = _without(
        text, [(m.start, m.end) for m in sources] + [(d.start, d.end) for d in dates]
    )
    return Asked(
        text=text,
        terms=tuple(topical(subject)),
        clauses=tuple(_units(_clauses(text, subject, sources, dates))),
        sources=tuple(sources),
        dates=tuple(dates),
        names=tuple(_names(subject)),
        titles=tuple(t for a, b in _QUOTED.findall(subject) if len((t := a or b).split()) > 1),
        recent=asks_latest(subject),
    )


def asks_latest(text: str) -> bool:
    """Whether the latest state of something is asked for.

    >>> asks_latest("Where does the takeover stand?"), asks_latest("Who bought it last June?")
    (True, False)
    """
    return _RECENT.search(text) is not None


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` with `spans` blanked at the same length: the subject without sources and dates."""
    out = list(text)
    for start, end in spans:
        out[start:end] = " " * (end - start)
    return "".join(out)


def _clauses(
    text: str, subject: str, sources: Sequence[Mention], dates: Sequence[When]
) -> list[Clause]:
    """The runs between commas and conjunctions; a run with too few words joins the next one."""
    taken = [(m.start, m.end) for m in sources] + [(d.start, d.end) for d in dates]
    cuts = [
        m.start()
        for m in _BREAK.finditer(text)
        if not any(start <= m.start() < end for start, end in taken)
    ]
    spans = list(zip([0, *cuts], [*cuts, len(text)], strict=True))
    runs: list[tuple[int, int]] = []
    open_at: int | None = None
    for start, end in spans:
        first = start if open_at is None else open_at
        if len(topical_only(subject[first:end])) >= _MIN_TERMS:
            runs.append((first, end))
            open_at = None
        else:
            open_at = first
    if open_at is not None:
        if runs:
            runs[-1] = (runs[-1][0], len(text))
        else:
            runs.append((open_at, len(text)))
    return [
        Clause(
            _bare(subject[start:end]),
            tuple(topical(subject[start:end])),
            frozenset(p for m in sources if start <= m.start < end for p in m.publishers),
            tuple(d for d in dates if start <= d.start < end),
        )
        for start, end in runs[:_MAX_CLAUSES]
    ]


def _bare(text: str) -> str:
    """A clause without the words at its ends that frame it: "while the article claims that ..."."""
    words = re.sub(r"(?<!\w)['\"‘’“”]\s+['\"‘’“”]|\s+(?=[,;.?!])", " ", text).split()
    while len(words) > 1 and not topical_only(words[0]):
        words.pop(0)
    while len(words) > 1 and not topical_only(words[-1]):
        words.pop()
    return " ".join(words).strip(" ,;:.?!'\"")


def _units(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses of each part, then the part as one clause.

    A part goes on until another source is named. A clause without a source or without a date takes
    over those of its part.
    """
    parts: list[list[Clause]] = []
    for clause in clauses:
        named = any(c.publishers for c in parts[-1]) if parts else False
        if not parts or (named and (clause.publishers or clause.dates)):
            parts.append([])
        parts[-1].append(clause)
    found: list[Clause] = []
    for part in parts:
        publishers = frozenset(p for c in part for p in c.publishers)
        dates = tuple(d for c in part for d in c.dates)
        found += [
            Clause(c.text, c.terms, c.publishers or publishers, c.dates or dates) for c in part
        ]
        if 1 < len(part) < len(clauses):
            words = tuple(dict.fromkeys(w for c in part for w in c.terms))
            found.append(Clause(" ".join(c.text for c in part), words, publishers, dates))
    return found


def _names(subject: str) -> list[str]:
    """Words with a capital inside the question, in lower case; its first word does not count."""
    found = []
    for match in _CAPITAL.finditer(subject):
        word = match[0].lower()
        if subject[: match.start()].strip() and word not in STOPWORDS:
            found.append(re.sub(r"['’]s$", "", word))
    return list(dict.fromkeys(found))
