"""The twin gives the vectors of sentence-transformers; its errors say what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.bundled import briefs_dir
from index.encoder import (
    Remembering,
    Vectors,
    WordEncoder,
    load_encoder,
    load_reference,
    model_folder,
)
from index.errors import ModelError
from index.ingest.sources import read
from index.settings import cache_dir
from index.types import Article

TEXTS = [
    "what share of Scale AI did Meta buy?",
    "x",
    "",
    "Für 49 % von Scale AI zahlte Meta 14,8 Milliarden – 2025.",
    "Meta paid 14.3 billion dollars for 49% of Scale AI. " * 40,
]


@pytest.mark.model
def test_the_twin_gives_the_same_vectors_and_the_same_order() -> None:
    twin, reference = load_encoder(), load_reference()
    assert np.all((twin.encode(TEXTS) * reference.encode(TEXTS)).sum(1) > 0.9999)
    briefs = [a.text for a in read(str(briefs_dir())) if isinstance(a, Article)]
    one, other = twin.encode(briefs), reference.encode(briefs)
    for question in ("who runs SSI?", "price of Windsurf", "EU AI Act fines"):
        tops = [
            np.argsort(-(rows @ encoder.encode([question])[0]), kind="stable")[:10].tolist()
            for rows, encoder in ((one, twin), (other, reference))
        ]
        assert tops[0] == tops[1]


@pytest.mark.model
def test_the_order_of_texts_does_not_matter() -> None:
    twin = load_encoder()
    assert np.allclose(twin.encode(TEXTS)[::-1], twin.encode(TEXTS[::-1]), atol=1e-5)
    alone = np.concatenate([twin.encode([text]) for text in TEXTS])
    assert np.allclose(twin.encode(TEXTS), alone, atol=1e-5)
    assert twin.encode([]).shape == (0, 384)


@pytest.mark.model
def test_loading_and_exporting_say_nothing(tmp_path: Path) -> None:
    code = "from index.encoder import *; load_reference().encode(['x']); load_encoder()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DATELINE_CACHE": str(tmp_path)},
        cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.model
def test_encoding_connects_nowhere_and_leaves_no_file(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "def refuse(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto'): os._exit(9)\n"
        "sys.addaudithook(refuse)\n"
        "from index.encoder import load_encoder\n"
        "print(load_encoder().encode(['x']).shape)\n"
        "assert not [name for name in sys.modules if 'telemetry' in name]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HOME": str(tmp_path), "DATELINE_CACHE": str(cache_dir())},
        cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "(1, 384)\n", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.model
def test_an_encoder_let_go_by_another_thread_leaves_signals_alone() -> None:
    code = (
        "import signal, threading\n"
        "from index.encoder import load_encoder\n"
        "held = [load_encoder()]\n"
        "thread = threading.Thread(target=held.clear); thread.start(); thread.join()\n"
        "try: signal.raise_signal(signal.SIGINT)\n"
        "except KeyboardInterrupt: print(len(held), 'interrupted')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 interrupted\n", "")


@pytest.mark.model
def test_of_two_that_load_at_once_one_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index import encoder

    load_encoder()
    (ready,) = (cache_dir() / "encoder").glob("*.onnx")
    exported: list[Path] = []

    def export(folder: Path, target: Path) -> None:
        exported.append(target)
        time.sleep(0.2)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(ready.read_bytes())

    monkeypatch.setattr(encoder, "_export", export)
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path))
    with ThreadPoolExecutor(2) as pool:
        one, other = (pool.submit(load_encoder) for _ in range(2))
    assert np.array_equal(one.result().encode(TEXTS), other.result().encode(TEXTS))
    assert len(exported) == 1


def test_damaged_weights_have_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index import encoder

    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    monkeypatch.setattr(encoder, "model_folder", lambda: tmp_path)
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    for load in (load_reference, load_encoder):
        with pytest.raises(ModelError, match=r"weights in .* are damaged: install them again"):
            load()


def test_a_damaged_export_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index import encoder

    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path))
    monkeypatch.setattr(encoder, "_export", lambda folder, target: target.write_bytes(b"no model"))
    (tmp_path / "encoder").mkdir()
    with pytest.raises(ModelError, match=r"\.onnx is damaged .* delete it"):
        load_encoder()


def test_missing_weights_have_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Path:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("importlib.resources.files", missing)
    with pytest.raises(ModelError, match="make setup"):
        model_folder()


def test_the_test_double_measures_shared_words() -> None:
    rows = WordEncoder().encode(["Meta bought Scale", "Meta sold Scale", "Oslo weather"])
    assert rows[0] @ rows[1] > 0.6 > rows[0] @ rows[2]
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)


def test_what_is_remembered_is_not_encoded_again() -> None:
    asked = list[str]()

    class Counting(WordEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            asked.extend(texts)
            return super().encode(texts)

    encoder = Remembering(Counting(), most=3)
    first = encoder.encode(["one deal", "two deals", "one deal"])
    again = encoder.encode(["two deals", "three"])
    assert asked == ["one deal", "two deals", "three"]
    assert np.array_equal(first[0], first[2]) and np.array_equal(first[1], again[0])
    assert encoder.encode([]).shape == (0, 512)
    encoder.encode(["four", "one deal"])  # the oldest made room and is encoded again
    assert asked == ["one deal", "two deals", "three", "four"]
    encoder.encode(["two deals"])
    assert asked[-1] == "two deals"
