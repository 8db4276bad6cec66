"""Addresses, redirects and bodies of somebody who means harm: none reaches a private address."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_server import Reply, Site, served

from index.errors import FetchError
from index.web import addresses, door
from index.web.addresses import is_public
from index.web.door import Door, Limits, checked
from index.web.visit import Visitor


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as found:
        yield found


async def no_wait(seconds: float) -> None:
    pass


def fetch(url: str, **options: Any) -> Any:
    async def main() -> Any:
        async with Door(**options) as opened:
            return await Visitor(opened, sleep=no_wait).fetch(url)

    return anyio.run(main)


def refusal(url: str, **options: Any) -> str:
    with pytest.raises(FetchError) as error:
        fetch(url, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


# Addresses; PORT is one on which a server listens that must not be asked

PRIVATE = [
    "http://127.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7f.0.0.1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://017700000001:PORT/",
    "http://0x7f.1:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST:PORT/",
    "http://localhost.:PORT/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://[::1]:PORT/",
    "http://[::]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[fe80::1]:PORT/",
    "http://[fc00::1]:PORT/",
    "http://[fec0::1]:PORT/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
]
NO_ADDRESS = [
    "",
    "file:///etc/passwd",
    "ftp://127.0.0.1/x",
    "gopher://127.0.0.1:70/_x",
    "javascript:alert(1)",
    "data:text/html,x",
    "//127.0.0.1/x",
    "/etc/passwd",
    "http://",
    "http:///x",
    "http://user:secret@127.0.0.1/",
    "http://good.example@127.0.0.1/",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:22/",
    "http://127.0.0.1:25/",
    "http://a b/",
    "http://exa\nmple.com/",
    "http://example.com/\r\nX-Evil: 1",
    "http://example.com/\0",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1:PORT/",
    "https://" + "a" * 5000 + "/",
]


@pytest.mark.parametrize("url", PRIVATE + NO_ADDRESS)
def test_an_address_is_refused_and_nobody_is_asked(url: str, site: Site) -> None:
    reason = refusal(url.replace("PORT", str(site.port)))
    assert "secret" not in reason
    assert site.asked == []


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_in_all_its_forms(address: Any) -> None:
    number = int(address)
    forms = [f"::ffff:{address}", f"64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}"]
    assert {is_public(form) for form in forms} == {is_public(str(address))}


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://example.com/{text}"):
        try:
            assert checked(url).scheme in ("http", "https")
        except FetchError as error:
            assert str(error)


def test_a_name_with_one_private_address_is_refused(site: Site) -> None:
    async def both(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    assert "is in a private network (127.0.0.1)" in refusal(
        f"http://news.example:{site.port}/", resolver=both
    )
    assert site.asked == []


@pytest.fixture
def half_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 counts as public, every other address as what it is."""
    kept = addresses.is_public
    for module in (addresses, door):
        monkeypatch.setattr(module, "is_public", lambda a: a == "127.0.0.1" or kept(a))


def test_the_address_that_was_checked_is_the_one_connected_to(
    site: Site, half_public: None
) -> None:
    """A name server that gives a public address first and a private one next gains nothing."""
    given = iter([["127.0.0.1"]] * 2 + [["127.0.0.2"]] * 9)
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(given)

    site.pages["/a"] = Reply("A page.", "text/plain")
    found = fetch(f"http://news.example:{site.port}/a", resolver=rebinding)
    assert (found.body, asked) == (b"A page.", ["news.example"] * 2)  # robots.txt and the page
    assert {headers["host"] for _, headers in site.asked} == {f"news.example:{site.port}"}


REDIRECTS = [
    "http://127.0.0.2:PORT/",
    "//127.0.0.2:PORT/",
    "http://[::ffff:127.0.0.2]:PORT/",
    "http://2130706434:PORT/",
    "http://169.254.169.254/latest/",
    "http://[::1]:PORT/",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "http://u:p@127.0.0.2:PORT/",
    "http://[",
    "",
    "/x",
    "/y",
    "http://127.0.0.1:22/",
]


STATUSES = [301, 302, 303, 307, 308]


@pytest.mark.parametrize(
    ("target", "status"), [(t, STATUSES[n % 5]) for n, t in enumerate(REDIRECTS)]
)
def test_a_redirect_is_checked_as_an_address_is(
    target: str, status: int, site: Site, half_public: None
) -> None:
    canary = socket.create_server(("127.0.0.2", site.port))
    canary.settimeout(0)
    with canary:
        target = target.replace("PORT", str(site.port))
        site.pages["/x"] = Reply(status=status, headers={"Location": target})
        site.pages["/y"] = Reply(status=status, headers={"Location": "/x"})
        refusal(site.url("/x"))
        with pytest.raises(BlockingIOError):
            canary.accept()


# Bodies

ZEROS = gzip.compress(bytes(30_000_000))
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
BODIES: dict[str, tuple[Reply, str]] = {
    "a gzip bomb": (Reply(ZEROS, headers={"Content-Encoding": "gzip"}), "more than the limit"),
    "a bomb in many members": (
        Reply(gzip.compress(bytes(400_000)) * 60, headers={"Content-Encoding": "gzip"}),
        "more than the limit",
    ),
    "a deflate bomb": (
        Reply(zlib.compress(bytes(30_000_000)), headers={"Content-Encoding": "deflate"}),
        "more than the limit",
    ),
    "packed twice": (
        Reply(gzip.compress(ZEROS), headers={"Content-Encoding": "gzip, deflate"}), "not asked for"),
    "too long as announced": (
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), "more than the limit"),
    "too long without a word": (Reply(raw=ENDLESS + b"x" * 21_000_000), "more than the limit"),
    "without end": (Reply(raw=ENDLESS, drip=0.02), "took longer than"),
    "headers without end": (Reply(raw=b"HTTP/1.1 200 OK\r\nX-A: ", drip=0.02), "took longer than"),
    "headers too many": (
        Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"y" * 300_000 + b"\r\n\r\n"), "broke off"),
    "no answer": (Reply(raw=b""), "broke off"),
    "another protocol": (Reply(raw=b"220 smtp.example ESMTP\r\n"), "broke off"),
    "a negative length": (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx"), "broke off"),
    "two lengths": (
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxxx"),
        "broke off",
    ),
    "broken chunks": (
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx"), "broke off"),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_body_costs_no_more_than_its_limits(name: str, site: Site, half_public: None) -> None:
    site.pages["/x"], reason = BODIES[name]
    limits = Limits(seconds=0.15 if "without end" in name else 20)
    assert reason in refusal(site.url("/x"), limits=limits)


def test_cookies_are_not_sent_back(site: Site, half_public: None) -> None:
    site.pages["/x"] = Reply(status=302, headers={"Location": "/y", "Set-Cookie": "id=1; Path=/"})
    site.pages["/y"] = Reply("A page.", "text/plain")
    assert fetch(site.url("/x")).body == b"A page."
    assert not any("cookie" in headers for _, headers in site.asked)


def test_the_proxies_of_the_environment_are_not_used(
    site: Site, half_public: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    site.pages["/x"] = Reply("A page.", "text/plain")
    assert fetch(site.url("/x")).body == b"A page."
