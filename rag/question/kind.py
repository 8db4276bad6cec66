"""The kind of answer that a question asks for: `kind_of`.

    question -> its last sentence that asks -> the first of the rules that it matches -> `Kind`

"open" where no rule matches.
"""

from __future__ import annotations

import re
from typing import Literal

from index.text.passages import sentences
from rag.language.parse import parsed

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
LEADS = re.compile(
    r"^(?:(?:according to|per|as reported by|in|about) (?![^,:?]*\b(?:what|which|who|whose)\b)[^,:?]{2,80}[,:] |and |but |so |ok(?:ay)?,? |then |please"
    r" |(?:can|could) you (?:tell me|say) |do you know |tell me |i wonder )+",
    re.IGNORECASE,
)


def kind_of(question: str) -> Kind:
    """The kind of answer that the question asks for.

    >>> kind_of("what share of Scale AI did Meta buy?"), kind_of("Did Meta buy Scale AI?")
    ('percent', 'yesno')
    """
    text = LEADS.sub("", _asking(question).strip())
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
            and any(w.tag_ in ("VBD", "VBN") and w.dep_ != "amod" for w in parsed(text))
        ):
            return "yesno"  # a statement put as a question: "H200 imports barred by China?"
    return "open"


def _asking(question: str) -> str:
    """The last sentence of the question that ends in "?", or the whole question where none does.

    An initial or a short form ("A.J.", "v.") does not end a sentence.
    """
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
