"""Bytes to text: as their byte-order mark says, as UTF-8, or in the encoding that was measured.

And text as it is seen: without soft hyphens and the like, which would hide words from a search.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from index.errors import SourceError

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

# Encodings that people's files and letters still come in.
_LEGACY = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "koi8_r", "shift_jis", "euc_jp",
           "gb18030", "big5", "euc_kr"]  # fmt: skip
_EASTERN = frozenset("Croatian Czech Hungarian Polish Romanian Slovak Slovene Turkish".split())
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\ufffe\uffff]")
_NO_TEXT = "this is not text but a binary file, or it is damaged: save its text as UTF-8"
_LATIN = "A-Za-z\u00c0-\u024f"
# Soft hyphen, zero-width space, word joiner, mark of byte order; between Latin letters the joiners,
# which other scripts and emoji need.
_UNSEEN = re.compile(rf"[\xad\u200b\u2060\ufeff]|(?<=[{_LATIN}])[\u200c\u200d]+(?=[{_LATIN}])")
_LIGATURES = {0xFB00 + n: letters for n, letters in enumerate("ff fi fl ffi ffl st st".split())}
_ZEROS = 0.2  # share of zero bytes from which a file without a mark is UTF-16; not measured
_SIGNS = 4  # letters that tell a language's encoding from Windows-1252; not measured
_MEASURED = 100_000  # bytes that are looked at to measure an encoding


def decoded(data: bytes) -> str:
    """The text of some bytes, newlines as `\\n`; SourceError for what is no text."""
    text = _marked(data)
    if text is None:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = measured(data)
    if text is None or _CONTROL.search(text):
        raise SourceError(_NO_TEXT)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").rstrip("\x1a")


def visible(text: str) -> str:
    """The text without characters that are not seen within words, its ligatures in letters.

    >>> visible("Nor\xadvale\u200b o\ufb03ce")
    'Norvale office'
    """
    return _UNSEEN.sub("", text).translate(_LIGATURES) if not text.isascii() else text


def measured(data: bytes) -> str | None:
    """The text of bytes that are no UTF-8, in the likeliest encoding; None where none fits.

    UTF-8 with a few stray bytes of Windows-1252 in it is read as both. Windows-1252 goes before its
    kin, as with browsers, unless the text is in a language that these are for.
    """
    from charset_normalizer import from_bytes

    good = sum(char > "\x7f" for char in data.decode("utf-8", "ignore"))
    mixed = data.decode("utf-8", "stray")
    if good >= sum(char > "\x7f" for char in mixed) - good:
        return mixed
    found = from_bytes(data[:_MEASURED], cp_isolation=_LEGACY)
    best = found.best()
    if best is None:
        return None
    name = best.encoding
    western = data.decode("cp1252", "replace")
    if any("cp1252" in match.could_be_from_charset for match in found) and (
        not best.coherence or (name in ("cp1250", "cp1254") and not _eastern(best, western, data))
    ):
        return western
    return data.decode(name, "replace" if len(data) > _MEASURED else "strict")


def _eastern(best: CharsetMatch, western: str, data: bytes) -> bool:
    """Whether a text is in a language that Windows-1252 is not for, and shows it often enough."""
    letters = zip(western, data.decode(best.encoding, "replace"), strict=True)
    return best.language in _EASTERN and sum(a != b for a, b in letters) >= _SIGNS


def _stray(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("stray", _stray)


def _marked(data: bytes) -> str | None:
    """The text where a byte-order mark, or every second byte being zero, says how it is read."""
    name = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if name is None and b"\0" in data:
        even, odd = data[::2].count(0), data[1::2].count(0)
        if max(even, odd) >= _ZEROS * len(data) and min(even, odd) <= max(even, odd) // 10:
            name = "utf-16-le" if odd > even else "utf-16-be"
    if name is None:
        return None
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise SourceError(_NO_TEXT) from None
