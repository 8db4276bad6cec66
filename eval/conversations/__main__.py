"""`python -m eval.conversations`: whether each turn of a conversation gets what it asks for.

    conversation -> its turns in order, each with the turns and answers before it as its history
    -> the answer's text against the turn's patterns -> shares by kind of turn

The conversations are about the articles that come along, by somebody who had not seen the program.
Some turns stand word for word among the questions that the classifiers learned from ("thanks",
"more"): what is right of the others is `right_unseen`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.harness import Row
from index.cli import run

if TYPE_CHECKING:
    from rag.dateline import Dateline

AS_OF = "2026-09-30"  # behind the newest article, so that a later day gives the same answers
LEARNED = ("forms.jsonl", "kinds.jsonl")

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def conversations(
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The first N conversations.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Model to answer with; default: auto.")
    ] = None,
) -> None:
    """Measure conversations over the articles that come along.

    An interrupted run goes on where it stopped.
    """
    from importlib.resources import files

    from eval.harness import partial, print_table, read_rows, run_rows, say, settings_record, shown
    from eval.harness import write_json as write
    from eval.libraries import bundled
    from rag.dateline import Dateline

    rows = read_rows(Path(str(files("eval.conversations") / "conversations.jsonl")))[:limit]
    dateline = Dateline.open(bundled(), model, log=say)
    record = settings_record("eval.conversations", model, as_of=AS_OF)
    kept = partial("conversations", json_file, record)
    found = run_rows(rows, lambda row: held(dateline, row), kept, "conversations")
    turns = [turn for row in found for turn in row.get("turns", ())]
    fit = files("eval.fit")
    learned = [row["question"] for name in LEARNED for row in read_rows(Path(str(fit / name)))]
    metrics, by_kind = scored(turns, learned)
    metrics["errors"] = sum("error" in row for row in found)
    print_table(
        "Turns of conversations",
        ("kind", "turns", "right"),
        [(kind, part["turns"], shown(part["right"])) for kind, part in by_kind.items()],
    )
    for name, value in metrics.items():
        print(f"{name} {shown(value)}")
    if json_file is not None:
        write(json_file, metrics, by_kind, record, found)
    if metrics["errors"]:
        raise typer.Exit(1)
    kept.finish()


def held(dateline: Dateline, row: Row) -> Row:
    """One conversation, each turn with its answer and whether that is right."""
    from rag.question.validate import checked
    from rag.types import Question, Turn

    history: list[Turn] = []
    turns = []
    for turn in row["turns"]:
        asked = checked(Question(question=turn["question"], history=list(history), as_of=AS_OF))
        answer = dateline.ask(asked)
        history += [
            Turn(role="user", content=turn["question"]),
            Turn(role="assistant", content=answer.text),
        ]
        turns.append({
            "kind": turn["kind"], "question": turn["question"], "text": answer.text,
            "status": answer.status, "right": judged(turn, answer.text, answer.status),
        })  # fmt: skip
    return {"id": row["id"], "turns": turns}


def judged(turn: Row, text: str, status: str) -> bool:
    """Whether an answer has one of the turn's patterns, or refuses what no article holds."""
    if turn.get("unanswerable"):
        return status == "unanswerable"
    said = status != "unanswerable"
    return said and any(re.search(p, text, re.IGNORECASE) for p in turn["accept"])


def scored(turns: Sequence[Row], learned: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, by_kind) of judged turns: how many there are, and the share that is right; `unseen`
    are those whose words are none of the `learned` questions."""
    known = {question.casefold() for question in learned}
    unseen = [turn for turn in turns if turn["question"].casefold() not in known]
    kinds: dict[str, list[Row]] = {}
    for turn in turns:
        kinds.setdefault(turn["kind"], []).append(turn)
    by_kind = {kind: {"turns": len(own), "right": _right(own)} for kind, own in kinds.items()}
    metrics = {
        "turns": len(turns),
        "right": _right(turns),
        "unseen": len(unseen),
        "right_unseen": _right(unseen),
    }
    return metrics, by_kind


def _right(turns: Sequence[Row]) -> float:
    return sum(bool(turn["right"]) for turn in turns) / (len(turns) or 1)


if __name__ == "__main__":
    run(app)
