"""Whether quotes support sentences, judged by rule and apart from the checks in `rag/checking`.

    Answer -> each sentence with its citations -> Cited: precise, recalled
    Answer -> invariants: which of the promises of docs/interface.md it breaks

Stands in for the entailment model of ALCE (Gao et al., EMNLP 2023). Quotes support a sentence when
they, or the cited article's title, publisher or published date, hold every figure, date and name of
it and at least half of its content words. Does not see a negation, nor a true figure with the wrong
subject within one quote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.judging.texts import holds_any, markers, tokens, without_markers
from rag.figures import Figure, find_figures, same, same_amount
from rag.types import Answer, Citation

ArticleText = Callable[[str], str | None]

CONTENT_SHARE = 0.5  # of the content words, which quotes must hold; not measured
_CAPITAL = re.compile(r"\b(?:[^\W\d_a-z]\w*|[a-z]+[A-Z]\w*)")
_WORD = re.compile(r"\w+")
_DENIAL = re.compile(
    r"\b(?:not|no|nor|never|neither|without|cannot|nothing|none|instead of|rather than)\b"
    r"|n['’]t\b",
    re.I,
)
_NOT_NAMES = frozenset(
    """ai ceo cfo coo cto chief executive officer president chairman chair founder director us uk eu
    usa january february march april may june july august september october november december jan
    feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday
    sunday yes no the an it its he she they we you this that these those there here in on at by as
    for from of to with and or but if when while after before according both all one some other
    according also usd eur gbp""".split()
)
_EMPTY = frozenset(
    """and are but for from has had have her his how into its not nor off one our out own per she
    than that their them then there these they this those was were what when where which while who
    whom whose why will with would you your been being did does done both each also about after
    before over under more most some such other said says according yes no is it in on at by as of
    to or be he we do if so an us""".split()
)

# Words that sentences about other accounts are made with, which their quotes need not hold.
_FRAME = frozenset(
    word[:5]
    for word in """another account accounts gives give gave differ says undated million billion
    trillion thousand percent dollars dollar euros usd""".split()
)


@dataclass(frozen=True, slots=True)
class Gold:
    """The span of a sentence that supports a question's answer."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cited:
    """Verdicts: `precise` for each (sentence, citation), `recalled` for each sentence."""

    precise: list[bool]
    recalled: list[bool]


def verbatim(citation: Citation, article_text: ArticleText) -> bool:
    """Whether the quote is exactly the stored text at its offsets."""
    text = article_text(citation.article_id)
    return (
        text is not None
        and 0 <= citation.start < citation.end <= len(text)
        and text[citation.start : citation.end] == citation.quote
    )


def source_text(citation: Citation) -> str:
    """The text that may support a sentence: quote, title, publisher and published date."""
    parts = (citation.quote, citation.title, citation.publisher, citation.published)
    return "\n".join(part for part in parts if part)


def names(sentence: str, known: str = "") -> list[str]:
    """Capitalised words that are part of a name, without figures, months and titles of office.

    The first word of a sentence counts only when `known` has it capitalised inside a sentence:
    names("Buying Scale AI cost Meta dear") == ["Scale", "Meta"].
    """
    taken = [(figure.start, figure.end) for figure in find_figures(sentence)]
    found: list[str] = []
    for match in _CAPITAL.finditer(sentence):
        word = match.group()
        if len(word) < 2 or word.islower() or word.lower() in _NOT_NAMES:
            continue
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        before = sentence[: match.start()].rstrip(" \t\n\"'“‘(")
        begins = not before or before[-1] in ".!?:;"
        inner = any(character.isupper() or character.isdigit() for character in word[1:])
        within = re.search(rf"[a-z0-9,%’'] {re.escape(word)}\b", known) is not None
        if (not begins or inner or within) and word not in found:
            found.append(word)
    return found


