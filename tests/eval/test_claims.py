"""Claims about quotes: rows, scores, and the bundled ones."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from eval.claims.judging import claims_of, judged, scored
from index.errors import SourceError

ROW = {
    "id": "a-1",
    "evidence": "Norvale bought Tessel for 40 million dollars in 2020.",
    "claim": "Norvale bought Tessel in 2020.",
    "label": "supported",
    "kind": "shortened",
}


def test_without_a_model_code_judges_alone() -> None:
    assert judged(None, ROW)["passed"]
    wrong = judged(None, ROW | {"claim": "Norvale bought Tessel in 2019."})
    assert not wrong["passed"] and "2019" in wrong["verdict"]


def test_scores() -> None:
    rows = [
        {"label": "supported", "kind": "x", "passed": True, "ms": 1.0},
        {"label": "supported", "kind": "y", "passed": False, "ms": 2.0},
        {"label": "contradicted", "kind": "x", "passed": False, "ms": 3.0},
        {"label": "not_stated", "kind": "x", "passed": True, "ms": 4.0},
    ]
    metrics, by_type = scored(rows)
    assert (metrics["supported"], metrics["contradicted"], metrics["not_stated"]) == (0.5, 1.0, 0.0)
    assert metrics["balanced_accuracy"] == 0.5
    assert by_type["supported, y"] == {"rows": 1, "right": 0.0}


def test_a_row_without_a_label_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "claims.jsonl"
    file.write_text('{"id": "a", "evidence": "x", "claim": "y"}\n')
    with pytest.raises(SourceError, match="label"):
        claims_of(file)


def test_no_claim_that_is_measured_was_learned_from() -> None:
    held = claims_of(None)
    learned = claims_of(Path(str(files("eval.fit") / "claims.jsonl")))
    assert not {row["evidence"] for row in held} & {row["evidence"] for row in learned}
    assert len({row["id"] for row in (*held, *learned)}) == len(held) + len(learned)
    assert Counter(row["label"] for row in held)["supported"] >= 40
