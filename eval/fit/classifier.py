"""Learns a classifier (`rag/question/classifier.py`) of questions or sentences: `learn`.

    labelled questions -> vector of the encoder, runs of words -> logistic regression

`eval/fit/forms.py`, `eval/fit/kinds.py` and `eval/fit/orders` are the commands. No language
model is needed.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.question.classifier import grams

FOLDS = 10
# On the kinds of questions whose author was left out, 2 and 8 for STRENGTH are within .01 and .013;
# so are .5 for WORD, and 4 and 6 for LEAST_ROWS. A LEAST_WEIGHT of 0 is within .002, .1 loses .005.
STRENGTH = 4.0  # scikit-learn's C
WORD = 0.3  # what a run of words counts beside a number of the vector
LEAST_ROWS = 3  # questions that have a run of words which is weighed
LEAST_WEIGHT = 6  # hundredths; a run that weighs less for every label is left out of the file
SEED = 5  # of the contexts
BEFORE, AFTER = 0.15, 0.85  # of the questions that get words there; not measured
SLIP = 0.25  # of the questions, with a slip in one of the FIRST words; .4 is no better
FIRST = 3

Labels = NDArray[np.str_]


def learn(
    name: str,
    asked: Sequence[str],
    labels: Labels,
    least: float,
    write: bool,
    contexts: bool = False,
    runs_of: Callable[[str], set[str]] = grams,
    package: str = "rag.question",
    command: str = "",
) -> tuple[Labels, NDArray[np.float64]]:
    """Fit the classifier `name`, and write its file into the package if wanted; with `contexts` on
    each question once more, in another context (`vary`). `runs_of` gives a text's runs of words.
    The file names the `command` that made it.

    Returns the names of the labels, and the chance of each, (questions, names), for each question
    by weights fitted without it.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    from index.encoder import load_encoder

    chance = random.Random(SEED)
    every = [*asked, *(vary(question, chance) for question in asked if contexts)]
    runs = [runs_of(question) for question in every]
    count = Counter(run for own in runs for run in own)
    place = {run: n for n, run in enumerate(sorted(r for r, t in count.items() if t >= LEAST_ROWS))}
    cells = [(row, place[run]) for row, own in enumerate(runs) for run in own if run in place]
    words = csr_matrix((np.full(len(cells), WORD), np.array(cells).T), (len(every), len(place)))
    vectors = load_encoder().encode(every)
    table = hstack([csr_matrix(vectors), words]).tocsr()

    def fitted(rows: NDArray[np.intp]) -> LogisticRegression:
        """Fitted on some of the questions, with their other contexts."""
        used = np.concatenate([rows, rows + len(asked)]) if contexts else rows
        model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3, class_weight="balanced")
        return model.fit(table[used], labels[used % len(asked)])

    names = np.unique(labels)
    chances = np.zeros((len(asked), len(names)))
    for rest, held in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(labels, labels):
        chances[held] = fitted(rest).predict_proba(table[held])
    if write:
        model, width = fitted(np.arange(len(asked))), vectors.shape[1]
        hundredths = np.rint(100 * WORD * model.coef_[:, width:]).astype(int)
        found = {
            "source": f"{len(asked)} texts, by {command}",
            "labels": names.tolist(),
            "least": least,
            "bias": model.intercept_.round(3).tolist(),
            "vector": model.coef_[:, :width].round(3).tolist(),
            "hundredths": {
                run: hundredths[:, n].tolist()
                for run, n in place.items()
                if np.abs(hundredths[:, n]).max() >= LEAST_WEIGHT
            },
        }
        path = Path(str(files(package) / name))
        path.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n")
        print(f"wrote {path.name}")
    return names, chances


def vary(question: str, chance: random.Random) -> str:
    """The question with another subject, more words before and after it, and a slip of the pen.

    >>> vary("When was it sold?", random.Random(1))
    'When was Amazon sold with the bank?'
    """
    words = _contexts()
    for pronouns, subjects in (("it|they", "it"), ("he|she", "she")):
        subject = chance.choice(words[subjects])
        question = re.sub(rf"\b(?:{pronouns})\b(?!['’])", subject, question, count=1)
    if chance.random() < AFTER:
        bare = question.rstrip("?. ")
        question = f"{bare} {chance.choice(words['after'])}{question[len(bare) :]}"
    if chance.random() < BEFORE:
        question = chance.choice(words["before"]) + question
    return _mistyped(question, chance) if chance.random() < SLIP else question


def _mistyped(question: str, chance: random.Random) -> str:
    """The question with two neighbouring letters of one of its first words swapped."""
    words = question.split(" ")
    n = chance.randrange(min(FIRST, len(words)))
    if len(word := words[n]) > 2:
        at = chance.randrange(len(word) - 1)
        words[n] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


@cache
def _contexts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(
        files("eval.fit").joinpath("contexts.json").read_text()
    )
    return found
