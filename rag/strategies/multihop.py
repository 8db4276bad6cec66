"""Questions that rest on several articles: whom they all speak of, whether they agree.

    sentences for each part of the question, within a budget
    a source or a name that no article has, or sentences that do not tell it -> no answer
    who, which?  -> the name that most of them speak of and the question does not have
    yes or no, "consistent or inconsistent"?  -> what the model makes of them (`llm/probes.py`)

What is said are verbatim sentences of different articles, so that only the choice is anyone's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container, Sequence

from index.query.publishers import forms_of
from index.query.question import Asked
from index.ranking.selection import Selected, leans_on
from index.search import Found
from index.text.passages import token_estimate
from index.types import Hit
from prompts import render
from rag.checking.spoken import quote
from rag.evidence.finder import Finder
from rag.evidence.prompt import prompt
from rag.evidence.sentence import EvidenceSentence
from rag.language.names import bears, find_names, mentions
from rag.llm.probes import log_odds
from rag.llm.writer import Writer
from rag.question.intent import Intent
from rag.strategies.case import Case, Reply

BUDGET = 150  # tokens of evidence
FAR = 2.0  # score below the best sentence's from which one is left out
MANY_TERMS = 18  # content words from which a question in several parts needs several sentences
LEAST_STATED = -1.0  # log odds that the sentences tell what is asked, below which they do not
MOST_SAID = 3

_NAME = r"(?:The )?[A-Z][\w&.-]*(?: (?:of |the |and )?[A-Z][\w&.-]*)*"
_TOLD = r"articles?|reports?|story|stories|pieces?|coverage|interviews?|reviews?"
_SOURCE = re.compile(
    rf"\b(?:{_TOLD}|another|one) (?:by|from|in) ({_NAME})|({_NAME})(?:['’]s)? (?:{_TOLD})\b"
)
_REPORTS = re.compile(
    rf"\b(?:{_TOLD})\b.*\b(?:{_TOLD})\b"
    rf"|\b(?:both|two|these) (?:{_TOLD}|sources|outlets)\b(?! (?:of|in)\b)"
    r"|\bthe same (?:news )?(?:source|outlet|paper)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(  # accounts are set against each other
    r"\b(?:(?:dis)?agree\w*|differ\w*|(?:in)?consisten\w*|contra(?:dict|st)\w*|same|similar\w*"
    r"|chang\w*|align\w*|match\w*|compar\w*|while|whereas)\b",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"(?:^|[.!?:\n]|[.!?:]?[\"”’'“‘])\s*$")  # a sentence may begin after this
_OPPOSITES = (
    "consistent inconsistent", "same different", "similar different", "larger smaller",
    "higher lower", "more less", "more fewer", "increase decrease", "rise fall", "win loss",
    "agree disagree", "before after", "better worse", "earlier later", "positive negative",
)  # fmt: skip
_SUFFIXES = re.compile(  # of what is no person
    r"\b(?:Inc|AI|Labs?|Corp|Ltd|Group|Court|Commission|Union|Times|Post|News|Media|Studios?|Games"
    r"|Research|Trading|Capital|Ventures|Partners|Holdings|Bank|Street|University|College|School"
    r"|Institute|Association|Federation|Department|Ministry|Council|Agency|Party|League|Club|Cup"
    r"|Bowl|Tour|Stadium|Technolog(?:y|ies)|Systems)\b"
)


def asked(case: Case) -> bool:
    """Whether a question rests on several articles."""
    return spans(case.found.asked, case.intent)


def reply(case: Case, writer: Writer | None) -> Reply:
    """What the articles say together; nothing where one of them is not held, the sentences do not
    tell it, or no model is there to choose."""
    intent, question = case.intent, case.found.asked
    if unheld(question, intent, case.found.hits):
        return Reply()
    said = sentences_of(case.finder, case.found)
    if not said:
        return Reply()
    options = alternatives(question.text)
    system, user = prompt(intent, said, across=True)
    if writer is not None:
        # no word is asked of the model where there are no options: its state is enough
        stated = log_odds(
            writer, "stated", system, user, render("answer.stated"), enough=options is None
        )
        if stated is not None and stated < LEAST_STATED:
            return Reply()
    if options is None and intent.kind != "yesno":
        name = common_name(question, intent, said, case.found.hits)
        if name is None:
            return Reply()
        told = quotes(said, lambda text: mentions(name, text))
        return _verbatim(intent, told, name, writer)
    if writer is None:
        return Reply()
    begin = render("answer.begin")
    if options is None:
        agree = log_odds(writer, "agree", system, user, begin, enough=True)
        if agree is None:
            return Reply()
        short = "Yes" if agree >= 0 else "No"
    else:
        odds = writer.choose(system, user, [f" {word}" for word in options], begin=begin)
        short = max(options, key=lambda word: odds[f" {word}"])
    return _verbatim(intent, quotes(said), short, writer, begun=True)


def prompt_of(case: Case) -> tuple[str, str] | None:
    """What is said to the model of a question over several articles; None without sentences."""
    said = sentences_of(case.finder, case.found)
    return prompt(case.intent, said, across=True) if said else None


def sentences_of(finder: Finder, found: Found) -> list[EvidenceSentence]:
    """The sentences, of several articles, from which a question over them is answered."""
    picked = finder.searcher.sentences(found, BUDGET, token_estimate)
    picked = near_best(picked, found.asked)
    return finder.defend([EvidenceSentence(s.article, s.start, s.end, s.text, "") for s in picked])


def _verbatim(
    intent: Intent,
    told: Sequence[EvidenceSentence],
    short: str,
    writer: Writer | None,
    *,
    begun: bool = False,
) -> Reply:
    """Sentences that together give `short`, as they stand, the first one begun with it or not."""
    said = [
        quote(intent, e, short=short, word=short if begun and not place else None)
        for place, e in enumerate(told)
    ]
    for spoken in said[1:]:
        spoken.short = None
    return Reply(said, prompt_tokens=writer.prompt_tokens if writer and said else 0)


def spans(asked: Asked, intent: Intent) -> bool:
    """Whether a question rests on several sources, or has so many parts that one article is
    unlikely to hold them all; for Yes or No also on several reports that it sets against each
    other. What two sources give is a question of one part to each, unless it is whether they
    agree."""
    compared = intent.kind == "yesno" and bool(_COMPARED.search(asked.text))
    if compared and (len(asked.sources) > 1 or _REPORTS.search(asked.text)):
        return True
    return len(asked.clauses) > 1 and (len(asked.sources) > 1 or long(asked))


def long(asked: Asked) -> bool:
    """Whether a question tells more than a comparison of two values needs."""
    return len(asked.terms) >= MANY_TERMS


def unheld(asked: Asked, intent: Intent, hits: Sequence[Hit]) -> list[str]:
    """Sources that the question rests on and that nothing found has; with them the names of two
    words or more, where most of those stand nowhere either."""
    texts = [f"{h.article.title or ''} {h.article.publisher or ''} {h.passage.text}" for h in hits]
    known = {form for source in asked.sources for form in source.publishers}
    forms = {form.casefold() for publisher in known for form in forms_of(publisher)}
    named = [a or b for a, b in _SOURCE.findall(asked.text)]
    sources = [n for n in named if not any(bears(form, n) for form in (*known, *forms))]
    names = [n for n in intent.names if " " in n and not any(bears(n, s) for s in named)]

    def lacking(wanted: Sequence[str]) -> list[str]:
        return [n for n in wanted if not any(mentions(n, text) for text in texts)]

    absent = lacking(names)
    return [*lacking(sources), *(absent if 2 * len(absent) > len(names) else [])]


def near_best(picked: Sequence[Selected], asked: Asked) -> list[Selected]:
    """The sentences that score nearly as the best, those that they lean on, and the best one of
    each source that is named.

    On 120 questions a third of those that fitted into the budget lay farther off, headings and
    captions most of them, 4 of 190 worth citing.
    """
    best = max((s.score for s in picked), default=0.0)
    kept = [s for s in picked if s.score >= best - FAR]
    for source in asked.sources:
        own = [s for s in picked if s.article.publisher in source.publishers]
        if own and not any(s in kept for s in own):
            kept.append(max(own, key=lambda s: s.score))
    return [s for s in picked if s in kept or any(leans_on(k, s) for k in kept)]


def alternatives(text: str) -> tuple[str, str] | None:
    """The two words between which a question asks to choose ("consistent or inconsistent")."""
    for pair in _OPPOSITES:
        one, other = pair.split()
        for a, b in ((one, other), (other, one)):
            if re.search(rf"\b{a}\b[^.?]{{0,40}}\bor\b[^.?]{{0,20}}\b{b}\b", text, re.IGNORECASE):
                return a.capitalize(), b.capitalize()
    return None


def common_name(
    asked: Asked, intent: Intent, said: Sequence[EvidenceSentence], hits: Sequence[Hit]
) -> str | None:
    """The name that most of the evidence speaks of and the question does not have, or None."""
    publishers = asked.publishers

    def free(name: str) -> bool:
        of_source = any(bears(p, name) or bears(name, p) for p in publishers)
        return len(name) > 1 and not of_source and not bears(name, asked.text)

    weight: dict[str, float] = defaultdict(float)
    articles: dict[str, set[str]] = {}
    whole: set[str] = set()  # names as they stand within a sentence
    texts = [(e.article.id, e.text, 2.0) for e in said]
    texts += [(e.article.id, e.article.title or "", 1.0) for e in said]
    texts += [(h.article.id, h.passage.text, 0.6) for h in hits]
    for article, text, worth in texts:
        found = find_names(text)
        whole |= {n.text for n in found if not _BEGINS.search(text[: n.start])}
        for name in {n.text for n in found}:
            if free(name):
                weight[name] += worth
                articles.setdefault(name, set()).add(article)
    _fold(weight, articles, whole if intent.kind == "person" else ())
    for name in weight:
        weight[name] *= _likely(intent, name)
    ranked = sorted(weight, key=lambda name: (-weight[name], name))
    return ranked[0] if ranked and weight[ranked[0]] > 0 else None


def _fold(weight: dict[str, float], articles: dict[str, set[str]], whole: Container[str]) -> None:
    """A surname counts for the whole name. A longer form that a single article has, and that is not
    among the `whole` ones, is the name with a stray word before it, and counts for the name."""
    for name in sorted(weight, key=lambda n: (n.count(" "), n)):
        longer = [n for n in weight if n.endswith(f" {name}") and weight[n] > 0]
        for other in longer:
            stray = other not in whole and len(articles[other]) == 1 and len(articles[name]) > 2
            into, gone = (name, other) if stray else (other, name)
            weight[into] += weight[gone]
            articles[into] |= articles[gone]
            weight[gone] = 0
            if gone == name:
                break


def _likely(intent: Intent, name: str) -> float:
    """How well a name fits who or what is asked for, from its shape."""
    words = name.split()
    person = len(words) in (2, 3) and all(w.isalpha() or "-" in w for w in words)
    person = person and not name.isupper() and not _SUFFIXES.search(name)
    if intent.kind == "person":
        return 1.5 if person else 0.6
    if intent.kind == "org":
        return 0.6 if person else 1.0
    return 1.0


def quotes(
    said: Sequence[EvidenceSentence], holds: Callable[[str], bool] = lambda text: True
) -> list[EvidenceSentence]:
    """The first sentence of each article that `holds`, at most three."""
    out: dict[str, EvidenceSentence] = {}
    for e in said:
        if holds(e.text):
            out.setdefault(e.article.id, e)
    return list(out.values())[:MOST_SAID]
