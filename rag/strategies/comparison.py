"""Questions that set two sides against each other: two publishers' accounts, or two names.

    sides -> the best value of each, found on its own -> same, higher, lower -> one sentence

Decided by code from cited values, not by the model; where a side has no value it is no comparison
of values, and the question goes on to `multihop.py` or is answered like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.checking.check import check
from rag.checking.items import recount
from rag.checking.spoken import Spoken
from rag.disagreements.account import Account
from rag.disagreements.kinds import difference
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.slot import slot
from rag.figures import order, same
from rag.language.lexicon import content
from rag.language.names import mentions
from rag.question.intent import Intent
from rag.question.kind import Kind
from rag.strategies import multihop
from rag.strategies.case import Case, Reply

_SAME = r"\b(?:same|agree|agrees|match|matches|identical|consistent|equal|in line|concur|as much)\b"
_DIFFERENT = (
    r"\b(?:differ|differs|different|disagree|disagrees|conflict|contradict|contradicts|at odds)\b"
)
_HIGHER = r"\b(?:higher|highest|more|larger|largest|bigger|biggest|greater|most|above|exceed|exceeds|ahead|longer|older)\b"
_LOWER = r"\b(?:lower|lowest|less|smaller|smallest|fewer|fewest|below|least|shorter|younger)\b"
_EARLIER = r"\b(?:earlier|earliest|first|before|sooner)\b"
_LATER = r"\b(?:later|latest|after|last)\b"
_ASKING = r"\b(?:which|do|does|did|of|and|or|both|gives?|gave|puts?|reports?|outlets?|sources?|figures?|level|own|at|the)\b"
_NOUNS: tuple[tuple[Kind, str], ...] = (
    (
        "percent",
        r"\b(?:share|stake|percent|percentage|portion|fraction)\b(?! in\b.*\b(?:amount|price|paid|pay|sum)\b)",
    ),
    (
        "money",
        r"\b(?:amount|price|sum|valu\w+|worth|revenue|fine|cost|paid|pays?|loss(?:es)?|money|raised?|funding|bonus|bid|offer|investment|dollars?)\b",
    ),
    ("date", r"\b(?:dates?|dated|(?<!on the same )day|year|when|month|time)\b"),
    (
        "count",
        r"\b(?:number|many|count|users?|audience|customers|subscribers|employees|staff"
        r"|headcount|workforce|people|jobs|books|signatures)\b",
    ),
)
_ANY: tuple[Kind, ...] = ("money", "percent", "count")
_VALUE = (  # of any kind
    r"\b(?:figures?|levels?|values?|estimates?|totals?|size|profits?|salary|penalty|settlement"
    r"|market cap\w*|spend\w*|spent|earn\w*|invest\w*|how (?:much|many|big|large|high|long|old))\b"
)
_BOUND = re.compile(  # "more than $10 billion, by both?" is no comparison of the two
    r"\b(?:than|over|above|under|below|at least|at most|exceed\w*) [$€£]?\d", re.IGNORECASE
)
LEAST = 0.35  # cosine to the question below which a sentence is about something else
Find = Callable[[Intent], Sequence[EvidenceSentence]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sentence to say, its sides' accounts, and the answer alone."""

    text: str
    short: str
    accounts: tuple[Account, ...]
    over_time: bool = False  # values of two times, which may differ without any disagreement


def asked(case: Case) -> bool:
    """Whether two sides may be compared; a question that tells more than that is for `multihop`."""
    return not multihop.long(case.found.asked)


def reply(case: Case) -> Reply | None:
    """Two sides set against each other, or a value at two times; None where it is neither, or one
    of the two has no value. An empty reply where the quotes do not bear the comparison out."""
    if not asked(case):
        return None
    intent = case.intent
    return told(intent, compare(intent, lambda side: case.finder.side(side, case.question)))


def told(intent: Intent, found: Comparison | None) -> Reply | None:
    """A comparison as it is said: one sentence, cited to both sides."""
    if found is None:
        return None
    cited = [account.evidence for account in found.accounts]
    verdict = check(found.text, cited)
    verdict = replace(verdict, text=found.text, cited=tuple(dict.fromkeys(cited)), reason=None)
    if not all(where for where in recount(verdict).found):
        return Reply()
    first, second = found.accounts
    equal = same(first.figure, second.figure) or same(second.figure, first.figure)
    differences = []
    if not equal and not found.over_time:
        differences = [difference(intent, first, [second])]
    return Reply([Spoken(recount(verdict), found.short)], differences)


def sides(intent: Intent) -> list[tuple[str, Intent]]:
    """The two things compared and the question about each alone; empty when nothing is compared."""
    text = intent.text
    compares = any(
        re.search(p, text, re.IGNORECASE)
        for p in (_SAME, _DIFFERENT, _HIGHER, _LOWER, _EARLIER, _LATER)
    )
    if len(intent.publishers) == 2 and compares:
        pairs = dict(zip(intent.publishers, intent.sources, strict=True))
        plain = _plain(intent)
        return [
            (name, replace(plain, publishers=(name,), sources=(pairs[name],)))
            for name in _in_order(intent.publishers, text)
        ]
    either = re.search(
        rf"(?:{_HIGHER}|{_LOWER}|{_EARLIER}|{_LATER}).*(?:,| than | or )", text, re.I
    )
    if len(intent.names) >= 2 and either and not intent.publishers:
        one, two = _in_order(intent.names, text)[-2:]
        if re.search(rf"{re.escape(one)}\W.*\b(?:or|than)\b.*{re.escape(two)}", text, re.I):
            return [
                (name, replace(intent, names=tuple(n for n in intent.names if n != other)))
                for name, other in ((one, two), (two, one))
            ]
    return []


