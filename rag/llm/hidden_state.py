"""The hidden state of a llama.cpp model after a middle layer, and ending the work there.

A middle layer shows far better than the model's own Yes or No whether the quotes state the answer
(docs/design.md: AUC .90 after layer 18, .80 by its odds). Leaves out what the state says:
`probes.py`.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INSTALLING = threading.Lock()  # a function of the module is replaced meanwhile


class Tap:
    """Sees what llama.cpp computes, layer by layer: keeps the last token's hidden state after one
    layer, and can end the work there.

    llama.cpp names the output of a layer "l_out-N", float32 (tokens, width), and shows it to a
    callback (`cb_eval` in llama.h) as it is computed. `lib` is the llama_cpp module, `ggml` the
    loaded library that reads tensors. With `layer` None no state is kept.
    """

    def __init__(self, lib: Any, ggml: Any, layer: int | None) -> None:
        name, nbytes, get = ggml.ggml_get_name, ggml.ggml_nbytes, ggml.ggml_backend_tensor_get
        name.restype, name.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
        nbytes.restype, nbytes.argtypes = ctypes.c_size_t, [ctypes.c_void_p]
        get.restype = None
        get.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]
        self.layer = layer
        self.width = 0  # numbers in a token's state; set once the model is loaded
        self.state: NDArray[np.float32] | None = None
        self.stopped = self.withdrawn = False
        self._enough: Callable[[NDArray[np.float32]], bool] = lambda state: False
        self._gone: Callable[[], bool] | None = None
        wanted = f"l_out-{layer}".encode()

        def seen(tensor: int, asked: bool, _: int) -> bool:
            this = name(tensor)
            if asked:
                each = self._gone is not None and this.startswith(b"l_out-")
                return bool(this == wanted or each)
            if this == wanted:
                last = np.empty(self.width, np.float32)
                get(tensor, last.ctypes.data, nbytes(tensor) - last.nbytes, last.nbytes)
                self.state, self.stopped = last, self._enough(last)
            self.withdrawn |= self._gone is not None and self._gone()
            return not (self.stopped or self.withdrawn)

        self._lib = lib.llama_cpp
        self._callback = self._lib.ggml_backend_sched_eval_callback(seen)

    def expect(
        self,
        enough: Callable[[NDArray[np.float32]], bool],
        gone: Callable[[], bool] | None = None,
    ) -> None:
        """Call this before some tokens are read.

        Nothing above the layer is computed where its state is `enough`; then `stopped` is True.
        Nothing more is computed once the question is `gone`, which is looked up after each layer;
        then `withdrawn` is True.
        """
        self.state, self.stopped, self.withdrawn = None, False, False
        self._enough, self._gone = enough, gone

    @property
    def through(self) -> bool:
        """Whether the tokens were read as far as the layer."""
        return self.layer is None or self.state is not None

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Contexts that llama-cpp-python makes in this block call the tap; no option does that."""

        def tapped() -> Any:
            params = defaults()
            params.cb_eval = self._callback
            return params

        with _INSTALLING:
            defaults = self._lib.llama_context_default_params
            self._lib.llama_context_default_params = tapped
            try:
                yield
            finally:
                self._lib.llama_context_default_params = defaults
