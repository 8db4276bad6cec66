"""Judging answers to questions over real news: right, refused or wrong, by the words of the answer.

A row is right when it can be answered and the answer matches `accept` (one of its patterns, all of
them with `all`), every pattern of `also` and none of `reject`; or when it cannot be answered and
was refused, or the answer names what is false in the question (`deny`). An answer of more than 60
words is none to a question of one fact (120 where several are asked for).

`score` gives +1 for a right row, 0 for a refusal of an answerable question and -1 for anything
else, as the CRAG benchmark does (Yang et al. 2024, arXiv 2406.04744).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from eval.harness import Row
from eval.judging.metrics import mean

Verdict = Literal["right", "refused", "wrong"]
LONG = frozenset("why_how list two_articles multi change summary timeline".split())
SHORT_LIMIT, LONG_LIMIT = 60, 120  # words
_REFUSAL = re.compile(  # of systems that tell no status
    r"\b(?:do(?:es)? not|don.t|doesn.t|cannot|can.t|unable to|no) (?:hold|know|contain|provide"
    r"|mention|state|specify|information|say|find|determine|answer)"
    r"|not (?:stated|mentioned|specified|provided|available|found|disclosed|given)\b",
    re.IGNORECASE,
)


def judge(question: Row, answer: Row, *, short_only: bool = False) -> Verdict:
    """The verdict on one answer; with `short_only` on its `short` where there is one."""
    text = re.sub(r"\s*\[\d+\]", "", answer.get("text") or "")
    short = answer.get("short") or ""
    no = refused(answer)
    if question.get("unanswerable"):
        denied = any(_hits(question.get("deny", ()), text))
        return "right" if no or denied else "wrong"
    if no:
        return "refused"
    whole = f"{short}\n{text}"
    said = short if short_only and short else whole
    limit = LONG_LIMIT if question["kind"] in LONG else SHORT_LIMIT
    if len(said.split()) > limit + len(short.split()):
        return "wrong"
    if question["kind"] == "yesno":  # the verdict stands first
        said = f"{short} {text}".strip()
    found = _hits(question["accept"], said)
    right = all(found) if question.get("all") else any(found)
    right = right and all(_hits(question.get("also", ()), whole))
    return "right" if right and not any(_hits(question.get("reject", ()), said)) else "wrong"


def refused(answer: Row) -> bool:
    """Whether a system refused: by its status, or, of one without, by its words."""
    status = answer.get("status")
    return status == "unanswerable" if status else bool(_REFUSAL.search(answer.get("text") or ""))


def _hits(patterns: Iterable[str], text: str) -> list[bool]:
    return [bool(re.search(pattern, text, re.IGNORECASE)) for pattern in patterns]


def shares(verdicts: Sequence[Verdict]) -> dict[str, float | None]:
    """Shares of the verdicts, and the score."""
    count = Counter(verdicts)
    total = len(verdicts)
    out = {v: (count[v] / total if total else None) for v in ("right", "refused", "wrong")}
    return {**out, "score": (count["right"] - count["wrong"]) / total if total else None}


STAGES = ("found", "shown", "said", "right")


def scored(questions: Sequence[Row], rows: Sequence[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, by_type) of rows beside the questions they answer."""
    pairs = list(zip(questions, rows, strict=True))
    answerable = [p for p in pairs if not p[0].get("unanswerable")]
    others = [p for p in pairs if p[0].get("unanswerable")]
    by_type = {
        kind: _scored([p for p in pairs if p[0]["kind"] == kind])
        for kind in dict.fromkeys(q["kind"] for q in questions)
    }
    by_type |= {"answerable": _scored(answerable), "unanswerable": _scored(others)}
    metrics = {
        "score": shares([row["verdict"] for _, row in pairs])["score"],
        **{f"answerable_{k}": v for k, v in by_type["answerable"].items()},
        "unanswerable_right": by_type["unanswerable"]["right"],
    }
    ms = sorted(row["timings"]["total_ms"] for row in rows if row.get("timings"))
    if ms:
        metrics |= {"total_ms_p50": ms[len(ms) // 2], "total_ms_p95": ms[int(0.95 * len(ms))]}
    return metrics, by_type


def _scored(pairs: Sequence[tuple[Row, Row]]) -> dict[str, Any]:
    """What became of the questions of one kind: verdicts, and how far the answer came.

    `found`: the answering sentence is among the hits; `first` and `first3`: its rank among the
    evidence sentences; `shown`: the model reads it; `said`: something is answered;
    `short`: of the right ones the share with a short answer, `short_right` of those the right ones.
    """
    rows = [row for _, row in pairs]
    ranked = [row for row in rows if "rank" in row]
    right = [(q, r) for q, r in pairs if r["verdict"] == "right" and not q.get("unanswerable")]
    with_short = [(q, r) for q, r in right if r.get("short")]
    out: dict[str, Any] = {"rows": len(rows), **shares([row["verdict"] for row in rows])}
    if ranked:
        out |= {
            "found": mean([row["found"] for row in ranked]),
            "first": mean([row["rank"] == 1 for row in ranked]),
            "first3": mean([0 < row["rank"] <= 3 for row in ranked]),
            "shown": mean([row["shown"] for row in ranked]),
            "said": mean([row["status"] != "unanswerable" for row in ranked]),
        }
    if right:
        out["short"] = len(with_short) / len(right)
        out["short_right"] = mean([judge(q, r, short_only=True) == "right" for q, r in with_short])
    return out
