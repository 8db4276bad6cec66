"""`python -m eval.fit.claims`: fits the probe "borne" of `rag/llm/probes.json`.

    quote, claim -> the model's hidden state after reading both -> is the claim borne out?

Learns from `claims.jsonl`, rows written for this by several authors over news that they made up;
those of `eval.claims` are others. Prints the AUC on authors left out, and what thresholds give. An
interrupted run goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from eval.claims.judging import LABELS, claims_of
from eval.fit.probes import packed, unpacked
from eval.fit.regression import CLAIM_C, LINE_C, Floats, auc, fit
from eval.harness import Row, partial, run_rows, settings_record
from index.cli import run
from index.errors import UsageError

if TYPE_CHECKING:
    from rag.llm.writer import Writer

CUTS = (-0.9, -0.6, -0.3, 0.0, 0.3, 0.6)

app = typer.Typer(add_completion=False)


@app.command()
def learn(write: Annotated[bool, typer.Option(help="Write rag/llm/probes.json.")] = True) -> None:
    """Fit the probe "borne"."""
    from rag.llm import probes as present
    from rag.llm.load import load_writer

    writer = load_writer("auto")
    if writer is None or present.layer_of(writer.name) is None:
        raise UsageError(
            "rag/llm/probes.json names another model: put this one's name and layer there"
        )
    claims = claims_of(Path(str(files("eval.fit") / "claims.jsonl")))
    kept = partial("fit-claims", None, settings_record("eval.fit.claims", None))
    rows = run_rows(claims, lambda row: state_of(writer, row), kept, "claims")
    states = np.array([unpacked(row["state"]) for row in rows])
    odds = np.array([[row["odds"]] for row in rows])
    borne = np.array([row["label"] == LABELS[0] for row in claims])
    print_left_out(claims, states)
    print(f"the model's own odds: AUC {auc(odds[:, 0], borne):.3f}")
    bias, weights = fit(states, borne, CLAIM_C)
    line, slope = fit(odds, borne, LINE_C)
    if write:
        path = Path(str(files("rag.llm") / "probes.json"))
        probes = json.loads(path.read_text())
        probes["borne"] = {"bias": round(bias, 4), "weights": [round(w, 5) for w in weights]}
        probes["odds"]["borne"] = {"bias": round(line, 3), "slope": round(slope[0], 3)}
        path.write_text(json.dumps(probes) + "\n")
        print(f"wrote {path.name}")
    kept.finish()


def state_of(writer: Writer, row: Row) -> Row:
    """The model's own odds and its state after reading a quote and a claim."""
    from prompts import render
    from rag.checking.borne import claim_prompt
    from rag.llm.probes import odds_of

    prompt = claim_prompt(row["claim"], [row["evidence"]])
    odds, state = odds_of(writer, *prompt, render("claim.begin"))
    return {"id": row["id"], "odds": odds, "state": None if state is None else packed(state)}


def print_left_out(claims: Sequence[Row], states: Floats) -> None:
    """The AUC, and the share of each label judged rightly from some log odds on, by probes that
    have not seen the author."""
    borne = np.array([row["label"] == LABELS[0] for row in claims])
    authors = np.array([str(row["id"]).partition("-")[0] for row in claims])
    guess = np.zeros(len(claims))
    for author in sorted(set(authors.tolist())):
        held = authors == author
        bias, weights = fit(states[~held], borne[~held], CLAIM_C)
        guess[held] = bias + states[held] @ np.array(weights)
    print(f"{len(claims)} claims, AUC left out by author {auc(guess, borne):.3f}")
    for cut in CUTS:
        shares = [
            np.mean([(g >= cut) == (label == LABELS[0])
                     for g, row in zip(guess, claims, strict=True) if row["label"] == label])
            for label in LABELS
        ]  # fmt: skip
        told = ", ".join(
            f"{label} {share:.3f}" for label, share in zip(LABELS, shares, strict=True)
        )
        print(f"  from {cut}: {told}")


if __name__ == "__main__":
    run(app)
