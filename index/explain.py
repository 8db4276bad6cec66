"""Why the hits of a search stand where they do, as lines for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from index.ranking.ranker import Ranker
from index.ranking.signals import SIGNALS
from index.search import Found
from index.types import Hit

SHOWN = 5  # signals printed for a hit; a matter of space, not measured


def understood(found: Found) -> dict[str, object]:
    """How the search read the question, ready for JSON."""
    asked = found.asked
    return {
        "text": asked.text,
        "sources": [source.form for source in asked.sources],
        "publishers": sorted(asked.publishers),
        "dates": [f"{d.bound} {d.first}..{d.last}" for d in asked.dates],
        "names": list(asked.names),
        "asks_for_the_latest": asked.recent,
        "clauses": [
            {
                "text": clause.text,
                "publishers": sorted(clause.publishers),
                "dates": [f"{d.bound} {d.first}..{d.last}" for d in clause.dates],
            }
            for clause in asked.clauses
        ],
        "candidates": len(found.candidates.places),
    }


def effects(hit: Hit, ranker: Ranker) -> dict[str, float]:
    """By how much each signal of a hit changes its score, the largest change first.

    The change is the score less the score that the hit would have with that signal at its mean.
    """
    import numpy as np

    values = np.array([hit.signals[name] for name in SIGNALS], np.float32)
    rows = np.tile(values, (len(SIGNALS) + 1, 1))
    np.fill_diagonal(rows[1:], ranker.mean)
    scores = ranker.scores(rows)
    worth = {name: float(scores[0] - s) for name, s in zip(SIGNALS, scores[1:], strict=True)}
    return dict(sorted(worth.items(), key=lambda item: -abs(item[1])))


def understood_lines(found: Found) -> Iterator[str]:
    """The same as `understood`, as lines for people."""
    facts = understood(found)
    yield f"understood: {facts['text']}"
    for name in ("sources", "dates", "names"):
        values = facts[name]
        assert isinstance(values, list)
        if values:
            yield f"  {name}: {', '.join(values)}"
    if facts["asks_for_the_latest"]:
        yield "  asks for the latest: of near equals the newer goes first"
    for clause in found.asked.clauses:
        of = f"  [{', '.join(sorted(clause.publishers))}]" if clause.publishers else ""
        yield f"  part: {clause.text}{of}"
    yield f"  {facts['candidates']} candidates"


def hit_line(hit: Hit, ranker: Ranker) -> str:
    """One line: the signals that changed a hit's score most, each with its value and its change."""
    moved = list(effects(hit, ranker).items())[:SHOWN]
    said = [f"{name} {hit.signals[name]:.2f} ({worth:+.2f})" for name, worth in moved]
    copies = f"; also in {', '.join(hit.also_in)}" if hit.also_in else ""
    return "because: " + ", ".join(said) + copies
