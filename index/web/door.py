"""One request to the web; everything that Dateline fetches passes here.

    URL -> checked -> host resolved, every address public -> connected to that very address
    -> status, headers, body within limits of time and size

Redirects are not followed here (`web/visit.py` does, each hop through this door again). Cookies and
proxies of the environment are not used.
"""

from __future__ import annotations

import ssl
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType

import anyio
import httpx

from index.errors import FetchError
from index.web.addresses import Resolver, connectable, is_public, resolve

AGENT = "Dateline/0.1 (reads news for one person; obeys robots.txt)"
_ACCEPT = (
    "text/html, application/rss+xml, application/atom+xml, application/feed+json,"
    " application/xml;q=0.9, */*;q=0.5"
)
_LONGEST = 4096  # characters of an address; not measured
_OPEN_PORTS = frozenset((80, 443))


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost: bytes as sent, bytes unpacked, seconds; none was measured."""

    sent: int = 20_000_000
    unpacked: int = 20_000_000
    seconds: float = 60.0
    silence: float = 20.0  # between two pieces of data
    connecting: float = 10.0


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered to one request; the names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    public: bool = True  # whether it came from the public internet


class Door:
    """Fetches from the public web, or with `allow_private` from one's own network too."""

    def __init__(
        self,
        allow_private: bool = False,
        limits: Limits = Limits(),
        resolver: Resolver = resolve,
    ) -> None:
        self.allow_private = allow_private
        self._limits = limits
        self._resolver = resolver
        self._client = httpx.AsyncClient(
            verify=_certificates(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(limits.silence, connect=limits.connecting),
            # No connection is kept: two hosts at one address would share it.
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={
                "User-Agent": AGENT,
                "Accept": _ACCEPT,
                "Accept-Encoding": "gzip, deflate",
                "Accept-Language": "en, *;q=0.5",
            },
        )
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def __aenter__(self) -> Door:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Ask for `url` once; FetchError where that is not allowed, fails or takes too much."""
        target = checked(url)
        port = target.port or (443 if target.scheme == "https" else 80)
        try:
            with anyio.fail_after(self._limits.seconds):
                places = await connectable(target.host, port, self._resolver, self.allow_private)
                for place in places[:-1]:
                    with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                        return await self._ask(target, place, headers or {})
                return await self._ask(target, places[-1], headers or {})
        except TimeoutError:
            raise FetchError(
                f"{target.host} took longer than {self._limits.seconds:.0f} seconds", passing=True
            ) from None
        except httpx.InvalidURL:  # httpx looks where a redirect leads, though it does not follow
            raise FetchError(f"{target.host} redirects to what is no address") from None
        except httpx.RequestError as error:
            raise _told(error, target.host) from None

    async def _ask(self, target: httpx.URL, place: str, headers: Mapping[str, str]) -> Response:
        request = self._client.build_request(
            "GET",
            target.copy_with(host=place),
            headers={**headers, "Host": target.netloc.decode("ascii")},
            extensions={"sni_hostname": target.raw_host.decode("ascii")},
        )
        response = await self._client.send(request, stream=True)
        try:
            body = b""
            if response.status_code not in (204, 304):
                encoding = response.headers.get("content-encoding", "")
                length = response.headers.get("content-length", "")
                if length.isdecimal() and int(length) > self._limits.sent:
                    raise _too_large(target.host, self._limits.sent)
                body = await self._read(response.aiter_raw(), encoding, target.host)
        finally:
            await response.aclose()
        return Response(response.status_code, dict(response.headers), body, is_public(place))

    async def _read(self, pieces: AsyncIterator[bytes], encoding: str, host: str) -> bytes:
        """The unpacked body."""
        names = {name.strip().lower() for name in encoding.split(",")} - {"", "identity"}
        if names - {"gzip", "x-gzip", "deflate"} or len(names) > 1:
            raise FetchError(f"{host} packed its answer in a way that was not asked for")
        unpacked = _Unpacked(self._limits.unpacked, host, bool(names))
        sent = 0
        async for piece in pieces:
            sent += len(piece)
            if sent > self._limits.sent:
                raise _too_large(host, self._limits.sent)
            unpacked.add(piece)
        return unpacked.end()


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class _Unpacked:
    """A body unpacked piece by piece, never past its limit."""

    def __init__(self, limit: int, host: str, packed: bool) -> None:
        self._limit, self._host, self._packed = limit, host, packed
        self._parts: list[bytes] = []
        self._size = 0
        self._first = True
        self._inflate = zlib.decompressobj(47)  # 47: gzip or zlib, by its first bytes

    def add(self, piece: bytes) -> None:
        if self._packed and self._first and piece:
            self._first = False
            if piece[:1] not in (b"\x1f", b"\x78"):  # not packed, whatever its header says,
                self._packed = piece[:1] not in b"<{% \t\r\n\xef"  # or a stream without a header
                self._inflate = zlib.decompressobj(-15)
        if not self._packed:
            self._keep(piece)
            return
        try:
            while piece:
                self._keep(self._inflate.decompress(piece, self._limit - self._size + 1))
                piece = self._inflate.unconsumed_tail
                if self._inflate.eof and (piece := self._inflate.unused_data):
                    if piece[:2] != b"\x1f\x8b":
                        return
                    self._inflate = zlib.decompressobj(47)
        except zlib.error:
            raise FetchError(f"{self._host} sent a damaged body", passing=True) from None

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise _too_large(self._host, self._limit)
        self._parts.append(part)

    def end(self) -> bytes:
        if self._packed and not self._first and not self._inflate.eof:
            raise FetchError(f"the answer of {self._host} was cut short", passing=True)
        return b"".join(self._parts)


def unpacked(data: bytes, limit: int, name: str) -> bytes:
    """Gzip data unpacked, at most `limit` bytes; FetchError naming `name` where it is damaged."""
    body = _Unpacked(limit, name, True)
    body.add(data)
    return body.end()


def checked(url: str) -> httpx.URL:
    """The address parsed; FetchError unless it is http or https, with a host and no password."""
    if len(url) > _LONGEST:
        raise FetchError(f"the address is longer than {_LONGEST} characters")
    try:
        parsed = httpx.URL(url)
        host, port = parsed.host, parsed.port
        parsed.netloc.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise FetchError(f"this is no address of a page: {error}") from None
    if parsed.scheme not in ("http", "https"):
        raise FetchError("only http and https addresses are fetched")
    if not host:
        raise FetchError("the address names no host: write https://HOST/PAGE")
    if parsed.userinfo:
        raise FetchError("addresses with a user or password are not fetched: leave it out")
    if port is not None and port not in _OPEN_PORTS and port < 1024:
        raise FetchError(f"port {port} is not one of the web: use 80, 443 or one above 1023")
    return parsed.copy_with(fragment=None)


def _too_large(host: str, limit: int) -> FetchError:
    return FetchError(f"{host} sent more than the limit of {limit / 1e6:.0f} MB")


def _told(error: httpx.RequestError, host: str) -> FetchError:
    """The error in words that say whose fault it is."""
    causes: Iterable[BaseException] = _chain(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return FetchError(f"the certificate of {host} is not valid: check the address")
    if isinstance(error, httpx.TimeoutException):
        return FetchError(f"{host} does not answer: try again later", passing=True)
    if isinstance(error, httpx.RemoteProtocolError) and "complete message" in str(error):
        return FetchError(f"the answer of {host} was cut short", passing=True)
    if isinstance(error, httpx.ConnectError):
        return FetchError(f"cannot connect to {host}: try again later", passing=True)
    return FetchError(f"{host} broke off ({type(error).__name__})", passing=True)


def _chain(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
