"""Articles that nothing orders: neither publisher nor date says who tells what, or which is newer.

    hits -> their articles, each read on its own: states it the answer? -> value, sentence
    values -> checked against the article's own sentences -> the same value told together
    two near copies with different values -> the one that more articles give stands, the other is
    told as a disagreement
    values of different things that share the name -> each said in a sentence of its own

One name may stand for several things ("Justice Cole"), and a text that was tampered with looks like
any other. Read together, a model gives one answer; read one by one, each article gives its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from index.passages import sentences
from index.types import Article, Hit
from prompts import render
from rag.checking.check import check
from rag.checking.items import Verdict, recount
from rag.checking.repair import repair
from rag.checking.spoken import Spoken
from rag.disagreements.account import Account, Difference
from rag.disagreements.kinds import kind_of_difference
from rag.drafts import bare
from rag.evidence.injection import trusted
from rag.evidence.prompt import plain
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, find_figures, same
from rag.language.lexicon import content, stems, words
from rag.language.names import bears, find_names, same_name
from rag.llm.probes import log_odds
from rag.llm.writer import Writer
from rag.question.intent import Intent
from rag.types import Dropped

MOST_READ = 8  # articles
WORDS = 130  # of each article
MAX_TOKENS = 48
STOP = ("\n\n", "Question")
LEAST_STATED = 0.0  # log odds that an article states the answer, below which it is left alone
LEAST_SHARED = 4  # words beside question and value by which two articles describe one thing
DESCRIBED = 0.6  # and the share that these are of the shorter description
NEAR_COPY = 0.6  # share of the shorter text's words that the other has too
ROOT = 5  # letters by which two forms of a word are known
LONGEST_QUOTE = 30  # words of a sentence that is said as it stands


@dataclass(frozen=True, slots=True)
class Reading:
    """What one article alone answers: `value` in its own words, and the sentence that is said."""

    text: str  # what was read of the article
    value: str
    verdict: Verdict


@dataclass(slots=True)
class Readings:
    """What the articles of a question answer, one after the other; `articles` are what is read."""

    articles: list[list[EvidenceSentence]]
    found: list[Reading] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)  # texts of articles that give no value
    prompt_tokens: int = 0
    generated_tokens: int = 0


def unlabelled(intent: Intent, chosen: Sequence[EvidenceSentence]) -> bool:
    """Whether a question rests on articles of which nobody knows who published them, or when."""
    if intent.kind == "yesno" or not chosen:
        return False
    return not any(e.article.publisher or e.article.published for e in chosen)


def to_read(
    intent: Intent, hits: Sequence[Hit], article: Callable[[str], Article | None], defended: bool
) -> list[list[EvidenceSentence]]:
    """For each article without publisher and date, best first, the sentences to be read of it; also
    of the copies that were folded into one, as copies may differ in the very word that is asked.

    `article` gives an article by its id.
    """
    out: dict[str, list[EvidenceSentence]] = {}
    for hit in hits:
        copies = [a for name in hit.also_in if (a := article(name))]
        for a in (hit.article, *copies):
            if a.publisher or a.published or a.id in out or len(out) == MOST_READ:
                continue
            inside = (hit.passage.start, hit.passage.end) if a is hit.article else (0, len(a.text))
            part = _part(intent, a, *inside)
            if part := trusted(part) if defended else part:
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
    """Have each article read on its own; the sentences drafted come as they are written, and
    nothing ("") at every step between, where who asks can leave."""
    system = render("each.system")
    for own in readings.articles:
        text = plain(" ".join(e.text for e in own))
        user = render("each.user", text=text, question=plain(intent.text))
        begin = render("answer.stated")
        stated = log_odds(writer, "stated", system, user, begin, lambda odds: odds < LEAST_STATED)
        readings.prompt_tokens += writer.prompt_tokens
        if stated is not None and stated < LEAST_STATED:
            readings.silent.append(text)
            yield ""
            continue
        begin, draft = render("answer.begin"), ""
        pieces = writer.write(system, user, begin=begin, max_tokens=MAX_TOKENS, stop=STOP)
        with closing(pieces):
            for piece in pieces:
                draft += piece
                yield ""
        readings.generated_tokens += writer.generated_tokens
        value, _, said = draft.strip().partition("\n")
        said = said.removeprefix("Sentence:").strip()
        yield f"{said or value} "
        reading = reading_of(intent, own, value.strip().strip('."“”'), said, text)
        if isinstance(reading, Reading):
            readings.found.append(reading)
        else:
            readings.dropped.append(Dropped(text=said or value, reason=reading))
            readings.silent.append(text)


def reading_of(
    intent: Intent, own: Sequence[EvidenceSentence], value: str, said: str, text: str
) -> Reading | str:
    """A draft of one article as it may be said, or why it may not: its value must stand in the
    article; its sentence too, else the quote that holds the value is said instead."""
    if not value or repeats(intent, value):
        return "it repeats the question"
    value = repair(value, own)
    holding = [e for e in own if _stands(value, e.text)]
    if not holding:
        return f"the article does not hold {value}"
    asked = set(intent.terms)
    best = max(holding, key=lambda e: (len(asked & stems(e.text)), -e.start))
    verdict = check(said, own, intent.figures) if said else None
    if verdict is None or bare(verdict.text) or not _stands(value, verdict.text):
        return Reading(text, value, _quoted(best, value))
    if verdict.reason is not None and verdict.loose:
        known = stems(text) | stems(intent.text)
        if all(word in known for word in content(verdict.text)):
            verdict = replace(verdict, reason=None)
    if verdict.reason is not None or not any(_stands(value, e.text) for e in verdict.cited):
        return Reading(text, value, _quoted(best, value))
    return Reading(text, value, verdict)


def repeats(intent: Intent, value: str) -> bool:
    """Whether a value only gives back a name that the question has."""
    return any(words(value) == words(name) for name in intent.names)


def _stands(value: str, text: str) -> bool:
    """Whether a text gives a value: as written, as the same figures, or in the same words."""
    if bears(plain(value), plain(text)):
        return True
    figures = find_figures(value)
    if figures:
        told = find_figures(text)
        return all(any(same(f, g) for g in told) for f in figures)
    mine = content(value)
    return bool(mine) and set(mine) <= stems(text)


def _quoted(e: EvidenceSentence, value: str) -> Verdict:
    """The evidence sentence as it stands, or of a long one the words around the value."""
    if len(e.text.split()) > LONGEST_QUOTE:
        e = _around(e, value)
    text = re.sub(r"\s+[.!?]$", "", e.text)
    e = replace(e, end=e.start + len(text), text=text)
    return recount(replace(check(e.text, [e]), text=e.text, cited=(e,), reason=None, repaired=True))


def _around(e: EvidenceSentence, value: str) -> EvidenceSentence:
    """The part of a long sentence that holds the value: half of the longest quote on each side."""
    place = re.search(re.escape(value).replace(r"\ ", r"\s+"), e.text, re.IGNORECASE)
    found = place.span() if place else (0, 0)
    spots = [m.span() for m in re.finditer(r"\S+", e.text)]
    first = next((i for i, (_, b) in enumerate(spots) if b > found[0]), 0)
    last = next((i for i, (_, b) in enumerate(spots) if b >= found[1]), first)
    side = LONGEST_QUOTE // 2
    a, b = spots[max(0, first - side)][0], spots[min(len(spots) - 1, last + side)][1]
    return replace(e, start=e.start + a, end=e.start + b, text=e.text[a:b])


def same_value(one: str, other: str) -> bool:
    """Whether two articles give one answer: the same figures, one name, or the same words.

    >>> same_value("1921", "in 1921"), same_value("Joe Jackson", "Jackson")
    (True, True)
    >>> same_value("Politician and lawyer", "Politician and writer")
    False
    """
    mine, theirs = find_figures(one), find_figures(other)
    if len(mine) == len(theirs) == 1 and (same(mine[0], theirs[0]) or same(theirs[0], mine[0])):
        return True
    if mine or theirs:
        return _words(one) == _words(other)
    a, b = set(_words(one)), set(_words(other))
    names = all(any(n.text == value for n in find_names(value)) for value in (one, other))
    if a == b or (names and same_name(one, other)):
        return True
    return bool(a and b) and (a <= b or b <= a)


def grouped(found: Sequence[Reading]) -> list[list[Reading]]:
    """Readings of one value together, in order of the first of each; first in each the one that
    tells most."""
    out: list[list[Reading]] = []
    for reading in found:
        group = next((g for g in out if any(same_value(reading.value, r.value) for r in g)), None)
        if group is None:
            out.append([reading])
        else:
            group.append(reading)
    for group in out:
        group.sort(key=lambda r: (r.verdict.repaired, -len(_words(r.value))))
    return out


def alike(one: str, other: str) -> float:
    """Share of the words of the shorter text that the longer one has as often."""
    a, b = Counter(words(one)), Counter(words(other))
    return sum((a & b).values()) / (min(a.total(), b.total()) or 1)


def one_thing(intent: Intent, one: Reading, other: Reading) -> bool:
    """Whether two articles tell of the very same thing, so that two values cannot both be right:
    one is a near copy of the other, or beside their values they describe it in the same words."""
    if alike(one.text, other.text) > NEAR_COPY:
        return True
    values = {*_words(one.value), *_words(other.value), *_words(intent.text)}
    mine, theirs = (set(_words(_account(r).evidence.text)) - values for r in (one, other))
    shared = len(mine & theirs)
    return shared >= LEAST_SHARED and shared >= DESCRIBED * min(len(mine), len(theirs))


def settled(
    intent: Intent, readings: Readings
) -> tuple[list[list[Reading]], list[tuple[list[Reading], list[Reading]]]]:
    """Groups of one value that stand, and of those that do not (what stands instead, the group):
    of the very same thing other articles tell another value, with more weight."""
    groups = grouped(readings.found)
    above: dict[int, list[Reading]] = {}  # what outweighs a group, by the group's place
    for place, group in enumerate(groups):
        rivals = [
            other
            for other in groups
            if other is not group
            and any(one_thing(intent, a, b) for a in group for b in other)
            and _outweighs(intent, other, group, readings.silent)
        ]
        if rivals:
            above[place] = max(rivals, key=len)
    stands: list[list[Reading]] = []
    fallen: list[tuple[list[Reading], list[Reading]]] = []
    for place, group in enumerate(groups):
        top = place
        for _ in groups:
            if top in above:
                top = next(i for i, g in enumerate(groups) if g is above[top])
        if top == place or top in above:  # in a circle none is above the others
            stands.append(group)
        else:
            fallen.append((groups[top], group))
    return stands, fallen


def _outweighs(
    intent: Intent, one: Sequence[Reading], other: Sequence[Reading], silent: Sequence[str]
) -> bool:
    """Whether more articles give or hold the value of `one`; as many, whether the texts that give
    the other one still have more of its words: what was put in the place of another value mostly
    leaves traces of it."""
    mine, theirs = (len(g) + sum(bears(g[0].value, text) for text in silent) for g in (one, other))
    if mine != theirs:
        return mine > theirs
    return _traces(intent, one, other) > _traces(intent, other, one)


def _traces(intent: Intent, one: Sequence[Reading], other: Sequence[Reading]) -> float:
    """Share of the words of the value of `one`, beside those of the question and of the other
    value, of which a text with the other value has the root: "Cuban" is a trace of "Cuba"."""
    common = {*_words(intent.text), *_words(other[0].value)}
    own = {w for w in _words(one[0].value) if w.isalpha()} - common
    most = 0
    for reading in other:
        told = {word[:ROOT] for word in _words(reading.text)}
        most = max(most, sum(word[:ROOT] in told for word in own))
    return most / (len(own) or 1)


def together(intent: Intent, readings: Readings) -> tuple[list[Spoken], list[Difference]]:
    """What the articles say: a sentence for each value that stands, cited to each article that
    gives it, and a disagreement for those that cannot be right beside it."""
    stands, fallen = settled(intent, readings)
    spoken = [Spoken(g[0].verdict, also=[_account(r).evidence for r in g[1:]]) for g in stands]
    if len(spoken) == 1:
        spoken[0].short = stands[0][0].value
    differences = []
    for place, group in enumerate(stands):
        against = [g for by, g in fallen if by is group] + [
            g for g in stands[place + 1 :] if any(one_thing(intent, a, b) for a in group for b in g)
        ]
        lead = _account(group[0])
        for other in (_account(g[0]) for g in against):
            differences.append(Difference(kind_of_difference(lead, other), (lead, other)))
    return spoken, differences


def _words(text: str) -> list[str]:
    """Stems of the words of meaning, those joined by a hyphen apart."""
    return content(text.replace("-", " "))


def _account(reading: Reading) -> Account:
    e = next((e for e in reading.verdict.cited if _stands(reading.value, e.text)),
             reading.verdict.cited[0])  # fmt: skip
    value = reading.value
    figures = find_figures(value)
    if len(figures) == 1:
        return Account(e, figures[0])
    return Account(e, Figure("version", value, 0, len(value), value.casefold(), None))
