"""The usual way: one draft of a few sentences, checked sentence by sentence.

    best sentences -> the model's draft, and whether it answers (`attempt.py`)
    no answer -> the next best sentences are read in the same way, once
    draft -> sentences -> checked; of a refused one the quote that it rests on is said instead
    what is said -> other articles that agree are cited beside it, the others told

Without a model the best sentence itself is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from index.text.passages import sentences
from rag.abstain.judge import judge
from rag.abstain.judgement import Judgement
from rag.checking.borne import Unfounded, least_for, not_told
from rag.checking.check import check
from rag.checking.items import Verdict, holds
from rag.checking.spoken import Spoken, given_in, new_names, quote, spoken
from rag.disagreements.tell import tell
from rag.events import Words
from rag.evidence.fit import candidates
from rag.evidence.prompt import PROMPT_SENTENCES, REASONS, chosen, inside, overlap, shown_first
from rag.evidence.sentence import EvidenceSentence, stems_of
from rag.evidence.slot import slot
from rag.evidence.span import BEARING, as_far_as, followed
from rag.figures import beyond, find_figures
from rag.language.event_status import status_of
from rag.language.lexicon import content
from rag.llm.writer import Writer
from rag.question.intent import Intent
from rag.strategies import yesno
from rag.strategies.attempt import Attempt, Pool, attempt, checked
from rag.strategies.case import Case, Reply
from rag.strategies.draft import (
    NEAR,
    VALUES,
    bare,
    checked_against,
    found_nothing,
    repeats,
    told_kind,
    without_yes,
)
from rag.types import Dropped

MOST_WORDS = 90  # of an explanation; not measured
MOST_READINGS = 2  # where the first sentences do not answer, the next ones are read


def asked(case: Case) -> bool:
    """Any question that its evidence may answer."""
    return not case.judgement.hopeless


def reply(
    case: Case, writer: Writer | None, stopped: Callable[[], bool]
) -> Iterator[Words | Reply]:
    """Words of the drafts as they come, then what is said."""
    if writer is None:
        best = shown_first(case.pool, case.intent.explains)
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
            out = _said_of(
                case.intent, step, partial(not_told, writer, least=least_for(case.intent))
            )
            out.prompt_tokens = before.prompt_tokens + step.prompt_tokens
            out.generated_tokens = before.generated_tokens + step.generated_tokens
            out.read = [*before.read[: before.shown], *step.pool]
            out.shown = before.shown + len(step.shown)
            dropped += out.dropped
        if out.said:
            break
    out.dropped = dropped
    if not out.said:
        out.read = [as_far_as(e, content(case.intent.text)) for e in out.read]
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
        shown = chosen(pool, case.intent.explains)
        pool = [e for e in pool if not inside(e, shown)]
        judgement = judge(case.intent, pool, case.finder.rarity, case.finder.encode)


def _said_of(intent: Intent, read: Attempt, unfounded: Unfounded) -> Reply:
    """What is said for one reading; nothing, and why, where its sentences do not answer."""
    if read.judgement.answers:
        return told(intent, read.pool, read.draft, read.short, unfounded)
    return Reply(dropped=[_refused(intent, read.pool, read.draft)] if read.draft else [])


def told(
    intent: Intent,
    pool: Pool,
    draft: str,
    short: str | None = None,
    unfounded: Unfounded = lambda text, cited: None,
) -> Reply:
    """What is said for a draft of evidence that answers, without a draft the best sentence itself,
    and what other articles say of it.

    `short` is the answer alone, as the model copies it from the draft. A sentence that does not hold
    is replaced with the quote that it rests on, where that has what the sentence answers; so is one
    that its quotes do not say, by the model's second look at it (`unfounded`). One of which the
    model can copy no answer ("") answers nothing, and nothing is said.
    """
    intent = told_kind(intent, draft, short or "")
    said, dropped = _said(intent, pool, draft, short, unfounded)
    differences = tell(intent, pool, said) if said else []
    return Reply(said, differences, dropped)


def _said(
    intent: Intent, pool: Pool, draft: str, short: str | None, unfounded: Unfounded
) -> tuple[list[Spoken], list[Dropped]]:
    """The sentences to be said for a draft, and what of it is not."""
    if found_nothing(draft):
        return _best(intent, pool), [Dropped(text=draft, reason="the model found no answer")]
    if intent.kind == "yesno":
        return yesno.said_of(intent, pool, draft, unfounded), []
    if intent.outcome and (ended := _outcome(pool)):
        return [quote(intent, ended)], []
    if not draft:
        return _best(intent, pool), []
    if intent.explains:
        return _reasons(intent, pool, draft, unfounded)
    said: list[Spoken] = []
    dropped: list[Dropped] = []
    for start, end in sentences(draft):
        text = draft[start:end].strip()
        sentence, reason = _sentence(intent, pool, text, short, unfounded)
        if sentence:
            said.append(sentence)
        if reason:
            dropped.append(Dropped(text=text, reason=reason))
    return said, dropped


def _reasons(
    intent: Intent, pool: Pool, draft: str, unfounded: Unfounded
) -> tuple[list[Spoken], list[Dropped]]:
    """The one or two quotes that the draft of an explanation rests on, each as far as that goes: a
    draft of one sentence mostly leaves out the reason or makes one up. Nothing where what was read
    does not say what the draft does, as of an event that did not happen."""
    verdict = checked(intent, pool, without_yes(draft))
    if reason := unfounded(verdict.text, pool[:REASONS]):
        return [], [Dropped(text=draft.strip(), reason=reason)]
    told = set(content(verdict.text)) - set(content(intent.text))
    first, *rest = (as_far_as(followed(e), told) for e in _rests_on(pool, verdict))
    more = told - stems_of(first.text)
    beside = [e for e in rest if e.article.id == first.article.id and not overlap(e, first)]
    size = len(first.text.split())
    fitting = [
        e
        for e in beside
        if size + len(e.text.split()) <= MOST_WORDS and len(more & stems_of(e.text)) >= BEARING
    ]
    return [quote(intent, e, whole=True) for e in (first, *fitting[:1])], []


def _refused(intent: Intent, pool: Pool, draft: str) -> Dropped:
    """A draft that is not said at all, with what speaks against it."""
    verdict = check(without_yes(draft.strip()), checked_against(pool), intent.figures)
    return Dropped(
        text=draft.strip(), reason=verdict.reason or "the evidence is about something else"
    )


def _sentence(
    intent: Intent, pool: Pool, text: str, short: str | None, unfounded: Unfounded
) -> tuple[Spoken | None, str | None]:
    """One sentence of a draft if it holds, else the quote that it rests on, and why it was dropped;
    no sentence where neither answers."""
    verdict = checked(intent, pool, without_yes(text))
    reason = None if verdict.loose else verdict.reason  # the model has read it: words may differ
    if not reason and repeats(intent, verdict.text):
        reason = "it repeats the question"
    if short == "":
        return None, "it does not give what was asked for"
    if not reason:
        verdict, reason = _founded(intent, pool, verdict, unfounded)
    if not reason and not bare(verdict.text):
        return spoken(intent, verdict, short or ""), None
    return _instead(intent, pool, verdict, short or ""), reason


def _founded(
    intent: Intent, pool: Pool, verdict: Verdict, unfounded: Unfounded
) -> tuple[Verdict, str | None]:
    """The verdict where its quotes say the sentence, else that of another article whose quotes do
    (one tells a plan, another that it was done); and why neither. Then what is done is quoted
    before what is planned."""
    reason = unfounded(verdict.text, verdict.cited)
    if reason is None:
        return verdict, None
    cited = {e.article.id for e in verdict.cited}
    others = [e for e in checked_against(pool) if e.article.id not in cited]
    other = check(verdict.text, others, intent.figures)
    holds_up = bool(other.cited) and all(other.found) and (other.loose or not other.reason)
    if holds_up and unfounded(other.text, other.cited) is None:
        return other, None
    states = [status_of(v.cited[0].text) for v in (verdict, other) if v.cited]
    done_first = holds_up and states[0] == "planned" != states[1]
    return (other if done_first else verdict), reason


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


def _instead(intent: Intent, pool: Pool, verdict: Verdict, short: str) -> Spoken | None:
    """The quote that a refused sentence rests on: the one that has the short answer, or without
    one a figure or name of the sentence that the question has not."""
    options = _rests_on(pool, verdict)
    figures = [*candidates(intent, verdict.text), *find_figures(verdict.text)]
    new = [f.text for f in beyond(figures, intent.figures)]
    for value in [short] if short else [*new, *new_names(intent, verdict.text)]:
        for e in options:
            if given := given_in(value, e.text):
                return quote(intent, e, short=given)
    return quote(intent, options[0]) if intent.kind == "open" else None


def _rests_on(pool: Pool, verdict: Verdict) -> list[EvidenceSentence]:
    """What was read, first the sentence that has most of a drafted one: its items, its words."""
    meant = set(content(verdict.text))

    def shared(e: EvidenceSentence) -> tuple[int, int]:
        return sum(holds(e, item) for item in verdict.items), len(meant & stems_of(e.text))

    read = dict.fromkeys([*verdict.cited[:1], *pool[:PROMPT_SENTENCES]])
    return sorted(read, key=shared, reverse=True)


def _best(intent: Intent, pool: Pool) -> list[Spoken]:
    """The best sentence itself, where it has the kind of thing asked for."""
    lead = pool[0]
    if not lead.holds_kind:
        return []
    figure = slot(intent, lead)
    if figure is None and intent.kind in VALUES:
        return []
    return [quote(intent, lead, short=figure.text if figure else None)]
