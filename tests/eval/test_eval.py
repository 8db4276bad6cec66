"""The bundled questions and the harness: loading, judging, sampling, resuming, gates, report."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from scripted import ARTICLE, TEXT, Scripted, answer

from eval import harness as run
from eval.bundled import questions as bundled
from eval.bundled.gates import gates
from eval.bundled.questions import BundledQuestion, judge
from eval.bundled.report import page, write_report
from eval.bundled.scores import score
from eval.disagreements import cases as disagreements
from eval.judging.support import Gold
from eval.speed.synthetic import recombined
from index.errors import DatelineError, ModelError, SourceError, UsageError
from index.types import Hit, Passage
from rag.types import Answer


def question(**changes: Any) -> BundledQuestion:
    fields: dict[str, Any] = {
        "id": "scale-share",
        "kind": "figure",
        "question": "what share?",
        "answers": ["49%"],
        "wrong": ["51%"],
    }
    return BundledQuestion(**(fields | changes))


@pytest.mark.parametrize(
    ("asked", "given", "reason"),
    [
        (question(), answer("Meta took 49 percent."), None),
        (question(), answer("Meta took a part.", "49%"), None),
        (question(), answer("Meta took 49%, not 51%.", "49%"), None),
        (question(), answer("Meta took 49%, or 51%."), "holds the wrong answer 51%"),
        (
            question(
                evidence=[{"article": "a", "sentence": "It took 49%, not the 51% it sought."}]
            ),
            answer("It took 49%, not the 51% it sought."),
            None,
        ),
        (question(), answer("Meta took a part."), "holds none of the accepted answers"),
        (question(), answer("-", None, "unanswerable"), "abstained"),
        (question(kind="yesno", answers=["No"], wrong=[]), answer("No, 49%.", "No"), None),
        (
            question(kind="yesno", answers=["No"], wrong=[]),
            answer("No, 49%."),
            "short is None, not No",
        ),
        (
            question(answers=[], all_of=[["14.3 billion"], ["14.8 billion"]], wrong=[]),
            answer("It was $14.3 billion or 14,800 million dollars."),
            None,
        ),
        (
            question(answers=[], all_of=[["14.3 billion"], ["14.8 billion"]], wrong=[]),
            answer("It was $14.3 billion."),
            "lacks 14.8 billion",
        ),
        (
            question(kind="unanswerable", answers=[], wrong=[]),
            answer("-", None, "unanswerable"),
            None,
        ),
        (
            question(kind="unanswerable", answers=[], wrong=[]),
            answer("49%"),
            "answered what no article holds",
        ),
    ],
)
def test_judging(asked: BundledQuestion, given: Answer, reason: str | None) -> None:
    assert judge(asked, given) == reason


def rows() -> list[run.Row]:
    """One right, one wrong, one refused wrongly, one rightly, one that failed."""
    hit = Hit(ARTICLE, Passage("a1", 0, len(TEXT), TEXT), 0.9)
    gold = {"article": "meta", "sentence": TEXT[:44]}
    made = [
        (question(id="right", evidence=[gold]), answer("Meta took 49% of Scale AI.", "49%")),
        (question(id="wrong", evidence=[gold]), answer("Meta took 51% of Scale AI.", "51%")),
        (question(id="shy"), answer("Nothing.", None, "unanswerable")),
        (
            question(id="twin", kind="unanswerable", answers=[], wrong=[], twin_of="right"),
            answer("Nothing.", None, "unanswerable"),
        ),
    ]
    stored = {"a1": TEXT}.get
    judged = [bundled.judged(q, a, [hit], stored, [Gold("a1", 0, 44)]) for q, a in made]
    return [*judged, bundled.failed(question(id="broken"), "the server is silent")]


def test_scoring() -> None:
    metrics, by_type = score(rows())
    assert metrics["answer_accuracy"] == 1 / 4
    assert metrics["abstention_precision"] == 1 / 2
    assert metrics["abstention_recall"] == 1
    assert metrics["crag_score"] == (1 - 1 + 0 + 1 - 1) / 5
    assert metrics["evidence_recall@10"] == 1
    assert metrics["citation_precision"] == metrics["citation_recall"] == 1 / 2
    assert metrics["twin_accuracy"] == 1
    assert metrics["errors"] == 1
    assert metrics["invariants_broken"] == 1  # 51% stands in no quote
    assert by_type["figure"] == {
        "n": 4,
        "right": 1,
        "abstained": 1,
        "wrong": 2,
        "accuracy": 1 / 4,
        "crag_score": -1 / 4,
    }
    assert list(by_type) == ["figure", "unanswerable", "all"]
    json.dumps([metrics, by_type, rows()])


def test_the_disagreement_cases_are_sound() -> None:
    for name in ("disagreements", "disagreements-unseen"):
        cases = disagreements.load(Path(disagreements.__file__).with_name(f"{name}.jsonl"))
        assert len({case.id for case in cases}) == len(cases) >= 60
        assert sum(case.alike for case in cases) >= 25
        for case in cases:
            told = " ".join(article.text for article in case.articles)
            assert bool(case.values) == (case.kind != "none")
            assert all(value in told for value in case.values), case.id


def test_the_bundled_questions_are_sound() -> None:
    for name in (None, Path(str(files("eval.fit") / "calibration.jsonl"))):
        assert len(bundled.load(name)) > 10


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"evidence": [{"article": "meta", "sentence": "Meta took 48%."}]}, "does not hold"),
        ({"evidence": [{"article": "gone", "sentence": "x"}]}, "no bundled article gone"),
        ({"answers": []}, "needs answers"),
        ({"kind": "yesno"}, "Yes or No"),
        ({"twin_of": "gone"}, "twin_of gone"),
        ({"kind": "unanswerable"}, "has no answers"),
        ({"kind": "riddle"}, "kind"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_question_is_refused_by_name(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    row = question().model_dump() | changes
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps(row) + "\n")
    with pytest.raises(SourceError, match=r"scale-share.*" + message):
        bundled.load(path, {"meta": ARTICLE}.get)


def test_sampling_is_stratified_and_fixed() -> None:
    many = [{"n": n, "kind": "ab"[n % 10 == 0]} for n in range(100)]
    drawn = run.sample(many, 20, lambda row: row["kind"])
    assert Counter(row["kind"] for row in drawn) == {"a": 18, "b": 2}
    assert drawn == run.sample(many, 20, lambda row: row["kind"])
    assert [row["n"] for row in drawn] == sorted(row["n"] for row in drawn)
    assert len(run.sample(many, 7, lambda row: row["kind"])) == 7
    assert run.sample(many, None, str) == many == run.sample(many, 1000, str)
    with pytest.raises(UsageError):
        run.sample(many, 0, str)


def test_a_run_resumes_where_it_stopped(tmp_path: Path) -> None:
    file, todo = tmp_path / "out.json", [{"id": n} for n in range(4)]
    asked: list[int] = []

    def ask(row: run.Row) -> run.Row:
        if row["id"] == 2 and len(asked) == 2:
            raise ModelError("the server is silent")
        asked.append(row["id"])
        return {"got": row["id"]}

    with pytest.raises(ModelError):
        run.run_rows(todo, ask, run.partial("x", file, {"model": "m"}), "rows")
    kept = tmp_path / "out.json.partial.jsonl"
    kept.write_text(kept.read_text() + '\n{"key": "torn')
    asked.append(-1)
    again = run.partial("x", file, {"model": "m"})
    assert run.run_rows(todo, ask, again, "rows") == [{"got": n} for n in range(4)]
    assert asked == [0, 1, -1, 2, 3]
    assert run.partial("x", file, {"model": "m"}).get({"id": 3}) == {"got": 3}
    assert run.partial("x", file, {"model": "other"}).get({"id": 3}) is None
    again.finish()
    assert run.partial("x", file, {"model": "m"}).get({"id": 3}) is None


def test_a_row_that_cannot_be_asked_is_asked_again_by_the_next_run(tmp_path: Path) -> None:
    def ask(row: run.Row) -> run.Row:
        raise [ValueError("odd"), UsageError("too long")][row["id"]]

    kept = run.partial("x", tmp_path / "out.json", {})
    found = run.run_rows([{"id": 0}, {"id": 1}], ask, kept, "rows")
    assert found == [{"error": "unexpected ValueError: odd"}, {"error": "too long"}]
    assert kept.get({"id": 0}) is None


def test_gates(tmp_path: Path) -> None:
    path = tmp_path / "gates.json"
    path.write_text('{"minimum": {"a": 0.5, "b": 0.5}, "maximum": {"broken": 0}}')
    found = {gate.metric: gate.passed for gate in gates({"a": 0.5, "broken": 1}, path)}
    assert found == {"a": True, "b": False, "broken": False}
    assert all(gate.passed for gate in gates({"a": 0.6, "b": 1, "broken": 0}, path))
    path.write_text('{"min": {}}')
    with pytest.raises(SourceError, match="unknown key min"):
        gates({}, path)
    path.write_text("[]")
    with pytest.raises(SourceError, match="no table"):
        gates({}, path)


def test_the_bundled_gates_name_metrics_that_exist() -> None:
    metrics, _ = score(rows())
    found = gates(metrics)
    assert {gate.metric for gate in found} <= set(metrics)
    assert ("invariants_broken", 0) in {(gate.metric, gate.limit) for gate in found}
    assert not all(gate.passed for gate in found)


def test_the_report_is_one_escaped_file(tmp_path: Path) -> None:
    metrics, by_type = score(rows())
    settings = {"model": "none", "commit": None}
    write_report(tmp_path / "r" / "index.html", metrics, by_type, settings, rows(), gates(metrics))
    html = (tmp_path / "r" / "index.html").read_text(encoding="utf-8")
    assert "Not right (3)" in html and "Right (2)" in html
    assert "<svg" in html and "51%" in html and "the server is silent" in html
    assert "Meta &lt;b&gt;&amp; Scale" in html and "<b>& Scale" not in html
    assert "src=" not in html and "http" not in html and "<script" not in html
    empty, kinds = score([rows()[-1]])
    assert "No answers were timed" in page(empty, kinds, settings, [rows()[-1]])


def test_reading_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a": 1}\n\n{"a": 2}\n'))
    assert run.read_rows(path) == [{"a": 1}, {"a": 2}]
    for content, message in ((b"[1]\n", "line 1"), (b"", "no rows"), (b"{", "line 1")):
        bad = tmp_path / "bad.jsonl"
        bad.write_bytes(content)
        with pytest.raises(SourceError, match=message):
            run.read_rows(bad)
    with pytest.raises(SourceError, match="cannot read"):
        run.read_rows(tmp_path / "none.jsonl")
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(path.read_bytes()[:15])
    with pytest.raises(SourceError, match="cannot read"):
        run.read_rows(torn)


def test_writing_json_is_whole_or_nothing(tmp_path: Path) -> None:
    run.write_json(tmp_path / "new" / "out.json", {"m": None}, {}, {"s": 1}, [{"r": 1}])
    made = json.loads((tmp_path / "new" / "out.json").read_text())
    assert made == {"metrics": {"m": None}, "by_type": {}, "settings": {"s": 1}, "rows": [{"r": 1}]}
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatelineError, match="cannot write"):
        run.write_json(tmp_path / "file" / "out.json", {}, {}, {}, [])


def test_tables_are_markdown_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    run.print_table("Title", ("kind", "x"), [("[red]a", 0.5), ("b", None)])
    said = capsys.readouterr().out
    assert "| [red]a | .500 |" in said and "| b      |  n/a |" in said and "\x1b" not in said


def test_settings_name_the_model_by_its_hash(tmp_path: Path) -> None:
    weights = tmp_path / "tiny.gguf"
    weights.write_bytes(b"GGUF")
    record = run.settings_record("eval", str(weights), more=1)
    assert record["model_file"] == "tiny.gguf" and record["more"] == 1
    assert record["model_sha256"] == hashlib.sha256(b"GGUF").hexdigest()
    assert {"commit", "machine", "seed", "code", "packages"} <= set(record)
    assert run.model_record("none")["model_sha256"] is None
    assert run.model_record("http://localhost:1/v1#m")["model_file"] == "localhost#m"


def test_synthetic_articles_are_one_passage_each_and_fixed() -> None:
    from index.text.passages import passages

    made = recombined(40)
    assert made == recombined(40) and made[:5] == recombined(5)
    assert len({article.text for article in made}) == 40
    assert {len(passages(article)) for article in made} == {1}


def test_the_command_resumes_and_gates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    command = importlib.import_module("eval.__main__")
    scripted = Scripted()
    monkeypatch.setattr(command, "engine", lambda library, model: scripted)
    file = tmp_path / "questions.jsonl"
    made = [
        question(question="what share?"),
        question(id="none", kind="unanswerable", answers=[], wrong=[], question="unknown?"),
    ]
    file.write_text("".join(q.model_dump_json() + "\n" for q in made))
    out = tmp_path / "out.json"
    arguments = ["--model", "none", "--questions", str(file), "--json", str(out)]
    arguments += ["--report", str(tmp_path / "report")]

    scripted.silent = True
    assert isinstance(CliRunner().invoke(command.app, arguments).exception, ModelError)
    assert not out.exists() and (tmp_path / "out.json.partial.jsonl").exists()
    scripted.silent = False
    done = CliRunner().invoke(command.app, arguments)
    assert done.exit_code == 0, done.output
    assert scripted.asked == ["what share?", "unknown?"]
    assert not (tmp_path / "out.json.partial.jsonl").exists()
    record = json.loads(out.read_text())
    assert set(record) == {"metrics", "by_type", "settings", "rows"}
    assert record["metrics"]["answer_accuracy"] == 1
    assert (tmp_path / "report" / "index.html").is_file()

    done = CliRunner().invoke(command.app, [*arguments, "--gate"])
    assert len(scripted.asked) == 4  # a finished run is not resumed
    assert done.exit_code == 1 and "evidence_recall@10 >= " in done.output  # no gold: not measured
    monkeypatch.setattr("eval.bundled.gates.gates", lambda metrics: [])
    assert CliRunner().invoke(command.app, [*arguments, "--gate"]).exit_code == 0
