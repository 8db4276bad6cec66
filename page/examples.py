"""Questions to begin with, made from what the library holds and kept only where it answers them.

newest articles -> a sum or a share that somebody paid, raised, bought -> "How much did ...?"
                -> the names that most headlines share                 -> "What is new about ...?"
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index.errors import DatelineError
from index.text.sentences import sentences
from index.types import Article
from rag.figures import find_figures
from rag.language.names import find_names
from rag.language.parse import parsed
from rag.types import Question

if TYPE_CHECKING:
    from spacy.tokens import Token

    from rag.dateline import Dateline

READ = 120  # articles, the newest; not measured
PARSED = 150  # sentences; not measured
_ASKED = {"money": "How much", "percent": "What share"}
_PARTIES = ("for", "in", "into", "from")
_LIKELY = 0.5  # the chance of an answer, by the evidence, above which a question is shown


class Examples:
    """The example questions of one library; made anew when it has changed."""

    def __init__(self, engine: Dateline, most: int = 4) -> None:
        self._engine, self._most = engine, most
        self._lock = threading.Lock()
        self._made: tuple[str, list[str]] = ("", [])

    def now(self) -> list[str]:
        """Questions that the library as it is now answers; up to `most`, none of an empty one.

        It takes a few seconds once the library has changed.
        """
        with self._lock:
            state = self._engine.library.state
            if self._made[0] != state:
                self._made = state, self._chosen()
            return self._made[1]

    def _chosen(self) -> list[str]:
        articles = self._engine.library.latest(READ)
        figures = self._answered(figure_questions(articles), self._most // 2)
        names = common_names(articles)
        news = [f"What is new about {name}?" for name in names[:1]]
        told = [f"Give me a timeline of {name}." for name in names[1:2]]
        rest = ["What is new?"] if articles else []
        return [*figures, *news, *told, *rest][: self._most]

    def _answered(self, questions: Iterator[str], most: int) -> list[str]:
        kept: list[str] = []
        for question in questions:
            if len(kept) == most:
                break
            try:
                chance = self._engine.read(Question(question=question))[2].chance
            except DatelineError:
                continue
            if chance >= _LIKELY:
                kept.append(question)
        return kept


def figure_questions(articles: Sequence[Article]) -> Iterator[str]:
    """A question for a figure of each article, each asked of another subject.

    "Meta paid 14.8 billion dollars for 49% of Scale AI." -> "How much did Meta pay for 49% of
    Scale AI?"
    """
    asked: set[str] = set()
    parsed_so_far = 0
    for article in articles:
        for sentence in sentences(article.text):
            text = article.text[sentence[0] : sentence[1]]
            kinds = {figure.kind for figure in find_figures(text)}
            if not kinds & _ASKED.keys() or parsed_so_far == PARSED:
                continue
            parsed_so_far += 1
            found = _question(text)
            if found and found[0] not in asked:
                asked.add(found[0])
                yield found[1]
                break


def _question(text: str) -> tuple[str, str] | None:
    """The subject and the question for the first sum or share that is the object of a verb in the
    past tense whose subject is a name; None where there is none."""
    doc = parsed(text)
    names = find_names(text)
    for figure in find_figures(text):
        if figure.kind not in _ASKED:
            continue
        inside = [w for w in doc if figure.start <= w.idx < figure.end]
        obj = next((w for w in inside if w.dep_ in ("dobj", "obj")), None)
        verb = obj.head if obj is not None else None
        if obj is None or verb is None or verb.tag_ != "VBD" or verb.dep_ != "ROOT":
            continue
        subjects = [w for w in verb.children if w.dep_ == "nsubj"]
        name = next((n for n in names for s in subjects if n.start <= s.idx < n.end), None)
        if name is None or any(c.dep_ == "neg" for c in verb.children):
            continue
        if not _text(subjects[0]).endswith(name.text):
            continue
        of = _after(obj, "of") if figure.kind == "percent" else ""
        purpose = _after(verb, *_PARTIES) or (_after(obj, *_PARTIES) if not of else "")
        asked = f"{_ASKED[figure.kind]}{of} did {name.text} {verb.lemma_}{purpose}?"
        return name.text, asked
    return None


def _after(word: Token, *prepositions: str) -> str:
    """The short phrase that such a preposition brings to a word, with a space before it, or ""."""
    for child in word.children:
        if child.dep_ in ("prep", "dative") and child.lower_ in prepositions:
            phrase = _text(child).partition(",")[0]
            if len(phrase.split()) <= 6 and find_names(phrase):
                return f" {phrase}"
    return ""


def _text(word: Token) -> str:
    left, right = word.left_edge, word.right_edge
    return word.doc.text[left.idx : right.idx + len(right.text)]


def common_names(articles: Sequence[Article]) -> list[str]:
    """The names that stand in the headlines of at least two articles, the most frequent first."""
    counts = Counter(name for a in articles for name in {n.text for n in find_names(a.title or "")})
    return [name for name, count in counts.most_common() if count > 1]
