"""`python -m eval.fit.abstain`: learns when to abstain, `rag/abstain/abstain.json`, and the probes
"stated" and "held" of `rag/llm/probes.json`.

    question -> readings of its evidence (`readings.py`) -> would each be answered right?
    states of the model -> the probes, left out by author -> with the signs: one logistic
    regression a stage

Every question is answered without abstaining, so that it is known what abstaining costs. Questions
over real news and calibration questions of the bundled briefs. Folds are by author; a row that
shares an answering article with another author's is learned from only where it does not help
itself. An interrupted run goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from eval.fit.folds import by_author
from eval.fit.regression import LINE_C, PROBE_C, auc, fit
from eval.harness import Row, partial, progress, run_rows, sample, say, settings_record, write_text
from index.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from eval.bundled.questions import BundledQuestion
    from rag.dateline import Dateline

    Asking = Callable[[Dateline, Row], Row]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
STAGE_C = 0.1  # inverse strength of the ridge; not measured
CUTS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
# Of each stage the chance below which the next is not asked, and the chance from which it answers
# where it is the last one. Chosen on the printed table of left-out rows.
FLOORS = {"evidence": 0.1, "stated": 0.15, "drafted": 0.0}
THRESHOLDS = {"evidence": 0.35, "stated": 0.3, "drafted": 0.3}

app = typer.Typer(add_completion=False)


@app.command()
def learn(
    questions: Annotated[
        list[Path],
        typer.Option(metavar="FILE", help="questions.jsonl or .jsonl.gz; may be repeated"),
    ],
    corpus: Annotated[Path, typer.Option(metavar="FILE", help="corpus.jsonl or .jsonl.gz")],
    limit: Annotated[int | None, typer.Option(min=40, metavar="N", help="A fixed sample.")] = None,
    briefs: Annotated[
        int, typer.Option(min=0, metavar="N", help="Calibration questions of the bundled briefs.")
    ] = 60,
    near_misses: Annotated[
        int, typer.Option(min=0, metavar="N", help="Of these, unanswerable ones beside them.")
    ] = 90,
    kept_rows: Annotated[
        Path, typer.Option("--rows", metavar="FILE", help="Rows read before, or to be written.")
    ] = Path("reports/readings.json"),
    write: Annotated[bool, typer.Option(help="Write abstain.json and probes.json.")] = True,
) -> None:
    """Learn the two probes and the stages of abstention."""
    from eval.bundled.questions import load
    from eval.fit.readings import judged_brief, judged_real
    from eval.libraries import bundled
    from eval.realnews.asking import articles_library, questions_over
    from rag.dateline import Dateline

    known = {q.id: q for q in load(Path(str(files("eval.fit") / "calibration.jsonl")))}
    real = {row["id"]: row for row in questions_over(corpus, questions)}
    asked = sample(list(real.values()), limit, lambda row: str(row["kind"]))
    each = [{"id": q.id, "kind": q.kind} for q in known.values()]
    picked = sample(each, briefs, lambda row: row["kind"])
    unanswerable = [row for row in each if row["kind"] == "unanswerable" and row not in picked]
    picked += sample(unanswerable, near_misses, lambda row: "")
    wanted = [*asked, *picked]
    rows = read_all(asked, picked, known, corpus, kept_rows)
    news = Dateline.open(articles_library(corpus), "none", log=say)
    short = Dateline.open(bundled(), "none", log=say)
    seen = [
        reading
        for question in progress(wanted, "judging")
        for reading in (
            judged_real(news, real[question["id"]], rows[question["id"]])
            if question["id"] in real
            else judged_brief(short, known[question["id"]], rows[question["id"]])
        )
    ]
    trained = list(training(seen))
    probes = {name: probed(name, seen, trained) for name in ("stated", "held")}
    stages = staged(seen, trained)
    if write:
        write_fitted(probes, stages)


def read_all(
    asked: Sequence[Row],
    picked: Sequence[Row],
    known: dict[str, BundledQuestion],
    corpus: Path,
    kept_rows: Path,
) -> dict[str, Row]:
    """The readings of all questions by id; what `kept_rows` lacks is asked of the model."""
    from eval.fit.probes import same_sentence
    from eval.fit.readings import read
    from eval.libraries import bundled
    from eval.realnews.asking import articles_library, gold_spans, holds, question_of
    from rag.dateline import Dateline
    from rag.strategies.attempt import Pool

    rows = json.loads(kept_rows.read_text()) if kept_rows.exists() else []
    record = settings_record("eval.fit.abstain", None)

    def of_news(dateline: Dateline, row: Row) -> Row:
        gold = gold_spans(dateline, row)
        case = dateline.case(question_of(row))
        return read(dateline, case, bool(gold), lambda shown: any(holds(gold, e) for e in shown))

    def of_briefs(dateline: Dateline, row: Row) -> Row:
        question = known[row["id"]]
        gold = {g.sentence for g in question.evidence}

        def has(shown: Pool) -> bool:
            return any(same_sentence(e, s) for e in shown for s in gold)

        return read(dateline, dateline.case(question.asked()), question.answerable, has)

    for name, wanted, library, ask in (
        ("questions", asked, articles_library(corpus), of_news),
        ("briefs", picked, bundled(), of_briefs),
    ):
        have = {row["id"] for row in rows}
        lacking = [row for row in wanted if row["id"] not in have]
        if not lacking:
            continue
        dateline = Dateline.open(library, None, log=say)
        kept = partial(f"fit-abstain-{name}", None, record)

        def asked_of(row: Row, ask: Asking = ask, dateline: Dateline = dateline) -> Row:
            return {"id": row["id"], **ask(dateline, row)}

        rows += run_rows(lacking, asked_of, kept, name)
        write_text(kept_rows, json.dumps(rows))
        kept.finish()
    return {row["id"]: row for row in rows}


def training(rows: Sequence[Row]) -> Iterator[tuple[Bools, Bools]]:
    """For each author the rows held out, and those learned from meanwhile, (rows,) each: neither
    the author's nor any that shares an answering article with them."""
    authors = by_author(rows)
    for author in sorted(set(authors.tolist())):
        held = authors == author
        gone = {a for n in np.flatnonzero(held).tolist() for a in rows[n]["articles"]}
        mixed = np.array([bool(gone & set(row["articles"])) for row in rows])
        yield held, ~held & ~mixed