def missing(
    sentence: str, sources: Sequence[str], known: str = "", question: str = ""
) -> list[str]:
    """The figures, dates and names of `sentence` that stand in none of `sources`.

    A figure or name of the question may be repeated to deny it ("49%, not 51%").
    """
    given = [figure for source in sources for figure in find_figures(source)]
    asked = find_figures(question)
    stems = {_stem(word) for source in sources for word in _WORD.findall(source)}
    lost: list[str] = []
    for figure in find_figures(sentence):
        if any(same_amount(figure, other) for other in given) or _spelled(figure.text, sources):
            continue
        if figure.kind == "version" and _split_stands(sentence, figure, given, stems):
            continue
        if any(same(figure, other) for other in asked) and _denied(sentence, figure.start):
            continue
        lost.append(figure.text)
    question_stems = {_stem(word) for word in _WORD.findall(question)}
    for name in names(sentence, known):
        if _stem(name) in stems:
            continue
        place = re.search(rf"\b{re.escape(name)}\b", sentence)
        denied = place is not None and _denied(sentence, place.start())
        if not (_stem(name) in question_stems and denied):
            lost.append(name)
    return lost


def supported(sentence: str, sources: Sequence[str], known: str = "", question: str = "") -> bool:
    """Whether `sources` together hold figures, dates, names and half of the words of `sentence`.

    A sentence with fewer than three content words ("Another account gives $5 billion.") is about
    the question's subject, so the question's words count too. The three are not measured.
    """
    if not sources or missing(sentence, sources, known, question):
        return False
    words = [word for word in _content(sentence) if word not in _FRAME]
    if len(words) < 3:
        words += [word for word in _content(question) if word not in _FRAME]
    if not words:
        return True
    given = {stem for source in sources for stem in _content(source)}
    return sum(word in given for word in words) >= CONTENT_SHARE * len(words)


def says_something(sentence: str) -> bool:
    """Whether a sentence holds something to check, unlike "Yes."."""
    return bool(_content(sentence) or find_figures(sentence))


def cited(
    answer: Answer,
    article_text: ArticleText,
    gold: Iterable[Gold] = (),
    accepted: Sequence[str] = (),
) -> Cited:
    """Verdicts on every citation and sentence of an answer, after ALCE (Gao et al., EMNLP 2023).

    A sentence is *recalled* when its verbatim quotes together support it. A bare "Yes." is recalled
    when a quote overlaps a gold sentence or holds an accepted answer.

    A citation is *precise* when its quote is verbatim, its sentence is recalled, and one of these
    holds: it overlaps a gold sentence; it holds an accepted answer; it supports the sentence alone;
    the other quotes do not support the sentence without it.
    """
    gold = list(gold)
    rows = {citation.id: citation for citation in answer.citations}
    precise: list[bool] = []
    recalled: list[bool] = []
    for sentence in answer.sentences:
        text = without_markers(sentence.text)
        own = [rows[number] for number in sentence.citations if number in rows]
        good = [citation for citation in own if verbatim(citation, article_text)]
        known = "\n".join(article_text(citation.article_id) or "" for citation in good)
        sources = [source_text(citation) for citation in good]
        if says_something(text):
            borne_out = supported(text, sources, known, answer.question)
        else:
            borne_out = any(_overlaps(c, gold) or holds_any(c.quote, accepted) for c in good)
        recalled.append(borne_out)
        for citation in own:
            precise.append(
                borne_out
                and citation in good
                and (
                    _overlaps(citation, gold)
                    or holds_any(citation.quote, accepted)
                    or supported(text, [source_text(citation)], known, answer.question)
                    or not supported(
                        text,
                        [source_text(other) for other in good if other is not citation],
                        known,
                        answer.question,
                    )
                )
            )
        precise.extend(False for number in sentence.citations if number not in rows)
    return Cited(precise, recalled)


def invariants(answer: Answer, article_text: ArticleText) -> list[str]:
    """Which of the rules 1 to 5 under "Always true" in docs/interface.md an answer breaks.

    `article_text` gives the stored text of an article id, None for an unknown one.
    """
    broken: list[str] = []
    rows = {citation.id: citation for citation in answer.citations}
    for citation in answer.citations:
        if not verbatim(citation, article_text):
            broken.append(f"1: quote [{citation.id}] is not the stored text at its offsets")
    for row in (row for group in answer.disagreements for row in group.rows):
        stored = article_text(rows[row.citation].article_id) if row.citation in rows else None
        if row.citation not in rows:
            broken.append(f"2: disagreement {row.value!r} cites [{row.citation}], which has no row")
        elif stored is None or not row.quote or row.quote not in stored:
            broken.append(f"1: quote of disagreement {row.value!r} is not in the article")
    if len(rows) != len(answer.citations):
        broken.append("2: two citations have the same number")
    # the text of a refusal may quote what is nearest, so its markers count too
    for number in sorted(set(markers(answer.text)) - set(rows)):
        broken.append(f"2: [{number}] in the text has no citation")
    if answer.status == "unanswerable":
        if answer.sentences:
            broken.append("5: unanswerable, but has sentences")
        if not answer.text.strip():
            broken.append("5: unanswerable, but does not say what the library holds")
        return broken
    if not answer.sentences:
        broken.append(f"2: {answer.status}, but has no sentence")
    for sentence in answer.sentences:
        broken.extend(_sentence_breaks(answer, sentence.text, sentence.citations, article_text))
    return broken + _stray(answer)


