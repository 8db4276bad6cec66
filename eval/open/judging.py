"""Judging answers to open questions by the points that they make.

A point is made when one of its `accept` patterns is in the text. An answer is good when it makes at
least `least` points and matches no pattern of `reject`, has at most `max_words` words, and, with
`order`, tells the points that it makes in the order of their days, forwards or backwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from eval.harness import Row
from eval.judging.metrics import mean

UNCITED = frozenset({"about_library", "small_talk"})  # kinds that need no citation


def judge(question: Row, answer: Row) -> Row:
    """Whether an answer is `good`, its share of `points`, and why it is not good."""
    text = answer.get("text") or ""
    plain = re.sub(r"\s*\[\d+\]", "", text)
    if answer.get("status") == "unanswerable" and question["kind"] not in UNCITED:
        return {"good": False, "points": 0.0, "why": "refused"}
    places = [_place(point["accept"], plain) for point in question["points"]]
    made = sum(place is not None for place in places)
    why = []
    if made < question.get("least", 0):
        why.append(f"{made} of {question['least']} points")
    rejected = [p for p in question.get("reject", ()) if re.search(p, text, re.IGNORECASE)]
    why += [f"has /{pattern}/" for pattern in rejected]
    words, most = len(plain.split()), question.get("max_words")
    if most and words > most:
        why.append(f"{words} words, at most {most} wanted")
    if question.get("order"):
        days = [
            (point["day"], place)
            for point, place in zip(question["points"], places, strict=True)
            if place is not None and point.get("day")
        ]
        told = [place for _, place in sorted(days, key=lambda pair: pair[0])]
        if told not in (sorted(told), sorted(told, reverse=True)):
            why.append("not in order")
    share = made / len(question["points"]) if question["points"] else 1.0
    return {"good": not why, "points": share, "rejected": bool(rejected), "why": "; ".join(why)}


def _place(patterns: Sequence[str], text: str) -> int | None:
    found = (re.search(pattern, text, re.IGNORECASE) for pattern in patterns)
    return min((match.start() for match in found if match), default=None)


def uncited(answer: Row) -> int:
    """How many sentences of an answer have no citation."""
    return sum(not sentence["citations"] for sentence in answer.get("sentences", ()))


def scored(rows: Sequence[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, by_type) of judged rows: the shares of good answers and of points made, sentences
    without a citation, rows with a rejected pattern, and the times."""
    by_type = {
        kind: _part([row for row in rows if row["kind"] == kind])
        for kind in dict.fromkeys(row["kind"] for row in rows)
    }
    ms = sorted(row["timings"]["total_ms"] for row in rows if row.get("timings"))
    metrics: dict[str, Any] = {
        **_part(rows),
        "uncited": sum(row["uncited"] for row in rows if row["kind"] not in UNCITED),
        "rejected": sum(bool(row.get("rejected")) for row in rows),
    }
    if ms:
        metrics |= {"total_ms_p50": ms[len(ms) // 2], "total_ms_p95": ms[int(0.95 * len(ms))]}
    return metrics, by_type


def _part(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "rows": len(rows),
        "good": mean([float(row["good"]) for row in rows]),
        "points": mean([row["points"] for row in rows]),
    }
