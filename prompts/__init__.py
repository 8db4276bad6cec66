"""The prompts for the language model: one Markdown file each, read as package data.

A file holds `{{variable}}` placeholders. `render` fills them in one pass, so a placeholder inside
an article's text stays plain text. Leaves out what goes into the placeholders: the caller escapes
and fences the evidence. Imports nothing else of Dateline.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")


def render(name: str, **variables: str) -> str:
    """The prompt `prompts/NAME.md` with its placeholders filled in.

    Raises ValueError for a prompt that does not exist and for a missing or extra variable.

    >>> render("answer.user", evidence="[2025-06-12] A.", question="B?")
    '[2025-06-12] A.\\n\\nQuestion: B?'
    """
    template = _read(name)
    wanted = set(_PLACEHOLDER.findall(template))
    for problem, found in (
        ("misses", wanted - variables.keys()),
        ("does not take", variables.keys() - wanted),
    ):
        if found:
            raise ValueError(f"The prompt {name!r} {problem}: {', '.join(sorted(found))}")
    return _PLACEHOLDER.sub(lambda match: variables[match[1]], template)


def names() -> list[str]:
    """The names of all prompts, sorted."""
    files = (file.name for file in resources.files(__name__).iterdir())
    return sorted(name.removesuffix(".md") for name in files if name.endswith(".md"))


def variables(name: str) -> frozenset[str]:
    """The names of the placeholders of one prompt."""
    return frozenset(_PLACEHOLDER.findall(_read(name)))


@cache
def _read(name: str) -> str:
    """The file without its last line breaks.

    ValueError: there is no such file, or it has braces that are no placeholder.
    """
    if name not in names():
        raise ValueError(f"There is no prompt {name!r}; there are: {', '.join(names())}")
    text = resources.files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    if "{{" in _PLACEHOLDER.sub("", text):
        raise ValueError(f"The prompt {name!r} has a placeholder that is not {{{{lower_case}}}}")
    return text.rstrip("\n")
