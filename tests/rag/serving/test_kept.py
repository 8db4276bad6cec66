"""Answers that are kept for good, and what users think of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from eval.realnews.asking import bundled_questions
from eval.realnews.judging import judge
from index.errors import LibraryUnwritable, UsageError
from rag.question.validate import MAX_CHARACTERS
from rag.serving.kept import FILE, Kept, Verdict, eval_row
from rag.types import Answer, Question, Timings, Turn
from rag.verdicts import main

SHARE = Question(question="what share?", as_of="2025-06")
PRICE = Question(question="what did they pay?")
MOON = Question(question="who runs the moon base?")


def answer(question: Question) -> Answer:
    return FakeEngine().ask(question)


def test_a_kept_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "library")
    name = kept.keep(SHARE, answer(SHARE))
    assert len(name) == 32 and set(name) <= set("0123456789abcdef")
    found = Kept(tmp_path / "library").get(name)
    assert found is not None and len(found.made) == 10
    assert (found.question, found.answer) == (SHARE, answer(SHARE))
    assert kept.get("0" * 32) is None
    assert (tmp_path / "library" / FILE).stat().st_mode & 0o077 == 0


def test_one_answer_has_one_id_and_another_has_another(tmp_path: Path) -> None:
    kept, first = Kept(tmp_path), answer(SHARE)
    name = kept.keep(SHARE, first)
    slower = first.model_copy(update={"timings": Timings(total_ms=9_000), "id": 7})
    assert kept.keep(SHARE.model_copy(update={"id": "x"}), slower) == name
    moved = first.library.model_copy(update={"snapshot": "s2"})
    assert kept.keep(SHARE, first.model_copy(update={"library": moved})) != name
    after = SHARE.model_copy(update={"history": [Turn(role="user", content="Who?")]})
    assert kept.keep(after, first) != name


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "none")
    assert kept.get("0" * 32) is None and list(kept.eval_rows()) == []
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryUnwritable):
        Kept(tmp_path / "file").keep(SHARE, answer(SHARE))


def test_a_user_has_one_verdict_on_an_answer(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.judge(SHARE, answer(SHARE), Verdict(True), "ann")
    kept.judge(SHARE, answer(SHARE), Verdict(False, " too old ", "51%"), "ann")
    kept.judge(SHARE, answer(SHARE), Verdict(True), "bob")
    assert [(row["good"], row.get("reason")) for row in kept.eval_rows()] == [
        (False, "too old"),
        (True, None),
    ]
    assert [row["good"] for row in kept.eval_rows("bob")] == [True]
    assert len({row["id"] for row in kept.eval_rows()}) == 2
    with pytest.raises(UsageError):
        kept.judge(SHARE, answer(SHARE), Verdict(False, "x" * (MAX_CHARACTERS + 1)))


@pytest.mark.parametrize(
    ("question", "verdict", "said", "outcome"),
    [
        (SHARE, Verdict(True), "Meta took 49% of it [1].", "right"),
        (SHARE, Verdict(True), "Meta took 51% of it [1].", "wrong"),
        (SHARE, Verdict(True), "Meta took 149% of it [1].", "wrong"),
        (SHARE, Verdict(False, "old"), "Meta took 49% of it [1].", "wrong"),
        (SHARE, Verdict(False, "old"), "Meta took 51% of it [1].", "right"),
        (SHARE, Verdict(False, "old", "51%"), "Meta took 51% of it [1].", "right"),
        (SHARE, Verdict(False, "old", "51%"), "Meta took 50% of it [1].", "wrong"),
        (SHARE, Verdict(False, "wrong words", "49%"), "Meta took 49% of it [1].", "right"),
        (PRICE, Verdict(True), "It paid 14.8 billion USD.", "right"),
        (PRICE, Verdict(True), "It paid 4.8 billion USD.", "wrong"),
        (MOON, Verdict(True), "", "right"),
        (MOON, Verdict(True), "Ann Bell runs it [1].", "wrong"),
        (MOON, Verdict(False, "it is there", "Ann Bell"), "", "refused"),
        (MOON, Verdict(False, "it is there", "Ann Bell"), "Ann Bell runs it [1].", "right"),
    ],
)
def test_what_is_judged_is_a_row_of_an_evaluation(
    tmp_path: Path, question: Question, verdict: Verdict, said: str, outcome: str
) -> None:
    kept = Kept(tmp_path)
    kept.judge(question, answer(question), verdict)
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in kept.eval_rows()))
    (row,) = bundled_questions(file)
    assert Question.model_validate(row).question == question.question
    assert Question.model_validate(row).as_of == question.as_of
    given = {"status": "answered" if said else "unanswerable", "text": said, "short": None}
    assert judge(row, given) == outcome


def test_the_command_prints_every_users_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Kept(tmp_path)
    kept.judge(SHARE, answer(SHARE), Verdict(True), "ann")
    kept.judge(PRICE, answer(PRICE), Verdict(False), "bob")
    monkeypatch.setattr("sys.argv", ["verdicts", "--library", str(tmp_path)])
    with pytest.raises(SystemExit) as end:
        main()
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (end.value.code, rows) == (0, list(kept.eval_rows()))


def test_the_quotes_of_a_good_answer_are_its_evidence() -> None:
    row = eval_row(SHARE, answer(SHARE), Verdict(True))
    assert row["evidence"][1] == {
        "url": "https://ledger.example/circles",
        "quote": "Meta plans to put 15 billion dollars into Scale AI, for which it could receive "
        "49 percent of the shares.",
    }
    assert "evidence" not in eval_row(SHARE, answer(SHARE), Verdict(False))