def probed(name: str, rows: Sequence[Row], trained: Sequence[tuple[Bools, Bools]]) -> Row:
    """The probe `name` from the states of all rows, and the line for a model without one; each row
    gets the log odds, by a probe that has not seen its author, under the name.

    "stated" is a sum of two: the one that `eval.fit.probes` learned on briefs, and this one.
    """
    from eval.fit.probes import unpacked
    from rag.llm.probes import fitted

    label = labels(name, rows)
    states = np.array([unpacked(row[name]["state"]) for row in rows])
    odds = np.array([[row[name]["odds"]] for row in rows])
    guess = np.zeros(len(rows))
    for held, kept in trained:
        bias, weights = fit(states[kept], label[kept], PROBE_C)
        guess[held] = bias + states[held] @ np.array(weights)
    bias, weights = fit(states, label, PROBE_C)
    if name == "stated":
        briefs = fitted()["briefs"]
        known = briefs["bias"] + states @ np.array(briefs["weights"])
        shift, (own, other) = fit(np.c_[guess, known], label, LINE_C)
        guess = shift + own * guess + other * known
        bias = shift + own * bias + other * briefs["bias"]
        weights = (own * np.array(weights) + other * np.array(briefs["weights"])).tolist()
    for row, score in zip(rows, np.clip(guess, -8, 8), strict=True):
        row[name] = {**row[name], "told": float(score)}
    real = np.array([not str(row["id"]).startswith("briefs") for row in rows])
    for group, part in (("real news", real), ("briefs", ~real)):
        if len(set(label[part])) == 2:
            print(f"{name}, {group}: {part.sum()} readings, AUC left out "
                  f"{auc(guess[part], label[part]):.3f}, of the model's own odds "
                  f"{auc(odds[part, 0], label[part]):.3f}")  # fmt: skip
    line_bias, slope = fit(odds, label, LINE_C)
    return {
        "probe": {"bias": round(bias, 4), "weights": [round(w, 5) for w in weights]},
        "odds": {"bias": round(line_bias, 3), "slope": round(slope[0], 3)},
    }


