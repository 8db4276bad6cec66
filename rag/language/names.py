"""Names of people, companies, products and places in news prose: found and compared.

    text -> `find_names` -> names
    name, text -> `bears` (as written), `mentions` (also by alias, surname or misspelling)
    name, name -> `same_name` (spellings of one name), `one_name` (either mentions the other)

Names are found by their capitals and position, without a model.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from index.text.aliases import kin, variants
from index.text.words import STOPWORDS

_CAPITAL = r"(?:(?:al|el)-)?(?:[A-Z][\w’'-]*(?:\.[A-Z]\w*)*|x\.?AI|[a-z]+[A-Z]\w*)"
_NAME = re.compile(
    rf"\b{_CAPITAL}(?:(?: (?:of|de|di|da|del|den|der|dos|van|von|bin|ibn|al|and|for|the|&))? {_CAPITAL})*"
)
_FIRST = re.compile(r"\w+")
_JOINERS = {"and", "for", "the", "of", "&"}
_OF_HEADS = frozenset(
    "university bank court house ministry department commission institute school board office state"
    " states secretary college republic kingdom union league chamber bureau center centre".split()
)
_NO_NAMES = frozenset(
    "january february march april may june july august september october november december monday"
    " tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov"
    " dec q1 q2 q3 q4 i yes no ceo cto cfo coo us$ usd eur gbp however neither both other others"
    " another sources source figures figure articles article question answer note unknown not"
    " according although despite meanwhile since while after before until whether instead then"
    " there here late early around nearly almost roughly approximately additionally furthermore"
    " moreover finally today yesterday tomorrow earlier later previously recently currently"
    " dollars euros pounds yuan half one two three four five six seven eight nine ten series"
    " president chairman chief executive officer director mr mrs ms dr prof judge date name list"
    " tell founder cofounder"
    " nothing nobody none everything everyone anyone someone all"
    " give compare summarize summarise explain describe".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name; `start` is its first character in the text that it was found in."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def find_names(text: str, lower_words: Collection[str] = ()) -> list[Name]:
    """The names of a text, in order, not overlapping.

    `lower_words` are words that other text writes in lower case: such a word is no name at the
    beginning of a sentence.

    >>> [n.text for n in find_names("In June Meta hired Alexandr Wang, the founder of Scale AI.")]
    ['Meta', 'Alexandr Wang', 'Scale AI']
    """
    found = []
    for match in _NAME.finditer(text):
        parts = [(m[0], match.start() + m.start()) for m in re.finditer(r"\S+", match[0])]
        begins = _begins_sentence(text, match.start())
        while parts and _no_name(parts[0][0], begins, lower_words, alone=len(parts) == 1):
            parts.pop(0)
            begins = False
            while parts and parts[0][0] in _JOINERS:
                parts.pop(0)
        for run in _split(parts):
            start, end = run[0][1], run[-1][1] + len(run[-1][0])
            name = re.sub(r"(?:['’]s|['’-]|-(?:led|backed|owned|based))$", "", text[start:end])
            if name and not name.isdigit():
                found.append(Name(name, start))
    return found


def bears(name: str, text: str) -> bool:
    """Whether `text` has the name as written; case, hyphens and possessives are ignored."""
    first = _FIRST.search(name.lower())
    if first and first[0].isascii() and text.isascii() and first[0] not in text.lower():
        return False  # compiling a pattern costs far more than this test
    return bool(_as_written(name).search(text))


@lru_cache(maxsize=16_384)
def _as_written(name: str) -> re.Pattern[str]:
    """A pattern that finds the name as a whole word."""
    pattern = re.sub(r"(?:\\ |\\-)+", "[ -]?", re.escape(name))
    return re.compile(rf"(?<!\w){pattern}(?:['’]s?)?(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def mentions(name: str, text: str) -> bool:
    """Whether `text` has the name: as written, by an alias, by its surname, or misspelt."""
    if bears(name, text) or any(bears(form, text) for form in (*variants(name), *kin(name))):
        return True
    if name.count(" ") > 1 and bears(name.split(" ", 1)[1], text):
        return True  # the "EU AI Act" is the "AI Act"
    last = name.split()[-1]
    if " " in name and len(last) > 3 and last not in _NO_NAMES and bears(last, text):
        return True
    if len(name) < 5:
        return False
    runs = _runs(text, len(name.split()))
    letters = {form[0] for form in (name.casefold(), *_other_forms(name))}
    return any(same_name(name, run) for letter in letters for run in runs.get(letter, ()))


@lru_cache(maxsize=1024)
def _runs(text: str, size: int) -> dict[str, list[str]]:
    """Every run of `size` words of the text, each once, grouped by its first letter in lower case.

    `same_name` requires equal first letters, so only one group has to be compared.
    """
    tokens = re.findall(r"[\w.-]*\w", text)
    runs = dict.fromkeys(" ".join(tokens[i : i + size]) for i in range(len(tokens) - size + 1))
    by_letter: dict[str, list[str]] = {}
    for run in runs:
        by_letter.setdefault(run.casefold()[0], []).append(run)
    return by_letter


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are of one name: equal but for case, an alias, or a misspelling.

    A misspelling has the same first letter, no digits, at least five letters, and a similarity
    (`rapidfuzz.fuzz.ratio`, 0 to 100) of 85, or 88 for a shorter name. None of these is measured.

    >>> same_name("Antropic", "Anthropic"), same_name("Groq", "Grok")
    (True, False)
    """
    a, b = one.casefold(), other.casefold()
    if a == b or b in _other_forms(one):
        return True
    if min(len(a), len(b)) < 5 or a[0] != b[0] or any(c.isdigit() for c in a + b):
        return False
    if a.split()[-1] != b.split()[-1] and min(len(a.split()[-1]), len(b.split()[-1])) < 3:
        return False  # Series E is not Series F
    # not measured; a shorter name needs more, as one letter weighs more in it
    return fuzz.ratio(a, b) >= (88 if len(a) < 8 else 85)


