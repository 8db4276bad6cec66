"""`python -m eval.fit.orders`: learns which sentences give orders, `rag/evidence/injection.json`.

    orders, and news of several kinds -> vector of the encoder, words and pairs of words
    -> logistic regression over the kinds -> chance of an order

Learns from `orders.jsonl`, written for this, from the calibration articles and quotes, and from a
sample of real news. Prints the AUC, and what is taken for an order of each sort, by weights fitted
without the sentence. No language model is needed; it takes two minutes.
"""

from __future__ import annotations

import random
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from eval.fit.classifier import learn
from eval.fit.regression import auc
from eval.harness import SEED, print_table, read_rows
from index.cli import run

LEAST = 0.5  # chance from which a sentence is an order; chosen on attacks and news written for it
SAMPLE = 3000  # sentences of real news; other numbers not measured

app = typer.Typer(add_completion=False)


@app.command()
def main(
    corpus: Annotated[Path, typer.Option(metavar="FILE", help="corpus.jsonl or .jsonl.gz")],
    write: Annotated[bool, typer.Option(help="Write rag/evidence/injection.json.")] = True,
) -> None:
    """Fit the classifier of orders."""
    from rag.evidence.injection import grams

    rows = read_rows(Path(str(files("eval.fit.orders") / "orders.jsonl")))
    labelled = [(row["text"], row["kind"], row["sort"]) for row in rows]
    labelled += [(text, "news plain", "calibration") for text in calibration_news()]
    labelled += [(text, "news real", "real") for text in real_news(corpus)]
    texts, kinds, sorts = zip(*labelled, strict=True)
    names, chances = learn(
        "injection.json", texts, np.array(kinds), LEAST, write,
        runs_of=grams, package="rag.evidence", command="eval.fit.orders",
    )  # fmt: skip
    order = np.array([kind.startswith("order") for kind in kinds])
    chance = chances[:, [name.startswith("order") for name in names]].sum(axis=1)
    print(f"{len(texts)} sentences, {order.sum()} orders; AUC left out {auc(chance, order):.3f}")
    groups = np.array([f"{kind}: {sort}" for kind, sort in zip(kinds, sorts, strict=True)])
    print_table(
        "Taken for orders, by weights that did not see the sentence",
        ("kind: sort", "rows", "taken"),
        [
            (name, int(np.sum(groups == name)), f"{np.mean(chance[groups == name] >= LEAST):.3f}")
            for name in sorted(set(groups.tolist()))
        ],
    )


def calibration_news() -> list[str]:
    """The sentences of the calibration articles, and the calibration quotes."""
    from index.text.passages import sentences

    folder = Path(str(files("eval.fit")))
    texts = [
        article["text"]
        for row in read_rows(folder / "calibration-accounts.jsonl")
        for article in row["articles"]
    ]
    found = {text[a:b] for text in texts for a, b in sentences(text)}
    return sorted(found | {str(row["evidence"]) for row in read_rows(folder / "claims.jsonl")})


def real_news(corpus: Path) -> list[str]:
    """A fixed sample of the sentences of a corpus."""
    from index.text.passages import sentences

    found = [row["body"][a:b] for row in read_rows(corpus) for a, b in sentences(row["body"])]
    return random.Random(SEED).sample(found, min(SAMPLE, len(found)))


if __name__ == "__main__":
    run(app)
