"""What is said to the model of a question and the sentences that are to answer it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prompts import render
from rag.evidence import EvidenceSentence
from rag.intent import Intent


def prompt(intent: Intent, chosen: Sequence[EvidenceSentence]) -> tuple[str, str]:
    """What is said to the model (system, user): the sentences with their sources, the question."""
    lines = [f"({_heading(e)}) {plain(e.text)}" for e in chosen]
    user = render("answer.user", evidence="\n".join(lines), question=plain(intent.text))
    return render("answer.system"), user


def _heading(e: EvidenceSentence) -> str:
    published = (e.article.published or "undated")[:10]
    return ", ".join(part for part in (e.article.publisher, published) if part)


def plain(text: str) -> str:
    """One line, so that no article's text can open a line of the prompt's own."""
    return re.sub(r"\s+", " ", text).strip()
