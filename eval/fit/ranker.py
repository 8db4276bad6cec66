"""`python -m eval.fit.ranker`: learns the weights of `index/ranking/ranker.json`.

    questions with gold facts -> signals of their candidates -> a small network, by listwise loss
    -> the same for the sentences of the hits -> `index/ranking/ranker.json`

The signals say how well a passage fits, never which passage it is (no length, place or name), so
that the network cannot learn passages by heart. To test this, cross-validation removes the gold
passages of the held-out questions from the training rows. Needs torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from index.cli import run

if TYPE_CHECKING:
    from index.ranking.ranker import Ranker
    from index.search import Searcher

Floats = NDArray[np.float32]

# None of these was measured against other values. What the network gives: docs/scoreboard.md.
HIDDEN = 16  # units of the hidden layer
EPOCHS = 15
FOLDS = 3  # of the cross-validation
HITS = 10  # hits of a question whose sentences the second network learns from

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def train(
    corpus: Annotated[Path, typer.Option(metavar="FILE", help="corpus.jsonl.gz")],
    queries: Annotated[Path, typer.Option(metavar="FILE", help="queries with evidence_list")],
    output: Annotated[Path, typer.Option(metavar="FILE")] = Path("index/ranking/ranker.json"),
) -> None:
    """Learn from these queries and the calibration questions; print what cross-validation gives."""
    from eval.harness import progress, read_rows, say
    from eval.libraries import bundled
    from eval.multihop.corpus import library_of
    from index.encoder import load_encoder
    from index.library import Library
    from index.ranking.ranker import Rankers, by_hand, to_json
    from index.search import Searcher

    folder = library_of(corpus)
    encoder = load_encoder()
    rows = [row for row in read_rows(queries) if row["evidence_list"]]
    searcher = Searcher(Library.open(folder), encoder, by_hand())
    groups = [
        example(searcher, row["query"], [e["fact"] for e in row["evidence_list"]])
        for row in progress(rows, "queries")
    ]
    own = Searcher(Library.open(bundled()), encoder, by_hand())
    asked = [
        row
        for name in ("calibration", "calibration-search")
        for row in read_rows(Path(str(files("eval.fit") / f"{name}.jsonl")))
        if row["evidence"] and not row.get("history")
    ]
    groups += [
        example(own, row["question"], [e["sentence"] for e in row["evidence"]])
        for row in progress(asked, "calibration questions")
    ]
    passages = learn(groups)
    say(f"cross-validated: {validate(groups[: len(rows)])}")
    searcher.rankers = own.rankers = Rankers(passages, by_hand().sentences)
    pools = [
        sentence_example(searcher, row["query"], [e["fact"] for e in row["evidence_list"]])
        for row in progress(rows, "sentences")
    ]
    pools += [
        sentence_example(own, row["question"], [e["sentence"] for e in row["evidence"]])
        for row in progress(asked, "bundled sentences")
    ]
    sentences = learn([pool for pool in pools if len(pool[0])])
    about = {
        "made_by": "python -m eval.fit.ranker",
        "trained_on": f"{len(rows)} questions over several news articles (ODC-BY 1.0), "
        f"{len(asked)} calibration questions",
    }
    output.write_text(to_json(passages, sentences, about), encoding="utf-8")


Example = tuple[Floats, Floats, NDArray[np.int64]]  # signals, label, which passage it is


def squeezed(text: str) -> str:
    """`text` without white space; so facts are compared."""
    return "".join(text.split())


def example(searcher: Searcher, question: str, facts: Sequence[str]) -> Example:
    """The candidates of one question; each fact's weight of 1 is spread over those that hold it."""
    found = searcher.find(question, 1)
    numbers = [int(n) for n in searcher.corpus.numbers[found.candidates.places]]
    held = searcher.corpus.library.passages(numbers)
    texts = [squeezed(held[number][1].text) for number in numbers]
    return found.candidates.signals, shared(texts, facts), np.array(numbers)


