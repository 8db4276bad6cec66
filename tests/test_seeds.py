"""Two real articles that tell one deal with two prices, two states and two spellings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rag.types import Answer

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"
pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not SEEDS.is_dir(), reason="the two articles are not beside the checkout"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds") / "library"
    subprocess.run(
        [sys.executable, "-m", "index", "add", str(SEEDS), "--library", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    return folder


def ask(question: str, library: Path) -> Answer:
    command = [sys.executable, "-m", "rag.ask", question, "--json", "--library", str(library)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Answer.model_validate_json(done.stdout)


def test_the_share_is_cited_to_both(library: Path) -> None:
    answer = ask("what share of Scale AI did Meta buy?", library)
    assert answer.short in ("49%", "49 percent")
    assert len({c.article_id for c in answer.citations}) == 2


def test_both_prices_are_told_each_with_its_quote(library: Path) -> None:
    answer = ask("how much did Meta pay for its stake in Scale AI?", library)
    for price in ("14.8 billion", "15 billion"):
        assert price in answer.text
        assert any(price in c.quote for c in answer.citations)
