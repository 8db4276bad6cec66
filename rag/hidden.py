"""What a llama.cpp model holds in its middle, before it has chosen a word.

Whether the quotes state the answer can be read off a middle layer far better than from the model's
own Yes or No: it knows more than it says. `probes.py` reads it; here it is only fetched.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INSTALLING = threading.Lock()  # what is replaced meanwhile is the module's own


class Tap:
    """Keeps the hidden state of the last token read, after one layer; `state` is None until then.
    While it `stops`, nothing above that layer is computed.

    llama.cpp names the layer's output "l_out-N", float32 (tokens, width), and shows it to a
    callback (`cb_eval` in llama.h) as it is computed. `lib` is the llama_cpp module, `ggml` the
    loaded library that tensors are read with.
    """

    def __init__(self, lib: Any, ggml: Any, layer: int) -> None:
        name, nbytes, get = ggml.ggml_get_name, ggml.ggml_nbytes, ggml.ggml_backend_tensor_get
        name.restype, name.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
        nbytes.restype, nbytes.argtypes = ctypes.c_size_t, [ctypes.c_void_p]
        get.restype = None
        get.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]
        self.width = 0  # numbers of a token's state; set once the model is loaded
        self.state: NDArray[np.float32] | None = None
        self.stops = False
        wanted = f"l_out-{layer}".encode()

        def seen(tensor: int, asked: bool, _: int) -> bool:
            if name(tensor) != wanted:
                return not asked
            if not asked:
                last = np.empty(self.width, np.float32)
                size = last.nbytes
                get(tensor, last.ctypes.data, nbytes(tensor) - size, size)
                self.state = last
            return asked or not self.stops

        self._lib = lib.llama_cpp
        self._callback = self._lib.ggml_backend_sched_eval_callback(seen)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Contexts that llama-cpp-python makes meanwhile call this tap; it has no option for it."""

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
