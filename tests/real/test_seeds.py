"""Two real articles that disagree, through the command lines and the real model.

They are no part of the project: without them beside the checkout these tests skip.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from eval.judging.support import invariants
from rag.types import Answer

pytestmark = pytest.mark.model
ROOT = Path(__file__).resolve().parents[2]
SEEDS = "../shared/seeds"
RIGHT, WRONG = 13, 3  # of 20 questions; 14 and 2 measured, and a sum may differ by processor


def run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "DATELINE_MODEL"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, set[str]]]:
    """A library of the two articles, and their ids."""
    files = sorted((ROOT / SEEDS).glob("*.txt"))
    if len(files) != 2:
        pytest.skip(f"no two articles in {SEEDS}")
    folder = str(tmp_path_factory.mktemp("seeds") / "library")
    added = run("index", "add", *map(str, files), "--library", folder, "--json")
    assert added.returncode == 0, added.stderr
    rows = [json.loads(line) for line in added.stdout.splitlines()]
    assert [row["state"] for row in rows] == ["added", "added"]
    yield folder, {row["article_id"] for row in rows}


def ask(folder: str, question: str) -> Answer:
    """The answer, once it is known to keep what every answer promises."""
    asked = run("rag.ask", question, "--library", folder, "--json")
    assert asked.returncode == 0, asked.stderr
    answer = Answer.model_validate_json(asked.stdout)

    @cache
    def stored(article_id: str) -> str | None:
        shown = run("index", "show", article_id, "--json", "--library", folder)
        return json.loads(shown.stdout)["text"] if shown.returncode == 0 else None

    assert invariants(answer, stored) == []
    return answer


def test_the_share_is_cited(library: tuple[str, set[str]]) -> None:
    folder, _ = library
    answer = ask(folder, "what share of Scale AI did Meta buy?")
    assert answer.short == "49%"
    assert answer.citations and all("49%" in c.quote for c in answer.citations)


def test_both_prices_stand_with_their_own_quotes(library: tuple[str, set[str]]) -> None:
    folder, ids = library
    answer = ask(folder, "how much did Meta pay for its stake in Scale AI?")
    by_id = {citation.id: citation.article_id for citation in answer.citations}
    rows = {row.normalized: row for group in answer.disagreements for row in group.rows}
    assert set(rows) >= {14.8e9, 15e9}
    low, high = rows[14.8e9], rows[15e9]
    assert "14.8 billion" in low.quote and "15 billion" in high.quote
    assert {by_id[low.citation], by_id[high.citation]} == ids
    assert "14.8 billion" in answer.text


def test_questions_by_a_stranger(library: tuple[str, set[str]]) -> None:
    """Twenty questions written before the program was seen: what is answered is right, and what the
    articles do not hold is refused or denied; how many are answered is measured."""
    folder, _ = library
    file = Path(__file__).with_name("seed_questions.jsonl")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    asked = run("rag.ask", "--batch", str(file), "--library", folder, "--no-cache")
    assert asked.returncode == 0, asked.stderr
    answers = [Answer.model_validate_json(line) for line in asked.stdout.splitlines()]
    right, wrong = [], []
    for row, answer in zip(rows, answers, strict=True):
        said = f"{answer.short or ''} {answer.text}".strip()

        def found(patterns: list[str], said: str = said) -> bool:
            return any(re.search(pattern, said, re.IGNORECASE) for pattern in patterns)

        refused = answer.status == "unanswerable"
        if "accept" in row:
            good, bad = not refused and found(row["accept"]), not refused
        else:
            good, bad = refused or found(row["deny"]), True
        if good:
            right.append(row["question"])
        elif bad:
            wrong.append(f"{row['question']} {said}")
    assert len(right) >= RIGHT and len(wrong) <= WRONG, "\n".join(wrong)
