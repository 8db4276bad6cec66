"""One reading of a few sentences: whether they state the answer, a draft of it, whether that holds.

    evidence, best first -> the sentences to be read -> the probe "stated" -> a draft
    -> the checks, the probe "held" -> judgement -> where it answers, the answer alone (`short.py`)

Leaves out what is said for a draft, and what is read next where the first sentences do not answer:
`single.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.errors import Cancelled
from index.text.passages import sentences
from prompts import render
from rag.abstain.judge import held_by, stated_by
from rag.abstain.judgement import Judgement
from rag.checking.check import check, check_across
from rag.checking.items import Verdict
from rag.events import Words
from rag.evidence.prompt import PROMPT_SENTENCES, chosen, prompt, shown_first
from rag.evidence.sentence import EvidenceSentence
from rag.llm.writer import Writer
from rag.question.intent import Intent
from rag.strategies import yesno
from rag.strategies.draft import checked_against, found_nothing, without_yes
from rag.strategies.short import short_of

MAX_TOKENS = 64
Pool = Sequence[EvidenceSentence]


@dataclass(slots=True)
class Attempt:
    """What one reading gave; `pool` is all evidence, the `shown` sentences that were read first."""

    pool: list[EvidenceSentence]
    shown: list[EvidenceSentence]
    judgement: Judgement
    draft: str = ""
    short: str | None = None  # the answer alone, as the model copies it from its draft; "" for none
    prompt_tokens: int = 0
    generated_tokens: int = 0


def attempt(
    writer: Writer,
    intent: Intent,
    pool: Pool,
    judgement: Judgement,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Words | Attempt]:
    """Words of the draft as they come, then the attempt; no draft where the sentences do not seem
    to state the answer."""
    shown = chosen(pool, intent.explains)
    out = Attempt(
        shown_first(pool, intent.explains), shown, stated_by(writer, intent, shown, judgement)
    )
    out.prompt_tokens = writer.prompt_tokens
    if stopped():
        raise Cancelled("the question was withdrawn")
    if not out.judgement.hopeless:
        for piece in drafted(writer, intent, shown):
            out.draft += piece
            yield Words(piece)
        out.prompt_tokens = writer.prompt_tokens
        out.generated_tokens = writer.generated_tokens
    if out.draft:
        held = held_by(writer, intent, shown, out.draft)
        out.judgement = out.judgement.drafted(held, *weighed(intent, out.pool, out.draft))
        if out.judgement.answers and intent.kind != "yesno" and not found_nothing(out.draft):
            out.short = short_of(writer, intent.text, out.draft)
    yield out


def drafted(writer: Writer, intent: Intent, shown: Pool) -> Iterator[str]:
    """The model's sentence of the sentences `shown`, in pieces; begun with Yes or No where that is
    asked."""
    system, user = prompt(intent, shown)
    if intent.kind == "yesno":
        yield from yesno.drafted(writer, intent, user)
        return
    begin = render("answer.begin")
    yield from writer.write(system, user, begin=begin, max_tokens=MAX_TOKENS, stop=["\n"])


def weighed(intent: Intent, pool: Pool, draft: str) -> tuple[bool, bool]:
    """Whether the first sentence of a draft holds, and whether it has a figure, date or name that
    its citations lack."""
    first = next((draft[a:b] for a, b in sentences(draft)), "")
    verdict = checked(intent, pool, without_yes(first))
    return verdict.reason is None, any(not where for where in verdict.found)


def checked(intent: Intent, pool: Pool, text: str) -> Verdict:
    """The verdict by what the model read of one article, or of several together, where that has all
    figures, dates and names of a sentence; else by all evidence."""
    read = pool[:PROMPT_SENTENCES]
    for verdict in (check(text, read, intent.figures), check_across(text, read, intent.figures)):
        if verdict.cited and all(verdict.found):
            return verdict
    return check(text, checked_against(pool), intent.figures)
