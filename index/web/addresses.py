"""Which network addresses may be connected to: those of the public internet.

    host -> every address that it resolves to -> all public, or refused

Forms in which an address hides another (IPv4-mapped, 6to4, Teredo, NAT64) are folded first. Decimal
and octal forms of IPv4 are folded by the resolver.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterator
from ipaddress import IPv4Address, IPv6Address

import anyio

from index.errors import FetchError

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_AZURE = IPv4Address("168.63.129.16")  # looks public, but is the host of a virtual machine there


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, best first; FetchError where there is none."""
    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError):
        raise FetchError(f"there is no host {host}: check the address and the network") from None
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


async def connectable(host: str, port: int, resolver: Resolver, allow_private: bool) -> list[str]:
    """The addresses of `host`; FetchError unless each of them is public, or private is allowed."""
    found = await resolver(host, port)
    if not found:
        raise FetchError(f"there is no host {host}: check the address and the network")
    for address in found:
        if not (allow_private or is_public(address)):
            raise FetchError(
                f"{host} is in a private network ({address}): if it is yours, add --allow-private"
            )
    return found


def is_public(address: str) -> bool:
    """Whether an IP address, in whatever form, lies in the public internet."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(map(_public, _folded(parsed)))


def _folded(address: Address) -> Iterator[Address]:
    """The address, or in its place those that it hides."""
    if isinstance(address, IPv6Address):
        low = IPv4Address(int(address) & 0xFFFFFFFF)
        if hidden := address.ipv4_mapped or address.sixtofour:
            yield hidden
            return
        if address.teredo:
            yield from address.teredo
            return
        if address in _NAT64 or (address in _COMPATIBLE and int(address) > 0xFFFF):
            yield low
            return
    yield address


def _public(address: Address) -> bool:
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_link_local)
        and not (address.is_loopback or address.is_unspecified or site_local)
        and address != _AZURE
    )
