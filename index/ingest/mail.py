"""Letters and saved pages in e-mail's format: `.eml`, `.mbox` (newsletters) and `.mhtml`."""

from __future__ import annotations

import email
import mailbox
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from index.dates import parse_published
from index.errors import SourceError
from index.ingest.encoding import decoded
from index.ingest.formats import Draft
from index.ingest.hygiene.boilerplate import trimmed
from index.ingest.layout.blocks import Block, blocks, plain_blocks
from index.ingest.layout.items import paragraphs, together
from index.ingest.pages import webpage
from index.web.urls import article_key


def letter(data: bytes) -> Draft:
    """The text of a newsletter; its sender is the publisher, its date when it was sent."""
    return _letter(_parsed(data))


def letters(path: Path) -> Iterator[Draft | SourceError]:
    """The letters of a mailbox, in order, or why one gives no article."""
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            try:
                yield letter(box.get_bytes(key))
            except SourceError as error:
                yield error
    finally:
        box.close()


def saved_page(data: bytes) -> Draft:
    """The article of a page that a browser saved as one file (.mhtml)."""
    message = _parsed(data)
    where = _header(message, "Snapshot-Content-Location") or None
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            place = _header(part, "Content-Location")
            url = next((u for u in (where, place) if u and article_key(u)), None)
            payload = part.get_payload(decode=True)
            return webpage(
                payload if isinstance(payload, bytes) else b"", part.get("Content-Type", ""), url
            )
    raise SourceError("it holds no page: save it again, as a whole page in one file")


def _parsed(data: bytes) -> EmailMessage[Any, Any]:
    try:
        return email.message_from_bytes(data, policy=default)
    except Exception as error:  # the parser of headers raises whatever it likes
        raise SourceError(f"cannot read this letter ({type(error).__name__})") from error


def _letter(message: EmailMessage[Any, Any]) -> Draft:
    subject, sender = _header(message, "Subject"), _header(message, "From")
    sent = _header(message, "Date")
    if not (subject or sender or sent):
        raise SourceError("it has no headers of a letter (Subject, From, Date): is it an e-mail?")
    name, address = parseaddr(sender)
    _, parts, _ = trimmed(_text(message))
    if not parts:
        raise SourceError("it holds no text")
    return Draft(
        together(parts),
        title=subject or None,
        publisher=name or address or None,
        published=sent if sent and parse_published(sent) else None,
        known_by=_header(message, "Message-ID") or None,
    )


def _text(message: EmailMessage[Any, Any]) -> list[str]:
    """The blocks of a letter's text; of its forms the one with markup, which has all of it."""
    found: dict[str, list[str]] = {}
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart() or part.get_filename() or kind not in ("text/html", "text/plain"):
            continue
        text = _content(part)
        read = blocks(text) if kind == "text/html" else _plain(text)
        found.setdefault(kind, []).extend(paragraphs(read))
    return found.get("text/html") or found.get("text/plain") or []


def _plain(text: str) -> list[Block]:
    """The blocks of plain text, each on one line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [Block(" ".join(block.text.split()), block.kind) for block in plain_blocks(text)]


def _content(part: Any) -> str:
    try:
        content = part.get_content()
    except Exception:  # an unknown charset, or none that fits
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
    if isinstance(content, bytes):
        return decoded(content)
    return str(content)


def _header(message: Any, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())
    except Exception:  # the parser of headers raises whatever it likes
        return ""
