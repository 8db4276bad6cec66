"""Who says what: the value that each article gives for what was asked, and where they differ.

    evidence about the same subject and relation -> its figure in the asked role -> groups of one
    value -> rounding, update or conflict

A figure's role (a price, a valuation, a revenue) is read from the words beside it, so that an age
never meets a valuation. What is shown first is decided in `answer.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.evidence import EvidenceSentence, candidates, missing_terms, stems_of
from rag.figures import Figure, close, same
from rag.intent import Intent
from rag.lexicon import covers, stem, words
from rag.names import mentions
from rag.roles import REVENUE, VALUATION
from rag.roles import role as role
from rag.states import status_of
from rag.types import DisagreementKind

MARGIN = 0.3  # how far below the best sentence's score another account may lie
MOST = 5  # values shown

_ORDER = {"planned": 0, "reported": 1, "opinion": 1, "announced": 2, "completed": 3}


@dataclass(frozen=True, slots=True)
class Account:
    """One article's value for what was asked, in one of its sentences."""

    evidence: EvidenceSentence
    figure: Figure


def asked_role(intent: Intent) -> str:
    """The role that the question asks for."""
    text = intent.text
    if re.search(r"(?i)\b(?:los[est]\w*|wiped?|shed|fell|drop\w*|plunge\w*)\b", text):
        return "amount"
    if re.search(rf"(?i)\b(?:{REVENUE})\b", text):
        return "revenue"
    if re.search(rf"(?i)\b(?:{VALUATION})\b", text):
        return "valuation"
    return "amount"


def slot(intent: Intent, e: EvidenceSentence) -> Figure | None:
    """The figure that fills the question: right kind and role, nearest to its words."""
    options = candidates(intent, e.text)
    if intent.kind == "money":
        wanted = asked_role(intent)
        fitting = [f for f in options if role(f, e.text) == wanted]
        if not fitting and wanted != "amount":
            return None
        options = fitting or options
    options = [f for f in options if not _aside(f, e.text)] or options
    if len(options) < 2:
        return options[0] if options else None
    cues = [
        (match.start() + match.end()) / 2
        for match in re.finditer(r"\w+(?:[-'’]\w+)*", e.text)
        if any(covers(t, frozenset(stem(w) for w in words(match[0]))) for t in intent.relation)
    ]
    if not cues:
        return options[0]
    return min(options, key=lambda f: (min(abs(f.start - c) for c in cues), f.start))


def _aside(figure: Figure, text: str) -> bool:
    """Whether a figure is told only beside another: a part of it, or what it was before."""
    after, before = text[figure.end :], text[: figure.start]
    return bool(
        re.match(r"\s*(?:of (?:it|which|that|them)\b|already\b|earlier\b)", after)
        or re.search(
            r"(?i)\b(?:up from|from|after|instead of|compared with|against|previously|of which)"
            r"(?: (?:around|about|roughly|nearly|over|some))?\s*$",
            before,
        )
    )


def accounts(
    intent: Intent, pool: Sequence[EvidenceSentence], lead: EvidenceSentence
) -> list[Account]:
    """What each article gives, best first: the sentences that fit the question as `lead` does."""
    untold = set(missing_terms(intent, lead))
    named = [n for n in intent.names if mentions(n, lead.text)]
    own = stems_of(lead.text)
    told = [t for t in intent.relation if covers(t, own)]
    found: dict[str, Account] = {}
    for e in pool:
        if e.score < lead.score - MARGIN or not all(
            mentions(n, f"{e.text} {e.article.title or ''}") for n in named
        ):
            continue
        if e.in_article < lead.in_article or e.dates < lead.dates or not e.holds_kind:
            continue
        near = e.cosine >= lead.cosine - (0.05 if intent.kind == "money" else 0.0)
        retold = all(covers(t, stems_of(e.text)) for t in told) and bool(told)
        anchored = any(same(f, g) for f in _others(intent, e) for g in _others(intent, lead))
        if not near and not anchored and (not retold or set(missing_terms(intent, e)) - untold):
            continue  # neither as near to the question as the lead nor in the same words
        figure = slot(intent, e)
        if figure is not None:
            held = found.get(e.article.id)
            if held is None or e.cosine > held.evidence.cosine:
                found[e.article.id] = Account(e, figure)
    return list(found.values())


def _others(intent: Intent, e: EvidenceSentence) -> list[Figure]:
    """Shares and sums of a sentence that are not of the kind asked for: what ties it to a deal."""
    asked = candidates(intent, e.text)
    return [f for f in e.figures if f.kind in ("percent", "money") and f not in asked]


def groups(found: Sequence[Account], first: Figure | None = None) -> list[list[Account]]:
    """Accounts of one value together, the group of `first` leading."""
    out: list[list[Account]] = []
    for account in found:
        for group in out:
            if same(account.figure, group[0].figure) or same(group[0].figure, account.figure):
                group.append(account)
                break
        else:
            out.append([account])
    if first is not None:
        out.sort(key=lambda g: not (same(first, g[0].figure) or same(g[0].figure, first)))
    return out


def kind_of_difference(lead: Account, other: Account) -> DisagreementKind:
    """Rounding where one value rounds to the other, update where a later state replaces an earlier
    one, conflict otherwise."""
    if close(lead.figure, other.figure) or close(other.figure, lead.figure):
        return "rounding"
    a, b = status_of(lead.evidence.text), status_of(other.evidence.text)
    one, two = lead.evidence.article.published, other.evidence.article.published
    if one and two and one[:7] != two[:7]:
        return "update"
    if a != b and a in _ORDER and b in _ORDER and "planned" in (a, b):
        return "update"
    return "conflict"
