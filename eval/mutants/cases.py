"""Cases for the checker: true sentences, rewrites and mutants, each with evidence; judged, scored.

    articles -> sentences -> rewrites (`mutants/rewrites.py`) -> mutants (`mutants/mutations.py`)
    each with its evidence -> `rag/checking/check.py` -> row -> metrics

A mutant that another sentence of the library may support is left out.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from eval.bundled.questions import brief
from eval.harness import Row, read_rows
from eval.judging.metrics import percentile
from eval.mutants.mutations import KINDS, Mutant, mutants
from eval.mutants.rewrites import rewrites
from index.text.passages import sentences
from index.types import Article
from rag.checking.check import check
from rag.checking.contradiction import telling_the_same
from rag.evidence.sentence import EvidenceSentence, figures_of, stems_of
from rag.figures import find_figures, same
from rag.language.lexicon import content, groups, stem, words
from rag.language.names import find_names, mentions

RELATED = 6  # related articles whose sentences are evidence too; not measured
POOL = 24  # evidence sentences, as many as a draft is checked against (`rag/strategies/draft.py`)


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence and the evidence to check it against; `mutant` is None for a true sentence.

    `how` names the rewrite that made it, `article` is the id of its article.
    """

    text: str
    how: str
    article: str
    pool: tuple[EvidenceSentence, ...]
    mutant: Mutant | None = None


class News:
    """The sentences of some articles, and which articles are related."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = list(articles)
        self.evidence = {a.id: evidence_of(a) for a in articles}
        self._stems = {
            a.id: frozenset(content(f"{a.title or ''}. {a.text}")) for a in self.articles
        }
        counted = Counter(s for stems in self._stems.values() for s in stems)
        self._weight = {s: 1 / n for s, n in counted.items()}

    def pool(self, text: str, own: Article) -> tuple[EvidenceSentence, ...]:
        """The evidence for a sentence `text` of the article `own`, best first."""
        meant = frozenset(content(text))

        def shared(stems: frozenset[str]) -> float:
            return sum(self._weight.get(s, 0.0) for s in meant & stems)

        others = sorted(
            (a for a in self.articles if a.id != own.id),
            key=lambda a: (-shared(self._stems[a.id]), a.id),
        )
        found = [e for a in (own, *others[:RELATED]) for e in self.evidence[a.id]]
        scored = sorted(
            found,
            key=lambda e: (-shared(stems_of(e.text) | stems_of(e.context)), e.article.id, e.start),
        )
        kept = scored[:POOL]
        return tuple(kept + [e for e in self.evidence[own.id] if e not in kept])

    def borne_out(self, mutant: Mutant, source: EvidenceSentence) -> bool:
        """Whether another sentence of the library may support the mutant.

        Such a sentence has the new value, every other figure and name, and a word for the same
        relation.
        """
        if mutant.kind == "subject":
            return False  # the same names in another sentence do not make the reverse true
        added = _new_words(mutant)
        figures = [f for f in find_figures(mutant.text) if f.kind != "version"]
        names = [n.text for n in find_names(mutant.text)]
        meant = frozenset(content(mutant.text))
        told = frozenset().union(*(groups(s) for s in meant))
        for e in (e for pool in self.evidence.values() for e in pool):
            if e.article.id == source.article.id and e.start == source.start:
                continue
            head = f"{e.article.title or ''}. {e.article.publisher or ''}"
            stems = stems_of(e.text)
            if mutant.kind == "state" and not added <= stems:
                continue
            here = (*e.figures, *figures_of(head), *figures_of((e.article.published or "")[:10]))
            if not all(any(same(f, g) for g in here) for f in figures):
                continue
            if not all(mentions(n, f"{e.text} {e.context}") for n in names):
                continue
            if meant & stems or told & frozenset().union(*(groups(s) for s in stems)):
                return True
        return False


def paraphrases(news: News) -> dict[tuple[str, int], list[str]]:
    """The sentences of rewordings.jsonl, which were paraphrased by hand.

    They are returned by the article sentence that each is nearest to: {(article id, start): texts}.
    """
    found: dict[tuple[str, int], list[str]] = {}
    for row in read_rows(Path(str(files("eval.mutants") / "rewordings.jsonl"))):
        article = brief(row["article"])
        if article is None or article.id not in news.evidence:
            continue
        own = news.evidence[article.id]
        source = telling_the_same(row["text"], own) or own[0]
        found.setdefault((source.article.id, source.start), []).append(row["text"])
    return found


def _new_words(mutant: Mutant) -> frozenset[str]:
    added = set(words(mutant.new)) - set(words(mutant.old))
    return frozenset(stem(w) for w in added)


def evidence_of(article: Article) -> list[EvidenceSentence]:
    """An article's sentences with their contexts, as `rag/evidence/scoring.py` makes them."""
    spans = sentences(article.text)
    head = f"{article.title or ''}. {article.publisher or ''}. "
    found = []
    for place, (start, end) in enumerate(spans):
        near = [*spans[max(0, place - 2) : place], *spans[place + 1 : place + 2]]
        around = " ".join(article.text[a:b] for a, b in near)
        found.append(EvidenceSentence(article, start, end, article.text[start:end], head + around))
    return found