def sentence_example(searcher: Searcher, question: str, facts: Sequence[str]) -> Example:
    """The sentences of the hits of one question; each fact's weight is on those that hold it."""
    found = searcher.find(question, HITS)
    pool = searcher.pool(found)
    texts = [
        squeezed(found.hits[h].article.text[a:b])
        for h, (a, b) in zip(pool.hits, pool.spans, strict=True)
    ]
    return pool.signals, shared(texts, facts, within=True), np.zeros(len(texts), np.int64)


def shared(texts: Sequence[str], facts: Sequence[str], within: bool = False) -> Floats:
    """Of each text the sum over its facts of 1 / number of texts with that fact, float32 (n,).

    `within`: a text of more than 40 characters (not measured) that is part of a fact holds it too.
    """
    out = np.zeros(len(texts), np.float32)
    for fact in map(squeezed, facts):
        holds = [
            place
            for place, text in enumerate(texts)
            if fact in text or (within and len(text) > 40 and text in fact)
        ]
        out[holds] += 1 / max(1, len(holds))
    return out


def learn(examples: Sequence[Example], seed: int = 0) -> Ranker:
    """A network with one hidden layer; the softmax over a question's candidates fits the labels.

    A listwise loss (ListNet, Cao et al., ICML 2007). Learning rate, weight decay and batch size
    were not measured.
    """
    import torch

    from index.ranking.ranker import Ranker

    torch.manual_seed(seed)
    kept = [(x, y) for x, y, _ in examples if y.sum() > 0]
    everything = np.concatenate([x for x, _ in kept])
    mean, scale = everything.mean(0), everything.std(0) + 1e-3
    longest, width = max(len(x) for x, _ in kept), everything.shape[1]
    inputs = torch.zeros(len(kept), longest, width)
    target = torch.zeros(len(kept), longest)
    absent = torch.full((len(kept), longest), -1e9)
    for i, (x, y) in enumerate(kept):
        inputs[i, : len(x)] = torch.tensor((x - mean) / scale)
        target[i, : len(x)] = torch.tensor(y / y.sum())
        absent[i, : len(x)] = 0
    net: Any = torch.nn.Sequential(
        torch.nn.Linear(width, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 1)
    )
    optimizer: Any = torch.optim.AdamW(net.parameters(), lr=5e-3, weight_decay=1e-3)
    steps = EPOCHS * -(-len(kept) // 64)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(kept)).split(64):
            logits = net(inputs[batch]).squeeze(-1) + absent[batch]
            loss = -(target[batch] * torch.log_softmax(logits, 1)).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    layers = tuple(
        (net[i].weight.detach().numpy().T.copy(), net[i].bias.detach().numpy().copy())
        for i in (0, 2)
    )
    return Ranker(mean, scale, layers)


def validate(examples: Sequence[Example]) -> dict[str, Any]:
    """Hits@4, Hits@10 and MRR@10 on questions left out, their gold passages left out too."""
    order = np.random.default_rng(0).permutation(len(examples))
    ranks: list[int] = []
    for fold in range(FOLDS):
        held = [examples[i] for i in order[fold::FOLDS]]
        rest = [examples[i] for i in order if i not in set(order[fold::FOLDS])]
        seen = np.unique(np.concatenate([numbers[y > 0] for _, y, numbers in held]))
        strict = []
        for x, y, numbers in rest:
            keep = ~np.isin(numbers, seen)
            strict.append((x[keep], y[keep], numbers[keep]))
        ranker = learn([one for one in strict if len(one[0])])
        for x, y, _ in held:
            places = np.flatnonzero(y[np.argsort(-ranker.scores(x), kind="stable")] > 0)
            ranks.append(int(places[0]) if len(places) else 10**6)
    best = np.array(ranks)
    return {
        "Hits@4": round(float((best < 4).mean()), 3),
        "Hits@10": round(float((best < 10).mean()), 3),
        "MRR@10": round(float(np.where(best < 10, 1 / (1 + best), 0).mean()), 3),
    }


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
