"""A GGUF file read by llama.cpp in this process; no other file runs a model by llama_cpp.

prompt -> tokens (`chat_tokens.py`) -> blocks -> read, but for those that stand in memory or on disk
       -> the hidden state of a middle layer (`hidden_state.py`), or logits -> words

The same prompt gives the same words whatever was asked before. llama.cpp's sums depend on how many
tokens it reads at a time, so a prompt is always cut into the same blocks, and only whole blocks are
kept from one prompt to the next.
"""

from __future__ import annotations

import codecs
import ctypes
import math
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import Cancelled, ModelError
from rag.llm.chat_tokens import ChatTokens
from rag.llm.hidden_state import Tap
from rag.llm.prefix_cache import HeadStates
from rag.llm.probes import layer_of
from rag.llm.threads import Threads, best, cores, counts, give_way, kept, let_go
from rag.llm.writer import Enough, Streaming, Words, one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CONTEXT = 4096  # tokens of prompt and reply, at most; not measured
# Tokens read at a time. 64, 96, 128 and 256 differ by less than one run does from the next; what
# follows the head is mostly one block of 256, so that the state decides early (docs/design.md).
_BLOCK = 256
_STATES = 16  # hidden states kept, of the latest prompts; not measured
_SAMPLE = 64  # tokens read to time a number of threads; not measured
_WORTH = 128  # a head of so many tokens has its state kept on disk; not measured


