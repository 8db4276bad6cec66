"""From a SPEC to weights or a server: the packaged model joined, and every way to fail."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.errors import ModelError, UsageError
from rag.llm.packaged import STALE_SECONDS, Packaged
from rag.llm.spec import Remote, resolve

WEIGHTS = b"GGUF" + bytes(range(256)) * 400
ROOT = Path(__file__).parents[3]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Packaged:
    """Three packages with one piece each; importing one of them would fail."""
    names = tuple(f"dateline_fake_{tmp_path.name}_{number}".lower() for number in (1, 2, 3))
    for number, name in enumerate(names):
        data = tmp_path / "site" / name / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").write_text("raise RuntimeError('imported')")
        (data / f"part{number}.bin").write_bytes(WEIGHTS[number * 40_000 : (number + 1) * 40_000])
    monkeypatch.syspath_prepend(tmp_path / "site")
    return Packaged("tiny", names, len(WEIGHTS), hashlib.sha256(WEIGHTS).hexdigest())


def piece(tmp_path: Path, packaged: Packaged) -> Path:
    return next((tmp_path / "site" / packaged.modules[1] / "data").iterdir())


# What a SPEC is


def test_a_password_is_not_repeated() -> None:
    for spec in ("http://me:s3cret@127.0.0.1:9/v1", "https://me:s3@cret@host", "http://me:s3cret@"):
        with pytest.raises(UsageError) as wrong:
            resolve(spec)
        assert "cret" not in str(wrong.value)


@pytest.mark.parametrize(
    ("spec", "url", "model"),
    [
        ("http://localhost:8080/v1#qwen", "http://localhost:8080/v1", "qwen"),
        ("https://example.org/v1/#a/b:c", "https://example.org/v1", "a/b:c"),
    ],
)
def test_a_server_is_named_and_not_contacted(spec: str, url: str, model: str) -> None:
    assert resolve(spec) == Remote(url, model)


def test_none_is_no_model() -> None:
    assert resolve(" none ") is None


@pytest.mark.parametrize(
    "spec",
    [
        "", "gpt-4", "AUTO", "http://localhost/v1", "https://#m", "http://h:99999/v1#m",
        "hf:owner/file.gguf", "hf:owner/repo/file.bin", "hf:../../x.gguf", "hf:o//x.gguf",
        "hf:o/r/../x.gguf", "x" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_spec_is_wrong_usage(spec: str, cache: Path) -> None:
    with pytest.raises(UsageError) as problem:
        resolve(spec)
    assert "\n" not in str(problem.value)
    assert not cache.exists()


def test_a_users_own_file(tmp_path: Path) -> None:
    own = tmp_path / "Own Model.GGUF"
    own.write_bytes(WEIGHTS)
    assert resolve(str(own)) == own
    (tmp_path / "sha256-abc").write_bytes(WEIGHTS)  # a name without suffix, as some tools keep
    assert resolve(str(tmp_path / "sha256-abc")) == tmp_path / "sha256-abc"


def test_a_users_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "empty.gguf").touch()
    (tmp_path / "page.gguf").write_text("<html>")
    (tmp_path / "folder.gguf").mkdir()
    for name, words in [
        ("empty", "is empty"), ("page", "is no GGUF file"), ("folder", "is a folder"),
        ("missing", "there is no model file"),
    ]:  # fmt: skip
        with pytest.raises(ModelError, match=rf"{words}.*: ") as problem:
            resolve(str(tmp_path / f"{name}.gguf"))
        assert str(tmp_path / f"{name}.gguf") in str(problem.value)


# The packaged model


def test_the_pieces_are_joined_once(
    packaged: Packaged, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = resolve("auto", packaged=packaged)
    assert path == cache / "models" / "tiny.gguf"
    assert path.read_bytes() == WEIGHTS
    assert list(path.parent.iterdir()) == [path]
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Joining the language model, once (0.1 MB) ...\n")
    before = path.stat().st_mtime_ns
    assert resolve("auto", packaged=packaged) == path
    assert path.stat().st_mtime_ns == before
    assert capsys.readouterr().err == ""


def test_a_file_of_the_wrong_size_is_joined_again(
    packaged: Packaged, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = cache / "models" / "tiny.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(WEIGHTS[:-1])
    assert resolve("auto", packaged=packaged) == path
    assert path.read_bytes() == WEIGHTS
    assert "has the wrong size: joining it again" in capsys.readouterr().err


def test_a_joined_file_needs_no_packages(packaged: Packaged, cache: Path) -> None:
    resolve("auto", packaged=packaged)
    gone = Packaged("tiny", ("dateline_no_such_package",), packaged.size, packaged.sha256)
    assert resolve("auto", packaged=gone) == cache / "models" / "tiny.gguf"


def test_a_missing_package(packaged: Packaged, cache: Path, tmp_path: Path) -> None:
    piece(tmp_path, packaged).unlink()
    name = packaged.modules[1].replace("_", "-")
    with pytest.raises(ModelError, match=rf"{name}: run 'make setup', or use --model none"):
        resolve("auto", packaged=packaged)
    assert not cache.exists()


@pytest.mark.parametrize("damage", [b"", b"x" * 40_000, b"x" * 50_000])
def test_a_damaged_piece_leaves_nothing_behind(
    damage: bytes, packaged: Packaged, cache: Path, tmp_path: Path
) -> None:
    piece(tmp_path, packaged).write_bytes(damage)
    with pytest.raises(ModelError, match=r"damaged \(wrong SHA-256\): run 'make clean setup'"):
        resolve("auto", packaged=packaged)
    assert list((cache / "models").iterdir()) == []


def test_a_full_disk_is_seen_before(
    packaged: Packaged, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": len(WEIGHTS) - 1})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(ModelError, match=r"disk too full for 0\.1 MB\): free some space"):
        resolve("auto", packaged=packaged)


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "free some space there, or set"), (errno.EIO, "set")]
)
def test_a_disk_that_fails_while_joining(
    code: int, words: str, packaged: Packaged, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(ModelError, match=rf": {words} DATELINE_CACHE to another folder"):
        resolve("auto", packaged=packaged)
    assert list((cache / "models").iterdir()) == []


def test_a_cache_that_is_a_file(packaged: Packaged, cache: Path) -> None:
    cache.write_text("")
    with pytest.raises(ModelError, match="set DATELINE_CACHE to another folder"):
        resolve("auto", packaged=packaged)


def test_killed_in_the_middle(packaged: Packaged, cache: Path, tmp_path: Path) -> None:
    """A killed process leaves no final file; the next joins it and deletes what is an hour old."""
    script = (
        "import os, time; from rag.llm import packaged\n"
        "def stop(*_): print('here', flush=True); time.sleep(60)\n"
        "packaged.os.replace = stop\n"
        f"from rag.llm.spec import resolve; resolve('auto', packaged=packaged.{packaged!r})"
    )
    path = os.pathsep.join([str(ROOT), str(tmp_path / "site")])
    with subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        process.send_signal(signal.SIGKILL)
    (left,) = (cache / "models").iterdir()
    assert left.name.startswith("tiny.gguf.")
    final = resolve("auto", packaged=packaged)
    assert final == cache / "models" / "tiny.gguf" and final.read_bytes() == WEIGHTS
    assert left.exists()  # young: it might belong to a living process
    old = time.time() - 2 * STALE_SECONDS
    os.utime(left, (old, old))
    final.unlink()
    resolve("auto", packaged=packaged)
    assert list((cache / "models").iterdir()) == [final]


def test_many_at_once(packaged: Packaged, cache: Path) -> None:
    problems: list[BaseException] = []

    def join() -> None:
        try:
            resolve("auto", packaged=packaged)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=join) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert [path.name for path in (cache / "models").iterdir()] == ["tiny.gguf"]
    assert (cache / "models" / "tiny.gguf").read_bytes() == WEIGHTS


def test_resolving_imports_nothing_heavy(packaged: Packaged, cache: Path) -> None:
    code = (
        "import sys; from rag.llm.spec import resolve; import rag.llm.writer; resolve('none')\n"
        "print(sorted({'llama_cpp', 'httpx', 'rich', 'numpy', 'torch'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout == "[]\n", run.stderr
