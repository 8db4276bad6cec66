"""Readings of evidence to learn from: what the model's states are, what it drafts, how that is
judged.

    question -> its first and second reading, as in `rag/strategies/single.py`, but without
    abstaining -> states at "Stated:" and behind the draft, the draft    (read once, kept in a file)
    draft -> signs, checks, the verdict if it were answered              (judged anew each time)

A reading whose sentences hold no answer is what abstaining is learned from: the second of most
questions, and the first of those that are not found or have no answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from eval.bundled.questions import BundledQuestion
from eval.harness import Row

if TYPE_CHECKING:
    from rag.abstain.judgement import Judgement
    from rag.dateline import Dateline
    from rag.llm.writer import Writer
    from rag.question.intent import Intent
    from rag.strategies.attempt import Pool
    from rag.strategies.case import Case
    from rag.types import Answer

AGAIN = 3  # one in so many questions whose first reading holds the answer is read a second time


def read(dateline: Dateline, case: Case, answerable: bool, holds: Callable[[Pool], bool]) -> Row:
    """The readings of one question, none where it is answered another way; `holds` says whether
    sentences hold its answer."""
    from eval.fit.folds import part_of
    from rag.evidence.prompt import chosen
    from rag.strategies import comparison, multihop, over_time

    writer = dateline.writer
    assert writer is not None
    out: list[Row] = []
    if multihop.asked(case) or comparison.reply(case) or over_time.reply(case):
        return {"readings": out}
    for place, (pool, _) in enumerate(all_readings(case)):
        shown = chosen(pool, case.intent.explains)
        found = answerable and holds(shown)
        out.append({"found": found, **_read(writer, case.intent, shown)})
        if place == 0 and found and part_of(case.question.question, AGAIN) > 0:
            break
    return {"readings": out}


def all_readings(case: Case) -> list[tuple[Pool, Judgement]]:
    """The evidence of each reading, as if there were always hope."""
    from rag.strategies.single import readings

    return list(readings(case, hopeful=True))


def _read(writer: Writer, intent: Intent, shown: Pool) -> Row:
    """The model's states and odds at both probes, and its draft."""
    from eval.fit.probes import packed
    from prompts import render
    from rag.evidence.prompt import prompt
    from rag.llm.probes import odds_of
    from rag.strategies.attempt import drafted

    def known(begin: str) -> Row:
        odds, state = odds_of(writer, *prompt(intent, shown), begin)
        return {"odds": odds, "state": None if state is None else packed(state)}

    stated = known(render("answer.stated"))
    draft = "".join(drafted(writer, intent, shown)).strip()
    return {
        "stated": stated,
        "draft": draft,
        "held": known(render("answer.held", draft=draft)),
    }


def judged_real(dateline: Dateline, question: Row, row: Row) -> list[Row]:
    """The readings of a question over real news, with the verdict if each were answered."""
    from eval.realnews.asking import gold_spans, question_of
    from eval.realnews.judging import judge

    case = dateline.case(question_of(question))

    def verdict(answer: Answer) -> str:
        said = {"status": answer.status, "text": answer.text, "short": answer.short}
        return judge(question, said)

    known = {
        "id": row["id"], "kind": question["kind"], "answerable": not question.get("unanswerable"),
        "articles": sorted(gold_spans(dateline, question)),
    }  # fmt: skip
    return [{**known, **found} for found in judged(case, row, verdict)]


def judged_brief(dateline: Dateline, question: BundledQuestion, row: Row) -> list[Row]:
    """The same of a calibration question over the bundled briefs."""
    from eval.bundled.questions import judge

    def verdict(answer: Answer) -> str:
        reason = judge(question, answer)
        refused = question.answerable and answer.status == "unanswerable"
        return "right" if reason is None else "refused" if refused else "wrong"

    known = {
        "id": f"briefs-{question.id}", "kind": question.kind, "answerable": question.answerable,
        "articles": [],
    }  # fmt: skip
    case = dateline.case(question.asked())
    return [{**known, **found} for found in judged(case, row, verdict)]


def judged(case: Case, row: Row, verdict: Callable[[Answer], str]) -> list[Row]:
    """Each reading with its signs, whether its draft holds, and the verdict on an answer that never
    abstains."""
    from rag.answer import answer_of
    from rag.evidence.prompt import shown_first
    from rag.strategies.attempt import weighed
    from rag.strategies.single import told

    out = []
    pools = all_readings(case) if row["readings"] else []
    for place, (found, (pool, judgement)) in enumerate(zip(row["readings"], pools, strict=False)):
        first, draft = shown_first(pool, case.intent.explains), found["draft"]
        holds, lost = weighed(case.intent, first, draft)
        reply = told(case.intent, first, draft)
        answer = answer_of(replace(case, judgement=judgement), reply)
        out.append({
            **found, "place": place, "signs": judgement.signs, "premise": judgement.false_premise,
            "holds": float(holds), "lost": float(lost), "nothing": not reply.said,
            "verdict": verdict(answer), "text": answer.text, "short": answer.short,
        })  # fmt: skip
    return out