def _plain(intent: Intent) -> Intent:
    """The question without its publishers and words of comparing: what each side is asked."""
    text = intent.text
    for name in intent.publishers:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?:['’]s)?(?!\w)", " ", text)
    for pattern in (_SAME, _DIFFERENT, _HIGHER, _LOWER, _EARLIER, _LATER, _ASKING):
        text = re.sub(pattern, " ", text, flags=re.IGNORECASE)
    left = frozenset(content(text))
    return replace(
        intent,
        text=" ".join(text.split()),
        terms=tuple(t for t in intent.terms if t in left),
        relation=tuple(t for t in intent.relation if t in left),
    )


def kinds_compared(intent: Intent) -> list[Kind]:
    """The kinds of value that may be compared, likeliest first, from the question's nouns; none
    where two accounts are to be compared and not their values ("is the portrayal consistent?")."""
    rest = _without_names(intent)
    named = kinds_named(intent)
    valued = named or re.search(_VALUE, rest, re.IGNORECASE)
    if intent.kind == "yesno" and intent.publishers and not valued:
        return []
    return named + [kind for kind in _ANY if kind not in named]


def kinds_named(intent: Intent) -> list[Kind]:
    """The kinds of value that the question's nouns name, in their order."""
    rest = _without_names(intent)
    found = [
        (match.start(), kind)
        for kind, pattern in _NOUNS
        if (match := re.search(pattern, rest, re.IGNORECASE))
    ]
    return [kind for _, kind in sorted(found)]


def _without_names(intent: Intent) -> str:
    text = intent.text
    for name in (*intent.publishers, *intent.names):
        text = text.replace(name, " ")
    return text


def compare(intent: Intent, find: Find) -> Comparison | None:
    """Decide the comparison, or None where the question is none or a side has no value."""
    pair = sides(intent)
    if not pair or (intent.kind == "yesno" and _BOUND.search(intent.text)):
        return None
    if re.search(r"\b(?:agree|say|report|claim)s? that\b", intent.text):
        return None
    pools: dict[Kind, list[Account]] = {}
    for kind in kinds_compared(intent):
        for name, side in pair:
            asked = replace(side, kind=kind)
            near = None if side.publishers else name
            best = [
                Account(e, figure)
                for e in find(asked)[:4]
                if e.names >= 0.5
                and e.cosine >= LEAST
                and (near is None or mentions(near, e.text))
                and (figure := slot(asked, e, near)) is not None
            ]
            pools.setdefault(kind, []).extend(best[:1])
        one_place = len({(a.evidence.start, a.evidence.article.id, a.figure) for a in pools[kind]})
        if len(pools[kind]) == len(pair) == one_place:
            return _decide(intent, [name for name, _ in pair], pools[kind])
    return None


def _decide(intent: Intent, names: Sequence[str], found: Sequence[Account]) -> Comparison | None:
    text = intent.text
    a, b = found[0].figure, found[1].figure
    equal = same(a, b) or same(b, a)
    told = f"{names[0]} gives {_said(found[0])} and {names[1]} {_said(found[1])}"
    if equal:
        told = f"both give {_said(found[0])}"
    yesno = intent.kind == "yesno"
    rank = order(a, b)
    if re.search(_SAME, text, re.I) or re.search(_DIFFERENT, text, re.I):
        yes = equal if re.search(_SAME, text, re.I) else not equal
        short = "Yes" if yes else "No"
        return Comparison(f"{short}: {told}.", short, tuple(found))
    up = bool(re.search(_HIGHER, text, re.I) or re.search(_LATER, text, re.I))
    if rank is None:
        return None
    first = rank > 0 if up else rank < 0
    if yesno:
        short = "Yes" if first and not equal else "No"
        return Comparison(f"{short}: {told}.", short, tuple(found))
    if equal:
        return Comparison(f"Neither: {told}.", "Neither", tuple(found))
    winner = names[0] if first else names[1]
    return Comparison(f"{winner}: {told}.", winner, tuple(found))


def _said(account: Account) -> str:
    """The figure as written, with its hedge where the text has one just before it."""
    figure, text = account.figure, account.evidence.text
    hedge = re.search(
        r"\b((?:nearly|almost|about|around|roughly|over|more than|less than|under|close to|up to)) $",
        text[: figure.start],
        re.IGNORECASE,
    )
    return f"{hedge[1].lower()} {figure.text}" if hedge else figure.text


def _in_order(names: Sequence[str], text: str) -> list[str]:
    return sorted(names, key=lambda name: text.lower().find(name.lower()))
