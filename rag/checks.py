"""Whether a sentence may be said: every figure, date and name borne out by sentences it cites.

    items of the draft (figures, dates, names) -> evidence sentences that hold each of them
    -> the fewest sentences of one article that together hold all -> citations
    -> and they tell the sentence's relation words of the same names

Deterministic, no model. A sentence that cannot be cited whole is repaired (a name put as the quote
puts it) or refused with the reason; never shown unchecked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.aliases import variants
from index.search import STOPWORDS
from rag.bearing import contradiction
from rag.evidence.sentence import EvidenceSentence, figures_of, stems_of
from rag.figures import Figure, find_figures, same
from rag.language.lexicon import content, covers, groups, stem, words
from rag.language.names import bears, find_names, mentions, same_name
from rag.language.negation import DENIAL
from rag.language.verbs import LIGHT, synonyms, verb
from rag.types import CheckKind

MOST_CITED = 3
LEAST_TOLD = 0.4  # the same of its words that are neither names nor figures
LEAST_OVERLAP = 0.5  # share of a sentence's meaning words that its citations must cover

_LOOSE = {"company"}  # words that name no relation
_CHECK_KINDS: dict[str, CheckKind] = {"percent": "percent", "money": "money", "date": "date"}


_TITLE = re.compile(
    r"\b(Judge|Justice|President|Chairman|Chairwoman|Senator|Governor|Minister|Professor|Director"
    r"|Dr|Mr|Ms|Mrs)\.? ([A-Z]\w+)"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a sentence that must be borne out."""

    kind: CheckKind
    text: str
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`cited` bear the sentence out, each item by those in `found` (indexes into `cited`).

    `reason` is None when the sentence holds, else what is not borne out.
    """

    text: str
    cited: tuple[EvidenceSentence, ...]
    items: tuple[Item, ...]
    found: tuple[tuple[int, ...], ...]
    reason: str | None = None
    repaired: bool = False
    loose: bool = False  # every item is borne out, only the words between them are not


def check(text: str, pool: Sequence[EvidenceSentence], asked: Sequence[Figure] = ()) -> Verdict:
    """Judge one sentence against the evidence, best evidence first in `pool`.

    `asked` are the figures of the question: a date that the sentence only repeats from there, and
    no evidence holds, is taken out of it.
    """
    best: Verdict | None = None
    for article in dict.fromkeys(e.article.id for e in pool):
        own = [e for e in pool if e.article.id == article]
        verdict = _judge(text, own, asked)
        if best is None or _rank(verdict) > _rank(best):
            best = verdict
    return best or Verdict(text, (), (), (), "there is no evidence")


def _rank(verdict: Verdict) -> tuple[bool, int, float]:
    """Better verdicts rank higher: holding, losing fewer items, citing a better first sentence."""
    lost = sum(not where for where in verdict.found)
    score = verdict.cited[0].score if verdict.cited else 0.0
    return verdict.reason is None, -lost, score


def _judge(text: str, own: Sequence[EvidenceSentence], asked: Sequence[Figure]) -> Verdict:
    """The verdict that the sentences of one article give."""
    fixed = repair(text, own)
    if asked:
        fixed = _without_dates(fixed, asked, own)
    items = items_of(fixed, own)
    cited = _cite(fixed, items, own)
    found = tuple(tuple(i for i, e in enumerate(cited) if holds(e, item)) for item in items)
    reason = None
    differs = False
    lost = [item.text for item, where in zip(items, found, strict=True) if not where]
    stray = _stray(items, cited) if cited else None
    if not cited:
        reason = "no evidence sentence is about it"
    elif lost:
        reason = f"not in the cited sentences: {', '.join(lost)}"
    elif stray:
        reason = f"{stray} is not said of the same subject"
    elif otherwise := contradiction(fixed, own, cited):
        reason = otherwise.reason
        differs = otherwise.value
    elif untold := _untold(fixed, cited):
        reason = f"the cited sentences do not say {untold}"
    elif _overlap(fixed, cited) < LEAST_OVERLAP:
        reason = "the cited sentences do not say this"
    elif _overlap(_bare(fixed), cited) < LEAST_TOLD:
        reason, differs = "the cited sentences do not say this", True
    loose = reason is not None and bool(cited) and not lost and not stray and not differs
    return Verdict(fixed, tuple(cited), tuple(items), found, reason, fixed != text, loose)


def items_of(text: str, pool: Sequence[EvidenceSentence] = ()) -> list[Item]:
    """Figures, dates and names of a sentence, in order."""
    figures = find_figures(text)
    items = [(f.start, Item(_kind(f), f.text, f)) for f in figures]
    small = frozenset(w for e in pool for w in re.findall(r"(?<![\w.])[a-z]+(?!\w)", e.text))
    for name in find_names(text, small):
        if not any(f.start < name.end and name.start < f.end for f in figures):
            items.append((name.start, Item("name", name.text)))
    return [item for _, item in sorted(items, key=lambda pair: pair[0])]


def recount(verdict: Verdict) -> Verdict:
    """The verdict with each item looked up in the sentences that are cited now."""
    items = tuple(items_of(verdict.text, verdict.cited))
    found = tuple(tuple(i for i, e in enumerate(verdict.cited) if holds(e, item)) for item in items)
    return replace(verdict, items=items, found=found)


def holds(e: EvidenceSentence, item: Item) -> bool:
    """Whether one evidence sentence, or its article's title, publisher or date, has the item."""
    if item.figure is None:
        heads = (e.article.title or "", e.article.publisher or "")
        return bears(item.text, e.text) or any(bears(item.text, head) for head in heads)
    if any(same(item.figure, f) for f in e.figures):
        return True
    if item.figure.kind == "version" and bears(item.text, e.text):
        return True
    around = (*figures_of(e.article.title or ""), *figures_of(_published(e)))
    return any(same(item.figure, f) for f in around)


