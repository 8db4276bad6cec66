"""The gate on answers: the bundled questions with the real model, and the first question whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eval.support import invariants
from rag.types import Answer

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.model


def run(*command: str, limit: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=limit
    )


@pytest.mark.timeout(1500)
def test_the_bundled_questions_pass_their_gates(tmp_path: Path) -> None:
    done = run(
        "-m", "eval", "--subset", "ci", "--gate", "--json", str(tmp_path / "ci.json"),
        "--report", "reports", limit=1400,
    )  # fmt: skip
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_first_question_of_all() -> None:
    done = run("-m", "rag.ask", "what share of Scale AI did Meta buy?", "--json", limit=300)
    assert done.returncode == 0, done.stderr
    answer = Answer.model_validate_json(done.stdout)
    assert answer.short is not None and answer.short.startswith("49")

    def text_of(article_id: str) -> str:
        shown = run(
            "-m", "index", "show", article_id, "--json", "--library", answer.library.path, limit=60
        )
        return str(json.loads(shown.stdout)["text"])

    assert invariants(answer, text_of) == []
