"""A prompt as tokens, by the chat template that the model's file holds.

system and user text -> around them the template's marks -> tokens

No text becomes a token that controls the chat: an article's text stays text, whatever marks it has.
`lib` is the module llama_cpp, `llama` a model that it has loaded.
"""

from __future__ import annotations

import ctypes
import re
from typing import Any

from index.errors import ModelError

_SYSTEM, _USER = "\ue000system\ue001", "\ue000user\ue001"  # stand for the two texts


class ChatTokens:
    """Text to tokens and back, and the prompt of a system text and a user text."""

    def __init__(self, lib: Any, llama: Any, name: str) -> None:
        self._lib, self._llama = lib, llama
        self._vocab = lib.llama_model_get_vocab(llama.model)
        self._template = self._parts(name)

    def prompt(self, system: str, user: str) -> tuple[list[int], list[int]]:
        """Tokens before the user's text, and tokens from it on; only the template's may control."""
        starts = self._lib.llama_vocab_get_add_bos(self._vocab)
        head: list[int] = [self._llama.token_bos()] if starts else []
        rest: list[int] = []
        part = head
        for piece in self._template:
            if piece == _USER:
                part = rest
            if piece in (_SYSTEM, _USER):
                part += self.text(system if piece == _SYSTEM else user)
            elif piece:
                ids = self._llama.tokenize(piece.encode(), add_bos=False, special=True)
                part += ids[1:] if part is head and ids[:1] == head else ids  # no second BOS token
        return head, rest

    def text(self, text: str) -> list[int]:
        """Tokens of text alone. A control mark in it is cut in two after its first letter."""
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
        return [token for piece in pieces for token in self.text(piece)]

    def piece(self, token: int) -> bytes:
        """The UTF-8 bytes of a token; a letter may be split over two tokens."""
        buffer = ctypes.create_string_buffer(512)
        size = self._lib.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(size, 0)]

    def ends(self, token: int) -> bool:
        """Whether a token ends the reply."""
        return bool(self._lib.llama_vocab_is_eog(self._vocab, token))

    def _name(self, token: int) -> str:
        text = self._lib.llama_vocab_get_text(self._vocab, token) if token >= 0 else None
        return str(text or b"", "utf-8", "replace")

    def _parts(self, name: str) -> list[str]:
        """The chat template as rendered, cut at the two texts, which stand in it as placeholders.

        ModelError: the file has no template that holds both texts once, in this order.
        """
        template = self._llama.metadata.get("tokenizer.chat_template", "")
        eos, bos = self._name(self._llama.token_eos()), self._name(self._llama.token_bos())
        system = {"role": "system", "content": _SYSTEM}
        both = {
            "role": "user",
            "content": f"{_SYSTEM}\n\n{_USER}",
        }  # for a template without a system role
        messages: Any
        for messages in ([system, {"role": "user", "content": _USER}], [both]):
            try:
                chat = self._lib.llama_chat_format.Jinja2ChatFormatter(template, eos, bos)
                prompt = chat(messages=messages, enable_thinking=False).prompt
            except Exception:  # a template is a program in the model's file: it may raise anything
                continue
            parts = re.split(f"({_SYSTEM}|{_USER})", prompt)
            if parts[1::2] == [_SYSTEM, _USER]:
                return parts
        raise ModelError(
            f"{name} has no chat template that can be used: "
            "take an instruction-tuned .gguf, or use --model auto"
        )
