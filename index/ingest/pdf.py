"""The text of a PDF file, read with pypdf."""

from __future__ import annotations

import io
import logging
import re

from index.errors import SourceError
from index.ingest.formats import Draft

_PAGES = 400  # of one file; not measured
_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-\n(?=[a-zà-ÿ])")
_TITLE = 200  # characters; a longer one is no title


def pdf(data: bytes) -> Draft:
    """A PDF's paragraphs and title.

    It has no date: what the file gives is the day of its making, not of its publication.
    """
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # we report its problems ourselves
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if len(reader.pages) > _PAGES:
            raise SourceError(f"it has {len(reader.pages)} pages; the limit is {_PAGES}")
        pages = [page.extract_text() or "" for page in reader.pages]
        title = " ".join(str((reader.metadata and reader.metadata.title) or "").split())
    except FileNotDecryptedError:
        raise SourceError("it is locked with a password: save it without one") from None
    except SourceError:
        raise
    except (PyPdfError, Exception) as error:  # parsers of foreign files raise whatever they like
        raise SourceError(f"cannot read this PDF ({type(error).__name__})") from error
    blocks = [block for page in pages for block in _blocks(page)]
    if not blocks:
        raise SourceError("it holds no text, only pictures: recognise its text (OCR) first")
    first = blocks[0] if len(blocks[0]) <= _TITLE and not blocks[0].endswith(".") else None
    return Draft("\n\n".join(blocks), title=title[:_TITLE] or first)


def _blocks(page: str) -> list[str]:
    """Paragraphs: lines joined until one ends a sentence well before the right margin."""
    lines = [line.strip() for line in _HYPHEN.sub("", page).split("\n")]
    widest = max(map(len, lines), default=0)
    found: list[str] = []
    line_before = ""
    for line in lines:
        ends = not line_before or len(line_before) < 0.7 * widest
        if line and found and not ends:
            found[-1] += f" {line}"
        elif line:
            found.append(line)
        line_before = line
    return [" ".join(block.split()) for block in found]
