"""`python -m eval.fit.probes`: fits the probes of the model's hidden state, `rag/llm/probes.json`.

    calibration question -> hidden state after reading its evidence
                         -> the hidden state again without the sentences that answer (a negative)

All are logistic regressions in which both classes weigh the same, but for the probe "agree" (yes or
no over several articles), in which each row does, as a wrong Yes costs no more than a wrong No.
Prints the AUC on questions left out. Reads no test question. "briefs" is what
`python -m eval.fit.abstain` makes the probe "stated" of. An interrupted run goes on where it
stopped, but for the queries over several articles.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from eval.bundled.questions import BundledQuestion, load
from eval.fit.regression import LINE_C, STATED_C, YES_C, Floats, auc, fit, left_out
from eval.harness import Row, partial, run_rows, settings_record
from eval.multihop.corpus import MEASURED_QUERIES
from index.cli import run
from index.errors import UsageError

if TYPE_CHECKING:
    from rag.dateline import Dateline
    from rag.evidence.sentence import EvidenceSentence
    from rag.question.intent import Intent

app = typer.Typer(add_completion=False)


@app.command()
def calibrate(
    corpus: Annotated[
        Path | None, typer.Option(metavar="FILE", help="corpus.jsonl.gz of MultiHop-RAG.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its queries, for the probe over articles.")
    ] = None,
    limit: Annotated[int, typer.Option(min=20, metavar="N", help="Of its yes/no queries.")] = 500,
    write: Annotated[bool, typer.Option(help="Write rag/llm/probes.json.")] = True,
) -> None:
    """Fit the probes.

    Without a corpus the probe over several articles stays as it is.
    """
    from eval.libraries import bundled
    from rag.dateline import Dateline
    from rag.llm.probes import layer_of

    dateline = Dateline.open(bundled())
    if layer_of(dateline.model) is None:
        raise UsageError(
            "rag/llm/probes.json names another model: put this one's name and layer there"
        )
    questions = load(Path(str(files("eval.fit") / "calibration.jsonl")))
    asked = {question.id: question for question in questions}
    kept = partial("calibrate", None, settings_record("eval.fit.probes", None))
    rows = run_rows(
        [question.model_dump(mode="json") for question in questions],
        lambda row: read(dateline, asked[row["id"]]),
        kept,
        "calibration",
    )
    over = read_over(corpus, queries, limit) if corpus and queries else []
    probes = fitted([row for row in rows if row.get("signs")], dateline.model, over)
    if write:
        path = Path(str(files("rag.llm") / "probes.json"))
        path.write_text(json.dumps(probes) + "\n")
        print(f"wrote {path.name}")
    kept.finish()


def read(dateline: Dateline, question: BundledQuestion) -> Row:
    """The signs, states and draft of one question, and whether the model was shown its answer."""
    from prompts import render
    from rag.evidence.prompt import chosen, prompt
    from rag.llm.probes import odds_of
    from rag.strategies import yesno

    intent, pool, judgement = dateline.read(question.asked())
    writer = dateline.writer
    if not judgement.signs or writer is None:
        return {"id": question.id, "signs": {}}
    shown = chosen(pool)
    gold = {g.sentence for g in question.evidence}

    def known(odds: float, state: NDArray[np.float32] | None) -> Row:
        return {"odds": odds, "state": None if state is None else packed(state)}

    def stated(read: Sequence[EvidenceSentence]) -> Row:
        return known(*odds_of(writer, *prompt(intent, read), render("answer.stated")))

    row: Row = {
        "id": question.id,
        "answerable": question.answerable,
        "found": any(same_sentence(e, s) for e in shown for s in gold),
        "signs": judgement.signs,
        "stated": stated(shown),
    }
    if question.kind == "yesno":
        user = prompt(intent, shown)[1]
        said = yesno.read(writer, user, yesno.told_by(writer, user))
        row |= {"yes": question.answers == ["Yes"], "said": known(*said)}
    if rest := without_answer(question, intent, pool):
        row["without"] = stated(chosen(rest))
    return row


def read_over(corpus: Path, queries: Path, limit: int) -> list[Row]:
    """The model's states after reading sentences of several articles, and whether Yes is right.

    Of yes/no queries that `eval.multihop --limit 400` does not ask, `limit` at most.
    """
    from eval.harness import read_rows, sample
    from eval.judging.texts import exact
    from eval.multihop.corpus import library_of
    from prompts import render
    from rag.dateline import Dateline
    from rag.llm.probes import odds_of
    from rag.strategies import multihop
    from rag.types import Question

    def kind(row: Row) -> str:
        return str(row["question_type"])

    folder = library_of(corpus)
    dateline = Dateline.open(folder)
    every = read_rows(queries)
    measured = {row["query"] for row in sample(every, MEASURED_QUERIES, kind)}
    decided = [row for row in every if exact(row["answer"], "Yes") or exact(row["answer"], "No")]
    decided = [row for row in decided if row["query"] not in measured]
    out = []
    for row in sample(decided, limit, kind):
        shown = multihop.prompt_of(dateline.case(Question(question=row["query"])))
        if shown is None or dateline.writer is None:
            continue
        odds, state = odds_of(dateline.writer, *shown, render("answer.begin"))
        if state is not None:
            said = {"odds": odds, "state": packed(state)}
            out.append({"id": row["query"], "yes": exact(row["answer"], "Yes"), "said": said})
    return out


def without_answer(
    question: BundledQuestion, intent: Intent, pool: Sequence[EvidenceSentence]
) -> list[EvidenceSentence]:
    """The evidence without the sentences that answer; empty where these cannot be recognised."""
    if not question.answerable or question.kind == "comparison":
        return []
    gold = {g.sentence for g in question.evidence}
    forms = [*question.answers, *(form for group in question.all_of for form in group)]
    if intent.kind == "yesno":
        forms = []
    return [
        e
        for e in pool
        if not any(same_sentence(e, s) for s in gold)
        and not any(form.lower() in e.text.lower() for form in forms)
    ]


def same_sentence(e: EvidenceSentence, sentence: str) -> bool:
    """Whether a labelled sentence is part of this one, or this one part of it."""
    return e.text in sentence or sentence in e.text


def packed(state: NDArray[np.float32]) -> str:
    """A hidden state, float32 (dim,), as base64 text in half precision."""
    return base64.b64encode(state.astype("<f2").tobytes()).decode()


def unpacked(text: str) -> Floats:
    """The hidden state, float64 (dim,), of such a text."""
    return np.frombuffer(base64.b64decode(text), "<f2").astype(np.float64)


def fitted(rows: Sequence[Row], model: str, over: Sequence[Row] = ()) -> Row:
    """The probes from the rows of `read` and `read_over`, as `probes.json` holds them.

    Prints the AUC of each on questions left out.
    """
    from rag.llm import probes as present

    rows = [row for row in rows if "stated" in row or "said" in row]
    whole = [
        (row, row["stated"], row["answerable"] and row["found"]) for row in rows if "stated" in row
    ]
    cut = [(row, row["without"], False) for row in rows if "without" in row]
    say = [(row, row["said"], row["yes"]) for row in rows if "said" in row and row["found"]]
    probes: Row = {
        **present.fitted(),
        "source": _source(rows),
        "model": model,
        "layer": present.layer_of(model),
        "odds": {**present.fitted()["odds"]},
    }
    probes["source"] += f"; agree: {len(over)} MultiHop-RAG queries" if over else ""
    several = [(row, row["said"], row["yes"]) for row in over]
    for name, told, strength in (
        ("briefs", whole + cut, STATED_C), ("yes", say, YES_C), ("agree", several, YES_C),
    ):  # fmt: skip
        if not told:
            continue
        states = np.array([unpacked(seen["state"]) for _, seen, _ in told])
        odds = np.array([[seen["odds"]] for _, seen, _ in told])
        right = np.array([bool(label) for _, _, label in told])
        groups = [row["id"] for row, _, _ in told]
        weight = np.ones(len(told)) if name == "agree" else None
        guess = left_out(states, right, groups, strength, weight)
        bias, weights = fit(states, right, strength, weight)
        probes[name] = {"bias": round(bias, 4), "weights": [round(w, 5) for w in weights]}
        bias, slope = fit(odds, right, LINE_C, weight)
        probes["odds"][name] = {"bias": round(bias, 3), "slope": round(slope[0], 3)}
        print(f"{name}: {len(told)} rows, AUC left out {auc(guess, right):.3f}, "
              f"of the model's own odds {auc(odds[:, 0], right):.3f}")  # fmt: skip
    return probes


def _source(rows: Sequence[Row]) -> str:
    return f"eval.fit.probes on {len(rows)} of the calibration questions"


if __name__ == "__main__":
    run(app)
