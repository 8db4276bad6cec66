"""The seam to the language model: words from a prompt, and which of a few words comes next.

Three writers: llama.cpp in this process, an OpenAI-compatible server, and a scripted one for
tests. All are greedy. What is in the prompts is not decided here, nor is the answer checked.

The same prompt gives the same words whatever was asked before: llama.cpp's sums depend on how
many tokens it reads at a time, so a prompt is always cut into the same blocks, and only whole
blocks are kept from one prompt to the next. Text can never become a token that controls the chat.
"""

from __future__ import annotations

import codecs
import ctypes
import json
import math
import os
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from index.errors import ModelError
from rag.models import Remote, resolve

if TYPE_CHECKING:
    import httpx
    import numpy as np
    from numpy.typing import NDArray

Words = Generator[str, None, None]

_CONTEXT = 4096
_BLOCK = 64
_SYSTEM, _USER = "\ue000system\ue001", "\ue000user\ue001"


class Writer(Protocol):
    """One conversation turn at a time; not for two threads at once."""

    name: str
    prompt_tokens: int  # of the last call: the whole prompt, kept blocks included
    generated_tokens: int

    def write(
        self, system: str, user: str, *, max_tokens: int = 96, stop: Sequence[str] = ()
    ) -> Words:
        """The reply in pieces as they come, ending before any `stop`; closing it ends the work."""

    def choose(self, system: str, user: str, options: Sequence[str]) -> dict[str, float]:
        """How likely each option is to begin the reply; over the options, the sum is 1."""


def load_writer(spec: str) -> Writer | None:
    """The writer that a SPEC names, loaded; None for `none`. UsageError, ModelError."""
    found = resolve(spec)
    if isinstance(found, Remote):
        return RemoteWriter(found)
    return None if found is None else LlamaWriter(found)


class _Streaming:
    """What the writers share: `write`, out of the pieces that each makes in its own way."""

    name: str
    prompt_tokens = 0
    generated_tokens = 0

    def write(
        self, system: str, user: str, *, max_tokens: int = 96, stop: Sequence[str] = ()
    ) -> Words:
        return _until(self._pieces(system, user, max_tokens), stop)

    def _pieces(self, system: str, user: str, max_tokens: int) -> Words:
        raise NotImplementedError