@lru_cache(maxsize=4096)
def _other_forms(name: str) -> frozenset[str]:
    """The aliases and variants of a name, in lower case."""
    return frozenset(form.casefold() for form in variants(name))


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"“‘'(")
    return not before or before[-1] in ".!?:\n;"


def _no_name(token: str, begins: bool, lower_words: Collection[str], alone: bool) -> bool:
    """Whether a word with a capital is no name.

    `begins`: it begins a sentence, which gives any word a capital. `alone`: no other word with a
    capital is beside it.
    """
    low = re.sub(r"['’]s$", "", token).lower()
    if low in _NO_NAMES:
        return True
    if not begins:
        return alone and low in STOPWORDS and not token.isupper()
    if token.isupper() and len(token) > 1:
        return False
    return low in STOPWORDS or low in lower_words


def _split(parts: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Words with capitals, split at "and", "for", "the" and at words that are no part of a name.

    "of" stays only after a noun that names are made with: "University of Oslo".
    """
    runs: list[list[tuple[str, int]]] = [[]]
    for token, start in parts:
        head = runs[-1][-1][0].lower() if runs[-1] else None
        parts_here = token == "of" and head is not None and head not in _OF_HEADS
        if parts_here or token in {"and", "for", "the", "&"} or token.lower() in _NO_NAMES:
            runs.append([])
        elif re.search(r"['’]s$", token):
            runs[-1].append((token, start))
            runs.append([])
        elif token == "of" and not runs[-1]:
            continue
        else:
            runs[-1].append((token, start))
    for run in runs:
        while run and run[-1][0] == "of":
            run.pop()
    return [run for run in runs if run]


def one_name(a: str, b: str) -> bool:
    """Whether either of two names is mentioned in the other: "Wang" and "Alexandr Wang"."""
    return mentions(a, b) or mentions(b, a)


def unique(items: Sequence[str]) -> list[str]:
    """The items in order, the first of those that differ in case only."""
    seen: dict[str, str] = {}
    for item in items:
        seen.setdefault(item.casefold(), item)
    return list(seen.values())
