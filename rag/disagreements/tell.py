"""What other articles say of the same, told beside the answer.

the value said -> articles that give it too are cited beside it
               -> articles that give another one become a `Difference` and one more sentence:
                  "Other accounts give 15 billion dollars (Wire, 2025-06-12)."
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.checking.check import check
from rag.checking.cite import MOST_CITED
from rag.checking.items import recount
from rag.checking.spoken import Spoken, quote
from rag.disagreements.account import Account, Difference, groups
from rag.disagreements.kinds import after, kind_of_difference
from rag.disagreements.other_events import tales
from rag.disagreements.other_figures import others
from rag.disagreements.other_names import MOST, name_accounts
from rag.evidence.sentence import EvidenceSentence, source_of
from rag.figures import same
from rag.question.intent import Intent
from rag.types import DisagreementKind


def tell(intent: Intent, pool: Sequence[EvidenceSentence], said: list[Spoken]) -> list[Difference]:
    """Adds to `said` the citations of articles that agree and a sentence for those that do not;
    how these differ."""
    lead = next((s for s in said if s.figure is not None), None)
    if lead is None or lead.figure is None:
        return _other_words(intent, pool, said)
    own = lead.verdict.cited[0]
    found = others(intent, pool, Account(own, lead.figure))
    sides = groups(found, lead.figure)
    if sides and (same(lead.figure, sides[0][0].figure) or same(sides[0][0].figure, lead.figure)):
        for e in (account.evidence for account in sides[0]):
            holds = check(lead.verdict.text, [e], intent.figures).found
            if all(holds) and len(lead.cited) < MOST_CITED and e not in lead.cited:
                lead.also.append(e)
    else:
        sides = [[Account(own, lead.figure)], *sides]
    differing = [side[0] for side in sides[1:MOST]]
    if not differing:
        return []
    first = sides[0][0]
    if newer := _newer(intent, [Account(own, lead.figure), *sides[0]], differing):
        said[said.index(lead)] = quote(intent, newer.evidence, short=newer.figure.text)
        differing = [first, *(a for a in differing if a is not newer)]
        first = newer
    said.append(_sentence(differing))
    return _by_kind(first, differing)


def _newer(
    intent: Intent, leading: Sequence[Account], differing: Sequence[Account]
) -> Account | None:
    """Where the latest state is asked for, an account that updates the value said and was
    published after every article with it."""
    days = [a.evidence.article.published for a in leading]
    if not intent.recent or intent.kind == "date":
        return None
    later = [
        a
        for a in differing
        if (day := a.evidence.article.published) and all(d and after(day, d) for d in days)
    ]
    newest = max(later, key=lambda a: a.evidence.article.published or "", default=None)
    if newest is None or kind_of_difference(leading[0], newest) != "update":
        return None
    return newest


def _other_words(
    intent: Intent, pool: Sequence[EvidenceSentence], said: list[Spoken]
) -> list[Difference]:
    """Tell the articles that give or spell the name otherwise, or tell the event otherwise."""
    first = said[0]
    lead, kind = first.verdict.cited[0], intent.kind
    if kind in ("person", "org") and first.short and "," not in first.short:
        found = name_accounts(intent, pool, lead, first.short)
    elif kind in ("open", "yesno"):
        found = tales(intent, pool, lead)
    else:
        return []
    if not found:
        return []
    differences = _by_kind(found[0], found[1:MOST])
    cited = [e for s in said for e in s.cited]
    differing = [a for d in differences for a in d.accounts[1:] if a.evidence not in cited]
    if differing:
        said.append(_sentence(differing, words=kind in ("open", "yesno")))
    return differences


def _by_kind(first: Account, differing: Sequence[Account]) -> list[Difference]:
    """The first account against all that differ from it in the same way, in order of appearance."""
    kinds: dict[DisagreementKind, list[Account]] = {}
    for other in differing:
        kinds.setdefault(kind_of_difference(first, other), []).append(other)
    return [Difference(kind, (first, *rows)) for kind, rows in kinds.items()]


def _sentence(differing: Sequence[Account], *, words: bool = False) -> Spoken:
    """One sentence that tells the other values, or words, with their sources."""
    mark = '"' if words else ""
    told = [f"{mark}{a.figure.text}{mark} ({source_of(a.evidence)})" for a in differing]
    noun, verb = "Another account", "says" if words else "gives"
    if len(told) > 1:
        noun, verb = "Other accounts", verb[:-1]
    text = f"{noun} {verb} {', '.join(told[:-1])}{' and ' if told[1:] else ''}{told[-1]}."
    cited = tuple(account.evidence for account in differing)
    verdict = check(text, cited)
    return Spoken(recount(replace(verdict, text=text, cited=cited, reason=None)))
