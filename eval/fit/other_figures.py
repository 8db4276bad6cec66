"""`python -m eval.fit.other_figures`: fits which other figures are another account of the answer.

    calibration questions on the bundled articles, calibration cases of a few articles each
    -> a figure that answers, and each other figure with its signs
       (`rag/disagreements/other_figures.py`)
    -> whether that figure answers too -> logistic regression
    -> `rag/disagreements/other_figures.json`

The cases are invented news by four authors; each article is labelled with the sentence and the
value by which it answers. None is a case that `eval.disagreements` measures. Asks no model.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from eval.disagreements.cases import Case, load, opened
from eval.fit.probes import same_sentence
from eval.fit.regression import auc, fit, left_out
from eval.harness import Row, progress
from index.cli import run

if TYPE_CHECKING:
    from rag.evidence.sentence import EvidenceSentence
    from rag.question.intent import Intent

# Chance from which a figure is another account. With the weights of 25 November a higher cut gave
# answer_accuracy .837 instead of .863 on the bundled questions (docs/scoreboard.md).
CUT = 0.55
# Weight of the right rows among those of the questions. Of the many figures in the bundled articles
# one in sixteen is another account and would hardly count (docs/design.md, "Other accounts").
SHARE = 0.2
STRENGTH = 0.1  # inverse strength of the ridge; not measured
LEADS = 3  # answering sentences of a question beside which other figures are set; not measured
UNASKED = ("unanswerable", "followup", "comparison", "alias", "as_of")  # kinds left out
Gives = Callable[["EvidenceSentence"], list[str]]
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def accounts(
    write: Annotated[bool, typer.Option(help="Write rag/disagreements/other_figures.json.")] = True,
) -> None:
    """Fit the weights and print what they give on cases and questions left out."""
    rows = [*of_cases(), *of_questions()]
    result = fitted(rows)
    if write:
        path = Path(str(files("rag.disagreements") / "other_figures.json"))
        path.write_text(json.dumps(result, indent=1) + "\n")
        print(f"wrote {path.name}")


def of_cases() -> Iterator[Row]:
    """The rows of the labelled cases, each in a library of its own articles."""
    cases = {
        case.id: case for case in load(Path(str(files("eval.fit") / "calibration-accounts.jsonl")))
    }
    with tempfile.TemporaryDirectory() as folder:
        for row in progress([{"id": name} for name in cases], "cases"):
            case = cases[row["id"]]
            with opened(case, Path(folder)) as dateline:
                intent, pool, _ = dateline.read(case.asked())
                yield from rows_of(case.id, "cases", intent, pool, gives_in(case))


def gives_in(case: Case) -> Gives:
    """A function that gives the value by which a sentence of a case answers, if it does."""

    def gives(e: EvidenceSentence) -> list[str]:
        item = case.articles[int(e.article.id.rpartition("-")[2])]
        told = item.gives is not None and same_sentence(e, item.sentence)
        return [item.gives or ""] if told else []

    return gives


def of_questions() -> Iterator[Row]:
    """The rows of the calibration questions on the bundled articles."""
    from eval.bundled.questions import load as questions
    from eval.libraries import bundled
    from rag.dateline import Dateline

    dateline = Dateline.open(bundled(), "none")
    asked = {q.id: q for q in questions(Path(str(files("eval.fit") / "calibration.jsonl")))}
    for row in progress([{"id": name} for name in asked], "questions"):
        question = asked[row["id"]]
        if question.kind in UNASKED or not question.answerable:
            continue
        forms = [*question.answers, *(form for group in question.all_of for form in group)]
        evidence = [g.sentence for g in question.evidence]

        def gives(
            e: EvidenceSentence, forms: list[str] = forms, evidence: list[str] = evidence
        ) -> list[str]:
            return forms if any(same_sentence(e, sentence) for sentence in evidence) else []

        intent, pool, _ = dateline.read(question.asked())
        yield from rows_of(question.id, "questions", intent, pool, gives)


def rows_of(
    group: str, source: str, intent: Intent, pool: list[EvidenceSentence], gives: Gives
) -> Iterator[Row]:
    """One row for each figure beside an answering one: its signs, and whether it answers too."""
    from rag.disagreements.account import Account
    from rag.disagreements.other_figures import WEIGHED, weighed
    from rag.evidence.fit import candidates
    from rag.figures import Figure, find_figures, same

    def answers(e: EvidenceSentence, figure: Figure) -> bool:
        told = [f for form in gives(e) for f in find_figures(form)]
        return any(same(figure, f) or same(f, figure) for f in told)

    leads = [
        Account(e, figure)
        for e in pool[:WEIGHED]
        if (figure := next((f for f in candidates(intent, e.text) if answers(e, f)), None))
    ]
    for lead in leads[:LEADS]:
        for other, known in weighed(intent, pool, lead):
            if not same(other.figure, lead.figure) and not same(lead.figure, other.figure):
                right = answers(other.evidence, other.figure)
                yield {"group": group, "source": source, "signs": known, "right": right}


def fitted(rows: list[Row]) -> dict[str, Any]:
    """The weights as their JSON file holds them; prints what they give on groups left out.

    Cases and questions weigh the same in all. Of the questions the right rows have SHARE.
    """
    from rag.disagreements.other_figures import SIGNS

    table = np.array([[row["signs"][name] for name in SIGNS] for row in rows])
    right = np.array([row["right"] for row in rows])
    groups = [row["group"] for row in rows]
    source = np.array([row["source"] for row in rows])
    share = {name: float((source == name).mean()) for name in set(source.tolist())}
    weight = np.array([1 / share[name] for name in source])
    asked = source == "questions"
    base = float(right[asked].mean())
    weight[asked & right] *= SHARE / base
    weight[asked & ~right] *= (1 - SHARE) / (1 - base)
    guess = left_out(table, right, groups, STRENGTH, weight)
    for name in sorted(share):
        own = source == name
        taken = own & (1 / (1 + np.exp(-guess)) >= CUT)
        print(
            f"{name}: {own.sum()} rows, AUC left out {auc(guess[own], right[own]):.3f}; "
            f"taken: {right[taken].mean():.2f} right, "
            f"{taken[own & right].mean():.2f} of the right"
        )
    bias, weights = fit(table, right, STRENGTH, weight)
    return {
        "source": f"eval.fit.other_figures on {len(rows)} figures beside answers",
        "cut": CUT, "bias": round(bias, 3),
        **{name: round(w, 3) for name, w in zip(SIGNS, weights, strict=True)},
    }  # fmt: skip


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
