"""`eval.peers`: what is asked and how answers are judged. No peer is installed for the tests."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_engine import FakeEngine

from eval.bundled.questions import BundledQuestion
from eval.peers.__main__ import answer_lines, main
from eval.peers.judging import (
    as_shown,
    exam,
    judged,
    judged_news,
    news_questions,
    questions,
    score,
    score_news,
)
from eval.peers.systems import SYSTEMS, Said, Shelf, dateline
from eval.realnews.judging import judge
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
    def ask(question: str) -> Said:
        if question == "long":
            raise ValueError("more tokens\nthan the context")
        return Said("49%", ["It gives Meta 49% of Scale."], 0.5)

    monkeypatch.setattr(sys, "stdin", io.StringIO('"long"\n"short"\n'))
    answer_lines(ask)
    ready, broken, answered = capsys.readouterr().out.splitlines()
    assert ready == "ready"
    assert json.loads(broken)["error"] == "ValueError: more tokens than the context"
    assert json.loads(answered).items() >= {"text": "49%", "first_s": 0.5, "status": None}.items()
    assert not judged(NOBODY, "", [], failed=True)["right"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--corpus c.jsonl", "--corpus needs what to ask: give --queries or --questions as well"),
        ("--queries q.jsonl", "--queries needs its articles: give --corpus as well"),
        (
            "--corpus c.jsonl --queries q.jsonl --questions q.jsonl",
            "--questions and --queries exclude each other: give one of them",
        ),
    ],
)
def test_files_that_do_not_go_together(
    options: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["eval.peers", *options.split()])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert capsys.readouterr().err == f"dateline: {told}\n"


# Questions over real news

QUOTE = "It gives Meta 49% of Scale."
FACT = {
    "id": "n1", "kind": "fact", "question": "What share did Meta buy?", "accept": [r"\b49\s?%"],
    "evidence": [{"url": "https://news.example/scale", "quote": QUOTE}],
}  # fmt: skip
DID = FACT | {"id": "n2", "kind": "yesno", "question": "Did Meta buy Scale?", "accept": ["^no"]}
FALSE = FACT | {
    "id": "n3", "kind": "false_premise", "accept": [], "unanswerable": True, "deny": ["never"],
    "question": "Why did Meta sell Scale?",
}  # fmt: skip
NEVER = {
    "id": "n4", "kind": "unanswerable", "question": "Who paid?", "accept": [], "unanswerable": True,
}  # fmt: skip


def heard(text: str, *sources: str, status: str | None = None, short: str | None = None) -> Any:
    return {"text": text, "sources": list(sources), "status": status, "short": short}


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        (FACT, heard("Meta bought 49%."), "right"),
        (FACT, heard("Meta bought half of it."), "wrong"),
        (FACT, heard("The context does not mention a share."), "refused"),
        (FACT, heard("It does not say so, but 49%.", status="answered"), "right"),
        (FACT, heard("Nearest: 49% [1].", status="unanswerable"), "refused"),
        (DID, heard("Meta bought 49% [1].", status="answered", short="No"), "right"),
        (FALSE, heard("Meta never sold it."), "right"),
        (FALSE, heard("It wanted the money."), "wrong"),
        (NEVER, heard("", status="unanswerable"), "right"),
        (NEVER, heard("The articles do not say."), "right"),
        (NEVER, heard("") | {"error": "ValueError: too long"}, "wrong"),
        (FACT, heard("") | {"error": "ValueError: too long"}, "wrong"),
    ],
)
def test_an_answer_over_real_news_is_judged_as_realnews_does(
    question: dict[str, Any], answer: dict[str, Any], verdict: str
) -> None:
    assert judged_news(question, answer)["verdict"] == verdict
    if "error" not in answer:
        assert judge(question, answer) == verdict


def test_sources_over_real_news_count_where_they_hold_a_gold_quote() -> None:
    sources = ["News. It gives\nMeta 49% of Scale. More.", "Stake: 49%.", "Meta 49% of Scale.", ""]
    found = judged_news(FACT, heard("49%", *sources))
    assert (found["shown"], found["sources_right"]) == (3, pytest.approx(2 / 3))
    assert judged_news(FACT, heard("49%"))["sources_right"] is None
    assert judged_news(NEVER, heard("12", *sources))["sources_right"] is None


def test_the_measures_over_real_news() -> None:
    cost = {"first_s": 0.1, "whole_s": 3.0, "memory_mb": 900.0}
    pairs = [
        (FACT, heard("49%", QUOTE, "Meta held talks.")),
        (FACT, heard("I do not know.", "Meta held talks.")),
        (FACT, heard("51%")),
        (DID, heard("It did.")),
        (FALSE, heard("Meta never sold it.", QUOTE)),
        (NEVER, heard("Elon Musk.", QUOTE)),
    ]
    found = score_news([judged_news(q, said) | cost for q, said in pairs])
    assert found == {
        "n": 6, "right": 0.25, "refused": 0.25, "wrong": 0.5, "unanswerable_right": 0.5,
        "score": pytest.approx((2 - 3) / 6), "sources_right": 0.5,
        "first_s_p50": 0.1, "whole_s_p50": 3.0, "whole_s_p95": 3.0, "memory_mb": 900.0,
    }  # fmt: skip


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_rows_that_peers_cannot_be_asked_are_left_out(tmp_path: Path) -> None:
    file = lines(tmp_path / "q.jsonl", FACT | {"as_of": "2025-06-13"}, NEVER)
    assert news_questions(file) == [NEVER]
    with pytest.raises(SourceError, match=r"q\.jsonl: no question without dates"):
        news_questions(lines(file, FACT | {"history": [{"question": "?"}]}))
    with pytest.raises(SourceError, match=r"q\.jsonl: n1 lacks accept"):
        news_questions(lines(file, NEVER, FACT | {"accept": []}))


def test_dateline_hands_on_its_status_and_short_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.dateline.Dateline.open", FakeEngine.open)
    monkeypatch.setattr(Shelf, "library", lambda self: Path("/srv/articles"))
    ask = dateline(None, Shelf())
    share, nothing = ask("What share of Scale AI?"), ask("Who won the cup?")
    assert (share.status, share.short, len(share.sources)) == ("answered", "49%", 2)
    assert (nothing.status, nothing.sources) == ("unanswerable", [])


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (heard("Meta bought 49% [1].", status="answered", short="49%"), "Meta bought 49% [1]."),
        (heard("Wang left [1].", status="answered", short="Alexandr Wang"),
         "Alexandr Wang. Wang left [1]."),
        (heard("No doubt [1].", status="answered", short="No"), "No. No doubt [1]."),
        (heard("Nearest: 49% [1].", status="unanswerable"),
         "The library does not hold the answer."),
        (heard("It is 49%."), "It is 49%."),
    ],
)  # fmt: skip
def test_the_other_questions_are_judged_by_the_text_that_is_shown(
    answer: dict[str, Any], text: str
) -> None:
    assert as_shown(answer) == text


def test_bundled_questions_are_rows_of_an_exam_too() -> None:
    bundled = exam(None, None)
    row = next(r for r in bundled.rows if r["kind"] == "unanswerable")
    assert set(row) == {"id", "kind", "question"}
    assert bundled.judged(row, heard("Nearest: 49% [1].", status="unanswerable"))["right"]
    assert not bundled.judged(row, heard("It is 49%."))["right"]


def test_the_articles_asked_about(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("eval.libraries.bundled", lambda: Path("briefs"))
    monkeypatch.setattr("eval.realnews.asking.articles_library", lambda c: c or Path("whole"))
    assert Shelf().library() == Path("briefs")
    assert Shelf(whole=True).library() == Path("whole")
    corpus = lines(tmp_path / "c.jsonl", {"body": f"{QUOTE} It said so on Friday.", "title": "A"})
    assert Shelf(corpus, whole=True).library() == corpus
    assert [a.title for a in Shelf(corpus, whole=True).articles()] == ["A"]


def test_a_worker_of_real_news_has_its_articles(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shelves = []

    def fake(model: str | None, shelf: Shelf) -> Callable[[str], Said]:
        shelves.append(shelf)
        return lambda question: Said(question, [], 0.0, "answered", "49%")

    monkeypatch.setitem(SYSTEMS, "plain", fake)
    monkeypatch.setattr(sys, "argv", ["eval.peers", "--serve", "plain", "--questions", "q.jsonl"])
    monkeypatch.setattr(sys, "stdin", io.StringIO('"Who?"\n'))
    with pytest.raises(SystemExit):
        main()
    assert shelves == [Shelf(whole=True)]
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["text"], said["status"], said["short"]) == ("Who?", "answered", "49%")


def test_questions_over_real_news_side_by_side(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answers = {
        "dateline": heard("Meta bought 49% [1].", QUOTE, status="answered", short="49%"),
        "plain": heard("The articles do not say."),
    }
    given = []

    @contextmanager
    def worker(name: str, *options: object) -> Iterator[Callable[[str], dict[str, Any]]]:
        given.append(options)
        cost = {"first_s": 0.1, "whole_s": 2.0, "memory_mb": 900.0}
        yield lambda question: answers[name] | cost

    monkeypatch.setattr("eval.peers.__main__.worker", worker)
    monkeypatch.setattr("eval.harness.settings_record", lambda name, model, **more: more)
    monkeypatch.setattr(Shelf, "library", lambda self: tmp_path)
    rows = [FACT | {"id": f"f{n}"} for n in range(6)] + [NEVER | {"id": f"u{n}"} for n in range(3)]
    file, kept = lines(tmp_path / "q.jsonl", *rows), tmp_path / "out.json"
    options = f"--questions {file} --only dateline,plain --limit 3 --json {kept}"
    monkeypatch.setattr(sys, "argv", ["eval.peers", *options.split()])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert given == [(None, None, file)] * 2
    found = json.loads(kept.read_text())
    assert [row["kind"] for row in found["rows"]][::2] == ["fact", "fact", "unanswerable"]
    assert found["settings"]["questions"] == "q.jsonl"
    own, plain = found["metrics"]["dateline"], found["metrics"]["plain"]
    assert (own["right"], own["unanswerable_right"], own["score"]) == (1, 0, pytest.approx(1 / 3))
    assert (plain["refused"], plain["unanswerable_right"]) == (1, 1)
    assert (own["sources_right"], plain["sources_right"]) == (1, None)
    table = capsys.readouterr().out
    assert all(measure in table for measure in ("unanswerable_right", "whole_s_p95", "whole_ratio"))
