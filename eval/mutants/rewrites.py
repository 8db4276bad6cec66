"""Rewrites of a true sentence that stay true: money, dates, aliases, voice.

`mutants/cases.py` counts how many of them the checker flags, and makes mutants of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.mutants.mutations import MONTH, PEOPLE

_ALIASES = {
    "Meta": "Facebook",
    "Scale AI": "Scale",
    "Safe Superintelligence": "SSI",
    "Twitter": "X",
    "Financial Times": "FT",
    "Wall Street Journal": "WSJ",
    "Thinking Machines": "Thinking Machines Lab",
    "New York Times": "NYT",
    "European Union": "EU",
}


def rewrites(text: str) -> Iterator[tuple[str, str]]:
    """(name of the rule, sentence) for each rule that changes the sentence."""
    tried = {
        "percent": re.sub(r"(\d)%", r"\1 percent", text),
        "money": re.sub(r"(?<!USD )\$(\d[\d.,]*) (million|billion|trillion)", _dollars, text),
        "symbol": re.sub(r"\b(\d[\d.]*) (million|billion) dollars", r"$\1 \2", text),
        "thousands": re.sub(r"\$(\d+)\.(\d) billion", _in_millions, text),
        "date": re.sub(rf"\b({MONTH}) (\d{{1,2}}), (\d{{4}})", r"\2 \1 \3", text),
        "month": re.sub(rf"\bon (?:{MONTH} \d{{1,2}}|\d{{1,2}} (?:{MONTH})),? (\d{{4}})", _month, text),
        "undated": re.sub(
            rf",? (?:on (?:{MONTH} \d{{1,2}}|\d{{1,2}} (?:{MONTH})),?|in (?:{MONTH})) \d{{4}}(?=[,.]| [a-z])",
            "", text,
        ),
        "adverb": re.sub(
            r"(?<=[a-z,]) (?:also|nevertheless|already|formally|meanwhile|immediately|at once|then"
            r"|recently|largely|personally|nearly|roughly|approximately)(?= )", "", text,
        ),
        "attribution": re.sub(
            r", (?:according to (?:[A-Z][\w.]*(?: [A-Z][\w.]*)*)|(?:the )?[A-Z][\w ]+ (?:reports?|reported|says?|writes))(?: (?:on|in) [A-Z]\w+ (?:\d{1,2}, )?\d{4})?(?=\.)",
            "", text,
        ),
        "tense": re.sub(r"\b(?:has|have|had) (raised|paid|spent|bought|acquired|sold|dismissed)\b", r"\1", text),
        "passive": _passive(text),
    }  # fmt: skip
    for full, short in _ALIASES.items():
        if re.search(rf"(?<![\w.]){re.escape(full)}(?!['’]?\w| AI| Lab)", text):
            tried["alias"] = re.sub(rf"(?<![\w.]){re.escape(full)}(?!\w| AI| Lab)", short, text)
            break
    for person in PEOPLE:
        if person in text and text.count(person.split()[-1]) == 1:
            tried["surname"] = text.replace(person, person.split()[-1])
            break
    for name, made in tried.items():
        if made != text:
            yield name, made[:1].upper() + made[1:]


def _dollars(match: re.Match[str]) -> str:
    return f"{match[1]} {match[2]} dollars"


def _in_millions(match: re.Match[str]) -> str:
    return f"${int(match[1] + match[2]) * 100:,} million"


def _month(match: re.Match[str]) -> str:
    month = re.search(MONTH, match[0])
    return f"in {month[0] if month else ''} {match[1]}"


def _passive(text: str) -> str:
    """`A bought B on Monday.` -> `B was bought by A on Monday.` where B is a name alone."""
    name = r"(?:[A-Z][\w.]*|xAI)(?: (?:[A-Z][\w.]*|AI))*"
    verbs = (
        "acquired|fired|hired|fined|vetoed|signed|revoked|annulled|founded|dismissed|sued|unveiled"
    )
    return re.sub(
        rf"^({name}) (?:has |had )?({verbs}) ({name}|SB \d+)(?=[,.]| (?:on|in|for|at)\b)",
        r"\3 was \2 by \1",
        text,
    )
