"""A request that is refused: `{"error": "one line"}`, under /v1/ in OpenAI's shape."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fastapi import Response

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def refusal(
    path: str, status: int, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The response to a request for `path`, the message on one line."""
    line = " ".join(message.split())
    content = openai_error(status, line) if path.startswith("/v1/") else {"error": line}
    return Response(json.dumps(content), status, headers, media_type="application/json")


def openai_error(status: int, message: str, code: str | None = None) -> dict[str, object]:
    """What OpenAI's clients read an error from."""
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
