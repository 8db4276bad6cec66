"""What `eval.peers` asks, and how an answer is judged and counted.

    question file -> rows -> (a row, what a worker's line holds) -> right or not -> measures

Bundled questions and MultiHop-RAG's queries are judged by the text that a reader sees: right where
it holds an accepted answer and no wrong one, refused where it says that it does not know. Questions
over real news are judged as `eval.realnews` does: by Dateline's status, by the words of the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.bundled.questions import BundledQuestion
from eval.harness import Row, sample
from eval.judging.metrics import mean, percentile
from eval.judging.texts import holds_any, squeezed
from eval.realnews.judging import judge, shares
from index.errors import SourceError

_UNKNOWN = re.compile(
    r"(?i)\b(?:not (?:provided|mentioned|specified|stated|available|contain\w*|include\w*|given"
    r"|found|hold|know)|no (?:information|mention|answer)|insufficient|not enough|unable to"
    r"|(?:(?:do|does|is|are|could)(?:n['’]t| not)|can(?:not|['’]t| not)) (?:\w+ )?"
    r"(?:know|mention|provide|contain|specif\w+|state|include|answer|hold|clear|say|determine))\b"
)


@dataclass(frozen=True, slots=True)
class Exam:
    """Rows with id, kind and question, how what was heard of one is judged, what a table shows."""

    rows: Sequence[Row]
    judged: Callable[[Row, Row], Row]
    score: Callable[[Sequence[Row]], Row]


def exam(queries: Path | None, realnews: Path | None) -> Exam:
    """The exam over MultiHop-RAG's queries, over real news, or of the bundled questions."""
    if realnews is not None:
        return Exam(news_questions(realnews), judged_news, score_news)
    known = questions(queries)

    def verdict(row: Row, heard: Row) -> Row:
        return judged(known[row["id"]], as_shown(heard), heard["sources"], "error" in heard)

    rows = [{"id": name, "kind": q.kind, "question": q.question} for name, q in known.items()]
    return Exam(rows, verdict, score)


def news_questions(path: Path) -> list[Row]:
    """The rows of a question file over real news; SourceError where one cannot be judged.

    Those with dates, a publisher or a history are left out: peers cannot be told them.
    """
    from eval.realnews.asking import FIELDS, bundled_questions

    rows = bundled_questions(path)
    for row in rows:
        if not row.get("unanswerable") and not row.get("accept"):
            raise SourceError(f"{path}: {row['id']} lacks accept; give it, or unanswerable")
    found = [row for row in rows if not any(row.get(name) for name in FIELDS[2:])]
    if not found:
        raise SourceError(f"{path}: no question without dates, publisher or history; add some")
    return found


def questions(queries: Path | None) -> dict[str, BundledQuestion]:
    """Questions by id: of MultiHop-RAG's file, or the bundled ones without history and limits.

    Of MultiHop-RAG only those that `eval.multihop --limit 400` asks: no probe is fitted on them.
    """
    from eval.bundled.questions import load
    from eval.multihop.corpus import MEASURED_QUERIES, NULL, read_queries

    if queries is None:
        usable = [
            q for q in load() if not (q.history or q.as_of or q.since or q.until or q.publisher)
        ]
        return {q.id: q for q in usable}
    kinds = {"inference_query": "person", "comparison_query": "comparison", NULL: "unanswerable"}
    found = {}
    measured = sample(read_queries(queries), MEASURED_QUERIES, lambda row: row["question_type"])
    for place, row in enumerate(measured):
        kind = kinds.get(row["question_type"], "yesno")
        word = row["answer"].strip(" .")
        answer = word.capitalize() if word.lower() in ("yes", "no") else word
        found[str(place)] = BundledQuestion.model_validate({
            "id": str(place), "kind": kind, "question": row["query"],
            "answers": [] if kind == "unanswerable" else [answer],
            "evidence": [{"article": e["title"], "sentence": e["fact"]}
                         for e in row["evidence_list"]],
        })  # fmt: skip
    return found


def as_shown(heard: Row) -> str:
    """The text as a reader sees it: Dateline's page shows a short answer above it."""
    if heard.get("status") == "unanswerable":
        return "The library does not hold the answer."
    text, own = str(heard["text"]), heard.get("short") or ""
    return f"{own}. {text}" if own in ("Yes", "No") or own not in text else text


