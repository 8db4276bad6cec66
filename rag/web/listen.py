"""The listening socket, and the server on it: what it holds open, and when it ends."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from index.errors import DatelineError

if TYPE_CHECKING:
    from fastapi import FastAPI

GRACE = 3  # seconds that open pages get to hang up once the server must end; not measured
HEAD_SECONDS = 15  # within which the head of a request must have come; not measured
KEEP_SECONDS = 10  # that a connection may be idle between two requests; not measured
CONNECTIONS = 1_000  # at most, and at most half of the files that the process may open


class Impatient(H11Protocol):
    """HTTP as uvicorn speaks it, which by itself waits for ever for the head of a request."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self.conn.our_state is h11.IDLE and self._late is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def listen(host: str, port: int) -> socket.socket:
    """The listening socket. Call it before anything slow: a taken port is a DatelineError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatelineError(
            f"cannot listen on {host} port {port} ({reason}): choose another with --port"
        ) from None
    # Accepted connections inherit it. asyncio sets it only on sockets that name their protocol;
    # without it every response on a kept connection waits some 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def server(app: FastAPI) -> uvicorn.Server:
    """The server of the application."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=Impatient,
            log_level="warning",
            lifespan="on",
            proxy_headers=False,  # `proxies.py` knows whom to believe
            server_header=False,
            limit_concurrency=min(CONNECTIONS, files // 2) if files > 0 else CONNECTIONS,
            timeout_keep_alive=KEEP_SECONDS,
            timeout_graceful_shutdown=GRACE,
        )
    )


def serve(app: FastAPI, listening: socket.socket) -> None:
    """Answer requests until the process gets its first signal to end."""
    logging.getLogger("uvicorn.error").addFilter(_worth_logging)
    server(app).run(sockets=[listening])


def _worth_logging(record: logging.LogRecord) -> bool:
    """False for what uvicorn logs about pages that were still open when the server ended."""
    ended = record.exc_info and record.exc_info[0] is asyncio.CancelledError
    return not ended and "graceful shutdown exceeded" not in record.getMessage()
