"""The usual way: one draft of a few sentences, checked sentence by sentence.

    best sentences -> the model's draft, and whether it answers (`attempt.py`)
    no answer -> the next best sentences are read in the same way, once
    draft -> sentences -> checked; of a refused one the quote that it rests on is said instead
    what is said -> other articles that agree are cited beside it, the others told

Without a model the best sentence itself is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from index.text.passages import sentences
from rag.abstain.judge import judge
from rag.abstain.judgement import Judgement
from rag.checking.check import check
from rag.checking.items import Verdict, holds
from rag.checking.spoken import Spoken, new_names, quote, spoken
from rag.disagreements.tell import tell
from rag.events import Words
from rag.evidence.fit import candidates
from rag.evidence.prompt import PROMPT_SENTENCES, chosen, inside, shown_first
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
from rag.strategies.attempt import Attempt, Pool, attempt, checked
from rag.strategies.case import Case, Reply
from rag.strategies.draft import (
    NEAR,
    bare,
    checked_against,
    found_nothing,
    repeats,
    sets_beside,
    told_kind,
    without_yes,
)
from rag.types import Dropped

VALUES = ("percent", "money", "count", "date", "duration", "age")
MOST_READINGS = 2  # where the first sentences do not answer, the next ones are read


def asked(case: Case) -> bool:
    """Any question that its evidence may answer."""
    return not case.judgement.hopeless


def reply(
    case: Case, writer: Writer | None, stopped: Callable[[], bool]
) -> Iterator[Words | Reply]:
    """Words of the drafts as they come, then what is said."""
    if writer is None:
        best = shown_first(case.pool)
        yield told(case.intent, best, "") if case.judgement.answers else Reply(read=best)
        return
    out = Reply()
    dropped: list[Dropped] = []
    for pool, judgement in readings(case):
        if out.read:
            yield Words("\n")
        for step in attempt(writer, case.intent, pool, judgement, stopped):
            if isinstance(step, Words):
                yield step
                continue
            before = out
            out = _said_of(case.intent, step)
            out.prompt_tokens = before.prompt_tokens + step.prompt_tokens
            out.generated_tokens = before.generated_tokens + step.generated_tokens
            out.read = [*before.read[: before.shown], *step.pool]
            out.shown = before.shown + len(step.shown)
            dropped += out.dropped
        if out.said:
            break
    out.dropped = dropped
    yield out


def readings(case: Case, *, hopeful: bool = False) -> Iterator[tuple[Pool, Judgement]]:
    """The evidence of each reading with the judgement by it alone: all, then without what the
    reading before has read, as long as there is hope, or to the last where one is `hopeful`."""
    pool: Pool = case.pool
    judgement = case.judgement
    for _ in range(MOST_READINGS):
        if not pool or (judgement.hopeless and not hopeful):
            return
        yield pool, judgement
        shown = chosen(pool)
        pool = [e for e in pool if not inside(e, shown)]
        judgement = judge(case.intent, pool, case.finder.rarity, case.finder.encode)


def _said_of(intent: Intent, read: Attempt) -> Reply:
    """What is said for one reading; nothing, and why, where its sentences do not answer."""
    if read.judgement.answers:
        return told(intent, read.pool, read.draft)
    return Reply(dropped=[_refused(intent, read.pool, read.draft)] if read.draft else [])


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
    verdict = checked(intent, pool, without_yes(text))
    reason = None if verdict.loose else verdict.reason  # the model has read it: words may differ
    repeated = repeats(intent, verdict.text)
    if not reason and repeated:
        reason = "it repeats the question"
    if not reason and not _answers(intent, verdict.text):
        reason = "it does not give what was asked for"
    figure = _rightful(intent, verdict) if verdict.cited else None
    other = figure and not any(same(figure, f) for f in find_figures(text))
    if not reason and figure and other:
        reason = f"{figure.text} is what was asked for"
    elif reason:
        figure = None  # the draft is not borne out: its own figure is looked for first
    if not reason and not bare(verdict.text):
        said = spoken(intent, verdict)
        if _several(intent, verdict.cited[0]):  # told side by side: the sentence as it stands
            said = quote(intent, verdict.cited[0], short=said.short)
        return said, None
    instead = _instead(intent, pool, verdict, figure)
    holds_up = verdict.loose or not verdict.reason
    if not instead and holds_up and not repeated and not bare(text):
        return spoken(intent, verdict), None  # it holds: what is asked for may be misread
    return instead, reason


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

    def shared(e: EvidenceSentence) -> tuple[int, int]:
        return sum(holds(e, item) for item in verdict.items), len(meant & stems_of(e.text))

    read = dict.fromkeys([*verdict.cited[:1], *pool[:PROMPT_SENTENCES]])
    options = sorted(read, key=shared, reverse=True)
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