def labels(name: str, rows: Sequence[Row]) -> Bools:
    """What a probe is to tell of each row: whether the answer was shown, or the draft is right."""
    if name == "stated":
        return np.array([bool(row["found"]) for row in rows])
    return np.array([row["answerable"] and row["verdict"] == "right" for row in rows])


def staged(rows: Sequence[Row], trained: Sequence[tuple[Bools, Bools]]) -> Row:
    """`abstain.json`: for each stage how likely an answer will be right, learned from whether it
    would have been; prints what thresholds give on rows left out."""
    from rag.abstain.judgement import STAGES

    right = labels("held", rows)
    out: Row = {"source": f"eval.fit.abstain on {len({row['id'] for row in rows})} questions"}
    chances: dict[str, Floats] = {}
    for stage, names in STAGES.items():
        table = np.array([[signs(row).get(name, 0.0) for name in names] for row in rows])
        guess = np.zeros(len(rows))
        for held, kept in trained:
            bias, weights = fit(table[kept], right[kept], STAGE_C, np.ones(int(kept.sum())))
            guess[held] = bias + table[held] @ np.array(weights)
        chances[stage] = 1 / (1 + np.exp(-guess))
        print(f"{stage}: {len(rows)} readings, AUC left out {auc(guess, right):.3f}")
        bias, weights = fit(table, right, STAGE_C, np.ones(len(right)))
        out[stage] = {
            "threshold": THRESHOLDS[stage], "floor": FLOORS[stage], "bias": round(bias, 3),
            **{name: round(w, 3) for name, w in zip(names, weights, strict=True)},
        }  # fmt: skip
    for group, briefs in (("real news", False), ("briefs", True)):
        print(group)
        print_cuts(rows, chances, briefs)
    return out


def signs(row: Row) -> dict[str, float]:
    """All signs of a reading, by name."""
    told = {name: row[name]["told"] for name in ("stated", "held")}
    return {**row["signs"], **told, "holds": row["holds"], "lost": row["lost"]}


def print_cuts(rows: Sequence[Row], chances: dict[str, Floats], briefs: bool) -> None:
    """What answering from some thresholds on gives: right, refused and wrong of the answerable, and
    of the others how many are not answered wrongly; score: the mean of +1, 0 and -1 over all."""
    questions: dict[str, list[int]] = {}
    for n, row in enumerate(rows):
        if str(row["id"]).startswith("briefs") == briefs:
            questions.setdefault(row["id"], []).append(n)
    for cut in CUTS:
        verdicts = [
            (rows[places[0]]["answerable"], outcome(rows, places, chances, cut))
            for places in questions.values()
        ]
        of = [verdict for answerable, verdict in verdicts if answerable] or ["refused"]
        others = [verdict for answerable, verdict in verdicts if not answerable] or ["refused"]
        good, bad = of.count("right") / len(of), of.count("wrong") / len(of)
        kept = 1 - others.count("wrong") / len(others)
        score = (good - bad) * len(of) + (2 * kept - 1) * len(others)
        print(f"  {cut}: right {good:.3f}, wrong {bad:.3f}, unanswerable {kept:.3f}, "
              f"score {score / (len(of) + len(others)):.3f}")  # fmt: skip


def outcome(
    rows: Sequence[Row], places: Sequence[int], chances: dict[str, Floats], cut: float
) -> str:
    """The verdict on a question of which `places` are the readings, answered from `cut` on."""
    for n in places:
        if rows[n]["premise"] or chances["evidence"][n] < FLOORS["evidence"]:
            break
        if chances["stated"][n] < FLOORS["stated"] or chances["drafted"][n] < cut:
            continue
        if not rows[n]["nothing"]:
            return str(rows[n]["verdict"])
    return "refused"


def write_fitted(probes: dict[str, Row], stages: Row) -> None:
    """Put the stages into abstain.json, the probes beside the others of probes.json."""
    path = Path(str(files("rag.abstain") / "abstain.json"))
    path.write_text(json.dumps(stages, indent=1) + "\n")
    path = Path(str(files("rag.llm") / "probes.json"))
    every = json.loads(path.read_text())
    for name, found in probes.items():
        every[name] = found["probe"]
        every["odds"][name] = found["odds"]
    path.write_text(json.dumps(every) + "\n")
    say("wrote abstain.json and probes.json")


if __name__ == "__main__":
    run(app)
