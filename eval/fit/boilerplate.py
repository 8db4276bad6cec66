"""`python -m eval.fit.boilerplate`: learns what is no news, `index/ingest/boilerplate.json`.

    labelled texts -> words and pairs of words -> logistic regression

Learns from `boilerplate.jsonl`, written for this, and from the sentences and paragraphs of the
articles that come along, which are news. Prints the accuracy on texts left out. It takes a minute.
"""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from eval.harness import read_rows
from index.bundled import briefs_dir
from index.cli import run
from index.ingest.boilerplate import grams
from index.ingest.sources import read
from index.text.passages import sentences
from index.types import Article

FOLDS = 10
STRENGTH = (
    10.0  # scikit-learn's C; of 1, 3 and 10, 10 takes the least of 609 real articles for none
)
LEAST_ROWS = 2  # rows that have a word which is weighed
CHANCES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)

app = typer.Typer(add_completion=False)


@app.command()
def learn(
    write: Annotated[bool, typer.Option(help="Write index/ingest/boilerplate.json.")] = True,
    strength: Annotated[float, typer.Option(help="Of the ridge.")] = STRENGTH,
) -> None:
    """Fit the classifier of what is no news."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    rows = read_rows(Path(str(files("eval.fit"))) / "boilerplate.jsonl")
    texts = [str(row["text"]) for row in rows] + news()
    kinds = np.array([str(row["kind"]) for row in rows] + ["news"] * (len(texts) - len(rows)))
    count = Counter(gram for text in texts for gram in grams(text))
    words = sorted(word for word, times in count.items() if times >= LEAST_ROWS)
    place = {word: n for n, word in enumerate(words)}
    table = np.zeros((len(texts), len(words)), np.float32)
    for n, text in enumerate(texts):
        table[n, [place[gram] for gram in grams(text) if gram in place]] = 1.0
    model = LogisticRegression(C=strength, max_iter=3000, class_weight="balanced")
    chances = cross_val_predict(model, table, kinds, cv=FOLDS, method="predict_proba")
    names = sorted(set(kinds.tolist()))
    print_left_out(np.array(names), kinds, chances)
    model.fit(table, kinds)
    if write:
        weighed = np.round(model.coef_, 2)
        found = {
            "source": f"eval.fit.boilerplate on {len(texts)} texts",
            "kinds": names,
            "bias": np.round(model.intercept_, 3).tolist(),
            "words": {
                word: weighed[:, n].tolist()
                for word, n in place.items()
                if np.abs(weighed[:, n]).max() >= 0.04
            },
        }
        path = Path(str(files("index.ingest") / "boilerplate.json"))
        path.write_text(json.dumps(found, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"wrote {path.name}: {len(found['words'])} words and pairs")


def news() -> list[str]:
    """Paragraphs and sentences of the bundled briefs and of the real articles of eval.realnews."""
    folders = [briefs_dir(), Path(str(files("eval.realnews"))) / "articles"]
    found: list[str] = []
    for folder in folders:
        for article in read(str(folder)):
            assert isinstance(article, Article), article.reason
            found += article.text.split("\n\n")
            found += [article.text[a:b] for a, b in sentences(article.text)]
    return [text for text in dict.fromkeys(found) if len(text) > 20]


def print_left_out(names: np.ndarray, kinds: np.ndarray, chances: np.ndarray) -> None:
    """The accuracy on texts left out, and from some chances on: the news taken for none, and the
    rest known."""
    news = kinds == "news"
    best = names[chances.argmax(axis=1)]
    print(f"{len(kinds)} texts, accuracy left out {np.mean(best == kinds):.3f}")
    none = 1.0 - chances[:, names.tolist().index("news")]
    for cut in CHANCES:
        lost, found = np.mean(none[news] >= cut), np.mean(none[~news] >= cut)
        print(f"  from {cut}: {lost:.4f} of the news taken for none, {found:.3f} of the rest known")


if __name__ == "__main__":
    run(app)