def judged(
    question: BundledQuestion, text: str, sources: Sequence[str], failed: bool = False
) -> Row:
    """Whether a text is right or a refusal, and which share of its sources holds the answer.

    The text of a question that could not be asked (`failed`) is no refusal.
    """
    gold = "\n".join(e.sentence for e in question.evidence)
    held = not question.answers or holds_any(text, question.answers)
    held = held and all(holds_any(text, group) for group in question.all_of)
    if question.answers and set(question.answers) <= {"Yes", "No"}:
        word = re.match(r"\W*(yes|no)\b(?! (?:information|mention|answer))", text, re.IGNORECASE)
        held = word is not None and word[1].capitalize() in question.answers
    held = held and question.answerable
    refused = not failed and (not text.strip() or (bool(_UNKNOWN.search(text)) and not held))
    lied = any(holds_any(text, [f]) and not holds_any(gold, [f]) for f in question.wrong)
    right = held and not lied if question.answerable else refused
    forms = [*question.answers, *(form for group in question.all_of for form in group)]
    facts = [squeezed(e.sentence) for e in question.evidence]
    bearing = [
        any(told in squeezed(source) or squeezed(source) in told for told in facts)
        or (not set(forms) <= {"Yes", "No"} and holds_any(source, forms))
        for source in sources
    ]
    return {
        "answerable": question.answerable,
        "right": right,
        "refused": refused,
        "shown": len(sources),
        "sources_right": mean([float(b) for b in bearing]) if question.answerable else None,
    }


def judged_news(question: Row, heard: Row) -> Row:
    """The verdict of `eval.realnews`, and which share of the sources holds one of the gold quotes.

    A question that could not be asked counts as wrong. A source that is itself a part of a gold
    quote holds it as well.
    """
    quotes = [squeezed(item["quote"]) for item in question.get("evidence", ())]
    sources = [source for source in map(squeezed, heard["sources"]) if source]
    bearing = [any(q in source or source in q for q in quotes) for source in sources]
    return {
        "answerable": not question.get("unanswerable"),
        "verdict": "wrong" if "error" in heard else judge(question, heard),
        "shown": len(sources),
        "sources_right": mean([float(b) for b in bearing]) if quotes else None,
    }


def score(rows: Sequence[Row]) -> Row:
    """The measures of one system over bundled questions or MultiHop-RAG's queries."""
    answerable = [row for row in rows if row["answerable"]]
    others = [row for row in rows if not row["answerable"]]
    return {
        "n": len(rows),
        "answer_accuracy": mean([float(row["right"]) for row in answerable]),
        "unanswerable_refused": mean([float(row["right"]) for row in others]),
        "sources_right": mean(_sources(answerable)),
        **_costs(rows),
    }


def score_news(rows: Sequence[Row]) -> Row:
    """The measures of one system over real news; the first three are of the answerable rows.

    `score` is the mean over all rows: +1 for right, 0 for a refused answerable one, else -1.
    """
    own = shares([row["verdict"] for row in rows if row["answerable"]])
    others = shares([row["verdict"] for row in rows if not row["answerable"]])
    return {
        "n": len(rows),
        **{name: own[name] for name in ("right", "refused", "wrong")},
        "unanswerable_right": others["right"],
        "score": shares([row["verdict"] for row in rows])["score"],
        "sources_right": mean(_sources(rows)),
        **_costs(rows),
    }


def _sources(rows: Sequence[Row]) -> list[float]:
    """The share of right sources of each row that has gold evidence and shows any source."""
    return [row["sources_right"] for row in rows if row["sources_right"] is not None]


def _costs(rows: Sequence[Row]) -> Row:
    """Seconds to the first useful text and to the last, and memory."""
    return {
        "first_s_p50": percentile([row["first_s"] for row in rows], 0.5),
        "whole_s_p50": percentile([row["whole_s"] for row in rows], 0.5),
        "whole_s_p95": percentile([row["whole_s"] for row in rows], 0.95),
        "memory_mb": max(row["memory_mb"] for row in rows),
    }
