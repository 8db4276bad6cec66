"""What the documents name exists: files, links, commands with their options, the environment."""

from __future__ import annotations

import io
import json
import re
import runpy
import shlex
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from warnings import catch_warnings, simplefilter

import pytest

from index.settings import Settings
from rag.types import Answer

ROOT = Path(__file__).resolve().parent.parent
OURS = ("index", "rag", "prompts", "eval")
DOCS = [
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
]


def words(command: str) -> list[str]:
    """A command line as words, without its comment."""
    return shlex.split(re.split(r"\s#\s", command)[0])


def shell_lines(name: str) -> Iterator[str]:
    """The command lines in a page's ```sh blocks."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from (line for line in block.replace("\\\n", " ").splitlines() if line.strip())


@cache
def help_of(*command: str) -> str:
    """What `python COMMAND --help` prints; run in this process, which has the libraries loaded."""
    module = command[1] if command[0] == "-m" else ""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), catch_warnings():
        simplefilter("ignore")  # the module may be loaded under its own name
        patch.setattr(sys, "argv", [command[0], *command[2 if module else 1 :], "--help"])
        patch.setenv("COLUMNS", "100")
        with pytest.raises(SystemExit) as end:
            if module:
                runpy.run_module(module, run_name="__main__")
            else:
                runpy.run_path(str(ROOT / command[0]), run_name="__main__")
    assert not end.value.code, f"{' '.join(command)} --help: {out.getvalue()}"
    return out.getvalue()


@pytest.mark.parametrize("name", DOCS)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (ROOT / name).parent.joinpath(target).exists(), f"{name} links to {target}"


@pytest.mark.parametrize("name", DOCS)
def test_files_that_are_named_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"`([a-z_]+(?:/[\w.-]+)+\.(?:py|jsonl?|md|css|js))`", text))
    roots = [ROOT, *(ROOT / package for package in OURS)]
    missing = [file for file in named if not any((root / file).exists() for root in roots)]
    assert not missing, f"{name} names {missing}"


@pytest.mark.parametrize("name", DOCS)
def test_commands_and_their_options_exist(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in shell_lines(name):
        first, *rest = words(line)
        if first == "make":
            targets = [word for word in rest if "=" not in word]
            assert all(re.search(rf"^{t}:", makefile, re.MULTILINE) for t in targets), line
        if first.removeprefix(".venv/bin/") != "python":
            continue
        program = tuple(rest[:2]) if rest[0] == "-m" else (rest[0],)
        after = rest[len(program)] if len(rest) > len(program) else ""
        if program[-1] == "index" and after.isalpha() and after.islower():
            program += (after,)
        if program[-1] in ("pytest", "mypy"):
            continue
        known = set(re.findall(r"--[a-z][a-z-]*", help_of(*program)))
        assert set(re.findall(r"(?<!\S)\[?(--[a-z][a-z-]*)", line)) <= known, line


def test_the_example_answer_is_one() -> None:
    text = (ROOT / "docs/interface.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    answers = [Answer.model_validate_json(example) for example in examples]
    assert [answer.status for answer in answers] == ["answered"]
    for answer in answers:
        assert set(json.loads(examples[0])) == set(Answer.model_fields)
        cited = {number for sentence in answer.sentences for number in sentence.citations}
        assert cited <= {citation.id for citation in answer.citations}
        assert all(len(c.quote) == c.end - c.start for c in answer.citations)


def test_the_environment_is_documented() -> None:
    text = (ROOT / "docs/interface.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(DATELINE_[A-Z]+)`", text, re.MULTILINE))
    assert documented == {f"DATELINE_{name.upper()}" for name in Settings.model_fields}


def test_the_changelog_tells_of_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = re.escape(project["version"])
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{version}\] - ", text, re.MULTILINE)
