"""A sentence to be said, with its short answer: `Spoken`.

    question, verdict -> `spoken` -> the figure or name that answers -> `Spoken`
    question, evidence sentence -> `quote` -> the sentence itself, said as it stands -> `Spoken`

The sentence is checked in `checking/check.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from index.text.passages import sentences
from rag.checking.items import Verdict, verbatim
from rag.evidence.fit import candidates, known
from rag.evidence.sentence import EvidenceSentence
from rag.evidence.slot import nearest_to_question
from rag.figures import Figure, find_figures, same
from rag.language.names import Name, bears, find_names, mentions
from rag.question.intent import Intent


@dataclass(slots=True)
class Spoken:
    """One sentence to be said, with the evidence that bears it out.

    `short` is the short answer within it, `figure` the figure of that answer if it is one.
    """

    verdict: Verdict
    short: str | None = None
    figure: Figure | None = None
    also: list[EvidenceSentence] = field(default_factory=list)  # other articles, the same value
    day: str | None = None  # of what it tells, in a timeline
    side: str | None = None  # whose account it is, in a comparison

    @property
    def cited(self) -> list[EvidenceSentence]:
        """All the evidence to cite, that of the verdict first."""
        return [*self.verdict.cited, *self.also]


def spoken(intent: Intent, verdict: Verdict, short: str = "") -> Spoken:
    """A checked sentence with the short answer in it: Yes or No, else `short` where the sentence
    has it, else names or the figure nearest to the question's words; without one there is none."""
    text, kind = verdict.text, intent.kind
    if kind == "yesno":
        return Spoken(verdict, "Yes" if re.match(r"(?i)\W*yes", text) else "No")
    if short and (given := given_in(short, text)):
        return Spoken(verdict, given, _figure_of(given, text))
    if kind in ("person", "org", "place"):
        return Spoken(verdict, ", ".join(new_names(intent, text)) or None)
    figure = nearest_to_question(intent, text, candidates(intent, text))
    return Spoken(verdict, figure.text, figure) if figure else Spoken(verdict)


def given_in(value: str, text: str) -> str | None:
    """A value as a text writes it: the same words, the same figure, the same names; None where the
    text does not have it.

    >>> given_in("$1.2 billion", "EA paid 1,200 million dollars for it.")
    '1,200 million dollars'
    """
    if bears(value, text):
        return value
    figures = find_figures(value)
    told = [next((g for g in find_figures(text) if same(f, g)), None) for f in figures]
    if len(told) == 1 and told[0] is not None:
        return told[0].text
    names = find_names(value)
    if not figures and names and all(mentions(n.text, text) for n in names):
        return value
    return None


def quote(
    intent: Intent,
    e: EvidenceSentence,
    *,
    short: str | None = None,
    word: str | None = None,
    whole: bool = False,
) -> Spoken:
    """An evidence sentence said as it stands, after Yes or No (`word`) where that is asked.

    What the sentence leans on is cited with it and not said, unless the `whole` is to be said, or
    `short` stands there: then that sentence is said; `short` replaces the short answer that is read
    from the sentence. Of the `whole` there is none.
    """
    own = e.text if whole else e.own
    if short and word is None and short not in own:
        own = next((e.text[a:b] for a, b in sentences(e.text) if short in e.text[a:b]), e.text)
    text = f"{word}: {own}" if word else own
    verdict = verbatim(text, e)
    if whole:
        return Spoken(verdict)
    said = spoken(intent, verdict)
    if short:
        said.short = short
        said.figure = _figure_of(short, text)
    return said


def _figure_of(short: str, text: str) -> Figure | None:
    """The figure that a short answer is, as it is read in its sentence ("a third" of a company);
    None where it holds none, or several."""
    start = text.find(short)
    end = start + len(short)
    within = [f for f in find_figures(text) if start <= f.start and f.end <= end] or [
        f for f in find_figures(text) if f.start <= start and end <= f.end and start >= 0
    ]
    figures = within or find_figures(short)
    return figures[0] if len(figures) == 1 else None


def new_names(intent: Intent, text: str) -> list[str]:
    """The first name that the question does not have, and the names listed right after it."""
    out: list[Name] = []
    for name in find_names(text):
        if known(intent, name.text) or bears(name.text, intent.text):
            continue
        if out and not re.fullmatch(r",? (?:and )?|, ", text[out[-1].end : name.start]):
            break
        out.append(name)
    return list(dict.fromkeys(name.text for name in out))
