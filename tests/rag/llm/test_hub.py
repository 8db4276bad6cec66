"""A model file from a hub, here one on 127.0.0.1: resuming, hashes, and every way to fail."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from index.errors import ModelError
from rag.llm.spec import resolve

WEIGHTS = b"GGUF" + bytes(range(256)) * 400
COMMIT = "c" * 40


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@dataclass
class Hub:
    """A hub: the file's address redirects to where the bytes are, which are sent by Range."""

    url: str = ""
    body: bytes = WEIGHTS
    etag: str = hashlib.sha256(WEIGHTS).hexdigest()
    commit: str = "c" * 40
    store: str = "/bytes"
    status: int = 0
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)  # bytes after which a connection breaks
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@pytest.fixture
def hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers["Range"]
            hub.asked.append((self.path, wanted))
            if hub.status:
                self.answer(hub.status)
            elif self.path in [f"/owner/repo/resolve/{r}/sub/tiny.gguf" for r in ("main", COMMIT)]:
                headers = {
                    "X_Linked_ETag": f'"{hub.etag}"',
                    "X_Repo_Commit": COMMIT if COMMIT in self.path else hub.commit,
                }
                self.answer(302, Location=hub.store, **headers)
            elif self.path == "/bytes":
                start = int(wanted[6:-1]) if wanted and hub.ranges else 0
                whole = len(hub.body)
                if start >= whole:
                    return self.answer(416, Content_Range=f"bytes */{whole}")
                span = f"bytes {start}-{whole - 1}/{whole}"
                code = 206 if hub.ranges else 200
                extra = {"Content_Range": span} if hub.ranges else {}
                self.answer(code, hub.body[start:], ETag='"of the store"', **extra)
            else:
                self.answer(404)

        def answer(self, code: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if body and hub.cuts:
                body = body[: hub.cuts.pop(0)]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield hub
        server.shutdown()


SPEC = "hf:owner/repo/sub/tiny.gguf"


def kept(cache: Path) -> list[str]:
    folder = cache / "models" / "hub" / "owner" / "repo" / "sub"
    return sorted(path.name for path in folder.iterdir())


def test_a_file_from_the_hub(hub: Hub, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = resolve(SPEC)
    assert isinstance(path, Path) and path.read_bytes() == WEIGHTS
    assert kept(cache) == ["tiny.gguf", "tiny.gguf.json"]
    assert capsys.readouterr().err == "Downloading tiny.gguf (0.1 MB) ...\n"
    hub.asked.clear()
    assert resolve(SPEC) == path
    assert hub.asked == []  # no network the second time


def test_a_cut_off_download_goes_on(hub: Hub, cache: Path) -> None:
    hub.cuts = [50_000, 30_000]
    path = resolve(SPEC)
    assert isinstance(path, Path) and path.read_bytes() == WEIGHTS
    wanted = [span for address, span in hub.asked if address == "/bytes"]
    assert wanted == ["bytes=0-", "bytes=50000-", "bytes=80000-"]


def test_a_download_that_stops_is_kept_for_the_next_time(hub: Hub, cache: Path) -> None:
    hub.cuts = [50_000, 0]
    with pytest.raises(ModelError, match=r"cannot download tiny\.gguf .*goes on where it stopped"):
        resolve(SPEC)
    assert kept(cache) == ["tiny.gguf.json", "tiny.gguf.part"]
    path = resolve(SPEC)
    assert isinstance(path, Path) and path.read_bytes() == WEIGHTS
    assert hub.asked[-1] == ("/bytes", "bytes=50000-")


def test_a_server_without_ranges(hub: Hub, cache: Path) -> None:
    hub.cuts, hub.ranges = [50_000], False
    path = resolve(SPEC)
    assert isinstance(path, Path) and path.read_bytes() == WEIGHTS


@pytest.mark.parametrize("held", [WEIGHTS, WEIGHTS + b"more"])
def test_a_part_that_is_whole_or_too_long(held: bytes, hub: Hub, cache: Path) -> None:
    part = cache / "models" / "hub" / "owner" / "repo" / "sub" / "tiny.gguf.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(held)
    path = resolve(SPEC)
    assert isinstance(path, Path) and path.read_bytes() == WEIGHTS
    assert kept(cache) == ["tiny.gguf", "tiny.gguf.json"]


def test_a_wrong_hash_keeps_nothing(hub: Hub, cache: Path) -> None:
    hub.etag = "0" * 64
    with pytest.raises(ModelError, match=r"arrived damaged \(wrong SHA-256\): ask again"):
        resolve(SPEC)
    assert "tiny.gguf" not in kept(cache) and "tiny.gguf.part" not in kept(cache)


def test_an_etag_that_is_no_hash(hub: Hub, cache: Path) -> None:
    hub.etag = "abc-7"
    assert isinstance(resolve(SPEC), Path)


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_hub_that_refuses(status: int, hub: Hub, cache: Path) -> None:
    hub.status = status
    with pytest.raises(ModelError, match=rf"127.0.0.1:\d+ gives no tiny.gguf \(HTTP {status}\)"):
        resolve(SPEC)


def test_what_is_no_model_on_the_hub(hub: Hub, cache: Path) -> None:
    hub.body, hub.etag = b"version https://git-lfs", "x"
    with pytest.raises(ModelError, match="is no GGUF file"):
        resolve(SPEC)


def test_a_broken_file_is_replaced_from_the_same_commit(hub: Hub, cache: Path) -> None:
    path = resolve(SPEC)
    assert isinstance(path, Path)
    hub.commit = "d" * 40  # the hub has a newer one
    for broken in (b'{"error": "later"}', WEIGHTS[:5000]):
        path.write_bytes(broken)
        hub.asked.clear()
        assert resolve(SPEC) == path and path.read_bytes() == WEIGHTS
        assert hub.asked[0][0] == f"/owner/repo/resolve/{COMMIT}/sub/tiny.gguf"


def test_a_revision_is_asked_for_and_kept_apart(hub: Hub, cache: Path) -> None:
    path = resolve(f"hf:owner/repo@{COMMIT}/sub/tiny.gguf")
    assert isinstance(path, Path) and path.read_bytes() == WEIGHTS
    assert hub.asked[0][0] == f"/owner/repo/resolve/{COMMIT}/sub/tiny.gguf"
    assert path != resolve(SPEC)


def test_without_a_hash_the_user_is_told(
    hub: Hub, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.etag = "none"
    assert isinstance(resolve(SPEC), Path)
    assert "tiny.gguf: the hub gives no hash" in capsys.readouterr().err


def test_what_never_ends_is_refused(hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.llm.hub._LARGEST", 50_000)
    with pytest.raises(ModelError, match=r"tiny.gguf is too large"):
        resolve(SPEC)
    assert kept(cache) == ["tiny.gguf.json"]


@pytest.mark.parametrize("address", ["http://hub.example", "http://127.0.0.1.example"])
def test_no_weights_over_http(
    address: str, hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.store = f"{address}/bytes"
    with pytest.raises(ModelError, match=r"without encryption \(http\)"):
        resolve(SPEC)
    monkeypatch.setenv("HF_ENDPOINT", address)
    with pytest.raises(ModelError, match=r"without encryption \(http\)"):
        resolve(SPEC)


def test_no_room_for_the_download(hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(ModelError, match="disk too full"):
        resolve(SPEC)


def test_two_downloads_at_once(hub: Hub, cache: Path) -> None:
    import fcntl

    part = cache / "models" / "hub" / "owner" / "repo" / "sub" / "tiny.gguf.part"
    part.parent.mkdir(parents=True)
    with part.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ModelError, match="another process is downloading"):
            resolve(SPEC)
    assert isinstance(resolve(SPEC), Path)


def test_a_hub_that_is_away(hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(ModelError, match=r"from 127\.0\.0\.1:1 .*: check the network") as problem:
        resolve(SPEC)
    assert "\n" not in str(problem.value)
