"""`python -m eval.fit.abstain`: learns when to abstain, `rag/abstain/abstain.json`.

    question -> evidence -> draft of the best sentences, checked -> would it be right?
    signs of the evidence, the probe "stated", the draft -> one logistic regression a stage

Every question is answered without abstaining, so that it is known what abstaining costs; a stage
learns whether the answer would be right. Questions over real news, some of them a second time with
their answering sentences taken away, and calibration questions of the bundled briefs. Folds are by
author; a row that shares an answering article with another author's is learned from only where it
does not help itself. An interrupted run goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from eval.fit.folds import by_author
from eval.fit.regression import auc, fit
from eval.harness import Row, partial, progress, run_rows, sample, say, settings_record
from index.cli import run

if TYPE_CHECKING:
    from rag.dateline import Dateline
    from rag.strategies.case import Case
    from rag.types import Answer

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
STAGE_C = 0.1  # inverse strength of the ridge; not measured
CUTS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
# Of each stage the chance below which the next is not asked, and the chance from which the last one
# answers. Chosen on the printed table of left-out rows.
FLOORS = {"evidence": 0.1, "stated": 0.15, "drafted": 0.0}
THRESHOLD = 0.35

app = typer.Typer(add_completion=False)


@app.command()
def learn(
    questions: Annotated[Path, typer.Option(metavar="FILE", help="questions.jsonl or .jsonl.gz")],
    corpus: Annotated[Path, typer.Option(metavar="FILE", help="corpus.jsonl or .jsonl.gz")],
    limit: Annotated[int | None, typer.Option(min=40, metavar="N", help="A fixed sample.")] = None,
    briefs: Annotated[
        int, typer.Option(min=0, metavar="N", help="Calibration questions of the bundled briefs.")
    ] = 120,
    near_misses: Annotated[
        int, typer.Option(min=0, metavar="N", help="Of these, unanswerable ones beside them.")
    ] = 150,
    kept_rows: Annotated[
        Path, typer.Option("--rows", metavar="FILE", help="Rows read before, or to be written.")
    ] = Path("reports/abstain-rows.json"),
    write: Annotated[bool, typer.Option(help="Write rag/abstain/abstain.json.")] = True,
) -> None:
    """Learn the stages of abstention."""
    from eval.bundled.questions import load
    from eval.harness import write_text
    from eval.libraries import bundled
    from eval.realnews.asking import articles_library, bundled_questions
    from rag.dateline import Dateline

    known = {q.id: q for q in load(Path(str(files("eval.fit") / "calibration.jsonl")))}
    real = {row["id"]: row for row in bundled_questions(questions)}
    asked = sample(list(real.values()), limit, lambda row: str(row["kind"]))
    each = [{"id": q.id, "kind": q.kind} for q in known.values()]
    picked = sample(each, briefs, lambda row: row["kind"])
    unanswerable = [row for row in each if row["kind"] == "unanswerable" and row not in picked]
    picked += sample(unanswerable, near_misses, lambda row: "")
    rows = json.loads(kept_rows.read_text()) if kept_rows.exists() else []
    have = {row["id"] for row in rows}
    record = settings_record("eval.fit.abstain", None)
    for name, wanted, library in (
        ("questions", asked, articles_library(corpus)),
        ("briefs", picked, bundled()),
    ):
        lacking = [row for row in wanted if row["id"] not in have]
        if not lacking:
            continue
        dateline = Dateline.open(library, None, log=say)
        kept = partial(f"fit-abstain-{name}", None, record)

        def ask(row: Row, name: str = name, dateline: Dateline = dateline) -> Row:
            if name == "questions":
                return drafts_of(dateline, row)
            return {"id": row["id"], **drafted(dateline, dateline.case(known[row["id"]].asked()))}

        rows += run_rows(lacking, ask, kept, name)
        write_text(kept_rows, json.dumps(rows))
        kept.finish()
    wanted_ids = {row["id"] for row in (*asked, *picked)}
    rows = [row for row in rows if row["id"] in wanted_ids]
    drafts = [row for row in rows if row.get("draft")]
    news = Dateline.open(articles_library(corpus), "none", log=say)
    short = Dateline.open(bundled(), "none", log=say)
    seen = [
        judged_real(news, real[row["id"]], row)
        if row["id"] in real
        else judged_brief(short, known[row["id"]], row)
        for row in progress(drafts, "judging")
    ]
    stages = staged(seen)
    if write:
        path = Path(str(files("rag.abstain") / "abstain.json"))
        path.write_text(json.dumps(stages, indent=1) + "\n")
        say(f"wrote {path.name}")


def drafts_of(dateline: Dateline, row: Row) -> Row:
    """What the model makes of a question over real news, and of one in four also without the
    sentences that answer."""
    from eval.realnews.asking import gold_spans, holds, question_of

    case = dateline.case(question_of(row))
    out = {"id": row["id"], **drafted(dateline, case)}
    gold = gold_spans(dateline, row)
    if gold and int(str(row["id"]).rpartition("-")[2]) % 4 == 0:
        left = [e for e in case.pool if not holds(gold, e)]
        out["without"] = drafted(dateline, replace(case, pool=left))
    return out


def drafted(dateline: Dateline, case: Case) -> Row:
    """The log odds that the evidence states the answer, and the draft; nothing where a question is
    answered another way."""
    from prompts import render
    from rag.evidence.prompt import chosen, prompt
    from rag.llm.probes import log_odds
    from rag.strategies import comparison, multihop, over_time, single

    writer = dateline.writer
    assert writer is not None
    if not case.pool or multihop.asked(case) or comparison.reply(case) or over_time.reply(case):
        return {}
    shown = chosen(case.pool)
    said = prompt(case.intent, shown)
    stated = log_odds(writer, "stated", *said, render("answer.stated"))
    return {"stated": stated, "draft": "".join(single.drafted(writer, case.intent, shown))}


def judged_real(dateline: Dateline, question: Row, row: Row) -> Row:
    """A kept draft with all that the stages go by, and the verdict if it were answered."""
    from eval.realnews.asking import gold_spans, holds, question_of
    from eval.realnews.judging import judge

    case = dateline.case(question_of(question))
    gold = gold_spans(dateline, question)

    def verdict(answer: Answer) -> str:
        said = {"status": answer.status, "text": answer.text, "short": answer.short}
        return judge(question, said)

    out = {
        "id": row["id"], "kind": question["kind"], "articles": sorted(gold),
        "answerable": not question.get("unanswerable"), **judged(case, row, verdict),
    }  # fmt: skip
    if row.get("without", {}).get("draft"):
        left = [e for e in case.pool if not holds(gold, e)]
        out["without"] = judged(replace(case, pool=left), row["without"], verdict)
    return out


def judged_brief(dateline: Dateline, question: Any, row: Row) -> Row:
    """The same of a calibration question over the bundled briefs."""
    from eval.bundled.questions import judge

    def verdict(answer: Answer) -> str:
        reason = judge(question, answer)
        refused = question.answerable and answer.status == "unanswerable"
        return "right" if reason is None else "refused" if refused else "wrong"

    case = dateline.case(question.asked())
    return {
        "id": f"briefs-{question.id}", "kind": question.kind, "answerable": question.answerable,
        "articles": [], **judged(case, row, verdict),
    }  # fmt: skip


def judged(case: Case, row: Row, verdict: Callable[[Answer], str]) -> Row:
    """The signs, whether the draft holds, and the verdict on an answer that never abstains."""
    from rag.abstain.judge import judge
    from rag.answer import answer_of
    from rag.evidence.prompt import shown_first
    from rag.strategies import single

    pool, draft = shown_first(case.pool), row["draft"]
    found = judge(case.intent, case.pool, case.finder.rarity, case.finder.encode)
    holds, lost = single.weighed(case.intent, pool, draft)
    reply = single.told(case.intent, pool, draft)
    answer = answer_of(replace(case, judgement=found), reply)
    return {
        "signs": found.signs, "premise": found.false_premise, "stated": row["stated"],
        "holds": float(holds), "lost": float(lost), "nothing": not reply.said,
        "verdict": verdict(answer), "draft": draft, "text": answer.text, "short": answer.short,
    }  # fmt: skip


def staged(rows: Sequence[Row]) -> Row:
    """`abstain.json`: for each stage how likely an answer will be right, learned from whether it
    would have been; prints what thresholds give on rows left out."""
    from rag.abstain.judgement import STAGES

    authors = by_author(rows)
    more = [
        (n, row["without"]) for n, row in enumerate(rows) if row.get("without", {}).get("signs")
    ]
    every = [*rows, *(taken for _, taken in more)]
    folds = np.array([*authors, *(authors[n] for n, _ in more)])
    real = np.array([not str(row["id"]).startswith("briefs") for row in rows] + [True] * len(more))
    answerable = np.array([bool(row["answerable"]) for row in rows] + [False] * len(more))
    right = np.array([row["verdict"] == "right" for row in every]) & answerable
    wrong = np.array([row["verdict"] == "wrong" for row in every])
    wrong[len(rows) :] = [not taken["nothing"] for _, taken in more]
    out: Row = {"source": f"eval.fit.abstain on {len(rows)} questions"}
    for stage, names in STAGES.items():
        table = np.array(
            [
                [({**row["signs"], **_drafted(row)}).get(name, 0.0) for name in names]
                for row in every
            ]
        )
        guess = np.zeros(len(every))
        for fold in sorted(set(folds.tolist())):
            held = folds == fold
            gone = {
                a for n in np.flatnonzero(authors == fold).tolist() for a in rows[n]["articles"]
            }
            mixed = np.array([bool(gone & set(rows[n]["articles"])) for n in range(len(rows))])
            mixed = np.concatenate([mixed, mixed[[n for n, _ in more]]]) if more else mixed
            kept = ~held & ~mixed
            bias, weights = fit(table[kept], right[kept], STAGE_C, np.ones(int(kept.sum())))
            guess[held] = bias + table[held] @ np.array(weights)
        chance = 1 / (1 + np.exp(-guess))
        own = np.arange(len(every)) < len(rows)
        for name, part in (("real news", real & own), ("briefs", ~real)):
            if part.any():
                print(f"{stage}, {name}: {part.sum()} rows, "
                      f"AUC left out {auc(guess[part], right[part]):.3f}")  # fmt: skip
                print_cuts(chance[part], right[part], wrong[part], answerable[part])
        bias, weights = fit(table, right, STAGE_C, np.ones(len(right)))
        out[stage] = {
            "threshold": THRESHOLD, "floor": FLOORS[stage], "bias": round(bias, 3),
            **{name: round(w, 3) for name, w in zip(names, weights, strict=True)},
        }  # fmt: skip
    return out


def _drafted(row: Row) -> dict[str, float]:
    return {"stated": row["stated"] or 0.0, "holds": row["holds"], "lost": row["lost"]}


def print_cuts(chance: Floats, right: Bools, wrong: Bools, answerable: Bools) -> None:
    """What answering from some thresholds on gives: right, refused and wrong of the answerable, and
    of the others how many are not answered wrongly; score: the mean of +1, 0 and -1 over all."""
    for cut in CUTS:
        said = chance >= cut
        a, u = answerable, ~answerable
        good, bad = (said & right)[a], (said & wrong)[a]
        held = ~(said & wrong)[u]
        score = (good.sum() - bad.sum() + held.sum() - (~held).sum()) / len(right)
        print(f"  {cut}: right {good.mean():.3f}, wrong {bad.mean():.3f}, "
              f"unanswerable {held.mean() if len(held) else 1:.3f}, score {score:.3f}")  # fmt: skip


if __name__ == "__main__":
    run(app)
