"""`python -m eval.fit.boilerplate`: learns what is no news, or what is a notice in an article.

    labelled texts -> their signs -> logistic regression
    -> `index/ingest/hygiene/boilerplate.json`, or with `--what notices` (retractions, corrections,
    notes of editors) `notices.json` beside it

Learns from `boilerplate.jsonl` or `notices.jsonl`, written for this, and from the sentences and
paragraphs of the articles that come along, which are news. Prints the accuracy on texts left out.
It takes a minute.
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
from index.ingest.hygiene.notices import signs as of_notices
from index.ingest.hygiene.weighing import grams
from index.ingest.sources import read
from index.text.passages import sentences
from index.types import Article

FOLDS = 10
STRENGTH = (
    10.0  # scikit-learn's C; of 1, 3 and 10, 10 takes the least of 609 real articles for none
)
LEAST = 0.04  # weights below are left out; not measured
LEAST_ROWS = 2  # rows that have a word which is weighed
SIGNS = {"boilerplate": grams, "notices": of_notices}
CHANCES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)

app = typer.Typer(add_completion=False)


@app.command()
def learn(
    what: Annotated[str, typer.Option(help="boilerplate or notices.")] = "boilerplate",
    write: Annotated[bool, typer.Option(help="Write the weights into index/ingest/.")] = True,
    strength: Annotated[float, typer.Option(help="Of the ridge.")] = STRENGTH,
) -> None:
    """Fit the classifier of what is no news, or of notices."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows = read_rows(Path(str(files("eval.fit"))) / f"{what}.jsonl")
    signs = SIGNS[what]
    texts = [str(row["text"]) for row in rows] + news()
    kinds = np.array([str(row["kind"]) for row in rows] + ["news"] * (len(texts) - len(rows)))
    count = Counter(gram for text in texts for gram in signs(text))
    words = sorted(word for word, times in count.items() if times >= LEAST_ROWS)
    place = {word: n for n, word in enumerate(words)}
    table = np.zeros((len(texts), len(words)), np.float32)
    for n, text in enumerate(texts):
        table[n, [place[gram] for gram in signs(text) if gram in place]] = 1.0
    balance = "balanced" if what == "boilerplate" else None  # notices are rare, and harm if wrong
    model = LogisticRegression(C=strength, max_iter=3000, class_weight=balance)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    chances = cross_val_predict(model, table, kinds, cv=folds, method="predict_proba")
    names = sorted(set(kinds.tolist()))
    print_left_out(np.array(names), kinds, chances)
    model.fit(table, kinds)
    if write:
        weighed = np.round(model.coef_, 2)
        found = {
            "source": f"eval.fit.boilerplate --what {what} on {len(texts)} texts",
            "kinds": names,
            "bias": np.round(model.intercept_, 3).tolist(),
            "words": {
                word: weighed[:, n].tolist()
                for word, n in place.items()
                if np.abs(weighed[:, n]).max() >= LEAST
            },
        }
        path = Path(str(files("index.ingest.hygiene") / f"{what}.json"))
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
