"""Sentences of a story shortened by the model, one at a time, each checked against its quote.

sentence -> the model's dozen words -> figures, names and what it says stand in the quote?
-> the short form, else the sentence itself where it is short, else nothing
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from index.errors import Cancelled
from prompts import render
from rag.checking.check import check
from rag.checking.items import Verdict
from rag.checking.spoken import quote
from rag.evidence.prompt import plain
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.span import widened
from rag.llm.writer import Writer
from rag.question.intent import Intent
from rag.strategies.draft import capital

MAX_TOKENS = 40
SHORT = 16  # words of a sentence that is told as it stands


def shortened(
    writer: Writer,
    intent: Intent,
    told: Sequence[EvidenceSentence],
    budget: int,
    stopped: Callable[[], bool],
) -> Iterator[tuple[EvidenceSentence, Verdict]]:
    """Each sentence with what is said of it, as far as a budget of words goes; those that can
    neither be shortened nor told as they stand are left out."""
    words = 0
    for e in told:
        if stopped():
            raise Cancelled("the question was withdrawn")
        verdict = _short(writer, intent, e)
        size = len(verdict.text.split()) if verdict else 0
        if verdict is None or words + size > budget:
            continue
        words += size
        yield e, verdict


def _short(writer: Writer, intent: Intent, e: EvidenceSentence) -> Verdict | None:
    """The sentence in a dozen words where its quote bears them out, else as it stands if short."""
    wide = widened(e)
    if len(e.text.split()) > SHORT:
        lead = plain(wide.text[: e.start - wide.start])
        head = f"Before it: {lead}\n" if lead else ""
        user = render("shorten.user", head=head, sentence=plain(e.text))
        begin = render("shorten.begin")
        pieces = writer.write(
            render("shorten.system"), user, begin=begin, max_tokens=MAX_TOKENS, stop=["\n"]
        )
        draft = capital("".join(pieces).strip())
        verdict = check(draft, [wide])
        fewer = len(draft.split()) < len(e.text.split())
        if draft and fewer and all(verdict.found) and (not verdict.reason or verdict.loose):
            return verdict
        return None
    return quote(intent, e).verdict
