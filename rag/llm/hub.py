"""A model file from a hub, kept in the cache; no other file reaches a network for weights.

hf:OWNER/REPO/FILE.gguf -> the cached file
                        -> else a download into a `.part` file, which a later try continues
                           -> checked by the hash that the hub gives -> put in place by one rename
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote, urlsplit

from index.errors import ModelError, UsageError
from rag.llm.disk import need, progress, writing

if TYPE_CHECKING:
    import httpx

_ATTEMPTS = 5  # tries of one download, while each brings something; not measured


def from_hub(spec: str, folder: Path) -> Path:
    """The file in the cache `folder`, if need be from `/{owner}/{repo}/resolve/main/{file}`.

    UsageError: `spec` names no file. ModelError: it cannot be downloaded or kept.
    """
    parts = spec.removeprefix("hf:").split("/")
    named = all(re.fullmatch(r"[\w.+-]*[\w+-]", part) for part in parts)  # no empty, "." or ".."
    if len(parts) < 3 or not named or not spec.lower().endswith(".gguf"):
        raise UsageError(f"'{spec}' names no file of a hub: write hf:OWNER/REPO/FILE.gguf")
    target = folder.joinpath(*parts)
    if not target.is_file():
        owner, repo, *rest = parts
        endpoint = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
        with writing(target.parent):
            _download(f"{endpoint}/{owner}/{repo}/resolve/main/{quote('/'.join(rest))}", target)
    return target


def _download(url: str, target: Path) -> None:
    """Download into `target`.part, continuing what is there; check the hash; rename."""
    import fcntl

    import httpx

    part = target.with_name(f"{target.name}.part")
    with part.open("ab") as out, httpx.Client(follow_redirects=True, timeout=30) as client:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ModelError(f"another process is downloading {target.name}: wait for it") from None
        if target.is_file():  # another process has finished meanwhile
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
    """Append to `out` what it lacks of the file at `url`; the hub's SHA-256 of it, if any."""
    import httpx

    have, name = out.tell(), Path(out.name).stem
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={have}-"}
    with client.stream("GET", url, headers=headers) as response:
        span = re.match(r"bytes (\d+-|\*).*/(\d+)", response.headers.get("Content-Range", ""))
        total = int(span[2] if span else response.headers.get("Content-Length", 0))
        if response.status_code == 416 and total == have:
            return _hub_sha256(response)  # it was all there already
        if response.status_code in (
            200,
            416,
        ):  # this server cannot continue, or our part is of an older file
            out.truncate(0)
            out.seek(0)
        if response.status_code == 416 or (span and span[1] != f"{have}-"):
            raise httpx.RemoteProtocolError("the file has changed on the server")
        if not response.is_success:
            raise ModelError(
                f"{urlsplit(url).netloc} gives no {name} (HTTP {response.status_code}): check the "
                "spelling of hf:OWNER/REPO/FILE.gguf and that it needs no login"
            )
        need(total - out.tell(), Path(out.name).parent)
        with progress(f"Downloading {name}", total, out.tell()) as advance:
            for chunk in response.iter_raw():
                out.write(chunk)
                advance(len(chunk))
        if total and out.tell() != total:
            raise httpx.RemoteProtocolError("it broke off")
        return _hub_sha256(response)


def _hub_sha256(response: httpx.Response) -> str | None:
    """The hash; a hub gives it in its own response, before it redirects to where the bytes are."""
    steps = [*response.history, response]
    tags = [step.headers.get(key) for key in ("X-Linked-ETag", "ETag") for step in steps]
    tag = next(filter(None, tags), "").strip('W/"').lower()
    return tag if re.fullmatch("[0-9a-f]{64}", tag) else None
