"""Which sentences the model reads of a question's evidence, and how they are put to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text.aliases import variants
from prompts import render
from rag.evidence.sentence import EvidenceSentence, source_of
from rag.evidence.span import continued, widened
from rag.language.names import bears
from rag.question.intent import Intent

# Three as docs/design.md measures; the words leave room for what they lean on, not measured.
PROMPT_SENTENCES = 3
PROMPT_WORDS = 140
REASONS = 2  # pieces of evidence that are read where why or how is asked
BESIDE = 0.1  # of the best sentence's chance, below which one is left out; not measured


def chosen(pool: Sequence[EvidenceSentence], explains: bool = False) -> list[EvidenceSentence]:
    """The sentences that the model reads, each with the one that it leans on: the best of `pool`,
    as far as the budget goes. The fewer, the less it takes the figure next door. Where why or how
    is asked, the best two with what follows them."""
    if explains:
        return _with_reasons(pool)
    out: list[EvidenceSentence] = []
    length = 0
    for e in pool:
        wide = widened(e)
        size = len(wide.text.split())
        if out and (length + size > PROMPT_WORDS or e.chance < BESIDE * pool[0].chance):
            continue
        if inside(wide, out) or asks(e):
            continue
        out.append(wide)
        length += size
        if len(out) == PROMPT_SENTENCES:
            break
    return out


def _with_reasons(pool: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    out: list[EvidenceSentence] = []
    for e in pool:
        if inside(e, out) or asks(e):
            continue
        wide = continued(widened(e))
        if not any(overlap(wide, other) for other in out):
            out.append(wide)
        if len(out) == REASONS:
            break
    return out


def shown_first(pool: Sequence[EvidenceSentence], explains: bool = False) -> list[EvidenceSentence]:
    """All evidence, what the model reads first, and no sentence that stands in one of those."""
    shown = chosen(pool, explains)
    return [*shown, *(e for e in pool if not inside(e, shown))]


def asks(e: EvidenceSentence) -> bool:
    """Whether a sentence only asks something, as a heading or an interviewer does."""
    return e.text.rstrip(" \n\"'”’*)").endswith("?")


def inside(e: EvidenceSentence, others: Sequence[EvidenceSentence]) -> bool:
    """Whether a sentence is a part of one of the others."""
    return any(
        o.article.id == e.article.id and o.start <= e.start and e.end <= o.end for o in others
    )


def overlap(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Whether two pieces of evidence share a part of an article."""
    same = one.article.id == other.article.id
    return same and one.start < other.end and other.start < one.end


def prompt(
    intent: Intent, shown: Sequence[EvidenceSentence], *, across: bool = False
) -> tuple[str, str]:
    """What is said to the model (system, user): the sentences with their sources, the question.

    A date is eleven tokens, each as long to read as a word of the sentence that it stands before:
    dates are told only of sentences that are set against each other `across` articles, and where
    the question asks for a time, names one, wants the latest or asks what became of something.
    """
    dated = across or _of_time(intent)
    lines = [f"({_heading(e, dated)}) {plain(e.text)}" for e in shown]
    user = render("answer.user", evidence="\n".join(lines), question=in_their_words(intent, shown))
    return render("answer.system"), user


def in_their_words(intent: Intent, shown: Sequence[EvidenceSentence]) -> str:
    """The question with a name that none of the sentences has in the form that they have, where
    the two share no word: "Facebook" is asked about as "Meta" if that is what they call it. Not
    where the question has that form too, nor a division by its parent's name."""
    told = " ".join(e.text for e in shown)
    question = intent.text
    for name in intent.names:
        if bears(name, told) or name in _PARTS:
            continue
        words = set(name.lower().split())
        for form in variants(name):
            found = rf"(?<!\w){re.escape(form)}(?!\w)"
            if words & set(form.lower().split()) or re.search(found, question, re.IGNORECASE):
                continue
            if re.search(found, told):
                question = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", form, question)
                break
    return plain(question)


_PARTS = (
    "AWS",
    "Amazon Web Services",
    "Google",
    "Alphabet",
)  # that are more or less than the other


def _of_time(intent: Intent) -> bool:
    return (
        intent.kind in ("date", "duration", "age")
        or intent.recent
        or intent.outcome
        or any(figure.kind == "date" for figure in intent.figures)
    )


def _heading(e: EvidenceSentence, dated: bool) -> str:
    return source_of(e) if dated or not e.article.publisher else e.article.publisher


def plain(text: str) -> str:
    """One line, so that no article's text can open a line of the prompt's own."""
    return re.sub(r"\s+", " ", text).strip()
