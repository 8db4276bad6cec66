"""A web server on 127.0.0.1 for tests: what it answers to each path is written in the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """One answer. `raw` is sent in place of everything else, `drip` piece by piece."""

    body: bytes | str = b""
    kind: str | None = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    chunked: bool = False
    short_by: int = 0  # bytes that are announced and not sent
    raw: bytes | None = None
    drip: float | None = None  # seconds between the bytes of `raw`, without end


Answer = Reply | Callable[[dict[str, str]], Reply]


class Site:
    """Paths and what is answered to them; `asked` holds (path, headers) of every request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, Answer | list[Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        """The paths asked for, but for robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def reply(self, path: str, headers: dict[str, str]) -> Reply:
        found = self.pages.get(path, Reply("no", status=404))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        return found(headers) if callable(found) else found


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site = self.site
        with site.lock:
            site.at_once += 1
            site.most_at_once = max(site.most_at_once, site.at_once)
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append((self.path, headers))
            self.send(site.reply(self.path, headers))
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with site.lock:
                site.at_once -= 1

    def send(self, reply: Reply) -> None:
        self.close_connection = True
        if reply.raw is not None:
            self.wfile.write(reply.raw)
            for _ in range(2000 if reply.drip else 0):
                time.sleep(reply.drip or 0)
                self.wfile.write(b"x")
                self.wfile.flush()
            return
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        self.send_response(reply.status)
        if reply.kind:
            self.send_header("Content-Type", reply.kind)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, len(body), 100):
                part = body[start : start + 100]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
            return
        if reply.status != 304:
            self.send_header("Content-Length", str(len(body) + reply.short_by))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *values: Any) -> None:
        pass


@contextmanager
def served() -> Iterator[Site]:
    """A site that is served until the block ends."""

    class Handler(_Handler):
        pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 64
        daemon_threads = True

        def handle_error(self, *values: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    Handler.site = site = Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def conditional(body: bytes | str, etag: str, kind: str = "application/rss+xml") -> Answer:
    """A document that is sent again only to who does not have it."""

    def answer(headers: dict[str, str]) -> Reply:
        if headers.get("if-none-match") == etag:
            return Reply(status=304, headers={"ETag": etag})
        return Reply(body, kind, headers={"ETag": etag})

    return answer
