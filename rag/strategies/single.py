"""The usual way: one draft of the best sentences, checked sentence by sentence.

    best sentences -> does the model find the answer in them? -> its draft    (shown as it is written)
    draft -> sentences -> checked; of a refused one the quote that it rests on is said instead
    what is said -> other articles that agree are cited beside it, the others told

Without a model the best sentence itself is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from index.errors import Cancelled
from index.text.passages import sentences
from prompts import render
from rag.abstain.judge import stated_by
from rag.checking.check import check
from rag.checking.items import Verdict
from rag.checking.spoken import Spoken, new_names, quote, spoken
from rag.disagreements.tell import tell
from rag.events import Words
from rag.evidence.fit import candidates
from rag.evidence.prompt import PROMPT_SENTENCES, chosen, prompt, shown_first
from rag.evidence.sentence import EvidenceSentence, stems_of
from rag.evidence.slot import asked_role, marks, nearest_to_question, slot
from rag.figures import Figure, find_figures, same
from rag.language.event_status import status_of
from rag.language.lexicon import content
from rag.language.money import role
from rag.language.names import mentions
from rag.llm.writer import Writer
from rag.question.intent import Intent
from rag.strategies import yesno
from rag.strategies.case import Case, Reply
from rag.strategies.draft import (
    NEAR,
    bare,
    checked_against,
    found_nothing,
    sets_beside,
    told_kind,
    without_yes,
)
from rag.types import Dropped

MAX_TOKENS = 64
VALUES = ("percent", "money", "count", "date", "duration", "age")
Pool = Sequence[EvidenceSentence]


def asked(case: Case) -> bool:
    """Any question that its evidence may answer."""
    return not case.judgement.hopeless


def reply(
    case: Case, writer: Writer | None, stopped: Callable[[], bool]
) -> Iterator[Words | Reply]:
    """Words of the draft as they come, then what is said."""
    judgement, draft, out = case.judgement, "", Reply()
    shown, pool = chosen(case.pool), shown_first(case.pool)
    if writer is not None:
        judgement = stated_by(writer, case.intent, shown, judgement)
        out.prompt_tokens = writer.prompt_tokens
        if stopped():
            raise Cancelled("the question was withdrawn")
        if not judgement.hopeless:
            for piece in drafted(writer, case.intent, shown):
                draft += piece
                yield Words(piece)
            out.prompt_tokens = writer.prompt_tokens
            out.generated_tokens = writer.generated_tokens
    if draft:
        judgement = judgement.drafted(*weighed(case.intent, pool, draft))
    tokens = out.prompt_tokens, out.generated_tokens
    if judgement.answers:
        out = told(case.intent, pool, draft)
    elif draft:
        out = Reply(dropped=[_refused(case.intent, pool, draft)])
    out.prompt_tokens, out.generated_tokens = tokens
    out.read, out.shown = pool, len(shown)
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
    verdict = _checked(intent, pool, without_yes(first))
    return verdict.reason is None, any(not where for where in verdict.found)


def told(intent: Intent, pool: Pool, draft: str) -> Reply:
    """What is said for a draft of evidence that answers, without a draft the best sentence itself,
    and what other articles say of it.

    A sentence that does not hold is replaced with the quote that it rests on, where that has the
    kind of thing asked for.
    """
    intent = told_kind(intent, draft)
    said, dropped = _said(intent, pool, draft)
    differences = tell(intent, pool, said) if said else []
    return Reply(said, differences, dropped)


def _said(intent: Intent, pool: Pool, draft: str) -> tuple[list[Spoken], list[Dropped]]:
    """The sentences to be said for a draft, and what of it is not."""
    if found_nothing(draft):
        return _best(intent, pool), [Dropped(text=draft, reason="the model found no answer")]
    if intent.kind == "yesno":
        return yesno.said_of(intent, pool, draft), []
    if intent.outcome and (ended := _outcome(pool)):
        return [quote(intent, ended)], []
    if not draft:
        return _best(intent, pool), []
    said: list[Spoken] = []
    dropped: list[Dropped] = []
    for start, end in sentences(draft):
        text = draft[start:end].strip()
        sentence, reason = _sentence(intent, pool, text)
        if sentence:
            said.append(sentence)
        if reason:
            dropped.append(Dropped(text=text, reason=reason))
    return said, dropped


def _refused(intent: Intent, pool: Pool, draft: str) -> Dropped:
    """A draft that is not said at all, with what speaks against it."""
    verdict = check(without_yes(draft.strip()), checked_against(pool), intent.figures)
    return Dropped(
        text=draft.strip(), reason=verdict.reason or "the evidence is about something else"
    )


def _sentence(intent: Intent, pool: Pool, text: str) -> tuple[Spoken | None, str | None]:
    """One sentence of a draft if it holds and gives what was asked for, else the quote that it
    rests on, and why it was dropped; no sentence where neither answers."""
    verdict = _checked(intent, pool, without_yes(text))
    reason = verdict.reason
    if not reason and not _answers(intent, verdict.text):
        reason = "it does not give what was asked for"
    figure = _rightful(intent, verdict) if verdict.cited else None
    if not reason and figure and not any(same(figure, f) for f in find_figures(text)):
        reason = f"{figure.text} is what was asked for"
    if not reason and not bare(verdict.text):
        said = spoken(intent, verdict)
        if _several(intent, verdict.cited[0]):  # told side by side: the sentence as it stands
            said = quote(intent, verdict.cited[0], short=said.short)
        return said, None
    instead = _instead(intent, pool, verdict, figure)
    if not instead and not verdict.reason and not bare(text):
        return spoken(intent, verdict), None  # it holds: what is asked for may be misread
    return instead, reason


def _checked(intent: Intent, pool: Pool, text: str) -> Verdict:
    """The verdict by what the model read, where that has all figures, dates and names of a
    sentence; else by all evidence."""
    verdict = check(text, pool[:PROMPT_SENTENCES], intent.figures)
    if verdict.cited and all(verdict.found):
        return verdict
    return check(text, checked_against(pool), intent.figures)


def _several(intent: Intent, e: EvidenceSentence) -> bool:
    """Whether a sentence itself sets several values of the kind asked for side by side."""
    values = candidates(intent, e.text)
    one_role = len({role(f, e.text) for f in values}) == 1
    return len(values) > 1 and one_role and sets_beside(e.text)


def _outcome(pool: Pool) -> EvidenceSentence | None:
    """The newest of the good sentences that tell how something ended, an undated one last."""
    lead = pool[0]
    ended = [
        e
        for e in pool[:12]
        if e.names >= lead.names
        and e.score >= lead.score - 2 * NEAR
        and status_of(e.text) in ("cancelled", "denied", "completed")
    ]
    return max(ended, key=lambda e: (e.article.published or "", e.score), default=None)


def _instead(intent: Intent, pool: Pool, verdict: Verdict, figure: Figure | None) -> Spoken | None:
    """The quote that a refused sentence rests on, with what the sentence has right of it."""
    meant = set(content(verdict.text))
    read = sorted(pool[:PROMPT_SENTENCES], key=lambda e: -len(meant & stems_of(e.text)))
    options = list(dict.fromkeys([*verdict.cited[:1], *read]))
    wanted = candidates(intent, verdict.text)
    if figure is not None and figure in candidates(intent, options[0].text):
        return quote(intent, options[0], short=figure.text)
    # What the draft gives: of the kind asked for, else anything new, as the kind may be misread.
    new = [f for f in find_figures(verdict.text) if not any(same(f, g) for g in intent.figures)]
    for drafted_figures in (wanted, new):
        for e in options:
            both = (g for f in drafted_figures for g in e.figures if same(f, g))
            if value := next(both, None):
                return quote(intent, e, short=value.text)
    names = new_names(intent, verdict.text)
    for e in options:
        if told := [n for n in names if mentions(n, e.text)]:
            person = intent.kind in ("person", "org", "place")
            return quote(intent, e, short=", ".join(told) if person else None)
    if intent.kind == "open":
        return quote(intent, options[0])
    value = slot(intent, options[0]) if intent.kind in VALUES and not new else None
    return quote(intent, options[0], short=value.text) if value else None


def _answers(intent: Intent, text: str) -> bool:
    """Whether a sentence has the kind of thing asked for."""
    if intent.kind in ("person", "org", "place"):
        return bool(new_names(intent, text))
    return intent.kind in ("open", "yesno") or bool(candidates(intent, text))


def _rightful(intent: Intent, verdict: Verdict) -> Figure | None:
    """Where the first cited sentence has several values, the one in the role asked for."""
    first = verdict.cited[0]
    told = candidates(intent, first.text)
    if len(told) > 1 and marks(intent, first.text):
        return nearest_to_question(intent, first.text, told)
    if intent.kind != "money" or len(told) < 2:
        return None
    wanted = asked_role(intent)
    said = [f for f in told if any(same(f, g) for g in find_figures(verdict.text))]
    if any(role(f, first.text) == wanted for f in said):
        return None
    return slot(intent, first)


def _best(intent: Intent, pool: Pool) -> list[Spoken]:
    """The best sentence itself, where it has the kind of thing asked for."""
    lead = pool[0]
    if not lead.holds_kind:
        return []
    figure = slot(intent, lead)
    if figure is None and intent.kind in VALUES:
        return []
    return [quote(intent, lead, short=figure.text if figure else None)]
