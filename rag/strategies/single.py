"""From a draft and the evidence to the sentences that are said, their citations and the answer.

    draft -> sentences -> checked; refused ones dropped, and the verbatim quote said instead
    the value said -> other articles that give it too are cited beside it
                   -> articles that give another value become a disagreement and one more sentence

How that becomes the public answer is `assemble.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.text.passages import sentences
from rag.assemble import Abstention, assemble
from rag.checking.check import check
from rag.checking.cite import MOST_CITED
from rag.checking.items import Verdict, recount
from rag.checking.spoken import Spoken
from rag.disagreements.account import Difference, groups
from rag.disagreements.kinds import after
from rag.disagreements.other_events import tales
from rag.disagreements.other_figures import others
from rag.disagreements.other_names import MOST, Account, kind_of_difference, name_accounts, role
from rag.evidence.fit import candidates, known, missing_terms
from rag.evidence.sentence import EvidenceSentence, source_of
from rag.evidence.slot import MEASURES, asked_role, marks, nearest, slot
from rag.figures import Figure, find_figures, same
from rag.language.event_status import status_of
from rag.language.names import Name, bears, find_names, mentions
from rag.language.negation import verdict as polarity
from rag.question.intent import Intent
from rag.strategies.comparison import Comparison
from rag.strategies.draft import bare, found_nothing, sets_beside, told_kind, without_yes
from rag.strategies.reading import Readings
from rag.strategies.settle import together
from rag.types import Answer, DisagreementKind, Dropped

PROMPT_SENTENCES = 3
PROMPT_WORDS = 100
NEAR = 0.15  # how far below the best sentence's score one counts as no worse
VALUES = ("percent", "money", "count", "date", "duration", "age")


class Composer:
    """Builds one answer from one question's evidence, best first in `pool`."""

    def __init__(self, intent: Intent, pool: Sequence[EvidenceSentence]) -> None:
        self._intent = intent
        self._pool = list(pool)
        self._dropped: list[Dropped] = []
        self._differences: list[Difference] = []

    def chosen(self) -> list[EvidenceSentence]:
        """The sentences that the model reads: the best, as far as the budget goes."""
        out: list[EvidenceSentence] = []
        length = 0
        for e in self._pool:
            size = len(e.text.split())
            if out and (length + size > PROMPT_WORDS or e.score < 0.5 * out[0].score):
                continue
            out.append(e)
            length += size
            if len(out) == PROMPT_SENTENCES:
                break
        return out

    def weighed(self, draft: str) -> tuple[bool, bool]:
        """Whether the first sentence of a draft holds, and whether it has a figure, date or name
        that its citations lack."""
        first = next((draft[a:b] for a, b in sentences(draft)), "")
        verdict = check(without_yes(first), self._order(), self._intent.figures)
        return verdict.reason is None, any(not where for where in verdict.found)

    def refuse(self, draft: str) -> None:
        """List a draft that is not said at all, with what speaks against it."""
        verdict = check(without_yes(draft.strip()), self._order(), self._intent.figures)
        reason = verdict.reason or "the evidence is about something else"
        self._dropped.append(Dropped(text=draft.strip(), reason=reason))

    def spoken(self, draft: str) -> list[Spoken]:
        """Sentences for a draft of evidence that answers; without one, the best sentence itself.

        A sentence of the draft that does not hold is replaced with the quote that it rests on,
        where that has the kind of thing asked for.
        """
        said: list[Spoken] = []
        self._intent = told_kind(self._intent, draft)
        if found_nothing(draft):
            self._dropped.append(Dropped(text=draft, reason="the model found no answer"))
            said = self._quoted()
        elif self._intent.kind == "yesno":
            said = self._yes_or_no(draft)
        elif self._intent.outcome and (ended := self._outcome()):
            said = [self._quote(ended)]
        elif draft:
            texts = [draft[a:b].strip() for a, b in sentences(draft)]
            said = [s for text in texts if (s := self._say(text))]
        else:
            said = self._quoted()
        if said:
            self._other_accounts(said)
        return said

    def comparison(self, found: Comparison) -> list[Spoken]:
        """The sentence of a comparison, cited to both sides."""
        cited = [account.evidence for account in found.accounts]
        verdict = check(found.text, cited)
        verdict = replace(verdict, text=found.text, cited=tuple(dict.fromkeys(cited)), reason=None)
        if not all(where for where in recount(verdict).found):
            return []
        first, second = found.accounts
        equal = same(first.figure, second.figure) or same(second.figure, first.figure)
        if not equal and not found.over_time:
            kind = kind_of_difference(first, second)
            self._differences.append(Difference(kind, (first, second)))
        return [Spoken(recount(verdict), found.short)]

    def quoted(
        self, said: Sequence[EvidenceSentence], short: str, *, begun: bool = False
    ) -> list[Spoken]:
        """Verbatim sentences that together give `short`, the first one begun with it or not."""
        out = [self._quote(e, short=short, word=short if begun and not i else None)
               for i, e in enumerate(said)]  # fmt: skip
        for spoken in out[1:]:
            spoken.short = None
        return out

    def apart(self, readings: Readings) -> list[Spoken]:
        """What articles that were read one by one say."""
        spoken, self._differences = together(self._intent, readings)
        said = {s.verdict.text for s in spoken}
        self._dropped += [d for d in readings.dropped if d.text not in said]
        return spoken

    def answer(self, spoken: Sequence[Spoken], abstention: Abstention) -> Answer:
        """The public answer; the caller adds question, library, model and timings."""
        nearest = self._pool[0] if self._pool else None
        return assemble(
            self._intent.text, spoken, self._differences, self._dropped, nearest, abstention
        )

    # -- inside ----------------------------------------------------------------------------

    def _say(self, text: str) -> Spoken | None:
        """One sentence of a draft if it holds and gives what was asked for, else the quote that it
        rests on; None (and dropped) where neither answers."""
        verdict = check(without_yes(text), self._order(), self._intent.figures)
        reason = verdict.reason
        if not reason and not self._answers(verdict.text):
            reason = "it does not give what was asked for"
        figure = self._rightful(verdict) if verdict.cited else None
        if not reason and figure and not any(same(figure, f) for f in find_figures(text)):
            reason = f"{figure.text} is what was asked for"
        if not reason and not bare(verdict.text):
            spoken = self._spoken(verdict)
            if self._several(verdict.cited[0]):  # told side by side: the sentence as it stands
                return self._quote(verdict.cited[0], short=spoken.short)
            return spoken
        said = self._instead(verdict, figure)
        if not said and not verdict.reason and self._intent.kind in MEASURES and not bare(text):
            return self._spoken(verdict)  # a measure in words that are not read as one
        if reason:
            self._dropped.append(Dropped(text=text, reason=reason))
        return said

    def _several(self, e: EvidenceSentence) -> bool:
        """Whether a sentence itself sets several values of the kind asked for side by side."""
        values = candidates(self._intent, e.text)
        one_role = len({role(f, e.text) for f in values}) == 1
        return len(values) > 1 and one_role and sets_beside(e.text)

    def _outcome(self) -> EvidenceSentence | None:
        """The newest of the good sentences that tell how something ended, an undated one last."""
        lead = self._pool[0]
        ended = [
            e
            for e in self._pool[:12]
            if e.names >= lead.names
            and e.score >= lead.score - 2 * NEAR
            and status_of(e.text) in ("cancelled", "denied", "completed")
        ]
        return max(ended, key=lambda e: (e.article.published or "", e.score), default=None)

    def _instead(self, verdict: Verdict, figure: Figure | None) -> Spoken | None:
        """The quote that a refused sentence rests on, with what the sentence has right of it."""
        for e in dict.fromkeys([*verdict.cited[:1], *self._pool[:1]]):
            kind = self._intent.kind
            if kind == "open":
                return self._quote(e)
            if kind in ("person", "org", "place"):
                told = [n for n in self._new_names(verdict.text) if mentions(n, e.text)]
                if told:
                    return self._quote(e, short=", ".join(told))
                continue
            drafted = [
                f
                for g in candidates(self._intent, verdict.text)
                for f in candidates(self._intent, e.text)
                if same(g, f)
            ]
            value = figure or (drafted[0] if drafted else slot(self._intent, e))
            if value is not None and value in candidates(self._intent, e.text):
                return self._quote(e, short=value.text)
        return None

    def _order(self) -> list[EvidenceSentence]:
        """Evidence to check against, what the model read first."""
        chosen = self.chosen()
        return [*chosen, *(e for e in self._pool if e not in chosen)][:24]

    def _answers(self, text: str) -> bool:
        """Whether a sentence has the kind of thing asked for."""
        kind = self._intent.kind
        if kind in ("person", "org", "place"):
            return bool(self._new_names(text))
        if kind in ("open", "yesno"):
            return True
        return bool(candidates(self._intent, text))

    def _rightful(self, verdict: Verdict) -> Figure | None:
        """Where the first cited sentence has several values, the one in the role asked for."""
        first = verdict.cited[0]
        told = candidates(self._intent, first.text)
        if len(told) > 1 and marks(self._intent, first.text):
            return nearest(self._intent, first.text, told)
        if self._intent.kind != "money" or len(told) < 2:
            return None
        asked = asked_role(self._intent)
        said = [f for f in told if any(same(f, g) for g in find_figures(verdict.text))]
        if any(role(f, first.text) == asked for f in said):
            return None
        return slot(self._intent, first)

    def _yes_or_no(self, draft: str) -> list[Spoken]:
        """The Yes or No of a draft with its sentence, else with the quote that it rests on."""
        match = re.match(r"(Yes|No), *", draft)
        if not match:
            return []
        word, rest = match[1], draft[match.end() :]
        verdict = check(draft, self._order(), self._intent.figures)
        if verdict.reason is None and not bare(rest):
            return [Spoken(verdict, word)]
        lead = self._pool[0]
        if verdict.cited and verdict.cited[0].score >= lead.score - NEAR:
            lead = verdict.cited[0]
        return [self._quote(lead, short=word, word=word), *self._opposed(lead, word == "Yes")]

    def _opposed(self, lead: EvidenceSentence, yes: bool) -> list[Spoken]:
        """Another article's sentence about the same that tells the opposite, said beside."""
        for e in self._pool[1:5]:
            if e.article.id == lead.article.id or e.score < lead.score - NEAR:
                continue
            if e.in_article < lead.in_article or missing_terms(self._intent, e):
                continue
            denied = polarity(self._intent.text, e.text, self._intent.relation) is False
            if denied == yes and e.cosine >= 0.6:
                return [self._quote(e)]
        return []

    def _quote(
        self, e: EvidenceSentence, *, short: str | None = None, word: str | None = None
    ) -> Spoken:
        """An evidence sentence said as it stands, after Yes or No where that is asked."""
        text = f"{word}: {e.text}" if word else e.text
        verdict = check(text, [e])
        verdict = recount(replace(verdict, text=text, cited=(e,), reason=None, repaired=True))
        spoken = self._spoken(verdict)
        if short:
            spoken.short = short
            spoken.figure = next(
                (f for f in candidates(self._intent, e.text) if f.text == short), spoken.figure
            )
        return spoken

    def _spoken(self, verdict: Verdict) -> Spoken:
        text = verdict.text
        kind = self._intent.kind
        if kind == "yesno":
            return Spoken(verdict, "Yes" if re.match(r"(?i)\W*yes", text) else "No")
        if kind in ("person", "org", "place"):
            return Spoken(verdict, ", ".join(self._new_names(text)) or None)
        figure = nearest(self._intent, text, candidates(self._intent, text))
        return Spoken(verdict, figure.text, figure) if figure else Spoken(verdict)

    def _new_names(self, text: str) -> list[str]:
        """The first name that the question does not have, with those listed right after it."""
        out: list[Name] = []
        for name in find_names(text):
            if known(self._intent, name.text) or bears(name.text, self._intent.text):
                continue
            if out and not re.fullmatch(r",? (?:and )?|, ", text[out[-1].end : name.start]):
                break
            out.append(name)
        return list(dict.fromkeys(name.text for name in out))

    def _quoted(self) -> list[Spoken]:
        """The best sentence itself, where it has the kind of thing asked for."""
        lead = self._pool[0]
        if not lead.holds_kind:
            return []
        figure = slot(self._intent, lead)
        if figure is None and self._intent.kind in VALUES:
            return []
        return [self._quote(lead, short=figure.text if figure else None)]

    def _other_accounts(self, said: list[Spoken]) -> None:
        """Cite the articles that agree; tell those that do not."""
        lead = next((s for s in said if s.figure is not None), None)
        if lead is None or lead.figure is None:
            self._other_words(said)
            return
        own = lead.verdict.cited[0]
        found = others(self._intent, self._pool, Account(own, lead.figure))
        sides = groups(found, lead.figure)
        if sides and (
            same(lead.figure, sides[0][0].figure) or same(sides[0][0].figure, lead.figure)
        ):
            for e in (account.evidence for account in sides[0]):
                holds = check(lead.verdict.text, [e], self._intent.figures).found
                if all(holds) and len(lead.cited) < MOST_CITED and e not in lead.cited:
                    lead.also.append(e)
        else:
            sides = [[Account(own, lead.figure)], *sides]
        differing = [side[0] for side in sides[1:MOST]]
        if not differing:
            return
        first = sides[0][0]
        if newer := self._newer([Account(own, lead.figure), *sides[0]], differing):
            said[said.index(lead)] = self._quote(newer.evidence, short=newer.figure.text)
            differing = [first, *(a for a in differing if a is not newer)]
            first = newer
        by_kind: dict[DisagreementKind, list[Account]] = {}
        for other in differing:
            by_kind.setdefault(kind_of_difference(first, other), []).append(other)
        self._differences = [Difference(kind, (first, *rows)) for kind, rows in by_kind.items()]
        said.append(self._others_sentence(differing))

    def _newer(self, leading: Sequence[Account], differing: Sequence[Account]) -> Account | None:
        """Where the latest state is asked for, an account that updates the value said and was
        published after every article with it."""
        days = [a.evidence.article.published for a in leading]
        if not self._intent.recent or self._intent.kind == "date":
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

    def _other_words(self, said: list[Spoken]) -> None:
        """Tell the articles that give or spell the name otherwise, or tell the event otherwise."""
        first = said[0]
        lead, kind = first.verdict.cited[0], self._intent.kind
        if kind in ("person", "org") and first.short and "," not in first.short:
            found = name_accounts(self._intent, self._pool, lead, first.short)
        elif kind in ("open", "yesno"):
            found = tales(self._intent, self._pool, lead)
        else:
            return
        by_kind: dict[DisagreementKind, list[Account]] = {}
        for other in found[1:MOST]:
            by_kind.setdefault(kind_of_difference(found[0], other), []).append(other)
        self._differences = [Difference(kind, (found[0], *rows)) for kind, rows in by_kind.items()]
        cited = [e for s in said for e in s.cited]
        differing = [a for rows in by_kind.values() for a in rows if a.evidence not in cited]
        if differing:
            said.append(self._others_sentence(differing, words=kind in ("open", "yesno")))

    def _others_sentence(self, differing: Sequence[Account], *, words: bool = False) -> Spoken:
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