def repair(text: str, pool: Sequence[EvidenceSentence]) -> str:
    """The sentence with names put as the evidence puts them: aliases, misspellings, full names;
    a title before a name ("Judge Stein") that no evidence gives it is left out."""
    text = _TITLE.sub(
        lambda m: m[0] if any(bears(m[1], e.text) for e in pool if bears(m[2], e.text)) else m[2],
        text,
    )
    for name in sorted(find_names(text), key=lambda n: -n.start):
        if any(holds(e, Item("name", name.text)) for e in pool):
            continue
        written = _as_written(name.text, pool)
        if written:
            text = text[: name.start] + written + text[name.end :]
    return text


def _without_dates(text: str, asked: Sequence[Figure], pool: Sequence[EvidenceSentence]) -> str:
    """The sentence without dates taken over from the question that no evidence holds."""
    for figure in reversed(find_figures(text)):
        if figure.kind not in ("date", "duration") or not any(same(figure, f) for f in asked):
            continue
        if any(holds(e, Item("date", figure.text, figure)) for e in pool):
            continue
        before = re.sub(
            r",?\s*\b(?:in|on|of|by|since|during|as of|from|at)\s*$", "", text[: figure.start]
        )
        after = re.sub(r"^ (?:later|earlier|before|ago|after)\b", "", text[figure.end :])
        if before != text[: figure.start] or after != text[figure.end :]:
            text = before.rstrip() + after
    return text


def _as_written(name: str, pool: Sequence[EvidenceSentence]) -> str | None:
    forms = [*variants(name), *([name.split()[-1]] if " " in name else [])]
    for e in pool:
        for form in forms:
            if len(form) > 1 and bears(form, e.text):
                return form
        for other in find_names(e.text):
            if same_name(name, other.text):
                return other.text
    return None