class LlamaWriter(_Streaming):
    """A GGUF file read by llama.cpp. `n_ctx` is the room for prompt and reply, in tokens."""

    def __init__(self, path: Path, *, n_ctx: int = _CONTEXT, threads: int | None = None) -> None:
        self.name = path.stem
        self._kept: list[list[int]] = []  # the blocks that stand in llama.cpp's memory
        try:
            self._lib: Any = _llama_cpp()
            threads = threads or _cores()
            self._llama: Any = self._lib.Llama(
                str(path), n_ctx=n_ctx, n_batch=_BLOCK, n_ubatch=_BLOCK, seed=1, swa_full=True,
                n_threads=threads, n_threads_batch=threads, use_mmap=True, verbose=False,
            )  # fmt: skip
        except ImportError as error:
            raise ModelError(f"cannot load llama-cpp-python ({error}): run 'make setup'") from None
        except Exception as error:  # whatever a broken or unknown file makes llama.cpp raise
            raise ModelError(
                f"cannot load {path} ({_line(error)}): it is damaged, too large for this machine, "
                "or of a kind that llama-cpp-python does not know; use --model auto"
            ) from None
        lib, model = self._lib, self._llama.model
        self._vocab: Any = lib.llama_model_get_vocab(model)
        self._room = min(n_ctx, lib.llama_model_n_ctx_train(model))
        # Such a model cannot go back to an earlier block.
        self._forgets = lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model)
        self._template = self._parts()

    def choose(self, system: str, user: str, options: Sequence[str]) -> dict[str, float]:
        first = [self._text(option)[:1] for option in options]
        if len({tuple(ids) for ids in first if ids}) < len(options):
            raise ValueError(f"options must begin with different tokens: {list(options)}")
        logits = self._read(system, user)
        highest = max(float(logits[ids[0]]) for ids in first)
        mass = [math.exp(float(logits[ids[0]]) - highest) for ids in first]
        return {option: share / sum(mass) for option, share in zip(options, mass, strict=True)}

    def _pieces(self, system: str, user: str, max_tokens: int) -> Words:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        logits = self._read(system, user)
        limit = min(max_tokens, self._room - self.prompt_tokens)
        while self.generated_tokens < limit:
            token = int(logits.argmax())
            if self._lib.llama_vocab_is_eog(self._vocab, token):
                return
            self.generated_tokens += 1
            if piece := decoder.decode(self._piece(token)):
                yield piece
            if self.generated_tokens < limit:
                self._llama.eval([token])
                logits = self._logits()

    def _read(self, system: str, user: str) -> NDArray[np.float32]:
        """Put the prompt into memory, where its first blocks may stand already; what comes next."""
        head, rest = self._prompt(system, user)
        size = len(head) + len(rest)
        self.prompt_tokens, self.generated_tokens = size, 0
        if size >= self._room:
            raise ModelError(
                f"the prompt of {size} tokens is longer than the context of {self.name}, "
                f"{self._room} tokens: ask with fewer passages, or raise n_ctx"
            )
        blocks = [ids[i : i + _BLOCK] for ids in (head, rest) for i in range(0, len(ids), _BLOCK)]
        same, most = 0, 0 if self._forgets else min(len(self._kept), len(blocks) - 1)
        while same < most and self._kept[same] == blocks[same]:
            same += 1
        self._llama.reset()
        self._llama.n_tokens = sum(map(len, blocks[:same]))
        self._kept = []
        try:
            for block in blocks[same:]:
                self._llama.eval(block)
        except RuntimeError as error:
            raise ModelError(f"llama.cpp could not read the prompt ({error}): ask again") from None
        self._kept = blocks
        return self._logits()

    def _logits(self) -> NDArray[np.float32]:
        import numpy as np

        row = self._lib.llama_get_logits_ith(self._llama.ctx, -1)
        return np.ctypeslib.as_array(row, shape=(self._llama.n_vocab(),))

    def _prompt(self, system: str, user: str) -> tuple[list[int], list[int]]:
        """Tokens before the user's text and from it on; only the template's may control."""
        starts = self._lib.llama_vocab_get_add_bos(self._vocab)
        head: list[int] = [self._llama.token_bos()] if starts else []
        rest: list[int] = []
        part = head
        for piece in self._template:
            if piece == _USER:
                part = rest
            if piece in (_SYSTEM, _USER):
                part += self._text(system if piece == _SYSTEM else user)
            elif piece:
                ids = self._llama.tokenize(piece.encode(), add_bos=False, special=True)
                part += ids[1:] if part is head and ids[:1] == head else ids  # one BOS is enough
        return head, rest

    def _text(self, text: str) -> list[int]:
        """Tokens of text alone. A marker that is a token even so is cut after its first letter."""
        data = text.encode("utf-8", "replace")
        ids: list[int] = self._llama.tokenize(data, add_bos=False, special=False)
        control = self._lib.LLAMA_TOKEN_ATTR_CONTROL | self._lib.LLAMA_TOKEN_ATTR_USER_DEFINED
        marks = {
            self._name(token).strip()
            for token in set(ids)
            if self._lib.llama_vocab_get_attr(self._vocab, token) & control
        }
        pattern = "|".join(re.escape(mark) for mark in marks if len(mark) > 1)
        cuts = [match.start() + 1 for match in re.finditer(pattern, text)] if pattern else []
        if not cuts:
            return ids
        pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]
        return [token for piece in pieces for token in self._text(piece)]

    def _name(self, token: int) -> str:
        text = self._lib.llama_vocab_get_text(self._vocab, token) if token >= 0 else None
        return str(text or b"", "utf-8", "replace")

    def _piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(512)
        size = self._lib.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(size, 0)]

    def _parts(self) -> list[str]:
        """The model's own chat template around the two texts, which stay as placeholders."""
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        template = self._llama.metadata.get("tokenizer.chat_template", "")
        eos, bos = self._name(self._llama.token_eos()), self._name(self._llama.token_bos())
        system = {"role": "system", "content": _SYSTEM}
        both = {"role": "user", "content": f"{_SYSTEM}\n\n{_USER}"}  # for want of a system role
        messages: Any
        for messages in ([system, {"role": "user", "content": _USER}], [both]):
            try:
                chat = Jinja2ChatFormatter(template, eos, bos)
                prompt = chat(messages=messages, enable_thinking=False).prompt
            except Exception:  # a template is a program out of the file: it may raise anything
                continue
            parts = re.split(f"({_SYSTEM}|{_USER})", prompt)
            if parts[1::2] == [_SYSTEM, _USER]:
                return parts
        raise ModelError(
            f"{self.name} has no chat template that can be used: "
            "take an instruction-tuned .gguf, or use --model auto"
        )


