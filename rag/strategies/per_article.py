"""Articles that nothing orders: neither publisher nor date says who tells what, or which is newer.

    hits -> their articles, each read on its own: states it the answer? -> a sentence
    sentences -> checked against the article's own -> those of one value told together
    two near copies with different values -> the one that more articles give stands, the other is
    told as a disagreement; both are said where as many give the one as the other
    values of different things that share the name -> each said in a sentence of its own

One name may stand for several things ("Justice Cole"), and a text that was tampered with looks like
any other. Read together, a model gives one answer; read one by one, each article gives its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from index.errors import Cancelled
from index.text.passages import sentences
from index.types import Article, Hit
from prompts import render
from rag.events import Words
from rag.evidence.finder import Finder
from rag.evidence.prompt import chosen, plain, prompt
from rag.evidence.sentence import EvidenceSentence
from rag.language.lexicon import stems
from rag.llm.probes import log_odds
from rag.llm.writer import Writer
from rag.question.intent import Intent
from rag.strategies.case import Case, Reply
from rag.strategies.draft import without_yes
from rag.strategies.settle import Reading, Readings, reading_of, together
from rag.types import Dropped

MOST_READ = 8  # articles
WORDS = 130  # of each article
MAX_TOKENS = 64  # of the sentence drafted
LEAST_STATED = 0.0  # log odds that an article states the answer, below which it is left alone


def asked(case: Case) -> bool:
    """Whether a question rests on articles of which nobody knows who published them, or when."""
    return unlabelled(case.intent, chosen(case.pool))


def reply(case: Case, writer: Writer, stopped: Callable[[], bool]) -> Iterator[Words | Reply]:
    """Words of the drafts as they come, then what the articles say one by one."""
    readings = Readings(to_read(case.intent, case.found.hits, case.finder))
    for piece in read_each(writer, case.intent, readings):
        if stopped():
            raise Cancelled("the question was withdrawn")
        if piece:
            yield Words(piece)
    yield told(case.intent, readings)


def told(intent: Intent, readings: Readings) -> Reply:
    """What the articles say that were read one by one."""
    said, differences = together(intent, readings)
    texts = {s.verdict.text for s in said}
    dropped = [d for d in readings.dropped if d.text not in texts]
    tokens = readings.prompt_tokens, readings.generated_tokens
    return Reply(said, differences, dropped, *tokens)


def unlabelled(intent: Intent, shown: Sequence[EvidenceSentence]) -> bool:
    """Whether no sentence that the model would read has a publisher or a date."""
    known = any(e.article.publisher or e.article.published for e in shown)
    return intent.kind != "yesno" and bool(shown) and not known


def to_read(intent: Intent, hits: Sequence[Hit], finder: Finder) -> list[list[EvidenceSentence]]:
    """For each article without publisher and date, best first, the sentences to be read of it; also
    of the copies that were folded into one, as copies may differ in the very word that is asked.
    """
    out: dict[str, list[EvidenceSentence]] = {}
    for hit in hits:
        copies = [a for name in hit.also_in if (a := finder.article(name))]
        for a in (hit.article, *copies):
            if a.publisher or a.published or a.id in out or len(out) == MOST_READ:
                continue
            inside = (hit.passage.start, hit.passage.end) if a is hit.article else (0, len(a.text))
            if part := finder.defend(_part(intent, a, *inside)):
                out[a.id] = part
    return list(out.values())


def _part(intent: Intent, article: Article, start: int, end: int) -> list[EvidenceSentence]:
    """Sentences of a passage in their order: all of a short one, else those that have most words
    of the question, with the first."""
    spans = [(a, b) for a, b in sentences(article.text) if a < end and b > start]
    asked = set(intent.terms)

    def worth(place: int) -> tuple[bool, int, int]:
        a, b = spans[place]
        return place == 0, len(asked & stems(article.text[a:b])), -place

    kept: list[int] = []
    length = 0
    for place in sorted(range(len(spans)), key=worth, reverse=True):
        a, b = spans[place]
        size = len(article.text[a:b].split())
        if not kept or length + size <= WORDS:
            kept.append(place)
            length += size
    whole = article.text[start:end]
    return [
        EvidenceSentence(article, spans[i][0], spans[i][1], article.text[slice(*spans[i])], whole)
        for i in sorted(kept)
    ]


def read_each(writer: Writer, intent: Intent, readings: Readings) -> Iterator[str]:
    """Have each article read on its own, as any evidence is; the words of the drafts as they come,
    and nothing ("") for an article that does not state the answer, so that who asks can leave."""
    for own in readings.articles:
        text = plain(" ".join(e.text for e in own))
        system, user = prompt(intent, own)
        begin = render("answer.stated")
        stated = log_odds(writer, "stated", system, user, begin, lambda odds: odds < LEAST_STATED)
        readings.prompt_tokens += writer.prompt_tokens
        if stated is not None and stated < LEAST_STATED:
            readings.silent.append(text)
            yield ""
            continue
        begin, draft = render("answer.begin"), ""
        with closing(
            writer.write(system, user, begin=begin, max_tokens=MAX_TOKENS, stop=["\n"])
        ) as pieces:
            for piece in pieces:
                draft += piece
                yield piece
        readings.generated_tokens += writer.generated_tokens
        yield " "
        first = next((draft[a:b] for a, b in sentences(draft)), "")
        said = without_yes(first.strip())
        reading = reading_of(intent, own, said, text)
        if isinstance(reading, Reading):
            readings.found.append(reading)
        else:
            readings.dropped.append(Dropped(text=said, reason=reading))
            readings.silent.append(text)
