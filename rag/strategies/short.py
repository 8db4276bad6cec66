"""The short answer: what of a sentence was asked for, copied by the model.

    question, drafted sentence -> the model copies the answer alone -> a figure, a name, a list

Code that picks the figure nearest to the question's words takes the neighbour's too often. What the
model copies is said only where the sentence or the quote has it (`checking/spoken.py`).
"""

from __future__ import annotations

from prompts import render
from rag.evidence.prompt import plain
from rag.figures import beyond, find_figures
from rag.language.lexicon import content
from rag.llm.writer import Writer

MAX_TOKENS = 48
LONGEST = 16  # words; more is no short answer but a sentence
NOTHING = "none"  # what the worked examples have where a reason is asked for


def short_of(writer: Writer, question: str, sentence: str) -> str | None:
    """The answer alone as the sentence has it; "" where it has none, None where the model copies
    all of it, too much, or only what the question has."""
    said = "".join(
        writer.write(
            render("short.system"),
            render("short.user", question=plain(question), sentence=plain(sentence)),
            begin=render("short.begin"),
            max_tokens=MAX_TOKENS,
            stop=["\n"],
        )
    )
    short = said.strip().rstrip(".")
    if short.lower() == NOTHING:
        return ""
    whole = len(short) >= len(sentence.strip().rstrip("."))
    new = beyond(find_figures(short), find_figures(question))
    asked = not new and not set(content(short)) - set(content(question))
    return None if not short or whole or asked or len(short.split()) > LONGEST else short