def _cite(
    text: str, items: Sequence[Item], pool: Sequence[EvidenceSentence]
) -> list[EvidenceSentence]:
    """Greedy cover: the sentence that holds most items first, then what holds the rest."""
    meant = content(text)

    def worth(e: EvidenceSentence, open_items: Sequence[Item]) -> tuple[float, float, float]:
        weight = sum((2.0 if item.figure else 1.0) * _weight(e, item) for item in open_items)
        own = stems_of(e.text)
        return weight, sum(covers(w, own) for w in meant) / (len(meant) or 1), e.score

    cited: list[EvidenceSentence] = []
    left = list(items)
    while len(cited) < MOST_CITED and (left or not cited):
        rest = [e for e in pool if e not in cited]
        if not rest:
            break
        best = max(rest, key=lambda e: worth(e, left))
        if worth(best, left)[0] == 0 and (cited or worth(best, left)[1] < LEAST_OVERLAP):
            break
        cited.append(best)
        left = [item for item in left if not holds(best, item)]
    return cited


def _weight(e: EvidenceSentence, item: Item) -> float:
    """1 for an item that the sentence itself holds, less for one in its article's head."""
    if not holds(e, item):
        return 0.0
    inside = (
        bears(item.text, e.text)
        if item.figure is None
        else any(same(item.figure, f) for f in e.figures)
    )
    return 1.0 if inside else 0.6


def _stray(items: Sequence[Item], cited: Sequence[EvidenceSentence]) -> str | None:
    """A name or figure of the sentence that the first cited article does not connect, or None."""
    first = cited[0]
    near = f"{first.text} {first.context}"
    for item in items:
        if item.figure is None and not mentions(item.text, near):
            return item.text
    return None


def _untold(text: str, cited: Sequence[EvidenceSentence]) -> str | None:
    """A word of the sentence for a relation (sold, joined, sued) that no cited sentence tells."""
    told = frozenset().union(*(stems_of(e.text) for e in cited), stems_of(cited[0].context))
    if any(f.kind == "percent" for e in cited for f in e.figures):
        told |= {"share"}  # "49% of Scale AI" is a stake in it
    named = _named(text)
    told |= {stem(known[0]) for e in cited for w in words(e.text) if (known := verb(w))}
    denied = any(DENIAL.search(e.text) for e in cited)
    for word in words(_without_figures(text)):
        known = verb(word)
        if word in STOPWORDS or word in named:
            continue
        if known and (told & {stem(v) for v in synonyms(known[0])}):
            continue
        if known and known[0] in ("deny", "dispute") and denied:
            continue
        related = bool(groups(stem(word)) - _LOOSE)
        if related and not covers(stem(word), told):
            return word
        if not related and known and known[0] not in LIGHT and stem(word) not in told:
            return word
    return None


def _without_figures(text: str) -> str:
    for figure in reversed(figures_of(text)):
        if figure.kind in ("money", "percent", "date", "version"):
            text = f"{text[: figure.start]} {text[figure.end :]}"
    return text


def _bare(text: str) -> str:
    """The sentence without its names and figures: what it says of them."""
    rest = _without_figures(text)
    for name in reversed(find_names(rest)):
        rest = f"{rest[: name.start]} {rest[name.end :]}"
    return rest


def _named(text: str) -> frozenset[str]:
    return frozenset(w for n in find_names(text) for w in words(n.text))


def _overlap(text: str, cited: Sequence[EvidenceSentence]) -> float:
    meant = content(text)
    if not meant:
        return 1.0
    stems = frozenset().union(
        *(
            stems_of(e.text) | stems_of(f"{e.article.title or ''} {e.article.publisher or ''}")
            for e in cited
        )
    )
    return sum(covers(w, stems) or _rooted(w, stems) for w in meant) / len(meant)


def _rooted(word: str, stems: frozenset[str]) -> float:
    """1 where another word of the same root stands there: "dishonest" for "dishonesty"."""
    return float(len(word) > 6 and any(other[:6] == word[:6] for other in stems))


def _published(e: EvidenceSentence) -> str:
    return (e.article.published or "")[:10]


def _kind(figure: Figure) -> CheckKind:
    return "name" if figure.kind == "version" else _CHECK_KINDS.get(figure.kind, "count")
