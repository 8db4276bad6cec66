"""Whether one sentence may be said: its verdict against the evidence, as far as code can tell.

    sentence -> names repaired (`checking/repair.py`) -> items (`checking/items.py`)
    -> the fewest sentences of one article that hold them all (`checking/cite.py`) -> verdict

Every figure, date and name must be in a cited sentence. A sentence that fails is refused with the
reason. Whether the quotes say of these things what the sentence says is read by the model
(`checking/borne.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.checking.cite import LEAST_OVERLAP, cite
from rag.checking.items import Item, Verdict, holds, items_of
from rag.checking.repair import repair, without_dates
from rag.evidence.sentence import EvidenceSentence, figures_of, stems_of
from rag.figures import Figure
from rag.language.lexicon import content, covers
from rag.language.names import find_names, mentions

# Share of a sentence's meaning words, names and figures left out, that its citations must cover.
LEAST_TOLD = 0.4  # not measured by itself


def check(text: str, pool: Sequence[EvidenceSentence], asked: Sequence[Figure] = ()) -> Verdict:
    """The verdict on one sentence: the best of the verdicts that each article gives.

    `pool` is the evidence, best first. `asked` are the figures of the question: a date that the
    sentence repeats from the question, and that no evidence holds, is removed from the sentence.
    """
    best: Verdict | None = None
    for article in dict.fromkeys(e.article.id for e in pool):
        sentences = [e for e in pool if e.article.id == article]
        verdict = _judge(text, sentences, asked)
        if best is None or _rank(verdict) > _rank(best):
            best = verdict
    return best or Verdict(text, (), (), (), "there is no evidence")


def check_across(
    text: str, pool: Sequence[EvidenceSentence], asked: Sequence[Figure] = ()
) -> Verdict:
    """The verdict on one sentence that may put together what several articles tell."""
    return _judge(text, pool, asked) if pool else check(text, pool, asked)


def _rank(verdict: Verdict) -> tuple[bool, int, float]:
    """Sort key, better verdicts higher: it holds, fewer items lack evidence, better citation."""
    lost = sum(not where for where in verdict.found)
    score = verdict.cited[0].score if verdict.cited else 0.0
    return verdict.reason is None, -lost, score


def _judge(text: str, pool: Sequence[EvidenceSentence], asked: Sequence[Figure]) -> Verdict:
    """The verdict that the sentences of one article give."""
    fixed = repair(text, pool)
    if asked:
        fixed = without_dates(fixed, asked, pool)
    items = items_of(fixed, pool)
    cited = cite(fixed, items, pool)
    found = tuple(tuple(i for i, e in enumerate(cited) if holds(e, item)) for item in items)
    reason = None
    lost = [item.text for item, where in zip(items, found, strict=True) if not where]
    stray = _stray(items, cited) if cited else None
    if not cited:
        reason = "no evidence sentence is about it"
    elif lost:
        reason = f"not in the cited sentences: {', '.join(lost)}"
    elif stray:
        reason = f"{stray} is not said of the same subject"
    elif _overlap(fixed, cited) < LEAST_OVERLAP or _overlap(_bare(fixed), cited) < LEAST_TOLD:
        reason = "the cited sentences do not say this"
    loose = reason is not None and bool(cited) and not lost and not stray
    return Verdict(fixed, tuple(cited), tuple(items), found, reason, fixed != text, loose)


def _stray(items: Sequence[Item], cited: Sequence[EvidenceSentence]) -> str | None:
    """A name that the first cited sentence and its context do not mention, or None."""
    first = cited[0]
    near = f"{first.text} {first.context}"
    for item in items:
        if item.figure is None and not mentions(item.text, near):
            return item.text
    return None


def _without_figures(text: str) -> str:
    """The sentence without its sums, shares, dates and versions."""
    for figure in reversed(figures_of(text)):
        if figure.kind in ("money", "percent", "date", "version"):
            text = f"{text[: figure.start]} {text[figure.end :]}"
    return text


def _bare(text: str) -> str:
    """The sentence without its names and figures."""
    rest = _without_figures(text)
    for name in reversed(find_names(rest)):
        rest = f"{rest[: name.start]} {rest[name.end :]}"
    return rest


def _overlap(text: str, cited: Sequence[EvidenceSentence]) -> float:
    """The share of the text's meaning words that the citations cover, 0 to 1; 1 without any."""
    meant = content(text)
    if not meant:
        return 1.0
    stems = frozenset().union(
        *(
            stems_of(e.text) | stems_of(f"{e.article.title or ''} {e.article.publisher or ''}")
            for e in cited
        )
    )
    return sum(covers(w, stems) or _same_root(w, stems) for w in meant) / len(meant)


def _same_root(word: str, stems: frozenset[str]) -> float:
    """1 where `stems` have a word of the same first six letters: "dishonest" for "dishonesty".

    Six letters: not measured.
    """
    return float(len(word) > 6 and any(other[:6] == word[:6] for other in stems))