def cases(articles: Sequence[Article], step: int = 1) -> Iterator[Case]:
    """True sentences, true rewrites and mutants of both, of every `step`-th article."""
    news = News(articles)
    made: set[str] = {e.text for pool in news.evidence.values() for e in pool}
    retold = paraphrases(news)
    for article in news.articles[::step]:
        for source in news.evidence[article.id]:
            others = [f for e in news.evidence[article.id] if e is not source for f in e.figures]
            drafts = [("verbatim", source.text), *rewrites(source.text)]
            drafts += [("retold", t) for t in retold.pop((article.id, source.start), [])]
            for how, draft in drafts:
                yield Case(draft, how, article.id, news.pool(draft, article))
            for how, draft in drafts:
                for mutant in mutants(draft, others, source.text):
                    if mutant.text in made or mutant.text == draft:
                        continue
                    made.add(mutant.text)
                    if not news.borne_out(mutant, source):
                        pool = news.pool(mutant.text, article)
                        yield Case(mutant.text, how, article.id, pool, mutant)


def judged(case: Case) -> Row:
    """Check one sentence; a mutant is caught when it is refused, or repaired to be true."""
    began = time.perf_counter()
    verdict = check(case.text, case.pool)
    took = (time.perf_counter() - began) * 1000
    refused = verdict.reason is not None
    row: Row = {
        "kind": "true" if case.mutant is None else case.mutant.kind,
        "how": case.how,
        "article": case.article,
        "text": case.text,
        "said": None if refused else verdict.text,
        "reason": verdict.reason,
        "ms": round(took, 2),
    }
    if case.mutant is None:
        row["flagged"] = refused
    else:
        row |= {"old": case.mutant.old, "new": case.mutant.new, "source": case.mutant.source}
        row["caught"] = refused or not _still_lies(case.mutant, verdict.text)
    return row


def _still_lies(mutant: Mutant, said: str) -> bool:
    """Whether a sentence that was let through still holds what the mutation changed."""
    if mutant.kind == "name":
        return bool(re.search(rf"(?<!\w){re.escape(mutant.new)}(?!\w)", said))
    if mutant.kind in ("figure", "date"):
        return said.count(mutant.new) > mutant.source.count(mutant.new)
    return True


def score(rows: Sequence[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, by_type): share caught by kind, share of true sentences flagged, times."""
    lies = [row for row in rows if row["kind"] != "true"]
    truth = [row for row in rows if row["kind"] == "true"]
    by_type: dict[str, Any] = {}
    for kind in KINDS:
        own = [row for row in lies if row["kind"] == kind]
        caught = sum(row["caught"] for row in own)
        by_type[kind] = {"n": len(own), "caught": caught, "share": _share(caught, len(own))}
    for how in sorted({row["how"] for row in truth}):
        own = [row for row in truth if row["how"] == how]
        flagged = sum(row["flagged"] for row in own)
        by_type[f"true: {how}"] = {
            "n": len(own), "flagged": flagged, "share": _share(flagged, len(own)),
        }  # fmt: skip
    taken = [row["ms"] for row in rows]
    metrics = {
        "mutants": len(lies),
        **{f"caught_{kind}": by_type[kind]["share"] for kind in KINDS},
        "caught": _share(sum(row["caught"] for row in lies), len(lies)),
        "true_sentences": len(truth),
        "true_flagged": _share(sum(row["flagged"] for row in truth), len(truth)),
        "check_ms_p50": percentile(taken, 0.5),
        "check_ms_p95": percentile(taken, 0.95),
    }
    return metrics, by_type


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
