"""From a SPEC to a loaded writer.

SPEC -> weights or a server (`spec.py`) -> `llama.py` or `remote.py`, imported only here
"""

from __future__ import annotations

from pathlib import Path

from rag.llm.spec import Remote, resolve
from rag.llm.writer import Writer


def load_writer(spec: str) -> Writer | None:
    """The writer that a SPEC names, loaded; None for `none`. UsageError, ModelError."""
    return load(resolve(spec))


def load(found: Path | Remote | None) -> Writer | None:
    """The writer for what `spec.resolve` gave, loaded; None for None. ModelError."""
    if found is None:
        return None
    if isinstance(found, Remote):
        from rag.llm.remote import RemoteWriter

        return RemoteWriter(found)
    from rag.llm.llama import LlamaWriter

    return LlamaWriter(found)
