"""Who may reach the server and how much they may ask: what the options of `ui.py` come to."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from index.errors import UsageError
from rag.web.users import Users

if TYPE_CHECKING:
    from starlette.types import Scope

RATE = 120  # questions a minute and client, where others than the owner may ask; not measured


NOWHERE = urlsplit("")


@dataclass(frozen=True, slots=True)
class Access:
    """By default: whoever is on this machine, as much as they like."""

    users: Users | None = None
    hosts: Collection[str] = ()  # names that browsers may reach it by, beside localhost
    root: SplitResult = NOWHERE  # the public address, or its path alone
    proxies: Collection[str] = ()  # addresses and networks whose forwarded headers are believed
    rate: int | None = None  # questions a minute and client
    read_only: bool = False  # whether nobody may change the library

    def may_change(self, scope: Scope) -> bool:
        """Whether a request may change the library: one of a user who signed in, or, where nobody
        signs in, one from this machine that no proxy has handed on."""
        if self.read_only:
            return False
        state = scope.get("state", {})
        if self.users:
            return bool(state.get("user"))
        client = (scope.get("client") or ("",))[0]
        handed_on = bool(self.root.geturl() or self.proxies or state.get("forwarded"))
        return not handed_on and _loopback(client)

    @property
    def names(self) -> set[str]:
        """The names that the server goes by, in lower case."""
        own = [self.root.hostname] if self.root.hostname else []
        return {"localhost", *(name.lower() for name in (*self.hosts, *own))}


def access(
    host: str,
    users: Users | None = None,
    *,
    hosts: Collection[str] = (),
    root_path: str = "",
    proxies: Collection[str] = (),
    rate: int | None = None,
    insecure: bool = False,
    read_only: bool = False,
) -> Access:
    """The options checked together; `host` is what the server listens on. UsageError."""
    alone = _loopback(host)
    if not (alone or users or insecure):
        raise UsageError(
            f"anyone who reaches {host} could ask: give --auth FILE, or --insecure-no-auth if the "
            "network is yours"
        )
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            raise UsageError(
                f"--proxy {proxy} is no address: write 127.0.0.1 or 10.0.0.0/8"
            ) from None
    if rate is None and not (alone and users is None):
        rate = RATE
    return Access(users, (host, *hosts), _root(root_path), tuple(proxies), rate or None, read_only)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _root(text: str) -> SplitResult:
    wrong = f"--root-path {text}: write a path such as /dateline, or https://news.example/dateline"
    try:
        root = urlsplit(text.rstrip("/"))
    except ValueError:
        raise UsageError(wrong) from None
    whole = root.scheme in ("http", "https") and root.hostname
    bare = not root.scheme and not root.netloc and (not root.path or root.path.startswith("/"))
    if (
        not (whole or bare)
        or root.query
        or root.fragment
        or root.username
        or ".." in root.path
        or not text.isascii()
    ):
        raise UsageError(wrong)
    return root
