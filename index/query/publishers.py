"""Publishers that a question names, in any spelling, matched with those of the library.

A library stores a publisher as its feed writes it ("The Wire - Technology", "CNA | World News",
"Reuters via CNA"); a question writes it as people say it ("the wire", "cna", "reuters"). A name in
small letters may be an everyday word ("fortune", "the age"), so it counts only where the words
around it attribute something to a source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from index.text.aliases import variants

_PARTS = re.compile(r" via | and (?=[A-Z])|, | \(|\)")  # one report, several names
_SECTION = re.compile(r" *(?:\||:) +| +[-–—] +")  # a feed's section or slogan
_SITE = re.compile(r"\.(?:com|org|net|io|co\.uk|co|ai|news|tv)\b", re.IGNORECASE)
_VERB = (
    r"says?|said|reports?|reported|reporting|writes?|wrote|claims?|claimed|notes?|noted|told|tells?"
    r"|published|covers?|covered|suggests?|mentions?|mentioned|describes?|described|puts?"
)
_PIECE = (
    r"articles?|stor(?:y|ies)|pieces?|reports?|coverage|posts?|reviews?|interviews?|columns?"
    r"|accounts?|versions?"
)
REPORTING = re.compile(rf"\b(?:{_VERB}|{_PIECE})\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"\b(?:according to|per|via|from|by|in|on|did|does|do|has|had|both|between|of|source"
    r"|and|or|to|with|than|as|like)"
    r"(?: the| an?)? *['\"‘“(]*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"['\"’”)]*(?:'s|’s)? *(?:(?:{_VERB}|{_PIECE})\b|$|[?.,;)]|and\b|or\b|on\b|about\b)",
    re.IGNORECASE,
)


class Mention(NamedTuple):
    """A publisher named at `text[start:end]`.

    `form` is its name as the library writes it, `publishers` are those that it can mean.
    """

    start: int
    end: int
    form: str
    publishers: tuple[str, ...]


def named(query: str, publishers: Sequence[str]) -> dict[str, list[str]]:
    """Publishers that `query` names, longest form first, each with those of the library it means.

    "Reuters via CNA" is meant by "Reuters" and by "CNA".

    >>> named("What did Reuters say?", ["Reuters via CNA", "Reuters", "CNBC"])
    {'Reuters': ['Reuters via CNA', 'Reuters']}
    >>> named("did the wire and cna say the same?", ["The Wire - Technology", "CNA | World"])
    {'The Wire': ['The Wire - Technology'], 'CNA': ['CNA | World']}
    """
    found: dict[str, list[str]] = {}
    for mention in sorted(mentions(query, publishers), key=lambda m: (-len(m.form), m.start)):
        found.setdefault(mention.form, list(mention.publishers))
    return found


def mentions(query: str, publishers: Sequence[str]) -> list[Mention]:
    """Mentions of publishers in `query`, in order; none lies inside another."""
    pattern, forms = _lexicon(tuple(publishers))
    if pattern is None:
        return []
    small = query == query.lower()
    found: list[Mention] = []
    for match in pattern.finditer(query):
        form = forms[_folded(match[0])]
        written = match[0]
        capital = written[0].isupper() or any(c.isupper() for c in written[1:])
        if not capital and not _as_source(query, match, small, found):
            continue
        found.append(Mention(match.start(), match.end(), form[0], form[1]))
    return found


def _as_source(query: str, match: re.Match[str], small: bool, found: Sequence[Mention]) -> bool:
    """Whether a name in small letters is a source by the words around it, not an everyday word."""
    before = _BEFORE.search(query[: match.start()]) is not None
    after = _AFTER.match(query[match.end() :]) is not None
    beside = bool(found) and bool(
        re.fullmatch(
            r"['\"’]* *(?:,|and|or|, and)? *(?:the )?['\"‘]*", query[found[-1].end : match.start()]
        )
    )
    leads = match.start() == 0 and small
    return (before or leads or beside) and after


def forms_of(publisher: str) -> Iterator[str]:
    """The forms in which a question may write a publisher, its stored name first.

    >>> list(forms_of("Reuters via CNA"))
    ['Reuters via CNA', 'Reuters', 'CNA']
    """
    heads = [publisher]
    head = _SECTION.split(publisher)[0].strip()
    if head and head != publisher:
        heads.append(head)
    for name in list(heads):
        heads.extend(part.strip() for part in _PARTS.split(name) if part.strip())
    for name in list(heads):
        if (site := _SITE.sub("", name).strip()) and site != name:
            heads.append(site)
    for name in list(heads):
        heads.extend(variants(name))
        heads.extend(variants(re.sub(r"(?i)^the ", "", name)))
    yield from dict.fromkeys(heads)


@lru_cache(maxsize=8)
def _lexicon(
    publishers: tuple[str, ...],
) -> tuple[re.Pattern[str] | None, dict[str, tuple[str, tuple[str, ...]]]]:
    """(pattern of any form, folded form -> (form, publishers)); longer forms are tried first.

    Forms of one or two letters are left out, and a form without its "the" counts from two words or
    nine letters on; both limits are not measured.
    """
    meant: dict[str, tuple[str, list[str]]] = {}
    for publisher in publishers:
        for form in forms_of(publisher):
            if len(form) > 2:
                meant.setdefault(_folded(form), (form, []))[1].append(publisher)
    for folded, (form, of) in list(meant.items()):
        bare = re.sub(r"^the ", "", folded)
        if bare != folded and (" " in bare or len(bare) > 8):
            meant.setdefault(bare, (form, of))
    if not meant:
        return None, {}
    ordered = sorted(meant, key=len, reverse=True)
    joined = "|".join(_loose(form) for form in ordered)
    pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)
    return pattern, {k: (form, tuple(dict.fromkeys(of))) for k, (form, of) in meant.items()}


def _loose(folded: str) -> str:
    """A pattern for a form with any space or hyphen between its words."""
    return r"[\s-]+".join(re.escape(word) for word in folded.split())


def _folded(form: str) -> str:
    return " ".join(re.split(r"[\s-]+", form.lower())).strip()
