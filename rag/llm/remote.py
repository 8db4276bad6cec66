"""A model behind an OpenAI-compatible server.

Nothing is sent before a question is asked. Every failure becomes a ModelError of one line.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index.errors import ModelError
from rag.llm.spec import Remote
from rag.llm.writer import Streaming, Words, one_line

if TYPE_CHECKING:
    import httpx


# What a reply may take; none of it measured.
_LONGEST = 600.0  # seconds for the whole; a large model without a graphics card takes minutes
_BYTES = 200_000
_BYTES_OF_A_TOKEN = 4_000  # streamed as JSON, with the model's name and such in each


class RemoteWriter(Streaming):
    """A model behind an OpenAI-compatible server; OPENAI_API_KEY is sent if it is set."""

    def __init__(self, remote: Remote) -> None:
        self.name = remote.model
        self._url = f"{remote.url}/chat/completions"
        self._host = urlsplit(remote.url).netloc.rpartition("@")[2]

    def choose(
        self, system: str, user: str, options: Sequence[str], *, begin: str = ""
    ) -> dict[str, float]:
        wishes = {"logprobs": True, "top_logprobs": 20, "seed": 0}
        with self._post(system, user, begin, {"max_tokens": 1}, wishes) as response:
            answer = json.loads(b"".join(self._bytes(response, 1)))
            self._count(answer)
            choice = answer["choices"][0]
            content = (choice.get("logprobs") or {}).get("content") or [{}]
            written = {"token": choice["message"]["content"] or "", "logprob": 0.0}
            mass = dict.fromkeys(options, 0.0)
            for row in content[0].get("top_logprobs") or [written]:
                token = str(row["token"]).strip()
                fits = [option for option in options if token and option.strip().startswith(token)]
                if len(fits) == 1:
                    mass[fits[0]] += math.exp(row["logprob"])
        total = sum(mass.values())  # 0: the reply would begin with none of the options
        return {option: mass[option] / total if total else 1 / len(mass) for option in options}

    def _pieces(self, system: str, user: str, begin: str, max_tokens: int) -> Words:
        body = {"max_tokens": max_tokens, "stream": True}
        wishes = {"seed": 0, "stream_options": {"include_usage": True}}
        whole = False
        repeated = begin  # a server may say `begin` again before it goes on
        held = ""
        with self._post(system, user, begin, body, wishes) as response:
            for line in self._lines(response, max_tokens):
                data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
                if data == "[DONE]":
                    whole = True
                    break
                chunk = json.loads(data) if data else {}
                if "error" in chunk:
                    raise ModelError(
                        f"{self._host} broke off: {self._said(chunk['error'])}; try again"
                    )
                for choice in chunk.get("choices", []):
                    whole = whole or bool(choice.get("finish_reason"))
                    if text := (choice.get("delta") or {}).get("content"):
                        self.generated_tokens += 1
                        held += str(text)
                        if repeated.startswith(held) and held != repeated:
                            continue
                        if fresh := held.removeprefix(repeated):
                            yield fresh
                        held, repeated = "", ""
                self._count(chunk)
            if held:
                yield held
            if not whole:
                raise ValueError("it ended too early")

    def _lines(self, response: httpx.Response, tokens: int) -> Iterator[str]:
        held = b""
        for part in self._bytes(response, tokens):
            *whole, held = (held + part).split(b"\n")
            yield from (line.decode().rstrip("\r") for line in whole)
        yield held.decode()

    def _bytes(self, response: httpx.Response, tokens: int) -> Iterator[bytes]:
        """What the server sends; ModelError where it is too long for so many tokens, or late."""
        left, until = _BYTES + tokens * _BYTES_OF_A_TOKEN, time.monotonic() + _LONGEST
        for part in response.iter_bytes():
            left -= len(part)
            if left < 0 or time.monotonic() > until:
                raise ModelError(
                    f"{self._host} sends without end: restart the server, or use --model auto"
                )
            yield part

    def _count(self, answer: dict[str, Any]) -> None:
        """Take the numbers of tokens from a response that has them."""
        if usage := answer.get("usage"):
            self.prompt_tokens = int(usage["prompt_tokens"])
            self.generated_tokens = int(usage.get("completion_tokens", 0))

    @contextmanager
    def _post(
        self, system: str, user: str, begin: str, body: dict[str, Any], wishes: dict[str, Any]
    ) -> Iterator[httpx.Response]:
        """The response to one chat request. It is sent again without `wishes`, the optional fields,
        if the server refuses those. ModelError."""
        import httpx

        self.prompt_tokens = self.generated_tokens = 0
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        if begin:  # most servers continue it; one that begins anew follows the prompt's examples
            messages.append({"role": "assistant", "content": begin})
        body = {"model": self.name, "messages": messages, "temperature": 0, **body}
        key = os.environ.get("OPENAI_API_KEY")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        timeout = httpx.Timeout(10, read=300)  # seconds; a large model reads long; not measured
        try:
            with httpx.Client(timeout=timeout, headers=headers) as client:
                for sent in ({**body, **wishes}, body):
                    with client.stream("POST", self._url, json=sent) as response:
                        if response.status_code in (400, 422) and sent is not body:
                            continue
                        if not response.is_success:
                            response.read()
                            raise self._refusal(response)
                        yield response
                        return
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(
                f"cannot reach {self._host} ({one_line(error)}): "
                "start the server, check the address in --model, or use --model auto"
            ) from None
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise ModelError(
                f"{self._host} does not speak the OpenAI chat format ({one_line(error)}): "
                "check that the address in --model ends in /v1"
            ) from None

    def _refusal(self, response: httpx.Response) -> ModelError:
        """The error for a status other than success, with what to do about it."""
        status, key = response.status_code, "set OPENAI_API_KEY to a key that it accepts"
        here = f"check that it has the model '{self.name}' and that the address ends in /v1"
        advice = {401: key, 403: key, 404: here}.get(status, "try again later, or use --model auto")
        return ModelError(f"{self._host} answered {status} ({self._said(response.text)}): {advice}")

    def _said(self, text: object) -> str:
        """What the server wrote, on one line, without the key and password that it was sent."""
        said, parts = str(text), urlsplit(self._url)
        for secret in (os.environ.get("OPENAI_API_KEY"), parts.password):
            said = said.replace(secret, "[secret]") if secret else said
        return one_line(said)
