"""The users of `ui.py --auth FILE`, and `python -m rag.web.users`, which writes that file.

    ann:$argon2id$v=19$...    Ann's password, which signs in to the page and to the API (Basic)
    ann:$sha256$9f86d081...   a token of Ann's for programs (Bearer); she may have several
    ann:secret                a password in clear text: taken, with a warning

A token is 256 random bits, so a plain hash keeps it; nobody can try them all.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from index.cli import run
from index.errors import UsageError

_TOKEN = "$sha256$"
# OWASP's Password Storage Cheat Sheet, the least for Argon2id: 19 MiB, two passes, one thread
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, slots=True)
class Users:
    """Who may ask: password hashes by name, names by token hash."""

    passwords: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    _nobody: str = field(default_factory=lambda: _HASHER.hash(secrets.token_hex()))
    _right: set[bytes] = field(default_factory=set)
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def seen(self, name: str, password: str) -> bool:
        """Whether this password was found right before: costs nothing, so programs may send it
        with each request."""
        return self._mark(name, password) in self._right

    def known(self, name: str, password: str) -> bool:
        """Whether the password is right; an unknown name takes as long as a known one."""
        try:
            _HASHER.verify(self.passwords.get(name, self._nobody), password.encode())
        except (VerificationError, UnicodeEncodeError):
            return False
        if name not in self.passwords:
            return False
        self._right.add(self._mark(name, password))
        return True

    def owner(self, token: str) -> str | None:
        """Whose token it is."""
        return self.tokens.get(_digest(token))

    def _mark(self, name: str, password: str) -> bytes:
        text = f"{name}\0{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256")


def users_of(lines: Iterable[str], warn: Callable[[str], None], name_of: str = "--auth") -> Users:
    """The users that `lines` name; blank lines and `#` lines are skipped. UsageError."""
    passwords, tokens, clear = dict[str, str](), dict[str, str](), 0
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, secret = line.partition(":")
        name = name.strip()
        if not (colon and name and secret):
            raise UsageError(f"{name_of}, line {number}: write user:password")
        if secret.startswith(_TOKEN):
            tokens[secret.removeprefix(_TOKEN).strip()] = name
        elif secret.startswith("$argon2"):
            passwords[name] = _checked(secret.strip(), f"{name_of}, line {number}")
        else:
            passwords[name] = _HASHER.hash(secret)
            clear += 1
    if not passwords and not tokens:
        raise UsageError(f"{name_of} names no user: write lines user:password")
    if clear:
        warn(
            f"{name_of} holds {clear} password{'s' * (clear > 1)} in clear text: "
            "'python -m rag.web.users FILE --hash' hashes them"
        )
    return Users(passwords, tokens)


def read_users(file: Path, warn: Callable[[str], None] = lambda line: None) -> Users:
    """The users in a file. UsageError: it cannot be read, or a line has another form."""
    lines = _lines(file)
    if file.stat().st_mode & 0o077:
        warn(f"--auth {file} can be read by others: run 'chmod 600 {file}'")
    return users_of(lines, warn, f"--auth {file}")


def main(
    file: Annotated[Path, typer.Argument(help="The file of `ui.py --auth`; made if missing.")],
    name: Annotated[str | None, typer.Argument(help="Whom to give a password or a token.")] = None,
    token: Annotated[
        bool,
        typer.Option("--token", help="Print a new token for programs, in place of a password."),
    ] = False,
    hash_: Annotated[
        bool, typer.Option("--hash", help="Hash the passwords that stand there in clear text.")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the user's password and tokens out.")
    ] = False,
) -> None:
    """Write the file of who may ask; a running server reads it at its next start."""
    lines = _lines(file) if file.exists() else []
    if hash_:
        lines = [_hashed(line) for line in lines]
    elif not name or ":" in name or name != " ".join(name.split()) or name.startswith("#"):
        raise UsageError("give the user's name, without a colon")
    elif remove:
        lines = [line for line in lines if line.partition(":")[0].strip() != name]
    elif token:
        made = f"dateline-{secrets.token_urlsafe(32)}"
        lines.append(f"{name}:{_TOKEN}{_digest(made)}")
        print(made)
    else:
        password = _HASHER.hash(_asked(name))
        lines = [line for line in lines if not _is_password(line, name)]
        lines.append(f"{name}:{password}")
    _write(file, lines)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"cannot read --auth {file}: {reason}") from None


def _write(file: Path, lines: Iterable[str]) -> None:
    """Replace the file by one that only its owner can read."""
    descriptor, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in lines)
    os.replace(made, file)


def _asked(name: str) -> str:
    if sys.stdin.isatty():
        text: str = typer.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.readline().rstrip("\n")
    if not text:
        raise UsageError("the password is empty: give one line on standard input")
    return text


def _hashed(line: str) -> str:
    name, colon, secret = line.partition(":")
    ready = secret.startswith(("$argon2", _TOKEN)) or line.lstrip().startswith("#")
    return line if ready or not (colon and secret) else f"{name}:{_HASHER.hash(secret)}"


def _is_password(line: str, name: str) -> bool:
    whose, _, secret = line.partition(":")
    return whose.strip() == name and not secret.startswith(_TOKEN)


def _checked(secret: str, place: str) -> str:
    try:
        extract_parameters(secret)
    except InvalidHashError:
        raise UsageError(f"{place}: the hash is damaged: give the password anew") from None
    return secret


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


if __name__ == "__main__":
    run(main)
