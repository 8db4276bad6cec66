"""A model file from a hub, kept in the cache; no other file reaches a network for weights.

hf:OWNER/REPO[@REVISION]/FILE.gguf
  -> the cached file, if it is whole
  -> else a download into a `.part` file, which a later try continues
     -> begins as a GGUF file does, has the length and the hash that the hub gives
     -> put in place by one rename

`FILE.gguf.json` beside the file names the commit that it is of, its length and its hash: a file
that is broken later comes from the same commit again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn
from urllib.parse import quote, urlsplit

from pydantic import BaseModel

from index.errors import ModelError, UsageError
from rag.llm.disk import need, progress, say, writing

if TYPE_CHECKING:
    import httpx

_ATTEMPTS = 5  # tries of one download, while each brings something; not measured
_LARGEST = 200_000_000_000  # bytes of a file; not measured
_SPARE = 2_000_000_000  # bytes that a file of unknown length leaves free; not measured
_GGUF = b"GGUF"


class Record(BaseModel):
    """What is known of a file, also before it is here."""

    commit: str = ""
    sha256: str = ""
    size: int | None = None


def from_hub(spec: str, folder: Path) -> Path:
    """The file in the cache `folder`, if need be from `/{owner}/{repo}/resolve/{commit}/{file}`.

    Without a revision the newest commit is taken once, and kept to. UsageError: `spec` names no
    file. ModelError: it cannot be downloaded or kept.
    """
    parts = spec.removeprefix("hf:").split("/")
    repo, _, revision = parts[1].partition("@") if len(parts) > 1 else ("", "", "")
    named = all(
        re.fullmatch(r"[\w.+-]*[\w+-]", part)  # no empty, "." or ".."
        for part in (parts[0], repo, revision or "main", *parts[2:])
    )
    if len(parts) < 3 or not named or not spec.lower().endswith(".gguf"):
        raise UsageError(f"'{spec}' names no file of a hub: write hf:OWNER/REPO/FILE.gguf")
    target = folder.joinpath(*parts)
    if not _is_whole(target):
        endpoint = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
        file = quote("/".join(parts[2:]))
        with writing(target.parent):
            commit = _record(target).commit or revision or "main"
            _download(f"{endpoint}/{parts[0]}/{repo}/resolve/{commit}/{file}", target)
    return target


def _is_whole(target: Path) -> bool:
    """Whether a file is there, begins as a GGUF file does and has the length that it had."""
    if not target.is_file():
        return False
    size = target.stat().st_size
    with target.open("rb") as file:
        return file.read(4) == _GGUF and _record(target).size in (size, None)


def _record(target: Path) -> Record:
    try:
        return Record.model_validate_json(_beside(target).read_bytes())
    except (OSError, ValueError):
        return Record()


def _beside(target: Path) -> Path:
    return target.with_name(f"{target.name}.json")


def _download(url: str, target: Path) -> None:
    """Download into `target`.part, continuing what is there; check it; rename."""
    import fcntl

    import httpx

    part = target.with_name(f"{target.name}.part")
    hooks = {"request": [_require_https]}
    with (
        part.open("ab") as out,
        httpx.Client(follow_redirects=True, timeout=30, event_hooks=hooks) as client,
    ):
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ModelError(f"another process is downloading {target.name}: wait for it") from None
        if _is_whole(target):  # another process has finished meanwhile
            return part.unlink(missing_ok=True)
        for attempt in range(_ATTEMPTS):
            before = out.tell()
            try:
                _fetch(client, url, out, target)
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
        sha256 = _record(target).sha256
        with part.open("rb") as file:
            if sha256 and hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                part.unlink()
                raise ModelError(f"{target.name} arrived damaged (wrong SHA-256): ask again")
        if not sha256:
            say(f"{target.name}: the hub gives no hash; its length and form were checked")
        known = _record(target).model_copy(update={"size": out.tell()})
        _beside(target).write_text(known.model_dump_json() + "\n")
        os.replace(part, target)


def _require_https(request: httpx.Request) -> None:
    """ModelError where weights would come over a line on which anyone may change them."""
    if request.url.scheme != "https" and request.url.host not in ("127.0.0.1", "::1", "localhost"):
        raise ModelError(
            f"{request.url.host} gives the model without encryption (http): use an https address "
            "in HF_ENDPOINT"
        )


def _fetch(client: httpx.Client, url: str, out: BinaryIO, target: Path) -> None:
    """Append to `out` what it lacks of the file at `url`; keep what the hub says of the file."""
    import httpx

    have, name = out.tell(), target.name
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={have}-"}
    with client.stream("GET", url, headers=headers) as response:
        span = re.match(r"bytes (\d+-|\*).*/(\d+)", response.headers.get("Content-Range", ""))
        total = int(span[2] if span else response.headers.get("Content-Length", 0))
        if response.is_success or response.status_code == 416:
            _keep(response, target)
        if response.status_code == 416 and total == have:
            return  # it was all there already
        if response.status_code in (
            200,
            416,
        ):  # this server cannot continue, or our part is of an older file
            out.truncate(0)
            out.seek(0)
        if response.status_code == 416 or (span and span[1] != f"{have}-"):
            raise httpx.RemoteProtocolError("the file has changed on the server")
        if response.status_code == 404:  # its commit may be gone: the next try takes the newest
            _beside(target).unlink(missing_ok=True)
        if not response.is_success:
            raise ModelError(
                f"{urlsplit(url).netloc} gives no {name} (HTTP {response.status_code}): check the "
                "spelling of hf:OWNER/REPO/FILE.gguf and that it needs no login"
            )
        need(total - out.tell(), target.parent)
        limit = total or shutil.disk_usage(target.parent).free - _SPARE
        with progress(f"Downloading {name}", total, out.tell()) as advance:
            for chunk in response.iter_raw():
                out.write(chunk)
                if out.tell() > min(limit, _LARGEST):
                    _refuse(out, f"{name} is too large")
                if out.tell() - len(chunk) < 4 <= out.tell() and not _begins(out):
                    _refuse(out, f"what {urlsplit(url).netloc} gives as {name} is no GGUF file")
                advance(len(chunk))
        if total and out.tell() != total:
            raise httpx.RemoteProtocolError("it broke off")
        if not _begins(out):
            _refuse(out, f"what {urlsplit(url).netloc} gives as {name} is no GGUF file")


def _begins(out: BinaryIO) -> bool:
    out.flush()
    with Path(out.name).open("rb") as file:
        return file.read(4) == _GGUF


def _refuse(out: BinaryIO, why: str) -> NoReturn:
    Path(out.name).unlink(missing_ok=True)
    raise ModelError(f"{why}: check the spelling of hf:OWNER/REPO/FILE.gguf, or use --model auto")


def _keep(response: httpx.Response, target: Path) -> None:
    """Write down the commit that a file is of, and its hash, where the hub gives them."""
    steps = [*response.history, response]
    commit = next((c for s in steps if (c := s.headers.get("X-Repo-Commit"))), "")
    kept = _record(target)
    if re.fullmatch("[0-9a-f]{40}", commit):
        kept.commit = commit
    kept.sha256 = _hub_sha256(response) or kept.sha256
    _beside(target).write_text(kept.model_dump_json() + "\n")


def _hub_sha256(response: httpx.Response) -> str | None:
    """The hash; a hub gives it in its own response, before it redirects to where the bytes are."""
    steps = [*response.history, response]
    tags = [step.headers.get(key) for key in ("X-Linked-ETag", "ETag") for step in steps]
    tag = next(filter(None, tags), "").strip('W/"').lower()
    return tag if re.fullmatch("[0-9a-f]{64}", tag) else None