class LlamaWriter(Streaming):
    """A GGUF file read by llama.cpp. `n_ctx` is the room for prompt and reply, in tokens.

    `threads` None: the best numbers are timed once (`threads.py`). `watch` is called after each
    piece of work with its tokens (those read through a part of the layers count for that part),
    its seconds, and whether the model wrote them. ModelError: the file cannot be loaded.
    """

    def __init__(self, path: Path, *, n_ctx: int = _CONTEXT, threads: int | None = None) -> None:
        self.name = path.stem
        self.watch: Callable[[float, float, bool], None] = lambda tokens, seconds, written: None
        self._kept: list[list[int]] = []  # the blocks that stand in llama.cpp's memory
        self._whole = 0  # so many of them, from the first, in all layers; the rest up to the tap
        self._states: dict[tuple[int, ...], NDArray[np.float32]] = {}  # by prompt, the latest
        try:
            self._lib: Any = _llama_cpp()
            layer = layer_of(self.name)
            self._tap = Tap(self._lib, _ggml(), layer)
            self._on_gpu, self._llama = self._loaded(path, n_ctx, threads or cores())
        except ImportError as error:
            raise ModelError(f"cannot load llama-cpp-python ({error}): run 'make setup'") from None
        except Exception as error:  # llama.cpp may raise anything for a broken or unknown file
            raise ModelError(
                f"cannot load {path} ({one_line(error)}): it is damaged, too large for this "
                "machine, or of a kind that llama-cpp-python does not know; use --model auto"
            ) from None
        let_go(path)
        lib, model = self._lib, self._llama.model
        self._chat = ChatTokens(lib, self._llama, self.name)
        self._part = 1.0  # the share of all layers up to the tap
        if layer is not None:
            self._tap.width = self._llama.n_embd()
            self._part = (layer + 1) / lib.llama_model_n_layer(model)
        self._room = min(n_ctx, lib.llama_model_n_ctx_train(model))
        # A model of these kinds cannot go back to an earlier block.
        self._forgets = lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model)
        self._reading = ThreadPoolExecutor(1, "llama.cpp", give_way)
        way = f"blocks of {_BLOCK}{' on a GPU' * self._on_gpu}"
        self._heads = HeadStates(lib, path, way)
        of = (path.name, path.stat().st_size, lib.__version__, way)
        self._threads = Threads(threads, threads) if threads else kept(of, self._timed)
        lib.llama_set_n_threads(self._llama.ctx, self._threads.writing, self._threads.reading)

    def _loaded(self, path: Path, n_ctx: int, threads: int) -> tuple[bool, Any]:
        """Whether the model is on a GPU, and the model: on a GPU if one has room for it."""
        for on_gpu in (True, False) if self._lib.llama_supports_gpu_offload() else (False,):
            try:
                with self._tap.installed():
                    return on_gpu, self._lib.Llama(
                        str(path), n_ctx=n_ctx, n_batch=_BLOCK, n_ubatch=_BLOCK, seed=1,
                        swa_full=True, n_threads=threads, n_threads_batch=threads,
                        n_gpu_layers=-1 if on_gpu else 0, use_mmap=True, verbose=False,
                    )  # fmt: skip
            except Exception:  # llama.cpp may raise anything for a GPU without room
                if not on_gpu:
                    raise
        raise AssertionError("one of the two returns or raises")

    @property
    def hidden(self) -> NDArray[np.float32] | None:
        return self._tap.state

    @property
    def chosen(self) -> dict[str, object]:
        """How the model runs on this machine, and which of its features llama.cpp uses."""
        found = str(self._lib.llama_print_system_info(), "utf-8", "replace")
        return {
            "threads_reading": self._threads.reading,
            "threads_writing": self._threads.writing,
            "tokens_at_once": _BLOCK,
            "layers_on": "GPU" if self._on_gpu else "CPU",
            "found": " ".join(re.findall(r"(\w+) = 1\b", found)),
        }

    def choose(
        self, system: str, user: str, options: Sequence[str], *, begin: str = ""
    ) -> dict[str, float]:
        first = [self._chat.text(option)[:1] for option in options]
        if len({tuple(ids) for ids in first if ids}) < len(options):
            raise ValueError(f"options must begin with different tokens: {list(options)}")
        logits = self._read(system, user, begin)
        highest = max(float(logits[ids[0]]) for ids in first)
        mass = [math.exp(float(logits[ids[0]]) - highest) for ids in first]
        return {option: share / sum(mass) for option, share in zip(options, mass, strict=True)}

    def state(
        self, system: str, user: str, begin: str, enough: Enough | None = None
    ) -> NDArray[np.float32] | None:
        if self._tap.layer is None:
            return None
        blocks, size_of_head = self._blocks(system, user, begin)
        tokens = tuple(chain.from_iterable(blocks))
        self.prompt_tokens, self.generated_tokens = len(tokens), 0
        state = self._states.pop(tokens, None)
        stands = self._kept[: self._whole][: len(blocks)] == blocks
        if state is None or not (stands or enough is None or enough(state)):
            self._read_blocks(blocks, size_of_head, enough or _always, in_part=enough is None)
            state = self._tap.state
            assert state is not None
        self._states[tokens] = state
        for old in list(self._states)[:-_STATES]:
            del self._states[old]
        return state

    def _pieces(self, system: str, user: str, begin: str, max_tokens: int) -> Words:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        logits = self._read(system, user, begin)
        limit = min(max_tokens, self._room - self.prompt_tokens)
        while self.generated_tokens < limit:
            token = int(logits.argmax())
            if self._chat.ends(token):
                return
            self.generated_tokens += 1
            if piece := decoder.decode(self._chat.piece(token)):
                yield piece
            if self.withdrawn():
                raise Cancelled("the question was withdrawn")
            if self.generated_tokens < limit:
                self._eval([token], written=True)
                logits = self._logits()

    def _read(self, system: str, user: str, begin: str = "") -> NDArray[np.float32]:
        """Put the prompt into memory; the logits of the next token, (vocabulary,)."""
        return self._read_blocks(*self._blocks(system, user, begin))

    def _read_blocks(
        self,
        blocks: list[list[int]],
        size_of_head: int,
        enough: Enough | None = None,
        *,
        in_part: bool = False,
    ) -> NDArray[np.float32]:
        """Put a prompt into memory, where its first blocks may stand already; the logits of the
        next token, (vocabulary,).

        The last block, or with `in_part` every block behind the head, is read no further than the
        tap where the state there is `enough`; the logits then mean nothing. A long head (the system
        prompt) is read once: its state is kept on disk between runs. ModelError or Cancelled.
        """
        head = list(chain.from_iterable(blocks[:size_of_head]))
        self.prompt_tokens, self.generated_tokens = sum(map(len, blocks)), 0
        if self.prompt_tokens >= self._room:
            raise ModelError(
                f"the prompt of {self.prompt_tokens} tokens is longer than the context of "
                f"{self.name}, {self._room} tokens: ask with fewer passages, or raise n_ctx"
            )
        any_depth = in_part and self._whole >= size_of_head
        kept = self._kept if any_depth else self._kept[: self._whole]
        same, most = 0, 0 if self._forgets else min(len(kept), len(blocks) - 1)
        while same < most and kept[same] == blocks[same]:
            same += 1
        stored = same < size_of_head and len(head) >= _WORTH and not self._forgets
        self._llama.reset()
        self._kept, self._whole = [], min(same, self._whole)
        if stored and self._heads.load(head, self._llama.ctx):
            self._whole = same = size_of_head
            stored = False
        self._llama.n_tokens = sum(map(len, blocks[:same]))
        whole = self._whole == same
        try:
            for place, block in enumerate(blocks[same:], same):
                stops = place + 1 == len(blocks) or (in_part and place >= size_of_head)
                whole &= self._eval(block, enough=enough if stops else None)
                if whole:
                    self._whole = place + 1
                if stored and place + 1 == size_of_head:
                    self._heads.save(head, self._llama.ctx)
        except Cancelled:
            self._kept = blocks[: self._whole]
            raise
        except RuntimeError as error:
            raise ModelError(f"llama.cpp could not read the prompt ({error}): ask again") from None
        self._kept = blocks
        return self._logits()

    def _eval(
        self, tokens: list[int], *, written: bool = False, enough: Enough | None = None
    ) -> bool:
        """Read some tokens, only up to the tap where the state there is `enough`; whether they
        went through all layers.

        Work that breaks off inside llama.cpp leaves a part of the layers done, which must not be
        kept: RuntimeError, or Cancelled once `withdrawn`. A caller that is interrupted, as by
        Ctrl-C, first waits until llama.cpp has stopped.
        """
        self._tap.expect(enough or _never, self.withdrawn if len(tokens) > 1 else None)
        began = time.perf_counter()
        work = self._reading.submit(self._llama.eval, tokens)
        try:
            work.result()
        except BaseException:
            self._kept = []
            wait([work])
            raise
        if self._tap.withdrawn:
            raise Cancelled("the question was withdrawn")
        stopped = self._tap.stopped
        share = self._part if stopped else 1.0
        self.watch(len(tokens) * share, time.perf_counter() - began, written)
        if not self._tap.through:
            self._kept = []
            raise RuntimeError("it was broken off")
        return not stopped

    def _timed(self) -> Threads:
        """The best numbers of threads: a little is read and a little written with each."""
        words = self._chat.text("The company said on Monday that it had sold the unit. " * 8)[
            :_SAMPLE
        ]

        def seconds(threads: int, writing: bool) -> float:
            self._lib.llama_set_n_threads(self._llama.ctx, threads, threads)
            self._llama.reset()
            began = time.perf_counter()
            for part in [[token] for token in words[:4]] if writing else [words]:
                self._eval(part, written=writing)
            return time.perf_counter() - began

        return best(counts(), seconds)

    def _blocks(self, system: str, user: str, begin: str) -> tuple[list[list[int]], int]:
        """The tokens of a prompt, cut into blocks, and how many of these are its head.

        The beginning of the reply, which is given (`begin`), is cut after its first label
        ("Stated:"), where a probe reads the state: a draft goes on from there.
        """
        head, rest = self._chat.prompt(system, user)
        label, colon, after = begin.partition(":")
        rest += self._chat.text(label + colon)
        parts = (head, rest, self._chat.text(after))
        blocks = [ids[i : i + _BLOCK] for ids in parts for i in range(0, len(ids), _BLOCK)]
        return blocks, -(-len(head) // _BLOCK)

    def _logits(self) -> NDArray[np.float32]:
        import numpy as np

        row = self._lib.llama_get_logits_ith(self._llama.ctx, -1)
        return np.ctypeslib.as_array(row, shape=(self._llama.n_vocab(),))


def _always(_: NDArray[np.float32]) -> bool:
    return True


def _never(_: NDArray[np.float32]) -> bool:
    return False


def _ggml() -> Any:
    """The library below llama.cpp that reads tensors, as llama-cpp-python installs it."""
    from llama_cpp._ctypes_extensions import load_shared_library
    from llama_cpp._ggml import libggml_base_path

    return load_shared_library("ggml-base", libggml_base_path)


_log_callback: Any = None


def _llama_cpp() -> Any:
    """The module llama_cpp, made silent: its log is dropped, and it leaves our streams alone.

    While it loads a model it would point the whole process's output at /dev/null, that of other
    threads too.
    """
    global _log_callback
    import llama_cpp
    from llama_cpp import _internals, llama

    _log_callback = _log_callback or llama_cpp.llama_log_callback(lambda *_: None)
    llama_cpp.llama_log_set(_log_callback, ctypes.c_void_p(0))
    for module in (_internals, llama):
        vars(module)["suppress_stdout_stderr"] = lambda disable: nullcontext()
    return llama_cpp
