"""Which of the values that articles give, each read on its own, are said.

readings -> groups of one value
two groups of the very same thing -> the one that more articles give is said, the other becomes
a disagreement;  groups of different things -> each is said
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.checking.spoken import Spoken
from rag.disagreements.account import Difference
from rag.disagreements.kinds import kind_of_difference
from rag.figures import find_figures, same
from rag.language.lexicon import words
from rag.language.names import bears, find_names, same_name
from rag.question.intent import Intent
from rag.strategies.reading import Reading, Readings, _account, _words

LEAST_SHARED = 4  # words beside question and value by which two articles describe one thing
DESCRIBED = 0.6  # and the share that these are of the shorter description
NEAR_COPY = 0.6  # share of the shorter text's words that the other has too
ROOT = 5  # letters by which two forms of a word are known


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
