"""`python -m eval.multihop`: MultiHop-RAG (Tang & Yang, COLM 2024, arXiv 2401.15391).

    corpus -> library;  query -> first ten passages, selected sentences, answer -> row -> metrics

Retrieval is scored as in the published retrieval_evaluate.py, without the null queries. Answers are
scored by exact match; the published scorer, which counts any shared word, is not used. Files are
read in `multihop/corpus.py`.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.harness import Row
from eval.judging.metrics import RANKING_METRICS, Outcome, Ranking, bootstrap, mean, rank
from eval.judging.texts import exact
from eval.libraries import build
from eval.multihop.corpus import NULL, Cutter, articles_of, cached_library, cutter, read_queries
from index.cli import run

if TYPE_CHECKING:
    from rag.dateline import Dateline

INSUFFICIENT = "Insufficient information"
BUDGETS = (150, 400)  # tokens of the selected sentences at which evidence recall is measured

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def multihop(
    corpus: Annotated[Path, typer.Option(metavar="FILE", help="corpus.jsonl or .jsonl.gz")],
    queries: Annotated[Path, typer.Option(metavar="FILE", help="queries.jsonl or .jsonl.gz")],
    retrieval_only: Annotated[
        bool, typer.Option("--retrieval-only", help="Rank passages; ask no model.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="A fixed sample of N, by type."),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Model to answer with; default: auto.")
    ] = None,
    library: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Library to build or reuse; default: one in the cache."),
    ] = None,
) -> None:
    """Measure ranking and answers on questions whose evidence is spread over several articles.

    An interrupted run goes on where it stopped, and the library is built once.
    """
    from eval.harness import partial, run_rows, sample, say, settings_record, write_json
    from rag.dateline import Dateline

    rows = sample(read_queries(queries), limit, lambda row: str(row["question_type"]))
    for place, row in enumerate(rows):
        row.setdefault("index", place)
    started = time.monotonic()
    folder = library or cached_library(corpus)
    build(folder, articles_of(corpus))
    spec = "none" if retrieval_only else model
    dateline = Dateline.open(folder, spec, log=say)
    record = settings_record(
        "eval.multihop",
        spec,
        library={"articles": dateline.library.count(), "snapshot": dateline.library.snapshot},
        retrieval_only=retrieval_only,
    )
    kept = partial("multihop", json_file, record)
    cut = cutter()
    found = run_rows(rows, lambda row: ask(dateline, row, retrieval_only, cut), kept, "queries")
    failures = [(row, result) for row, result in zip(rows, found, strict=True) if "error" in result]
    done = [(row, result) for row, result in zip(rows, found, strict=True) if "error" not in result]
    metrics, by_type = score([row for row, _ in done], [result for _, result in done])
    metrics["errors"] = len(failures)
    record |= {"limit": limit, "seconds": round(time.monotonic() - started, 1)}
    print_score(metrics, by_type)
    if json_file is not None:
        write_json(json_file, metrics, by_type, record, found)
    if failures:
        say(f"{len(failures)} queries could not be asked, the first: {failures[0][1]['error']}")
        raise typer.Exit(1)
    kept.finish()


def ask(dateline: Dateline, row: Row, retrieval_only: bool, cut: Cutter) -> Row:
    """The row of one query, which holds enough to be scored again.

    Of each passage it has the first 256 tokens, which is what the encoder reads.
    """
    from rag.types import Question

    question = Question(question=row["query"])
    retrieved = []
    found = dateline.find(question, 10)
    for hit in found.hits[:10]:
        retrieved.append({"text": cut(hit.passage.text), "url": hit.article.url})
    result: Row = {
        "index": row["index"],
        "question_type": row["question_type"],
        "retrieved": retrieved,
        "gold": row["answer"],
        "selected": {
            str(budget): [one.text for one in dateline.sentences(found, budget, cut.count)]
            for budget in BUDGETS
        },
    }
    if retrieval_only:
        return result
    answer = dateline.ask(question)
    abstained = answer.status == "unanswerable"
    said = INSUFFICIENT if abstained else (answer.short or answer.text)
    return {
        **result,
        "answer": said,
        "status": answer.status,
        "right": exact(said, row["answer"]),
        "text": answer.text,
        "timings": answer.timings.model_dump(),
    }


def score(queries: Sequence[Row], rows: Sequence[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, by_type) of rows and their queries, in one order."""
    metrics = _score(queries, rows)
    metrics["intervals"] = _intervals(queries, rows)
    kinds = sorted({row["question_type"] for row in rows})
    by_type = {}
    for kind in kinds:
        pairs = [(q, r) for q, r in zip(queries, rows, strict=True) if r["question_type"] == kind]
        by_type[kind] = _score([q for q, _ in pairs], [r for _, r in pairs])
    return metrics, by_type


