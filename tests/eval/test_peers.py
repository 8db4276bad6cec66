"""`eval.peers`: how answers of peers are judged. No peer is installed for the tests."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from eval.bundled.questions import BundledQuestion
from eval.peers.__main__ import answer_lines, judged, main, questions, score
from index.errors import SourceError

SHARE = BundledQuestion.model_validate({
    "id": "q", "kind": "figure", "question": "What share of Scale AI did Meta buy?",
    "answers": ["49%", "49 percent"], "wrong": ["51%"],
    "evidence": [{"article": "meta-scale-ai-hngn", "sentence": "It gives Meta 49% of Scale."}],
})  # fmt: skip
BOARD = SHARE.model_copy(update={"answers": ["No"], "wrong": [], "kind": "yesno"})
NOBODY = SHARE.model_copy(
    update={"answers": [], "wrong": [], "evidence": [], "kind": "unanswerable"}
)


@pytest.mark.parametrize(
    ("question", "text", "right", "refused"),
    [
        (SHARE, "Meta bought 49 percent.", True, False),
        (SHARE, "Meta bought 51%, not 49%.", False, False),
        (SHARE, "The articles do not say. It is not mentioned.", False, True),
        (BOARD, "No, it does not.", True, False),
        (BOARD, "Yes.", False, False),
        (NOBODY, "The context does not provide this.", True, True),
        (NOBODY, "I cannot determine that.", True, True),
        (NOBODY, "There is insufficient information.", True, True),
        (NOBODY, "It is 12%.", False, False),
    ],
)
def test_a_text_is_judged(question: BundledQuestion, text: str, right: bool, refused: bool) -> None:
    found = judged(question, text, [])
    assert (found["right"], found["refused"]) == (right, refused)


def test_sources_count_where_they_hold_the_answer() -> None:
    sources = ["News. It gives Meta 49% of Scale. More.", "Meta held talks.", "Stake: 49 percent"]
    assert judged(SHARE, "49%", sources)["sources_right"] == pytest.approx(2 / 3)
    assert judged(NOBODY, "49%", sources)["sources_right"] is None


def test_a_table_has_one_column_a_system() -> None:
    row = {"first_s": 0.1, "whole_s": 3.0, "memory_mb": 900.0}
    rows = [
        {**judged(SHARE, "49%", ["It gives Meta 49% of Scale."]), **row},
        {**judged(NOBODY, "49%", []), **row, "whole_s": 5.0},
    ]
    found = score(rows)
    assert (found["answer_accuracy"], found["unanswerable_refused"]) == (1.0, 0.0)
    assert (found["whole_s_p50"], found["whole_s_p95"]) == (3.0, 5.0)


def test_queries_over_whole_articles_are_asked_as_well(tmp_path: Path) -> None:
    fact = {"title": "Scale deal", "fact": "It gives Meta 49% of Scale."}
    rows = [
        {"query": "Do both agree?", "answer": "no", "question_type": "comparison_query",
         "evidence_list": [fact]},
        {"query": "What did Foo pay?", "answer": "Insufficient information.",
         "question_type": "null_query", "evidence_list": []},
    ]  # fmt: skip
    file = tmp_path / "queries.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    both, nobody = questions(file).values()
    assert (both.question, both.answers, both.answerable) == ("Do both agree?", ["No"], True)
    assert not judged(both, "Yes, there is no doubt.", [])["right"]
    found = judged(both, "No, they do not.", ["It gives\nMeta 49% of Scale. More.", "No doubt."])
    assert (found["right"], found["sources_right"]) == (True, 0.5)
    assert (nobody.answers, nobody.answerable) == ([], False)


def test_a_file_of_other_rows_is_named(tmp_path: Path) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_text('{"query": "Who?"}')
    with pytest.raises(SourceError, match=r"queries\.jsonl is no MultiHop-RAG query file"):
        questions(file)


def test_a_question_that_breaks_a_system_is_not_right_and_the_next_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(question: str) -> tuple[str, list[str], float]:
        if question == "long":
            raise ValueError("more tokens\nthan the context")
        return "49%", ["It gives Meta 49% of Scale."], 0.5

    monkeypatch.setattr(sys, "stdin", io.StringIO('"long"\n"short"\n'))
    answer_lines(ask)
    ready, broken, answered = capsys.readouterr().out.splitlines()
    assert ready == "ready"
    assert json.loads(broken)["error"] == "ValueError: more tokens than the context"
    assert json.loads(answered).items() >= {"text": "49%", "first_s": 0.5}.items()
    assert not judged(NOBODY, "", [], failed=True)["right"]


def test_a_corpus_needs_its_queries(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["eval.peers", "--corpus", "corpus.jsonl"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert capsys.readouterr().err == (
        "dateline: --corpus and --queries go together: give both, or neither\n"
    )
