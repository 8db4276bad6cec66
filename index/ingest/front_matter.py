"""Front matter of Markdown as people and programs write it: YAML between `---`, TOML between `+++`.

source -> the block -> its keys and values -> fields under our names, or no front matter
"""

from __future__ import annotations

import re
from typing import Any

from index.dates import parse_published
from index.errors import SourceError

_YAML = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.M)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.M)
_KEY = re.compile(r"([\w.-]+)[ \t]*:(?:[ \t]+(.*)|)", re.DOTALL)
_QUOTED = re.compile(r"(?s)\A([\"'])(.*)\1\Z")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]\n|]*\|)?([^\[\]\n|]+)\]\]")
_NULL = frozenset(("", "~", "null", "none"))
# Our field -> the keys that clippers, blogs and digests use for it, the surest first.
_KEYS = {
    "title": ("title", "headline"),
    "url": ("url", "canonical", "canonical_url", "link", "permalink", "source", "source_url"),
    "publisher": ("publisher", "site", "site_name", "sitename", "outlet", "publication", "source"),
    "published": ("published", "date", "datepublished", "date_published", "publishdate",
                  "publish_date", "published_at", "pubdate", "published_time"),
    "author": ("author", "authors", "creator", "by", "byline"),
    "description": ("description", "summary", "excerpt", "abstract"),
}  # fmt: skip


def split(source: str) -> tuple[dict[str, str], str]:
    """The fields (title, url, publisher, published, author, description) and the text behind them.

    SourceError, which names the line, for a block that cannot be read. A value that YAML cannot
    read, as for a colon in it, is taken as it is written.
    """
    if match := _TOML.match(source):
        return _fields(_toml(match[1])), source[match.end() :]
    if (match := _YAML.match(source)) and (found := _yaml(match[1])) is not None:
        return _fields(found), source[match.end() :]
    return {}, source


def wiki_links(text: str) -> str:
    """The text with the words shown in place of `[[links between notes]]`."""
    return _WIKI_LINK.sub(r"\1", text)


def _toml(block: str) -> dict[Any, Any]:
    import tomllib

    try:
        return tomllib.loads(block)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"line {int(line[1]) + 1}: " if line else ""
        raise SourceError(f"{where}broken front matter: {error}") from None


def _yaml(block: str) -> dict[Any, Any] | None:
    """The mapping of a block with no value read as date or number; None where it is no mapping."""
    import yaml

    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)  # plain strings, lists and mappings only
    except (yaml.YAMLError, RecursionError, ValueError):
        return _by_key(block)
    if isinstance(loaded, dict):
        return loaded
    return None if block.strip() else {}


def _by_key(block: str) -> dict[Any, Any]:
    """The mapping of a block that is no YAML as a whole: each key of the outermost level by itself.

    SourceError where a line belongs to no key.
    """
    import yaml

    parts: list[list[str]] = []
    for number, line in enumerate(block.split("\n"), 2):
        if _KEY.fullmatch(line):
            parts.append([line])
        elif not line.strip() or line.startswith("#"):
            continue
        elif parts and line.startswith((" ", "\t", "- ")):
            parts[-1].append(line)
        else:
            raise SourceError(f"line {number}: broken front matter: it has no 'key: value'")
    found: dict[Any, Any] = {}
    for lines in parts:
        try:
            found.update(yaml.load("\n".join(lines), Loader=yaml.BaseLoader))
        except (yaml.YAMLError, RecursionError, ValueError, TypeError):
            match = _KEY.fullmatch("\n".join(lines))
            assert match
            found[match[1]] = _QUOTED.sub(r"\2", (match[2] or "").strip())
    return found


def _fields(loaded: dict[Any, Any]) -> dict[str, str]:
    own = {str(key).lower().replace("-", "_"): _value(value) for key, value in loaded.items()}
    found: dict[str, str] = {}
    for field, keys in _KEYS.items():
        for key in keys:
            value = own.get(key, "")
            is_address = re.match(r"(?:https?:)?//|/", value) is not None
            if value.lower() in _NULL or (
                key.startswith("source") and is_address != (field == "url")
            ):
                continue
            found[field] = value
            break
    if "published" in found:
        found["published"] = _day(found["published"])
    return found


def _value(value: Any) -> str:
    """A value on one line: the parts of a list, the name of a person or thing."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_value, value)))
    if isinstance(value, dict):
        return next((_value(value[k]) for k in ("name", "title", "url") if k in value), "")
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return " ".join(wiki_links(text).split())


def _day(value: str) -> str:
    """Of a list the one date that is in it, as from a clipper that takes all that it finds."""
    if parse_published(value):
        return value
    days = {day for part in value.split(",") if (day := parse_published(part))}
    return days.pop() if len(days) == 1 else value
