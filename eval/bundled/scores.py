"""Rows of the bundled questions to metrics, overall and by kind.

row -> Outcome -> the metrics of `judging/metrics.py`; twins, invariants, times
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.harness import Row
from eval.judging.metrics import ANSWER_METRICS, Outcome, bootstrap, percentile


def outcome(row: Row) -> Outcome:
    """The outcome of a row, as the metrics take it."""
    return Outcome(
        answerable=row["kind"] != "unanswerable",
        abstained=row.get("status") == "unanswerable",
        right=row["right"],
        precise=row.get("precise", ()) if row.get("status") != "unanswerable" else (),
        recalled=row.get("recalled", ()) if row.get("status") != "unanswerable" else (),
        evidence=row.get("evidence_recall"),
    )


def score(rows: Sequence[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, by_type): metrics with their intervals and timings; counts of each kind."""
    outcomes = [outcome(row) for row in rows]
    metrics: dict[str, Any] = {name: metric(outcomes) for name, metric in ANSWER_METRICS.items()}
    metrics["twin_accuracy"] = twin_accuracy(rows)
    metrics["invariants_broken"] = sum(len(row["invariants"]) for row in rows)
    metrics["errors"] = sum("error" in row for row in rows)
    metrics["intervals"] = {
        name: bootstrap(outcomes, metric) for name, metric in ANSWER_METRICS.items()
    }
    metrics["timings"] = timings(rows)
    kinds = sorted({row["kind"] for row in rows}, key=lambda kind: (kind == "unanswerable", kind))
    by_type = {kind: tally([r for r in rows if r["kind"] == kind]) for kind in kinds}
    by_type["all"] = tally(rows)
    return metrics, by_type


def tally(rows: Sequence[Row]) -> dict[str, Any]:
    """Counts of outcomes; accuracy is the share of all rows that are right."""
    outcomes = [outcome(row) for row in rows]
    counts = {
        name: sum(r["outcome"] == name for r in rows) for name in ("right", "abstained", "wrong")
    }
    return {
        "n": len(rows),
        **counts,
        "accuracy": counts["right"] / len(rows) if rows else None,
        "crag_score": ANSWER_METRICS["crag_score"](outcomes),
    }


def twin_accuracy(rows: Sequence[Row]) -> float | None:
    """Share of the twin pairs in which both answers are right, after contrast sets (Gardner et al.,
    Findings of EMNLP 2020): a twin differs in one point, so that no article answers it.
    """
    by_id = {row["id"]: row for row in rows}
    pairs = [
        (row, by_id[row["twin_of"]]) for row in rows if row["twin_of"] and row["twin_of"] in by_id
    ]
    return sum(a["right"] and b["right"] for a, b in pairs) / len(pairs) if pairs else None


def timings(rows: Sequence[Row]) -> dict[str, float | None]:
    """p50 and p95 of the timings in the answers, in milliseconds."""
    found: dict[str, float | None] = {}
    for name in ("evidence_ms", "first_token_ms", "total_ms"):
        taken = [row["answer"]["timings"][name] for row in rows if "answer" in row]
        values = [value for value in taken if value is not None]
        found[f"{name}_p50"] = percentile(values, 0.5)
        found[f"{name}_p95"] = percentile(values, 0.95)
    return found
