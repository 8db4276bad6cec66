"""Whether a sentence may be said: every figure, date and name borne out by sentences it cites.

    items of the draft (figures, dates, names) -> evidence sentences that hold each of them
    -> the fewest sentences of one article that together hold all -> citations
    -> and they tell the sentence's relation words of the same names

Deterministic, no model. A sentence that cannot be cited whole is repaired (a name put as the quote
puts it) or refused with the reason; never shown unchecked.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.text.words import STOPWORDS
from rag.checking.cite import LEAST_OVERLAP, cite
from rag.checking.contradiction import contradiction
from rag.checking.items import Item, Verdict, holds, items_of
from rag.checking.repair import repair, without_dates
from rag.evidence.sentence import EvidenceSentence, figures_of, stems_of
from rag.figures import Figure
from rag.language.lexicon import content, covers, groups, stem, words
from rag.language.names import find_names, mentions
from rag.language.negation import DENIAL
from rag.language.verbs import LIGHT, synonyms, verb

LEAST_TOLD = 0.4  # the same of its words that are neither names nor figures

_LOOSE = {"company"}  # words that name no relation


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
        fixed = without_dates(fixed, asked, own)
    items = items_of(fixed, own)
    cited = cite(fixed, items, own)
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
