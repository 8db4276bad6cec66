"""XML of strangers, read safely: no entity is expanded, nothing is fetched, depth is limited."""

from __future__ import annotations

import re
from typing import Any

from index.errors import SourceError


def safe(data: bytes) -> bytes:
    """The bytes, if they declare no entities; else SourceError.

    Feeds and lists need none. Declared ones are how a few bytes become gigabytes, or read files.
    """
    head = data[:4096]
    if b"\0" in head:  # UTF-16 or 32: the letters are there, with zeros between them
        head, plain = head.replace(b"\0", b""), data.replace(b"\0", b"")
    else:
        plain = data
    if b"<!ENTITY" in plain or (b"utf-7" in head.lower() and b"<?xml" in head):
        raise SourceError("it declares XML entities, which are not read: they can hide anything")
    return data


def root(data: bytes) -> Any:
    """The root element of an XML document, mended where it is broken; SourceError if it is none."""
    found, problem = _parsed(safe(data))
    if found is None:
        raise SourceError(f"broken XML: {problem or 'it has no elements'}")
    return found


def require_shallow(data: bytes) -> None:
    """SourceError for XML nested deeper than any feed, over which slower parsers would despair."""
    problem = _parsed(data)[1]
    if "Excessive depth" in problem:
        raise SourceError("its elements are nested too deep for a feed")


def _parsed(data: bytes) -> tuple[Any, str]:
    """The root element, None where there is none, and the gravest problem in words."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        found = etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        found, problem = None, str(error)
    else:
        problem = ""
    told = [*(entry.message for entry in parser.error_log), problem]
    worst = next((text for text in told if "Excessive depth" in text), problem)
    return found, " ".join(worst.split())[:100]


def root_name(data: bytes) -> str | None:
    """The name of the outermost element in lower case, without namespace; None where there is none.

    Only the beginning is read.
    """
    text = data[:8192]
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = text.decode("utf-16", "replace").encode()
    elif text[:4] in (b"<\0?\0", b"\0<\0?"):
        text = text.replace(b"\0", b"")
    match = _ROOT.match(text)
    return match[1].decode("ascii").lower() if match else None


_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->).)*-->\s*|<![dD][oO][^>\[]*(?:\[[^\]]*\]\s*)?>\s*)*"
    rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)",
    re.DOTALL,
)


def local(element: Any) -> str:
    """The name of an element without its namespace, in lower case; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
