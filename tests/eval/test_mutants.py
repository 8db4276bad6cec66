"""Mutants made from the bundled articles do not pass the checker; true sentences do."""

from __future__ import annotations

from eval.libraries import briefs
from eval.mutants.cases import cases, judged, score
from eval.mutants.mutations import mutants
from eval.mutants.rewrites import rewrites


def test_lies_are_caught_and_truths_pass() -> None:
    rows = [judged(case) for case in cases(briefs(), step=8)]
    metrics, _ = score(rows)
    wrong = [row["text"] for row in rows if not row.get("caught", True) or row.get("flagged")]
    assert metrics["mutants"] >= 500
    for kind in ("figure", "date", "name"):
        assert metrics[f"caught_{kind}"] == 1.0, wrong
    assert metrics["caught_state"] >= 0.97, wrong
    assert metrics["caught_subject"] >= 0.85, wrong
    assert metrics["true_flagged"] <= 0.03, wrong


def test_each_kind_of_lie_changes_one_thing() -> None:
    text = "Meta plans to buy 49% of Scale AI on June 12, 2025."
    made = {(m.kind, m.text) for m in mutants(text, [], "seed")}
    assert ("state", "Meta has bought 49% of Scale AI on June 12, 2025.") in made
    assert ("subject", "Scale AI plans to buy 49% of Meta on June 12, 2025.") in made
    assert {kind for kind, _ in made} == {"figure", "date", "name", "state", "subject"}
    assert all(lie != text for _, lie in made)


def test_rewrites_keep_what_is_said() -> None:
    made = dict(rewrites("Meta acquired Manus on December 29, 2025, for $2 billion."))
    assert made["passive"].startswith("Manus was acquired by Meta on")
    assert "2 billion dollars" in made["money"] and "29 December 2025" in made["date"]
