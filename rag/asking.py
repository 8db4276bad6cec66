"""What is said to the model of a question and the sentences that are to answer it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.aliases import variants
from prompts import render
from rag.evidence import EvidenceSentence
from rag.intent import Intent
from rag.names import bears


def prompt(intent: Intent, chosen: Sequence[EvidenceSentence]) -> tuple[str, str]:
    """What is said to the model (system, user): the sentences with their sources, the question."""
    lines = [f"({_heading(e)}) {plain(e.text)}" for e in chosen]
    user = render("answer.user", evidence="\n".join(lines), question=in_their_words(intent, chosen))
    return render("answer.system"), user


def in_their_words(intent: Intent, chosen: Sequence[EvidenceSentence]) -> str:
    """The question with a name that none of the sentences has in the form that they have, where
    the two share no word: "Facebook" is asked about as "Meta" if that is what they call it."""
    told = " ".join(e.text for e in chosen)
    question = intent.text
    for name in intent.names:
        if bears(name, told):
            continue
        words = set(name.lower().split())
        forms = [f for f in variants(name) if not words & set(f.lower().split())]
        form = next((f for f in forms if bears(f, told)), None)
        if form is not None:
            question = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", form, question)
    return plain(question)


def _heading(e: EvidenceSentence) -> str:
    published = (e.article.published or "undated")[:10]
    return ", ".join(part for part in (e.article.publisher, published) if part)


def plain(text: str) -> str:
    """One line, so that no article's text can open a line of the prompt's own."""
    return re.sub(r"\s+", " ", text).strip()
