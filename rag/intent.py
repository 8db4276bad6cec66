"""What a question asks for, read off its words: the kind of answer, names, figures, sources.

Rules of English questions, no model. A follow-up is completed from the conversation first
(`standalone`), so that everything after it sees one question that stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from index.aliases import mentioned
from index.passages import sentences
from index.question import asks_latest
from index.search import named
from rag.figures import Figure, find_figures
from rag.language.lexicon import content
from rag.language.lexicon import words as lower_words
from rag.language.names import bears, find_names
from rag.language.verbs import LIGHT, verb
from rag.types import Turn

Kind = Literal[
    "percent",
    "money",
    "count",
    "date",
    "duration",
    "age",
    "person",
    "place",
    "org",
    "yesno",
    "open",
]

_SHARE = r"share|stake|percent|percentage|per cent|%|fraction|portion|slice"
_MONEY = (
    r"amount|bill(?! of)|bet|ceiling|price|sum|valuation|valued|worth|revenue|ARR|fine|penalty|cost|funding|investment|bid|offer|contribution"
    r"|cheque|check|salary|bonus|loss|fee|payout|market value|turnover|money|dollars|value|outlay"
    r"|takings|instal?lment|tranche|run-rate|run rate|wealth|fortune|earnings|sales"
)
_PERSON = (
    r"person|individual|founder|executive(?! order)|ceo|cto|cfo|author|judge|president|chief|boss|chairman"
    r"|chairwoman|chair|scientist|lawyer|actress|actor|star|singer|minister|researcher|engineer"
    r"|entrepreneur|designer|billionaire|politician|governor|senator|commissioner|leader|director"
    r"|manager|professor|economist|journalist|writer|analyst|spokes(?:man|woman|person)|official"
)
_RULES: tuple[tuple[str, Kind], ...] = (
    (rf"\bhow (?:big|large)\b.{{0,20}}\b(?:{_SHARE}|piece)\b", "percent"),
    (
        r"\bhow much of (?!that|this|the (?:money|sum|round)|it ).{1,60}\b(?:owns?|holds?|belongs?|controls?)\b",
        "percent",
    ),
    (r"\bhow much of\b.{1,60}\b(?:hands|ownership)\b|\bin percent\b", "percent"),
    (
        rf"\bwhat(?:'s| is| was)?(?: the)? (?:\w+ ){{0,2}}(?:{_SHARE})\b(?! (?:price|sale|offering))",
        "percent",
    ),
    (r"\bhow many (?:years|months|weeks|days|hours|minutes)\b|\bhow long\b", "duration"),
    (r"\bhow much (?:more |less )?time\b", "duration"),
    (
        r"\bhow much (?:more |less )?(?:electric(?:al)? |computing |storage )?(?:power|electricity"
        r"|energy|memory|storage|water|compute|capacity|data|bandwidth|space|land)"
        r"(?= (?:do|does|did|is|are|was|were|will|would|can|has|have|had|per)\b|\W*$)",
        "count",
    ),
    (r"\bhow many percent\b|\bwhat cut of\b", "percent"),
    (
        r"\bhow much (?:did|does|has|have|had|will|would)\b(?:(?!\b(?:lose|raise|pay|invest|spend|as"
        r"|when|to|in|price|value|valuation|cost|bid|offer|fine)\b)[^,?]){1,50}\b(?:grow|grown|rise"
        r"|risen|increased?|shrink|shrunk|declined?|drop(?:ped)?|fall|fallen)\b(?! to\b)",
        "percent",
    ),
    (r"\bhow many (?:dollars|euros|billions?|millions?)\b", "money"),
    (
        r"\bhow many\b|\bwhat number\b|^(?:the )?number of\b"
        r"|\bhow large (?:is|was) the (?:staff|team)\b",
        "count",
    ),
    (r"\bhow old\b|\bwhat age\b", "age"),
    (
        r"^(?:since |until |by |from )?when\b|\bwhen\??$"
        r"|\b(?:what|which) (?:\w+ )?(?:date|day|year|month|quarter)\b"
        r"|^(?:the )?(?:date|day|month|year) (?:on which|in which|of|when|that|the)\b|\bsince\??$",
        "date",
    ),
    (
        rf"\bwho(?:m|se)?\b|\b(?:which|what) (?:[\w.'’-]+ ){{0,2}}?(?:{_PERSON})s?\b"
        rf"|^name (?!of)|^(?:the )?(?:[\w.'’-]+ ){{0,3}}(?:{_PERSON})(?: name)?\??$"
        rf"|^(?:the )?(?:{_PERSON}) (?:of|at|behind)\b",
        "person",
    ),
    (
        r"\bwhere\b(?! (?:do|does|did)\b.*\bstand)|\b(?:which|what) (?:\w+ ){0,2}?(?:country|city|state|court|place"
        r"|town|location|borough|region|province|continent)\b"
        r"|^(?:the )?(?:home )?(?:country|city|location|place) of\b",
        "place",
    ),
    (
        r"\b(?:which|what) (?:\w+ )?(?:company|companies|firms?|startups?|start-ups?|outlets?"
        r"|investors?|publishers?|agency|regulators?|authority|bank|lab|organi[sz]ations?|newspaper"
        r"|source)\b",
        "org",
    ),
    (
        r"\bhow much\b|\bhow (?:wealthy|rich)\b"
        r"|\bwhat (?:did|does|do|had|has|have|was|were|is|are) .{2,80}\b(?:pay|paid|spend|spent|raised?|invest(?:ed)?"
        r"|cost|offer(?:ed)?|bid|owe[sd]?|worth|priced at|valued at)\b(?! with)",
        "money",
    ),
    (
        r"\bsize of\b.{0,40}\b(?:round|deal|fund|investment|fine|loan|contract|instal?lment)\b",
        "money",
    ),
    (rf"\b(?:what|at what|for what)\b.{{0,60}}\b(?:{_MONEY})\b", "money"),
    (r"\bhow (?:big|large|high)\b|\bto what size\b", "money"),
    (r"\b(?:contribution|cheque|valuation|price|revenue)\b", "money"),
    (
        r"^(?!.*\b(?:when|who|which|where|why|how)\b).*\b(?:head ?count|number of"
        r"|(?:weekly|daily|monthly) (?:\w+ )?(?:audience|users))\b",
        "count",
    ),
)
_KEYWORD_RULES: tuple[tuple[str, Kind], ...] = (
    (rf"(?<!\w)(?:{_SHARE})(?!\w)(?! (?:price|sale|purchase))", "percent"),
    (rf"\b(?:{_MONEY})\b", "money"),
    (r"\b(?:date|year|when)\b", "date"),
    (rf"\b(?:{_PERSON})\b", "person"),
)
_AUXILIARY = re.compile(
    r"^(?:and |but |so |then |also )?(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would"
    r"|should|am|isn't|aren't|wasn't|weren't|didn't|doesn't|hasn't)\b(?! you (?:tell|say|know))",
    re.IGNORECASE,
)
_AFTER_CLAUSE = re.compile(  # "After the report of ..., did it ...?"
    r"^(?:after|between|before|following|since|considering|given|when|while|based on|despite|under|by|in"
    r"|on|at|as of|per|within|until|from|with|for)\b(?! (?:what|which|whom|whose|how|when|who)\b)"
    r"(?!.*,\s*(?:\w+ )?(?:what|which|who|whom|whose|when|where|how|why)\b[^,]*\?\s*$).*,\s*(?:is|are"
    r"|was|were|did|does|do|has|have|had|can|could|will|would|should|may|must)\b"
    r"(?! (?:you|we) (?:tell|say|know)\b| it (?:known|clear|said|told)\b)",
    re.IGNORECASE | re.DOTALL,
)
_AFTER_COLON = re.compile(  # "two rounds of one size: did they ...?"
    r"^(?!.*\b(?:what|which|who|whose|when|where|how|why)\b[^:]*:)[^:]*:\s*(?:is|are|was|were|did"
    r"|does|do|has|have|had|will|would)\b",
    re.IGNORECASE,
)
_SHORT_FORM = re.compile(r"\b(?:[A-Z]|v|Bros|Inc|Co|Corp|Ltd)\.$")
_BEGINS = re.compile(
    rf"{_AUXILIARY.pattern}|(?:\w+ )?(?:what|which|who|whom|whose|when|where|how|why)\b",
    re.IGNORECASE,
)
_NOUN_PHRASE = re.compile(r"\b(?:that|reason|cause)\b", re.IGNORECASE)
_TAG = re.compile(  # "..., correct?"
    r",\s*(?:correct|right|true|yes|isn['’]t it|is (?:that|it) (?:so|right|true|correct))\s*\?*$",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"^(?:(?:according to|per|as reported by|in|about) (?![^,:?]*\b(?:what|which|who|whose)\b)[^,:?]{2,80}[,:] |and |but |so |ok(?:ay)?,? |then |please"
    r" |(?:can|could) you (?:tell me|say) |do you know |tell me |i wonder )+",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|he|his|him|she|her|they|their|them|this|that|these|those|there|the company"
    r"|the firm|the startup|the start-up|the deal|the lab|the man|the same)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """A stand-alone question understood. `figures` and `names` are those the question states."""

    text: str
    kind: Kind
    names: tuple[str, ...]
    figures: tuple[Figure, ...]
    terms: tuple[str, ...]  # stems of the words that carry meaning, names included
    publishers: tuple[str, ...]  # publishers as the question names them
    sources: tuple[tuple[str, ...], ...]  # the library's publishers that each of these can be
    relation: tuple[str, ...]  # stems that are neither of a name, a figure nor a publisher
    outcome: bool = False  # asks what became of something
    recent: bool = False  # asks for the latest state


def understand(
    question: str, publishers: Sequence[str] = (), known_names: Collection[str] = ()
) -> Intent:
    """Read the question; `known_names` are names that the articles found for it hold."""
    question = re.sub(
        r"\bseries ([a-k])\b", lambda m: f"Series {m[1].upper()}", question, flags=re.IGNORECASE
    )
    figures = tuple(f for f in find_figures(question) if f.kind not in ("ordinal",))
    sources = named(question, publishers)
    names = _names(question, list(sources), known_names, figures)
    for name in known_names:  # the model reads names better in their own capitals
        if name.casefold() in (n.casefold() for n in names):
            question = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", name, question, flags=re.I)
    rest = question
    for gone in (*sources, *names, *(f.text for f in figures)):
        rest = re.sub(rf"(?<!\w){re.escape(gone)}(?!\w)", " ", rest, flags=re.IGNORECASE)
    return Intent(
        text=question,
        kind=kind_of(question),
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


def kind_of(question: str) -> Kind:
    """The kind of answer asked for.

    >>> kind_of("what share of Scale AI did Meta buy?"), kind_of("Did Meta buy Scale AI?")
    ('percent', 'yesno')
    """
    text = _LEADS.sub("", _asking(question).strip())
    if any(p.search(text) for p in (_AUXILIARY, _AFTER_CLAUSE, _AFTER_COLON, _TAG)):
        return "yesno"
    for pattern, kind in _RULES:
        if re.search(pattern, text, re.IGNORECASE):
            return kind
    if not re.search(r"\b(?:what|which|why|how|who)\b", text, re.IGNORECASE):
        for pattern, kind in _KEYWORD_RULES:
            if re.search(pattern, text, re.IGNORECASE):
                return kind
        if (
            text.rstrip().endswith("?")
            and not _NOUN_PHRASE.search(text)
            and any(_told(word) for word in lower_words(text))
        ):
            return "yesno"  # a statement put as a question: "H200 imports barred by China?"
    return "open"


def _asking(question: str) -> str:
    """Of several sentences the last that asks, whole where an initial or a short form ("A.J.",
    "v.") seems to end one; the question itself where none does."""
    spans = sentences(question)
    last = max((i for i, (_, end) in enumerate(spans) if question[end - 1] == "?"), default=None)
    if last is None:
        return question
    first = last
    while first and _SHORT_FORM.search(question[: spans[first - 1][1]]):
        if _BEGINS.match(question[spans[first][0] :]):
            break
        first -= 1
    return question[spans[first][0] : spans[last][1]]


def _told(word: str) -> bool:
    known = verb(word)
    return known is not None and known[1] == "past" and known[0] not in LIGHT


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question with what it leans on from the conversation, or itself where it stands alone.

    A follow-up is short or has a pronoun, and names nothing that the last question named. Missing
    names come from the last turns; a question with only a new name ("And Google?") takes the last
    question's words and puts the new name in the old one's place.
    """
    earlier = [turn.content for turn in history if turn.role == "user"]
    if not earlier:
        return question
    text = _LEADS.sub("", question.strip()) or question
    own = [n.text for n in find_names(text)] + mentioned(text)
    last = earlier[-1]
    last_names = [n.text for n in find_names(last)]
    last_names += [m for m in mentioned(last) if not any(bears(m, n) for n in last_names)]
    last_names = sorted(_unique(last_names), key=last.find)
    words = content(text)
    asks = kind_of(text) != "open" or re.search(r"\b(?:what|which|why|how)\b", text, re.I)
    about = re.match(r"(?:(?:what|how) about|and)?\s*(.+?)\??$", question.strip(), re.IGNORECASE)
    if own and not asks and len(words) <= 4 and last_names and about:
        return _swap(last, last_names, own)
    if not asks and len(words) <= 3 and about:
        return f"{last.rstrip('?! .')} {about[1].strip()}?"
    if own and not _PRONOUN.search(text):
        return question
    if len(own) >= 2:
        return question
    answers = [turn.content for turn in history if turn.role == "assistant"]
    names = last_names
    if re.search(r"\b(?:he|his|him|she|her|they|their|them)\b", text, re.IGNORECASE) and answers:
        names = _unique([n.text for n in find_names(answers[-1])][:2] + names)
    if not names:
        return standalone(question, [t for t in history if t.content != last][:-1])
    missing: list[str] = []
    for name in names:
        if not any(bears(name, have) or bears(have, name) for have in (*own, *missing)):
            missing.append(name)
    if re.search(r"\b(?:it|its|the (?:company|firm|start-?up|lab|deal))\b", text, re.IGNORECASE):
        missing = missing[:1]
    return f"About {' and '.join(missing[:3])}: {question}" if missing else question


def _swap(question: str, old: Sequence[str], new: Sequence[str]) -> str:
    """The old question asked of the new name; the name to replace is the last one that it has."""
    if any(bears(n, question) for n in new):
        return question
    return re.sub(rf"(?<!\w){re.escape(old[-1])}(?!\w)", new[0], question)


def _names(
    question: str,
    publishers: Sequence[str],
    known_names: Collection[str],
    figures: Sequence[Figure],
) -> tuple[str, ...]:
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
    for name in sorted(_unique(found), key=len, reverse=True):
        if any(bears(name, p) for p in publishers) or (len(name) < 2 and name != "X"):
            continue
        if re.sub(r"^the ", "", name.casefold()) in ("ai", "ceo", "us dollars"):
            continue
        if not any(bears(name, other) for other in kept):
            kept.append(name)
    return tuple(sorted(kept, key=lambda n: question.casefold().find(n.casefold())))


def _unique(items: Sequence[str]) -> list[str]:
    seen: dict[str, str] = {}
    for item in items:
        seen.setdefault(item.casefold(), item)
    return list(seen.values())
