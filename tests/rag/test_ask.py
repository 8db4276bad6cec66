"""`python -m rag.ask`: arguments, output forms, exit statuses. The engine is scripted."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_engine import HOSTILE, FakeEngine

from index.errors import ModelError, UsageError
from rag.question.validate import MAX_CHARACTERS, RowError, checked, parse_row, row_id
from rag.show.highlight import emphasis
from rag.show.terminal import plain, print_rich
from rag.show.wording import web_address
from rag.types import Question

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    made = FakeEngine()
    monkeypatch.setattr("rag.dateline.Dateline.open", lambda *args, **kwargs: made)
    return made


@pytest.fixture
def run(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    from rag import ask

    def call(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["rag.ask", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as stop:
            ask.main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return call


def test_plain_answer_in_a_pipe(run: Run) -> None:
    status, out, _ = run("What share of Scale AI?")
    lines = out.splitlines()
    assert status == 0
    assert lines[:2] == ["Meta bought 49% of Scale AI [1][2].", ""]
    assert lines[2].startswith('[1] "Meta paid close to 14.8 billion dollars for 49% of Scale AI')
    assert lines[2].endswith(
        '" - Example Wire, 2025-06-13, Meta closes its Scale AI deal, '
        "Dateline sample brief, after Example Wire, https://news.example/meta-scale?a=1&b=2"
    )
    assert "\x1b" not in out and "│" not in out


def test_disagreements_follow_the_citations(run: Run) -> None:
    status, out, _ = run("What did Meta pay?")
    assert status == 0
    assert out.splitlines()[-1] == (
        "update: price Meta paid for its Scale AI stake: 14.8 billion USD (completed, 2025-06-13) "
        "[1]; 15 billion USD (update, planned, 2025-06) [2]"
    )


def test_what_the_library_does_not_hold_is_status_3(run: Run) -> None:
    assert run("Who runs the moon base?")[0] == 3
    assert run("--quiet", "Who runs the moon base?")[0] == 3


def test_quiet_prints_the_text_alone(run: Run) -> None:
    status, out, err = run("--quiet", "what share?")
    assert (status, out, err) == (0, "Meta bought 49% of Scale AI [1][2].\n", "")


def test_json_is_one_object_on_one_line_in_a_pipe(run: Run) -> None:
    status, out, _ = run("--json", "what share?", "--as-of", "2025-06")
    assert status == 0 and out.count("\n") == 1
    answer = json.loads(out)
    assert (answer["short"], answer["as_of"]) == ("49%", "2025-06")


def test_dash_reads_standard_input(run: Run, engine: FakeEngine) -> None:
    assert run("-", stdin="what share, « Zürich »?\n".encode())[0] == 0
    assert engine.asked[0].question == "what share, « Zürich »?"
    assert run("-", stdin=b"\xff\xfe\x00")[0] == 2


def test_options_reach_the_engine(run: Run, engine: FakeEngine) -> None:
    run("share?", "--since", "2025", "--until", "2025-06", "--publisher", "Example Wire")
    asked = engine.asked[0]
    assert (asked.since, asked.until, asked.publisher) == ("2025", "2025-06", "Example Wire")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        ["  \n "],
        ["x" * (MAX_CHARACTERS + 1)],
        ["a " * 301],
        ["ok?", "--as-of", "yesterday"],
        ["ok?", "--since", "2025-13"],
        ["ok?", "--since", "2025-06", "--until", "2024"],
        ["ok?", "--nonsense"],
        ["ok?", "more"],
        ["ok?", "--batch", "rows.jsonl"],
        ["--batch", "no/such/file.jsonl"],
        ["bad \udcff byte"],
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr("rag.dateline.Dateline.open", _must_not_open)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("dateline: ") and err.count("\n") == 1


def _must_not_open(*args: Any, **kwargs: Any) -> None:
    raise AssertionError("the models were loaded before the arguments were checked")


def test_other_failures_are_one_line_and_status_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("broken?")[0] == 1
    status, out, err = run("bug?")
    assert (status, out, err.count("\n")) == (1, "", 1)

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ModelError("no such model: name a .gguf file")

    monkeypatch.setattr("rag.dateline.Dateline.open", refuse)
    status, out, err = run("share?")
    assert (status, err) == (1, "dateline: no such model: name a .gguf file\n")


def test_batch_answers_every_good_row(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(
        b'{"id": "a", "question": "what share?"}\n'
        b"\n"
        b'{"id": 2, "question": "moon base?"}\n'
        b"not json\n"
        b'{"id": "c"}\n'
        b'{"id": "d", "question": "share?", "gold": 1, "kind": "fact"}\n'
        b'{"id": "d", "question": "share?", "gold": 1, "kind": "fact"}\n'
        b'{"id": "e", "question": "x?", "as_of": "soon"}\n'
        b'{"id": "f", "question": "bug?"}\n'
        b"\xff\n"
        b'{"id": "g", "question": "what share?", "history": [{"role": "user", "content": "hi"}]}'
    )
    status, out, err = run("--batch", str(file))
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert [row["id"] for row in rows] == ["a", 2, None, "c", "d", "d", "e", "f", None, "g"]
    failed = ["error" in row for row in rows]
    assert failed == [False, False, True, True, False, False, True, True, True, False]
    assert rows[1]["status"] == "unanswerable"
    assert rows[3]["error"] == 'the field "question" is missing'
    assert err == 'dateline: ignored fields that no question has: "gold", "kind"\n'


def test_batch_from_standard_input_takes_the_options_as_defaults(
    run: Run, engine: FakeEngine
) -> None:
    rows = b'{"question": "what share?"}\n{"question": "share", "as_of": "2024"}\n'
    status, out, _ = run("--batch", "-", "--as-of", "2025", stdin=rows)
    assert status == 0 and len(out.splitlines()) == 2
    assert [asked.as_of for asked in engine.asked] == ["2025", "2024"]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['rag.ask', '--help']\n"
        "from rag import ask\n"
        "try: ask.main()\n"
        "except SystemExit as stop: assert not stop.code\n"
        "heavy = 'torch faiss llama_cpp gradio openvino numpy transformers'.split()\n"
        "print('loaded:', [name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded: []"
    assert "--as-of" in done.stdout and "--no-cache" in done.stdout


def test_screen_shows_figure_quotes_and_disagreements() -> None:
    text = _screen("what did Meta pay?")
    for part in (
        "14.8 billion USD",
        "the figure changed over time",
        "planned",
        "Dateline sample brief, after Example Wire",
        "https://news.example/meta-scale?a=1&b=2",
        "190 tokens read, 24 written",
    ):
        assert part in text
    assert "undated" in _screen("hostile")


def test_nothing_from_an_article_drives_the_terminal() -> None:
    answer = FakeEngine().ask(Question(question="hostile"))
    answer.citations[0].quote += "\x1b]0;title\x07\u202e"
    assert not {"\x1b", "\x07", "\u202e"} & set(plain(answer))
    assert "javascript:" not in plain(answer)


def _screen(question: str) -> str:
    from rich.console import Console

    out = io.StringIO()
    answer = FakeEngine().ask(Question(question=question))
    print_rich(answer, Console(file=out, width=100, force_terminal=True, color_system=None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("short", "quote", "marked"),
    [
        ("49%", "took 49 percent, not 149% or 49.5%", ["49 percent"]),
        ("49%", "49% and 49% again", ["49%", "49%"]),
        ("14.8 billion USD", "paid $14.8 billion for it", ["$14.8 billion"]),
        ("14.8 billion USD", "paid 14.8 million and 14.85 billion", []),
        ("Alexandr Wang", "says Alexandr\nWang himself", ["Alexandr\nWang"]),
        ("28", "aged 28, not 2,028 nor 28.5", ["28"]),
        ("Yes", "Yes, they agreed", []),
        (None, "nothing to mark", []),
    ],
)
def test_the_figure_is_marked_inside_the_exact_quote(
    short: str | None, quote: str, marked: list[str]
) -> None:
    answer = FakeEngine().ask(Question(question="moon?")).model_copy(update={"short": short})
    pieces = emphasis(quote, answer, 1)
    assert "".join(piece for piece, _ in pieces) == quote
    assert [piece for piece, strong in pieces if strong] == marked


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.com",
        "https://",
        "http://[bad",
        "https://a b",
        "JaVaScRiPt:x",
        None,
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert web_address(url) is None
    assert web_address("https://example.com/a?b=1#c") == "https://example.com/a?b=1#c"


def test_rows_are_read_strictly() -> None:
    assert parse_row(b'{"question": "a?", "id": 7}').id == 7
    for bad in (b"[]", b"1", b"{", b"[" * 100_000, b'{"question": 3}', b'{"question": null}'):
        with pytest.raises(RowError):
            parse_row(bad)
    assert row_id(b'{"id": true}') is None and row_id(b"[1]") is None
    with pytest.raises(UsageError):
        checked(Question(question="\ud800"))
    assert checked(Question(question=f" {HOSTILE} ", publisher=" ")).publisher is None