class RemoteWriter(_Streaming):
    """A model behind an OpenAI-compatible server; OPENAI_API_KEY is sent if it is set."""

    def __init__(self, remote: Remote) -> None:
        self.name = remote.model
        self._url = f"{remote.url}/chat/completions"
        self._host = urlsplit(remote.url).netloc.rpartition("@")[2]

    def choose(self, system: str, user: str, options: Sequence[str]) -> dict[str, float]:
        wishes = {"logprobs": True, "top_logprobs": 20, "seed": 0}
        with self._post(system, user, {"max_tokens": 1}, wishes) as response:
            response.read()
            answer = response.json()
            self._count(answer)
            choice = answer["choices"][0]
            content = (choice.get("logprobs") or {}).get("content") or [{}]
            written = {"token": choice["message"]["content"] or "", "logprob": 0.0}
            mass = dict.fromkeys(options, 0.0)
            for row in content[0].get("top_logprobs") or [written]:
                token = str(row["token"]).strip()
                fits = [option for option in options if token and option.startswith(token)]
                if len(fits) == 1:
                    mass[fits[0]] += math.exp(row["logprob"])
        total = sum(mass.values())  # 0: it would begin with none of them
        return {option: mass[option] / total if total else 1 / len(mass) for option in options}

    def _pieces(self, system: str, user: str, max_tokens: int) -> Words:
        body = {"max_tokens": max_tokens, "stream": True}
        wishes = {"seed": 0, "stream_options": {"include_usage": True}}
        whole = False
        with self._post(system, user, body, wishes) as response:
            for line in response.iter_lines():
                data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
                if data == "[DONE]":
                    return
                chunk = json.loads(data) if data else {}
                if "error" in chunk:
                    raise ModelError(f"{self._host} broke off: {_line(chunk['error'])}; try again")
                for choice in chunk.get("choices", []):
                    whole = whole or bool(choice.get("finish_reason"))
                    if text := (choice.get("delta") or {}).get("content"):
                        self.generated_tokens += 1
                        yield str(text)
                self._count(chunk)
            if not whole:
                raise ValueError("it ended too early")

    def _count(self, answer: dict[str, Any]) -> None:
        if usage := answer.get("usage"):
            self.prompt_tokens = int(usage["prompt_tokens"])
            self.generated_tokens = int(usage.get("completion_tokens", 0))

    @contextmanager
    def _post(
        self, system: str, user: str, body: dict[str, Any], wishes: dict[str, Any]
    ) -> Iterator[httpx.Response]:
        """The answer to one chat request, asked again without its wishes if those are refused."""
        import httpx

        self.prompt_tokens = self.generated_tokens = 0
        said = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        body = {"model": self.name, "messages": said, "temperature": 0, **body}
        key = os.environ.get("OPENAI_API_KEY")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        timeout = httpx.Timeout(10, read=300)
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
                f"cannot reach {self._host} ({_line(error)}): "
                "start the server, check the address in --model, or use --model auto"
            ) from None
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise ModelError(
                f"{self._host} does not speak the OpenAI chat format ({_line(error)}): "
                "check that the address in --model ends in /v1"
            ) from None

    def _refusal(self, response: httpx.Response) -> ModelError:
        status, key = response.status_code, "set OPENAI_API_KEY to a key that it accepts"
        here = f"check that it has the model '{self.name}' and that the address ends in /v1"
        advice = {401: key, 403: key, 404: here}.get(status, "try again later, or use --model auto")
        return ModelError(f"{self._host} answered {status} ({_line(response.text)}): {advice}")


class ScriptedWriter(_Streaming):
    """A writer that follows a script, word by word; a token is a word. For tests."""

    def __init__(
        self,
        reply: Callable[[str, str], str],
        choice: Callable[[str, str, Sequence[str]], Mapping[str, float]] | None = None,
        name: str = "scripted",
    ) -> None:
        self.name = name
        self._reply, self._choice = reply, choice

    def choose(self, system: str, user: str, options: Sequence[str]) -> dict[str, float]:
        self.prompt_tokens, self.generated_tokens = len(f"{system} {user}".split()), 0
        chosen = self._choice(system, user, options) if self._choice else {options[0]: 1.0}
        return {option: chosen.get(option, 0.0) for option in options}

    def _pieces(self, system: str, user: str, max_tokens: int) -> Words:
        self.prompt_tokens, self.generated_tokens = len(f"{system} {user}".split()), 0
        for word in re.findall(r"\s*\S+", self._reply(system, user))[:max_tokens]:
            self.generated_tokens += 1
            yield word


def _until(pieces: Words, stop: Sequence[str]) -> Words:
    """The pieces up to the first stop string; what may yet become one is held back."""
    held = ""
    with closing(pieces):
        for piece in pieces:
            held += piece
            places = [held.find(text) for text in stop if text and text in held]
            if places:
                if min(places):
                    yield held[: min(places)]
                return
            wait = [n for text in stop for n in range(1, len(text)) if held.endswith(text[:n])]
            ready = held[: len(held) - max(wait, default=0)]
            held = held[len(ready) :]
            if ready:
                yield ready
    if held:
        yield held


def _line(problem: object) -> str:
    """Anything as one short line."""
    return shorten(str(problem) or type(problem).__name__, 120, placeholder="...")


def _cores() -> int:
    """Physical cores that this process may use; hyperthreads and a container's share count."""
    cores: set[str] = set()
    for number in os.sched_getaffinity(0):
        siblings = Path(f"/sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list")
        cores.add(siblings.read_text() if siblings.exists() else str(number))
    with suppress(OSError, ValueError):  # no cgroup, or no limit in it
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(len(cores), int(quota) // int(period)))
    return len(cores)


_log_callback: Any = None


def _llama_cpp() -> Any:
    """The module, made silent: its log goes nowhere, and it leaves our standard streams alone.

    While loading it would point the whole process's output at /dev/null, other threads' too.
    """
    global _log_callback
    import llama_cpp
    from llama_cpp import _internals, llama

    _log_callback = _log_callback or llama_cpp.llama_log_callback(lambda *_: None)
    llama_cpp.llama_log_set(_log_callback, ctypes.c_void_p(0))
    for module in (_internals, llama):
        vars(module)["suppress_stdout_stderr"] = lambda disable: nullcontext()
    return llama_cpp
