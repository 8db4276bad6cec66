"""`python -m eval.fit.order`: learns the order of evidence sentences, `rag/evidence/order.json`.

    question -> sentences of its hits -> signals of each; is it an answering one?
    -> conditional logit: softmax over the sentences of a question, ridge on scaled signals

Learned on questions over real news and on the calibration questions of the bundled briefs, which
weigh less. Folds are by author and, apart from that, by story: no article that answers a question
of one fold answers one of another. Prints the rank of the answering sentence on questions left out,
beside the order of the hand-made score. Deterministic: a second run gives the same file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray

from eval.fit.folds import by_author, by_story
from eval.harness import Row, print_table, progress, sample, say
from index.cli import run

if TYPE_CHECKING:
    from rag.dateline import Dateline
    from rag.types import Question

Floats = NDArray[np.float64]
RIDGE = 0.02  # of each scaled weight's square, a question; chosen on the printed table
BRIEFS = 0.2  # what a question over the bundled briefs weighs beside one over real news
CUTS = (1, 2, 3, 5, 10)

app = typer.Typer(add_completion=False)


class Example(NamedTuple):
    """The candidates of one question: signals (n, signals), which answer, the order as it was."""

    row: Row
    table: Floats
    gold: NDArray[np.bool_]
    score: Floats
    weight: float


@app.command()
def learn(
    questions: Annotated[
        list[Path],
        typer.Option(metavar="FILE", help="questions.jsonl or .jsonl.gz; may be repeated"),
    ],
    corpus: Annotated[Path, typer.Option(metavar="FILE", help="corpus.jsonl or .jsonl.gz")],
    briefs: Annotated[
        int, typer.Option(min=0, metavar="N", help="Calibration questions of the bundled briefs.")
    ] = 600,
    write: Annotated[bool, typer.Option(help="Write rag/evidence/order.json.")] = True,
) -> None:
    """Learn the weights of the signals of evidence sentences."""
    from eval.bundled.questions import load
    from eval.libraries import bundled
    from eval.realnews.asking import articles_library, gold_spans, question_of, questions_over
    from rag.dateline import Dateline
    from rag.evidence.order import SIGNALS

    rows = [row for row in questions_over(corpus, questions) if not row.get("unanswerable")]
    dateline = Dateline.open(articles_library(corpus), "none", log=say)
    real = []
    for row in progress(rows, "questions"):
        spans = gold_spans(dateline, row)
        real.append(example(dateline, question_of(row), row | {"articles": sorted(spans)}, spans))
    known = load(Path(str(files("eval.fit") / "calibration.jsonl")))
    labelled = {q.id: q for q in known if q.answerable and q.evidence}
    dateline = Dateline.open(bundled(), "none", log=say)
    short = []
    picked = sample([{"id": name} for name in labelled], briefs, lambda row: "") if briefs else []
    for row in progress(picked, "questions over briefs"):
        asked = labelled[row["id"]]
        quotes = {g.sentence for g in asked.evidence}
        short.append(example(dateline, asked.asked(), row, quotes=quotes, weight=BRIEFS))
    report(real, short)
    every = [*real, *short]
    weights, scale = logit([e for e in every if e.gold.any() and not e.gold.all()])
    if write:
        path = Path(str(files("rag.evidence") / "order.json"))
        loaded = {
            "source": f"eval.fit.order on {len(real)} questions over real news and {len(short)} "
            "over the bundled briefs",
            "weights": {
                name: round(float(w / s), 4)
                for name, w, s in zip(SIGNALS, weights, scale, strict=True)
            },
        }
        path.write_text(json.dumps(loaded, indent=1) + "\n")
        say(f"wrote {path.name}")


def example(
    dateline: Dateline,
    question: Question,
    row: Row,
    spans: Mapping[str, Sequence[tuple[int, int]]] | None = None,
    *,
    quotes: set[str] | None = None,
    weight: float = 1.0,
) -> Example:
    """The candidates of a question; answering are those that share half with one of the `spans`,
    by article, or of which a quote is a part."""
    from eval.realnews.asking import holds
    from rag.evidence.order import signals
    from rag.evidence.scoring import candidates_of

    finder = dateline.finder
    found = dateline.find(question, 12)
    intent, _ = finder.read(found)
    nearness = finder.searcher.nearness(found)
    pool, places = candidates_of(intent, found.hits, nearness, finder.encode, finder.rarity)
    table = signals(intent, pool, places, finder.rarity) if pool else np.zeros((0, 1))
    if quotes is not None:
        gold = [any(q in e.text or e.text in q for q in quotes) for e in pool]
    else:
        gold = [holds(spans or {}, e) for e in pool]
    score = np.array([e.score for e in pool])
    return Example(row, table.astype(np.float64), np.array(gold, bool), score, weight)


def logit(examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """Weights of the scaled signals, and their scales, (signals,) each.

    A conditional logit with a ridge; of several answering sentences any one is right.
    """
    from scipy.optimize import minimize

    scale = np.concatenate([e.table for e in examples]).std(0) + 1e-3
    tables = [e.table / scale for e in examples]
    total = sum(e.weight for e in examples)

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for e, table in zip(examples, tables, strict=True):
            logits = table @ weights
            chance = np.exp(logits - logits.max())
            chance /= chance.sum()
            right = max(float(chance[e.gold].sum()), 1e-12)
            value -= e.weight / total * np.log(right)
            own = np.where(e.gold, chance, 0) / right
            slope = slope + e.weight / total * (table.T @ (chance - own))
        return value, slope

    found = minimize(loss, np.zeros(tables[0].shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x), scale


def report(real: Sequence[Example], short: Sequence[Example]) -> None:
    """Print the rank of the answering sentence, as it was and as learned on the other folds."""
    rows = [e.row for e in real]
    lines = [("hand-made score", ranks(real, [e.score for e in real]))]
    for name, folds in (("by author", by_author(rows)), ("by story", by_story(rows))):
        scores = left_out(real, short, folds)
        lines.append((f"learned, left out {name}", ranks(real, scores)))
        if name == "by author":
            for kind in dict.fromkeys(str(row["kind"]) for row in rows):
                own = [n for n, row in enumerate(rows) if row["kind"] == kind]
                found = ranks([real[n] for n in own], [scores[n] for n in own])
                lines.append((f"  {kind}", found))
    print_table(
        "The answering sentence is among the first",
        ("order", *map(str, CUTS)),
        [
            (name, *(f"{np.mean([0 < r <= cut for r in found]):.3f}" for cut in CUTS))
            for name, found in lines
        ],
    )


def left_out(
    real: Sequence[Example], short: Sequence[Example], folds: NDArray[np.intp]
) -> list[Floats]:
    """The scores of each question's sentences by weights that saw neither its fold nor a question
    that one of its articles answers."""
    out = [e.score for e in real]
    for fold in sorted(set(folds.tolist())):
        own = [n for n, f in enumerate(folds.tolist()) if f == fold]
        held = {article for n in own for article in real[n].row["articles"]}
        others = [e for e, f in zip(real, folds.tolist(), strict=True) if f != fold]
        train = [e for e in others if not held & set(e.row["articles"])]
        weights, scale = logit([e for e in [*train, *short] if e.gold.any() and not e.gold.all()])
        for n in own:
            if len(real[n].table):
                out[n] = real[n].table @ (weights / scale)
    return out


def ranks(examples: Sequence[Example], scores: Sequence[Floats]) -> list[int]:
    """The rank of the best answering sentence of each question, 0 where none is a candidate."""
    out = []
    for e, score in zip(examples, scores, strict=True):
        places = np.flatnonzero(e.gold[np.argsort(-score, kind="stable")])
        out.append(int(places[0]) + 1 if len(places) else 0)
    return out


if __name__ == "__main__":
    run(app)
