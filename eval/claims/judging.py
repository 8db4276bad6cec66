"""Rows of claims about quotes, judged by the check of one sentence, and the scores."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.harness import Row

if TYPE_CHECKING:
    from rag.llm.writer import Writer

LABELS = ("supported", "contradicted", "not_stated")


def claims_of(path: Path | None) -> list[Row]:
    """The rows of a claims file, by default of the bundled one; SourceError where a field lacks."""
    from eval.harness import read_rows
    from index.errors import SourceError

    rows = read_rows(path or Path(str(files("eval.claims") / "claims.jsonl")))
    for row in rows:
        if not {"id", "evidence", "claim"} <= set(row) or row.get("label") not in LABELS:
            raise SourceError(f"{path}: a row lacks id, evidence, claim or a label of {LABELS}")
    return rows


def judged(writer: Writer | None, row: Row) -> Row:
    """Whether a claim passes, why not, and the time that it took."""
    from eval.harness import clock
    from index.types import Article
    from rag.checking.borne import judged as check
    from rag.evidence.sentence import EvidenceSentence

    text = row["evidence"]
    quote = EvidenceSentence(Article(row["id"], text), 0, len(text), text, "")
    ms, verdict = clock(lambda: check(writer, row["claim"], [quote]))
    return {
        "id": row["id"], "label": row["label"], "kind": row.get("kind", ""),
        "passed": verdict.reason is None, "verdict": verdict.reason or "borne out",
        "odds": verdict.odds, "ms": ms,
    }  # fmt: skip


def scored(rows: Sequence[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, by_type): the share of each label and kind that is judged as it should be, the mean
    of what passes rightly and what is caught rightly, and the median time in milliseconds."""
    from eval.judging.metrics import mean, percentile

    def right(part: Sequence[Row]) -> Row:
        return {
            "rows": len(part),
            "right": mean([r["passed"] == (r["label"] == LABELS[0]) for r in part]),
        }

    by_type = {label: right([r for r in rows if r["label"] == label]) for label in LABELS}
    kinds = sorted({(r["label"], r["kind"]) for r in rows})
    for label, kind in kinds:
        own = [r for r in rows if (r["label"], r["kind"]) == (label, kind)]
        by_type[f"{label}, {kind}"] = right(own)
    caught = right([r for r in rows if r["label"] != LABELS[0]])["right"]
    metrics = {label: by_type[label]["right"] for label in LABELS}
    metrics["balanced_accuracy"] = (metrics["supported"] + caught) / 2
    metrics["ms_p50"] = percentile([r["ms"] for r in rows], 0.5)
    return metrics, by_type