def _score(queries: Sequence[Row], rows: Sequence[Row]) -> dict[str, Any]:
    rankings = _rankings(queries, rows)
    metrics: dict[str, Any] = {"n": len(rows)}
    metrics |= {name: metric(rankings) for name, metric in RANKING_METRICS.items()}
    for budget in BUDGETS:
        metrics[f"evidence_recall@{budget}tokens"] = budget_recall(queries, rows, budget)
    if any("answer" in row for row in rows):
        metrics["answer_accuracy"] = mean([float(row["right"]) for row in rows])
        refused = [exact(row["answer"], INSUFFICIENT) for row in rows]
        null = [row["question_type"] == NULL for row in rows]
        metrics["abstention_precision"] = mean(
            [float(due) for due, did in zip(null, refused, strict=True) if did]
        )
        metrics["abstention_recall"] = mean(
            [float(did) for due, did in zip(null, refused, strict=True) if due]
        )
    metrics["baseline_always_yes"] = mean([float(exact("Yes", row["gold"])) for row in rows])
    metrics["baseline_majority_per_type"] = majority(rows)
    return metrics


def budget_recall(queries: Sequence[Row], rows: Sequence[Row], budget: int) -> float | None:
    """Share of a question's facts that the sentences within `budget` tokens hold, averaged.

    A fact is held when one selected text contains it, white space left out of both. Tokens are the
    encoder's. Questions without evidence are left out.
    """
    shares = []
    for query, row in zip(queries, rows, strict=True):
        facts = {"".join(evidence["fact"].split()) for evidence in query["evidence_list"]}
        if facts and "selected" in row:
            texts = ["".join(text.split()) for text in row["selected"][str(budget)]]
            shares.append(sum(any(f in text for text in texts) for f in facts) / len(facts))
    return mean(shares)


def majority(rows: Sequence[Row]) -> float | None:
    """Accuracy of always giving the most frequent gold answer of the question's type."""
    by_type: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        by_type[row["question_type"]][row["gold"].strip(" .").lower()] += 1
    best = sum(answers.most_common(1)[0][1] for answers in by_type.values())
    return best / len(rows) if rows else None


def _rankings(queries: Sequence[Row], rows: Sequence[Row]) -> list[Ranking]:
    """Rankings of the queries that have evidence: null queries are left out."""
    return [
        rank(
            [hit["text"] for hit in row["retrieved"]],
            [evidence["fact"] for evidence in query["evidence_list"]],
        )
        for query, row in zip(queries, rows, strict=True)
        if query["question_type"] != NULL and query["evidence_list"]
    ]


def _intervals(queries: Sequence[Row], rows: Sequence[Row]) -> dict[str, Any]:
    rankings = _rankings(queries, rows)
    found: dict[str, Any] = {
        name: bootstrap(rankings, metric) for name, metric in RANKING_METRICS.items()
    }
    outcomes = [
        Outcome(row["question_type"] != NULL, row["status"] == "unanswerable", row["right"])
        for row in rows
        if "answer" in row
    ]
    found["answer_accuracy"] = bootstrap(
        outcomes, lambda some: mean([float(one.right) for one in some])
    )
    return found


def print_score(metrics: dict[str, Any], by_type: dict[str, Any]) -> None:
    """Print each metric: overall, its interval, each type; with the two trivial baselines."""
    from eval.harness import print_table, shown

    kinds = list(by_type)
    lines: list[tuple[object, ...]] = []
    for name, value in metrics.items():
        if name == "intervals":
            continue
        interval = metrics["intervals"].get(name)
        ends = " - ".join(map(shown, interval)) if interval else ""
        lines.append((name, value, ends, *(by_type[kind].get(name) for kind in kinds)))
    headers = ("metric", "all", "95% interval", *(kind.removesuffix("_query") for kind in kinds))
    print_table("MultiHop-RAG", headers, lines)


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
