"""`python -m eval.retrieval`: search with other words, for the latest, and without each part.

    paraphrases.jsonl    questions in other words, by alias, misspelt -> recall@5 of the evidence
    latest.jsonl         several articles on one thing -> whether the newest is before the older
    --corpus, --queries  the ranking metrics with one part of the search after the other off

The two files are about the bundled articles, and their authors did not write the ranking. No model
is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.harness import Row
from eval.judging.metrics import RANKING_METRICS, mean, rank
from index.cli import run

if TYPE_CHECKING:
    from index.search import Searcher

WITHIN = 5  # paraphrases: hits among which the evidence must be, the 5 of recall@5
DEPTH = 10  # latest: hits that are looked at

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def retrieval(
    corpus: Annotated[
        Path | None, typer.Option(metavar="FILE", help="corpus.jsonl.gz, for the table of parts.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(metavar="FILE", help="queries.jsonl.gz, for the table of parts.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="A fixed sample of N queries, by type.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write metrics and rows to FILE.")
    ] = None,
) -> None:
    """Measure retrieval on the bundled articles, and on a corpus with each part switched off."""
    from eval.harness import print_table, settings_record, write_json
    from eval.libraries import bundled
    from index.encoder import load_encoder
    from index.library import Library
    from index.search import Searcher

    encoder = load_encoder()
    with Library.open(bundled()) as library:
        searcher = Searcher(library, encoder)
        rows = [*paraphrases(searcher), *latest(searcher)]
    metrics = score(rows)
    print_table("Retrieval", ("measure", "value", "n"), table(metrics))
    if corpus is not None and queries is not None:
        parts = ablation(corpus, queries, limit)
        metrics["parts"] = parts
        names = list(RANKING_METRICS)
        print_table(
            "Without a part",
            ("without", *names),
            [(part, *(found[name] for name in names)) for part, found in parts.items()],
        )
    if json_file is not None:
        write_json(json_file, metrics, {}, settings_record("eval.retrieval", "none"), rows)


def load(name: str) -> list[Row]:
    """The rows of a JSONL file in this folder."""
    import json

    text = (files("eval.retrieval") / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def by_stem() -> dict[str, str]:
    """Stem of its file -> id, of each bundled article."""
    from index.bundled import briefs_dir
    from index.ingest.sources import read
    from index.types import Article

    found = {}
    for path in sorted(briefs_dir().glob("*.md")):
        (article,) = read(str(path))
        assert isinstance(article, Article)
        found[path.stem] = article.id
    return found


def paraphrases(searcher: Searcher) -> list[Row]:
    """One row for each question: the share of its evidence sentences in the first hits."""
    ids = by_stem()
    rows = []
    for question in load("paraphrases.jsonl"):
        hits = searcher.search(question["question"], WITHIN)
        held = [
            any(
                (ids[gold["article"]] in (hit.article.id, *hit.also_in))
                and gold["sentence"] in hit.passage.text
                for hit in hits
            )
            for gold in question["evidence"]
        ]
        rows.append({
            "set": "paraphrases", "id": question["id"], "kind": question["kind"],
            "question": question["question"], "recall": sum(held) / len(held),
        })  # fmt: skip
    return rows


def latest(searcher: Searcher) -> list[Row]:
    """One row for each case: right when the newest article stands before every older one."""
    from index.dates import last_day
    from index.types import Filters

    ids = by_stem()
    rows = []
    for case in load("latest.jsonl"):
        until = last_day(case["as_of"]) if case["as_of"] else None
        hits = searcher.search(case["question"], DEPTH, Filters(until=until))
        order = [hit.article.id for hit in hits]
        older = [order.index(ids[name]) for name in case["older"] if ids[name] in order]
        newest = order.index(ids[case["newest"]]) if ids[case["newest"]] in order else None
        rows.append({
            "set": "latest", "id": case["id"], "kind": "latest", "question": case["question"],
            "as_of": case["as_of"], "rank": newest,
            "right": newest is not None and newest < min(older, default=DEPTH),
            "outside": sum(until is not None and (h.article.published or "9")[:10] > until
                           for h in hits),
        })  # fmt: skip
    return rows


def score(rows: Sequence[Row]) -> dict[str, Any]:
    """recall@5 of the paraphrases, overall and by kind; share of right cases of the latest."""
    by_kind: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row["set"] == "paraphrases":
            by_kind[row["kind"]].append(row["recall"])
    all_of = [value for values in by_kind.values() for value in values]
    cases = [row for row in rows if row["set"] == "latest"]
    return {
        "recall@5": mean(all_of),
        **{f"recall@5 {kind}": mean(values) for kind, values in sorted(by_kind.items())},
        "latest_right": mean([float(row["right"]) for row in cases]),
        "outside_the_range": sum(row["outside"] for row in cases),
        "n": {"paraphrases": len(all_of), "latest": len(cases)},
    }


def table(metrics: dict[str, Any]) -> list[tuple[object, ...]]:
    """One line for each measure: name, value, number of questions."""
    n = metrics["n"]
    return [
        (name, value, n["paraphrases" if name.startswith("recall") else "latest"])
        for name, value in metrics.items()
        if name not in ("n", "parts")
    ]


def ablation(corpus: Path, queries: Path, limit: int | None) -> dict[str, dict[str, Any]]:
    """Part of the search that is switched off (first none) -> the ranking metrics without it."""
    from eval.harness import progress, read_rows, sample
    from eval.multihop.corpus import cutter, library_of
    from index.encoder import load_encoder
    from index.library import Library
    from index.search import PARTS, Searcher

    folder = library_of(corpus)
    asked = [row for row in read_rows(queries) if row["evidence_list"]]
    asked = sample(asked, limit, lambda row: str(row["question_type"]))
    cut, found = cutter(), {}
    with Library.open(folder) as library:
        searcher = Searcher(library, load_encoder())
        for part in ("nothing", *PARTS):
            searcher.without = frozenset({part} & set(PARTS))
            rankings = []
            for row in progress(asked, f"without {part}"):
                hits = searcher.search(row["query"], 10)
                facts = [evidence["fact"] for evidence in row["evidence_list"]]
                rankings.append(rank([cut(hit.passage.text) for hit in hits], facts))
            found[part] = {name: metric(rankings) for name, metric in RANKING_METRICS.items()}
    return found


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    run(app)


if __name__ == "__main__":
    main()