def _sentence_breaks(
    answer: Answer, text: str, numbers: Sequence[int], article_text: ArticleText
) -> list[str]:
    """Rules 2 and 3 for one sentence."""
    rows = {citation.id: citation for citation in answer.citations}
    bare = without_markers(text)
    broken = [
        f"2: sentence cites [{n}], which has no row: {bare}" for n in numbers if n not in rows
    ]
    if not numbers:
        broken.append(f"2: sentence without a citation: {bare}")
    own = [rows[number] for number in numbers if number in rows]
    known = "\n".join(article_text(citation.article_id) or "" for citation in own)
    for lost in missing(bare, [source_text(c) for c in own], known, answer.question):
        broken.append(f"3: {lost!r} stands in no cited quote: {bare}")
    return broken


def _stray(answer: Answer) -> list[str]:
    """Rule 4: figures in the text outside its sentences, but for the day told before one, and
    dropped sentences in the answer."""
    shown = without_markers(answer.text)
    broken = []
    rest = shown
    for sentence in answer.sentences:
        bare = without_markers(sentence.text)
        if bare not in shown:
            broken.append(f"4: a sentence is not in the text: {bare}")
        rest = rest.replace(bare, " ", 1)
        if sentence.day:
            rest = rest.replace(f"**{sentence.day}**", " ", 1)
    for dropped in answer.dropped:
        bare = without_markers(dropped.text)
        if bare and (bare in rest or bare in (without_markers(s.text) for s in answer.sentences)):
            broken.append(f"4: dropped, yet in the answer: {bare}")
    given = [figure for c in answer.citations for figure in find_figures(source_text(c))]
    for figure in find_figures(rest):
        if not any(same(figure, other) for other in given):
            broken.append(f"4: {figure.text!r} stands in the text outside every sentence")
    return broken


def _split_stands(sentence: str, figure: Figure, given: Sequence[Figure], stems: set[str]) -> bool:
    """Whether a "version" is just a name beside a number: "The Straits Times 200 employees"."""
    label, _, number = figure.text.rpartition(" ")
    if not label or not all(_stem(word) in stems for word in _WORD.findall(label)):
        return False
    rest = find_figures(sentence[figure.end - len(number) :])
    return bool(rest) and rest[0].start == 0 and any(same(rest[0], other) for other in given)


def _spelled(figure: str, sources: Sequence[str]) -> bool:
    """Whether a source holds the figure as it is written, at word boundaries."""
    wanted = re.compile(rf"(?<![\w.,]){re.escape(figure)}(?![\w%]|[.,]\d)")
    return any(wanted.search(source) for source in sources)


def _denied(sentence: str, place: int) -> bool:
    """Whether a word of denial stands at most 60 characters (not measured) before `place`."""
    return _DENIAL.search(sentence[max(0, place - 60) : place]) is not None


def _stem(word: str) -> str:
    return re.sub(r"(?:['’]s|s)$", "", word.casefold()) or word.casefold()


def _content(text: str) -> list[str]:
    """Content words by their first five letters, without numbers."""
    return [
        word[:5]
        for word in tokens(text)
        if len(word) > 2 and word[0].isalpha() and word not in _EMPTY
    ]


def _overlaps(citation: Citation, gold: Iterable[Gold]) -> bool:
    return any(
        citation.article_id == sentence.article_id
        and citation.start < sentence.end
        and sentence.start < citation.end
        for sentence in gold
    )


__all__ = ["Cited", "Gold", "cited", "invariants", "missing", "names", "supported"]
