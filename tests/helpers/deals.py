"""Three articles about two deals, and an engine that answers from them with the real encoder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index.encoder import load_encoder
from index.library import Library
from index.search import Searcher
from index.types import Article
from rag.dateline import Dateline
from rag.llm.writer import Writer

ARTICLES = [
    Article(
        "paid",
        "Meta has paid nearly 14.8 billion dollars for 49% of Scale AI. Alexandr Wang, aged 28, "
        "founded Scale AI.",
        "Meta pays for Scale AI", None, "Bitget News",
    ),
    Article(
        "planned",
        "Meta plans to pay 15 billion dollars for 49 percent of Scale AI, the FT says.",
        "Meta plans a stake in Scale AI", None, None, "2025-06-12",
    ),
    Article(
        "groq",
        "Nvidia signed a licence agreement with Groq. Jonathan Ross leaves Groq for Nvidia.",
        "Groq and Nvidia", None, "WION", "2025-12-25",
    ),
]  # fmt: skip
SHARE = "what share of Scale AI did Meta buy?"
PRICE = "how much did Meta pay for its stake in Scale AI?"

Open = Callable[[Writer | None], Dateline]


def opened(folder: Path) -> Open:
    """A function that makes an engine with the writer given; all share one library in `folder`."""
    library = Library.open(folder, create=True)
    encoder = load_encoder()
    for article in ARTICLES:
        library.add(article, encoder)
    searcher = Searcher(library, encoder)
    return lambda writer: Dateline(library, searcher, writer, "scripted")
