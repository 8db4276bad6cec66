"""Who sends a request: nothing but health and the login form is served to anybody else.

    the page          a cookie, given for name and password at /login, ended at /logout
    programs          Authorization: Bearer TOKEN, or Basic with name and password

Wrong passwords are counted (`limits.py`) and written to the audit log. Leaves out the users' file:
`users.py`.
"""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
from fastapi import Response
from starlette.requests import Request

from rag.web.limits import Guesses
from rag.web.proxies import path_of
from rag.web.records import audit
from rag.web.refusal import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rag.web.users import Users

_LINK = re.compile(r"/answer/[0-9a-f]{32}")  # which somebody may have been sent
UNUSED, LONGEST = 12 * 3600, 7 * 24 * 3600  # seconds that a session lasts; not measured
MOST = 10_000  # sessions, the latest; not measured
PROGRAMS = ("/api/", "/v1/", "/mcp", "/metrics", "/openapi.json")
_FORM = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Dateline</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:20rem;margin:15vh auto;padding:1rem}
label,input,button{display:block;width:100%%;font:inherit;box-sizing:border-box}
input,button{margin:.2rem 0 1rem;padding:.5rem}</style></head><body><main><h1>Dateline</h1>%s
<form method="post">
<label>Name<input name="username" autocomplete="username" required autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required>
</label><button>Sign in</button></form></main></body></html>"""


class Sessions:
    """Who has signed in on the page: random keys, in memory, each for a limited time."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, float, float]] = {}  # name, begun, used

    def begin(self, name: str) -> str:
        """A new session's key."""
        key, now = secrets.token_urlsafe(32), time.monotonic()
        self._open[key] = (name, now, now)
        for old in list(self._open)[:-MOST]:
            del self._open[old]
        return key

    def name(self, key: str) -> str | None:
        """Whose session it is; None once it has expired."""
        name, begun, used = self._open.get(key, ("", 0.0, 0.0))
        now = time.monotonic()
        if not name or now - used > UNUSED or now - begun > LONGEST:
            self.end(key)
            return None
        self._open[key] = (name, begun, now)
        return name

    def end(self, key: str) -> None:
        """End a session."""
        self._open.pop(key, None)


class _TooMany(Exception):
    def __init__(self, seconds: int) -> None:
        self.seconds = seconds


class Login:
    """The ASGI layer that puts the user's name into the request's state, or refuses it."""

    def __init__(self, app: ASGIApp, users: Users) -> None:
        self.app, self.users = app, users
        self.sessions, self._guesses = Sessions(), Guesses()
        self._one = anyio.Lock()  # one password at a time, so that no guess goes uncounted
        # Servers on other ports share this one's cookies.
        self._cookie = f"dateline-{secrets.token_hex(4)}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or path_of(scope) == "/healthz":
            await self.app(scope, receive, send)
            return
        path = path_of(scope)
        request = Request(scope, receive)
        key = request.cookies.get(self._cookie, "")
        try:
            if path == "/login":
                response = await self._login(request)
            elif path == "/logout":
                self.sessions.end(key)
                response = self._to(request, "/login")
            elif name := self.sessions.name(key) or await self._program(request):
                scope.setdefault("state", {})["user"] = name
                await self.app(scope, receive, send)
                return
            elif path == "/" or _LINK.fullmatch(path):
                response = self._to(request, f"/login?to={path}" if path != "/" else "/login")
            else:
                headers = {}
                if path.startswith(PROGRAMS):
                    headers["www-authenticate"] = 'Basic realm="Dateline", charset="UTF-8"'
                response = refusal(path, 401, "sign in: a token, or name and password", headers)
        except _TooMany as error:
            wait = {"retry-after": str(error.seconds)}
            line = "too many wrong passwords: try again later"
            if path == "/login":
                response = _form(429, line, wait)
            else:
                response = refusal(path, 429, line, wait)
        await response(scope, receive, send)

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":
            return _form(200)
        fields = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        name, password = fields.get("username", ""), fields.get("password", "")
        if not await self._right(request, name, password):
            return _form(401, "The name or the password is wrong.")
        to = request.query_params.get("to", "")
        response = self._to(request, to if _LINK.fullmatch(to) else "/")
        response.set_cookie(
            self._cookie,
            self.sessions.begin(name),
            path=request.scope.get("root_path") or "/",
            max_age=LONGEST,
            httponly=True,
            secure=request.url.scheme == "https",
            samesite="lax",
        )
        return response

    async def _program(self, request: Request) -> str | None:
        """The user whose token or password the request carries."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if name := self.users.owner(given.strip()):
                return name
            await self._right(request, "", "")  # counts as a guess
        if scheme.lower() == "basic":
            try:
                name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
            except ValueError:  # no base64, or no UTF-8 in it
                return None
            if await self._right(request, name, password):
                return name
        return None

    async def _right(self, request: Request, name: str, password: str) -> bool:
        """Whether the password is right; _TooMany where guessing has gone on for too long."""
        if self.users.seen(name, password):
            return True
        address = request.client.host if request.client else "unknown"
        async with self._one:
            if wait := self._guesses.wait(address, name):
                raise _TooMany(wait)
            right = await anyio.to_thread.run_sync(self.users.known, name, password)
            if not right:
                self._guesses.wrong(address, name)
        audit("sign-in", user=name[:100], client=address, right=right)
        return right

    def _to(self, request: Request, path: str) -> Response:
        place = request.scope.get("root_path", "") + path
        return Response(status_code=303, headers={"location": place})


def _form(status: int, error: str = "", headers: Mapping[str, str] | None = None) -> Response:
    line = f'<p role="alert">{escape(error)}</p>' if error else ""
    return Response(_FORM % line, status, headers, media_type="text/html")
