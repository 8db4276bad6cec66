"""What a question states and asks for: `understand`.

    question -> figures, publishers, names -> the words that are left -> `Intent`

Rules for English questions, but for the kind of answer, which is learned (`question/kind.py`). A
follow-up is completed before, in `question/followup.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from index.query.publishers import named
from index.query.question import asks_latest
from index.text.aliases import mentioned
from rag.figures import Figure, find_figures
from rag.language.lexicon import content
from rag.language.names import bears, find_names, unique
from rag.question.classifier import Encode
from rag.question.kind import Kind, kind_of


@dataclass(frozen=True, slots=True)
class Intent:
    """A question that stands alone, understood; `names` and `figures` are those that it states."""

    text: str
    kind: Kind
    names: tuple[str, ...]
    figures: tuple[Figure, ...]
    terms: tuple[str, ...]  # stems of the words that carry meaning, names included
    publishers: tuple[str, ...]  # publishers as the question names them
    sources: tuple[tuple[str, ...], ...]  # for each of these, the library's publishers it may be
    relation: tuple[str, ...]  # the other stems: of no name, figure or publisher
    outcome: bool = False  # asks what became of something
    recent: bool = False  # asks for the latest state
    explains: bool = False  # asks why or how, by the classifier of forms (`question/form.py`)
    lasting: float = 0.0  # what its vector says of whether that changes (`question/lasting.py`)


def understand(
    question: str,
    encode: Encode,
    publishers: Sequence[str] = (),
    known_names: Collection[str] = (),
) -> Intent:
    """The intent of a question that stands alone.

    `encode` and `publishers` are those of the library; `known_names` are the names in the articles
    that the search found, which the question may write in lower case.
    """
    kind = kind_of(question, encode)
    question = re.sub(
        r"\bseries ([a-k])\b", lambda m: f"Series {m[1].upper()}", question, flags=re.IGNORECASE
    )
    figures = tuple(f for f in find_figures(question) if f.kind not in ("ordinal",))
    sources = named(question, publishers)
    names = _names(question, list(sources), known_names, figures)
    for name in known_names:  # the model reads names better with their usual capitals
        if name.casefold() in (n.casefold() for n in names):
            question = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", name, question, flags=re.I)
    rest = question
    for gone in (*sources, *names, *(f.text for f in figures)):
        rest = re.sub(rf"(?<!\w){re.escape(gone)}(?!\w)", " ", rest, flags=re.IGNORECASE)
    return Intent(
        text=question,
        kind=kind,
        names=names,
        figures=figures,
        terms=tuple(content(question)),
        publishers=tuple(sources),
        sources=tuple(tuple(group) for group in sources.values()),
        relation=tuple(t for t in content(rest) if t not in _ASKING),
        outcome=bool(_OUTCOME.search(question)),
        recent=asks_latest(question),
    )


_OUTCOME = re.compile(
    r"\b(?:what(?:['’]s| has| have| did| is)? (?:ever )?(?:became|become|come) of|what happened (?:to|with)"
    r"|turn(?:ed)? out|fate of|go(?:ne)? through|in the end|end(?:ed)? up|ever (?:close|happen|start|take)"
    r"|stick with|still (?:on|alive|in (?:force|effect|place))|fall through|come (?:about|off)|left of"
    r"|final(?:ly)?|eventual(?:ly)?|survive)\b",
    re.IGNORECASE,
)
_ASKING = frozenset(
    content(
        "share stake percent percentage price amount sum money number date day year month person"
        " company name old age big large high long time many happened happen"
    )
)


def _names(
    question: str,
    publishers: Sequence[str],
    known_names: Collection[str],
    figures: Sequence[Figure],
) -> tuple[str, ...]:
    """The names of the question, in order: without publishers, and none inside another."""
    found = [
        re.sub(r"-(?:led|backed|owned|based|run|made|built)$", "", name.text)
        for name in find_names(question)
        if not any(f.start < name.end and name.start < f.end for f in figures)
    ]
    found = [
        part
        for name in found
        for part in (name.split("-") if re.fullmatch(r"[A-Z]\w{2,}-[A-Z]\w{2,}", name) else [name])
    ]
    found += [f.text for f in figures if f.kind == "version"]
    if found and question.startswith(found[0]) and " " in found[0]:
        # a capital at the very beginning may be the sentence's, not the name's
        rest = found[0].split(" ", 1)[1]
        if known_names and rest in known_names and found[0] not in known_names:
            found[0] = rest
    found += mentioned(question)
    found += [
        name
        for name in known_names
        if len(name) > 2 and bears(name, question) and not re.match(r"[A-Z]\w*-[a-z]", name)
    ]
    kept: list[str] = []
    for name in sorted(unique(found), key=len, reverse=True):
        if any(bears(name, p) for p in publishers) or (len(name) < 2 and name != "X"):
            continue
        if re.sub(r"^the ", "", name.casefold()) in ("ai", "ceo", "us dollars"):
            continue
        if not any(bears(name, other) for other in kept):
            kept.append(name)
    return tuple(sorted(kept, key=lambda n: question.casefold().find(n.casefold())))
