"""What articles answer, each read on its own, and which of their answers are said.

drafted sentence of one article -> its value: what it tells that the question does not
value -> does the article hold it? -> the sentence if it is borne out, else the quote
readings -> groups of one value
two groups of the very same thing -> the one that more articles give is said, the other becomes
a disagreement; with as many on either side both are said, and called a disagreement
groups of different things -> each is said
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.checking.check import check
from rag.checking.items import Verdict, verbatim
from rag.checking.spoken import Spoken, new_names
from rag.disagreements.account import Account, Difference
from rag.disagreements.kinds import difference
from rag.evidence.fit import candidates, holds_kind
from rag.evidence.prompt import plain
from rag.evidence.sentence import EvidenceSentence, figures_of
from rag.figures import Figure, beyond, same
from rag.language.lexicon import content, stems, words
from rag.language.names import bears, find_names, same_name
from rag.question.intent import Intent
from rag.strategies.draft import bare, found_nothing
from rag.types import Dropped

LONGEST_QUOTE = 30  # words of a sentence that is said as it stands
LEAST_SHARED = 4  # words beside question and value by which two articles describe one thing
DESCRIBED = 0.6  # and the share that these are of the shorter description
NEAR_COPY = 0.6  # share of the shorter text's words that the other has too


@dataclass(frozen=True, slots=True)
class Reading:
    """What one article alone answers: the sentence that is said, and its value, by which two
    answers are compared."""

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


def reading_of(
    intent: Intent, own: Sequence[EvidenceSentence], said: str, text: str
) -> Reading | str:
    """The sentence drafted of one article as it may be said, or why it may not. Where the article
    does not bear it out, the quote is said instead that has its value, or for an open question
    most of it."""
    if not said or found_nothing(said):
        return "the model found no answer"
    verdict = check(said, own, intent.figures)
    value = value_of(intent, verdict.text)
    if not value:
        return "it repeats the question"
    if verdict.loose:
        known = stems(text) | stems(intent.text)
        if all(word in known for word in content(verdict.text)):
            verdict = replace(verdict, reason=None)
    borne_out = verdict.reason is None and not bare(verdict.text)
    if borne_out and stands(value, " ".join(e.text for e in verdict.cited)):
        return Reading(text, value, verdict)
    new, asked = set(content(value)), set(intent.terms)

    def worth(e: EvidenceSentence) -> tuple[bool, int, int, int]:
        told = stems(e.text)
        return stands(value, e.text), len(new & told), len(asked & told), -e.start

    best = max(own, key=worth)
    held = _span(intent, best.text, value) if intent.kind == "open" else value
    if stands(value, best.text):
        held = value
    if not held or not stands(held, best.text):
        return f"the article does not hold {value}"
    return Reading(text, held, _quoted(best, held))


def value_of(intent: Intent, text: str) -> str:
    """What a sentence answers: its figures of the kind asked for, else new names where a name is
    asked for, else all from the first to the last of what the question does not have; "" where
    it only repeats the question."""
    figures = [figure.text for figure in candidates(intent, text)]
    named = new_names(intent, text) if intent.kind in ("person", "org", "place") else []
    return " and ".join(figures) or ", ".join(named) or _span(intent, text, text)


def _span(intent: Intent, text: str, told: str) -> str:
    """The part of a text from the first to the last word of meaning or figure that `told` has too
    and the question does not."""
    wanted = set(content(told)) - set(intent.terms)
    figures = beyond(figures_of(told), intent.figures)
    places = [m.span() for m in re.finditer(r"\w+(?:[-'’.]\w+)*", text) if wanted & stems(m[0])]
    places += [(g.start, g.end) for g in figures_of(text) if any(same(f, g) for f in figures)]
    return text[min(a for a, _ in places) : max(b for _, b in places)] if places else ""


def stands(value: str, text: str) -> bool:
    """Whether a text gives a value: as written, or in the same figures and words."""
    return bears(plain(value), plain(text)) or _within(value, text)


def _within(one: str, other: str) -> bool:
    """Whether a text has all figures of another, and its words of meaning beside these.

    >>> _within("3,559", "3,559 people"), _within("born in 1921", "died in 1921")
    (True, False)
    """
    mine, rest = figures_of(one), one
    for figure in reversed(mine):
        rest = f"{rest[: figure.start]} {rest[figure.end :]}"
    beside = set(_words(rest))
    told = all(any(same(f, g) for g in figures_of(other)) for f in mine)
    return bool(mine or beside) and told and beside <= set(_words(other))


def _quoted(e: EvidenceSentence, value: str) -> Verdict:
    """The evidence sentence as it stands, or of a long one the words around the value."""
    if len(e.text.split()) > LONGEST_QUOTE:
        e = _around(e, value)
    text = re.sub(r"\s+[.!?]$", "", e.text)
    e = replace(e, end=e.start + len(text), text=text)
    return verbatim(e.text, e)


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


def _words(text: str) -> list[str]:
    """Stems of the words of meaning, those joined by a hyphen apart."""
    return content(text.replace("-", " "))


def _account(reading: Reading) -> Account:
    """The value with the sentence that has it; as a figure where it is nothing else."""
    cited, value = reading.verdict.cited, reading.value
    e = next((e for e in cited if stands(value, e.text)), cited[0])
    figures = figures_of(value)
    if len(figures) == 1 and _within(value, figures[0].text):
        return Account(e, figures[0])
    return Account(e, Figure("version", value, 0, len(value), value.casefold(), None))


def same_value(one: str, other: str) -> bool:
    """Whether two values are one: one name, or one has all figures and words of the other.

    >>> same_value("1921", "in 1921"), same_value("Joe Jackson", "Jackson")
    (True, True)
    >>> same_value("Politician and lawyer", "Politician and writer")
    False
    """
    names = all(any(n.text == value for n in find_names(value)) for value in (one, other))
    return _within(one, other) or _within(other, one) or (names and same_name(one, other))


def same_answer(intent: Intent, one: Reading, other: Reading) -> bool:
    """Whether two articles give one answer: the same value; or, to an open question, a value that
    the sentence of the other article has too, as each tells more or less of one thing."""
    if same_value(one.value, other.value):
        return True
    pairs = ((one, other), (other, one)) if intent.kind == "open" else ()
    return any(stands(a.value, _account(b).evidence.text) for a, b in pairs)


def grouped(intent: Intent, found: Sequence[Reading]) -> list[list[Reading]]:
    """Readings of one answer together, in order of the first of each; first in each the one that
    tells most."""
    out: list[list[Reading]] = []
    for reading in found:
        group = next((g for g in out if any(same_answer(intent, reading, r) for r in g)), None)
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


def one_thing(intent: Intent, one: Sequence[Reading], other: Sequence[Reading]) -> bool:
    """Whether an article of each group tells of the very same thing, so that two values cannot
    both be right: one is a near copy of the other, or beside what the question has and the values
    do not share, they describe it in the same words."""
    return any(_one_thing(intent, a, b) for a in one for b in other)


def _one_thing(intent: Intent, one: Reading, other: Reading) -> bool:
    if alike(one.text, other.text) > NEAR_COPY:
        return True
    apart = set(_words(one.value)) ^ set(_words(other.value)) | set(_words(intent.text))
    mine, theirs = (set(_words(_account(r).evidence.text)) - apart for r in (one, other))
    shared = len(mine & theirs)
    return shared >= LEAST_SHARED and shared >= DESCRIBED * min(len(mine), len(theirs))


def settled(
    intent: Intent, readings: Readings
) -> tuple[list[list[Reading]], list[tuple[list[Reading], list[Reading]]]]:
    """Groups of one value that stand, and of those that do not (what stands instead, the group):
    of the very same thing more articles give or hold another value."""
    groups = grouped(intent, readings.found)
    weights = [len(g) + sum(stands(g[0].value, t) for t in readings.silent) for g in groups]
    above: dict[int, int] = {}  # place of the group that outweighs one, by that one's place
    for place, group in enumerate(groups):
        rivals = [
            i
            for i, other in enumerate(groups)
            if weights[i] > weights[place] and one_thing(intent, other, group)
        ]
        if rivals:
            above[place] = max(rivals, key=lambda i: weights[i])
    fallen: list[tuple[list[Reading], list[Reading]]] = []
    for place in above:
        top = place
        while top in above:
            top = above[top]
        fallen.append((groups[top], groups[place]))
    return [g for place, g in enumerate(groups) if place not in above], fallen


def together(intent: Intent, readings: Readings) -> tuple[list[Spoken], list[Difference]]:
    """What the articles say: a sentence for each value that stands, cited to each article that
    gives it, and a disagreement for those that cannot be right beside it. A value of the kind asked
    for that stands alone is the short answer."""
    standing, fallen = settled(intent, readings)
    spoken = [Spoken(g[0].verdict, also=[_account(r).evidence for r in g[1:]]) for g in standing]
    if len(spoken) == 1 and intent.kind != "open" and holds_kind(intent, standing[0][0].value):
        spoken[0].short = standing[0][0].value
    differences = []
    for place, group in enumerate(standing):
        against = [g for by, g in fallen if by is group]
        against += [g for g in standing[place + 1 :] if one_thing(intent, group, g)]
        if against:
            others = [_account(g[0]) for g in against]
            differences.append(difference(intent, _account(group[0]), others))
    return spoken, differences
