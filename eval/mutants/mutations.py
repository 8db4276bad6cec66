"""Mutants: false sentences made by rule from true ones.

    true sentence -> mutants, each with one thing changed: a figure, a date, a name, the state of
    the event, or who did it to whom

Rules of language only; the checker is not asked. `mutants/cases.py` makes the sentences to start
from.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rag.figures import Figure, find_figures, same

MutantKind = Literal["figure", "date", "name", "state", "subject"]
KINDS: tuple[MutantKind, ...] = ("figure", "date", "name", "state", "subject")

COMPANIES = (
    "Meta|Google|OpenAI|Anthropic|Microsoft|Nvidia|Amazon|Apple|SoftBank|Oracle|SpaceX|xAI|Scale AI"
    "|Character.AI|Inflection|Windsurf|Cognition|Perplexity|Mistral AI|ASML|Cursor|Manus|Groq"
    "|Stability AI|Getty Images|CoreWeave|Core Scientific|Disney|Thinking Machines"
    "|Safe Superintelligence|SSI|DeepSeek|Thrive Capital|IBM|Advanced Machine Intelligence"
    "|Andreessen Horowitz|Elsevier|LoveFrom|Lightspeed|Greenoaks|Bernstein|WhatsApp|Mellanox"
).split("|")
PEOPLE = (
    "Alexandr Wang|Sam Altman|Elon Musk|Mira Murati|Emmett Shear|Greg Brockman|Dario Amodei"
    "|Bret Taylor|Larry Summers|Ilya Sutskever|Yann LeCun|Alex Lebrun|William Alsup|Gavin Newsom"
    "|Dominic Perella|Scarlett Johansson|Andrew Bosworth|Lucas Beyer|Joelle Pineau|Jason Droege"
    "|Mark Zuckerberg|Mustafa Sulyyman|Jensen Huang|Colette Kress|Jonathan Ross|Sunny Madra"
    "|Alex Davis|Sidney Stein|Jony Ive|Varun Mohan|Douglas Chen|Daniel Levy|Daniel Gross"
    "|Barret Zoph|John Schulman|Donald Trump|Scott Turow"
).split("|")
_SOUNDS_LIKE = {
    "Wang": "Huang",
    "Huang": "Wang",
    "Altman": "Altmann-Ruiz",
    "Stein": "Klein",
    "Mohan": "Moran",
    "Chen": "Cheng",
    "Ross": "Rossi",
    "Gross": "Ross",
    "Taylor": "Tyler",
    "Levy": "Levine",
    "Davis": "Davies",
    "Beyer": "Meyer",
    "Groq": "Grok",
}
MONTHS = (
    "January February March April May June July August September October November December".split()
)
MONTH = "|".join(MONTHS)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One false sentence: `text` is the true `source` with `old` changed to `new`."""

    kind: MutantKind
    text: str
    source: str
    old: str
    new: str


# -- mutants ------------------------------------------------------------------------------------


def mutants(text: str, others: Sequence[Figure], seed: str) -> Iterator[Mutant]:
    """The mutants of one true sentence; `others` are figures of its article's other sentences.

    The same `seed` gives the same mutants.
    """
    chance = random.Random(seed)
    yield from _figures(text, others, chance)
    yield from _dates(text, chance)
    yield from _names(text, chance)
    yield from _states(text)
    yield from _subjects(text)


def _changed(kind: MutantKind, text: str, start: int, end: int, new: str) -> Mutant:
    return Mutant(kind, text[:start] + new + text[end:], text, text[start:end], new)


def _figures(text: str, others: Sequence[Figure], chance: random.Random) -> Iterator[Mutant]:
    figures = [f for f in find_figures(text) if f.kind in ("percent", "money", "count", "age")]
    for figure in figures:
        digits = re.search(r"\d[\d,]*(?:\.\d+)?", figure.text)
        if digits is None:
            continue
        start = figure.start + digits.start()
        options = [_nudged(digits[0], chance)]
        for one, two in (("billion", "million"), ("million", "billion"), ("trillion", "billion")):
            if one in figure.text:
                options.append(figure.text.replace(one, two))
        for other in chance.sample(list(others), len(others)):
            alike = (other.kind, other.unit) == (figure.kind, figure.unit)
            if alike and not any(same(other, f) or same(f, other) for f in figures):
                options.append(other.text)
                break
        for option in options:
            if re.fullmatch(r"[\d,.]+", option):
                yield _changed("figure", text, start, start + len(digits[0]), option)
            else:
                yield _changed("figure", text, figure.start, figure.end, option)


def _nudged(digits: str, chance: random.Random) -> str:
    """The number changed a little, in its last or first digits: 49 -> 51, 14.8 -> 14.3."""
    plain = digits.replace(",", "")
    whole, _, part = plain.partition(".")
    if part:
        last = str((int(part[-1]) + chance.choice((3, 5, 7))) % 10)
        return f"{whole}.{part[:-1]}{last if last != '0' else '4'}"
    value = int(whole)
    by = (
        chance.choice((1, 2, 3))
        if value < 100
        else chance.choice((3, 7, 30)) * 10 ** (len(whole) - 3)
    )
    moved = value + by if value < 20 or chance.random() < 0.5 else value - by
    return f"{moved:,}" if "," in digits or moved >= 10_000 else str(moved)


def _dates(text: str, chance: random.Random) -> Iterator[Mutant]:
    for figure in find_figures(text):
        if figure.kind != "date":
            continue
        year = re.search(r"\b(20\d\d)\b", figure.text)
        if year:
            new = str(int(year[1]) + chance.choice((-1, 1)))
            start = figure.start + year.start()
            yield _changed("date", text, start, start + 4, new)
        month = re.search(rf"\b(?:{MONTH})\b", figure.text)
        if month:
            new = MONTHS[(MONTHS.index(month[0]) + chance.choice((1, 2, 5))) % 12]
            start = figure.start + month.start()
            yield _changed("date", text, start, start + len(month[0]), new)
        day = re.search(r"\b\d{1,2}\b", figure.text)
        if day and month:
            value = int(day[0])
            moved = (
                value + chance.choice((1, 2, 7))
                if value <= 20
                else value - chance.choice((1, 2, 7))
            )
            start = figure.start + day.start()
            yield _changed("date", text, start, start + len(day[0]), str(moved))


def _names(text: str, chance: random.Random) -> Iterator[Mutant]:
    for name in _standing(text, COMPANIES):
        free = [c for c in COMPANIES if c not in text and not _related(c, name)]
        yield _renamed("name", text, name, chance.choice(free))
        if name in _SOUNDS_LIKE:
            yield _renamed("name", text, name, _SOUNDS_LIKE[name])
    for person in _standing(text, PEOPLE):
        first, last = person.split()
        free = [p for p in PEOPLE if p.split()[-1] not in text and p.split()[0] != first]
        yield _renamed("name", text, person, chance.choice(free))
        if last in _SOUNDS_LIKE:
            yield _renamed("name", text, person, f"{first} {_SOUNDS_LIKE[last]}")


def _standing(text: str, names: Sequence[str]) -> list[str]:
    """The names that stand in the text and are not part of a longer name there."""
    found = []
    for name in names:
        for match in re.finditer(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text):
            before, after = text[: match.start()], text[match.end() :]
            if not re.match(r" (?:AI|Group|Foundation|Lab|Platforms|Images)\b", after) and not (
                re.search(r"[A-Z]\w+ $", before) and not re.search(r"(?:^|\. )[A-Z]\w+ $", before)
            ):
                found.append(name)
                break
    return found


def _related(one: str, other: str) -> bool:
    groups = ({"Safe Superintelligence", "SSI"}, {"SpaceX", "xAI", "Cursor"})
    return one == other or any({one, other} <= group for group in groups)


def _renamed(kind: MutantKind, text: str, old: str, new: str) -> Mutant:
    made = re.sub(rf"(?<![\w.-]){re.escape(old)}(?![\w-])", new, text)
    return Mutant(kind, made, text, old, new)


_PAST = (
    ("raise", "raised"), ("acquire", "acquired"), ("buy", "bought"), ("sell", "sold"),
    ("pay", "paid"), ("invest", "invested"), ("close", "closed"), ("complete", "completed"),
    ("sign", "signed"), ("hire", "hired"), ("fire", "fired"), ("dismiss", "dismissed"),
    ("return", "returned"), ("put", "put"), ("get", "got"), ("build", "built"),
    ("annul", "annulled"), ("merge", "merged"), ("reach", "reached"), ("drop", "dropped"),
    ("found", "founded"), ("receive", "received"), ("win", "won"), ("lose", "lost"),
    ("leave", "left"), ("join", "joined"), ("revoke", "revoked"), ("veto", "vetoed"),
    ("fine", "fined"), ("suspend", "suspended"), ("launch", "launched"), ("spend", "spent"),
    ("agree", "agreed"), ("announce", "announced"), ("reject", "rejected"), ("cut", "cut"),
    ("give", "gave"), ("ban", "banned"), ("grant", "granted"), ("take", "took"),
    ("make", "made"), ("book", "booked"), ("double", "doubled"), ("go", "went"),
    ("send", "sent"), ("permit", "permitted"), ("wipe", "wiped"), ("lay", "laid"),
    ("apply", "applied"), ("become", "became"), ("hold", "held"), ("shrink", "shrunk"),
    ("value", "valued"), ("enter", "entered"), ("mean", "meant"), ("order", "ordered"),
)  # fmt: skip
_PARTICIPLES = {"gave": "given", "took": "taken", "went": "gone", "became": "become"}
_BASE = {past: base for base, past in _PAST}
_DONE = dict(_PAST)
_INTENT = r"(?:plans|planned|intends|wants|wanted|aims|hopes|is planning|was planning|prepares)"
_OPPOSITES = (
    ("denied", "confirmed"), ("confirmed", "denied"), ("rejected", "accepted"),
    ("accepted", "rejected"), ("refused", "agreed"), ("declined", "agreed"),
    ("vetoed", "signed"), ("approved", "rejected"), ("banned", "approved"),
    ("cancelled", "completed"), ("terminated", "completed"), ("annulled", "upheld"),
    ("completed", "cancelled"), ("withdrew", "introduced"), ("revoked", "confirmed"),
    ("cleared", "blocked"), ("fined", "acquitted"), ("dropped", "won"), ("lost", "won"),
    ("fell", "rose"), ("stalled", "finished"), ("suspended", "restored"), ("disputes", "confirms"),
    ("contradicts", "confirms"), ("contested", "confirmed"), ("is off", "is done"),
    ("to be off", "to be closed"), ("shut down", "expanded"), ("failed", "succeeded"),
    ("succeeded", "failed"), ("abandoned", "pressed"), ("independent", "controlled"),
    ("closed", "cancelled"), ("signed", "cancelled"), ("removed", "reinstated"),
    ("permission", "no permission"), ("struck down", "upheld"), ("broke down", "succeeded"),
    ("is not taking", "is taking"), ("turned the job down", "took the job"),
    ("said no to", "said yes to"), ("agreed", "refused"), ("laid off", "hired"),
    ("let go of", "hired"), (r"kept(?= a| the| his| its)", "gave up"), ("remains", "is no longer"),
    ("takes over", "gives up"), ("completed", "postponed"), ("acquired", "sold"),
)  # fmt: skip


def _states(text: str) -> Iterator[Mutant]:
    """Planned to done and back, verbs to their opposites, a negation put in or taken out."""

    def swapped(pattern: str, make: str) -> Iterator[Mutant]:
        match = re.search(pattern, text)
        if match:
            yield _changed("state", text, match.start(), match.end(), match.expand(make))

    for base, past in _PAST:
        yield from swapped(rf"\b{_INTENT} to {base}\b", f"has {_PARTICIPLES.get(past, past)}")
        yield from swapped(rf"\b(?:agreed|expected|set|due|about) to {base}\b", f"{past}")
        yield from swapped(rf"\b(?:would|will|could|may) {base}\b(?! have)", past)
    for past in (
        "raised",
        "acquired",
        "bought",
        "paid",
        "hired",
        "sued",
        "fired",
        "sold",
        "invested",
        "closed",
        "completed",
    ):
        base = _BASE.get(past, "sue")
        yield from (
            swapped(
                rf"(?<=[A-Za-z]) (?:has |had )?{past}\b(?! (?:by|off|to be))(?=.)",
                f" plans to {base}",
            )
            if not re.search(
                rf"\b(?:was|were|been|being|is|are|be|said|and|who|that|which|having) (?:\w+ )?{past}\b|\b{past} (?:in|from|on|for) \w+ \d{{4}}, ",
                text,
            )
            else iter(())
        )
    for old, new in _OPPOSITES:
        yield from swapped(rf"\b(?:{old})\b(?! (?:for|by|staff))", new)
    # a negation put in, where there is none
    for pattern, make in (
        (r"\b(is|are|was|were) (?!not\b|n't|no\b)", r"\1 not "),
        (
            r"\b(has|had) (?!not\b|no\b|a\b|an\b|\d|about\b|over\b|\$|backers|nearly|interim|put\b|Microsoft)",
            r"\1 not ",
        ),
    ):
        if not re.search(r"\b(?:not|no|never|nothing)\b", text):
            yield from swapped(pattern, make)
    for base, past in _PAST:
        if past == base:
            continue
        match = re.search(rf"^[^,;:]*?[A-Za-z0-9.]+ ({past})\b(?! (?:by|from|in \d))", text)
        if match and not re.search(
            rf"\b(?:was|were|been|being|be|is|are|has|had|have|not|and|or|to|of|a|the|his|her|its|that|which|who|once|formerly|newly|adopted|shares|sum|round|capital|money|claims|works|stake|plan|deal) (?:\w+ly )?{past}\b",
            text,
        ):
            yield _changed("state", text, match.start(1), match.end(1), f"did not {base}")
    # a negation taken out
    yield from swapped(r"\b(is|are|was|were|did|does|has|had|must) not (?:yet )?", r"\1 ")
    yield from swapped(r"\bat no time\b", "once")
    yield from swapped(r"\bnever\b ?", "")
    yield from swapped(r"\bno longer\b", "still")
    yield from swapped(r"\bnot only\b", "only")
    yield from swapped(r"\b(gets|has|brings it|takes) no\b", r"\1 a")


_DIRECTED = (
    r"(?:bought|buying|buys|buy|acquired|acquires|acquire|acquiring|acquisition|purchase|takeover"
    r"|paid|pays|pay|spent|invested|investing|invest|invests|put|gave|gives|holds|held|owns|hired"
    r"|fired|dismissed|removed|sued|took over|taking|takes|took on|fined|valued|values|licence"
    r"|offered|offer|offering|rejected|joined|left|leaving|founded|leads|led|replaced|received"
    r"|supplied|supplies|contributed|committed|sold|sell|courted|shares|stake|went to court"
    r"|asked|accused|denied|claimed|ordered|wiped|absorbed|lost his case|succeeded)"
)
_NAMED = (
    r"(?:(?:Group|the|The|of) )?(?:"
    + "|".join(re.escape(n) for n in sorted([*COMPANIES, *PEOPLE], key=len, reverse=True))
    + r")"
)


def _subjects(text: str) -> Iterator[Mutant]:
    """The two sides of an event change places: `A bought B` -> `B bought A`."""
    names = sorted(
        (match.start(), match.end(), name)
        for name in (*COMPANIES, *PEOPLE)
        for match in re.finditer(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text)
        if not re.match(r" (?:AI|Group|Foundation|Lab|Images)\b", text[match.end() :])
    )
    seen: set[frozenset[str]] = set()
    for one, two in pairwise(names):
        between = text[one[1] : two[0]]
        pair = frozenset((one[2], two[2]))
        if len(pair) < 2 or pair in seen or any(_related(one[2], two[2]) for _ in (0,)):
            continue
        if not re.search(rf"\b{_DIRECTED}\b", between) or re.search(r"[;:.]", between):
            continue
        if re.search(r"(?:,| and| or| with)\s*$", text[: one[0]]) and _listed(text, one[0]):
            continue
        if re.match(r"(?:,| and| or| with) ", between) or re.search(
            r"\b(?:and|with|or) $", between
        ):
            continue
        if re.match(r",? (?:and|or) (?:[A-Z]|co-founder)", text[two[1] :]):
            continue
        seen.add(pair)
        a, b = one[2], two[2]
        made = re.sub(
            rf"(?<![\w.-])(?:{re.escape(a)}|{re.escape(b)})(?![\w-])",
            lambda m, a=a, b=b: b if m[0] == a else a,  # type: ignore[misc]
            text,
        )
        yield Mutant("subject", made, text, f"{a} .. {b}", f"{b} .. {a}")


def _listed(text: str, place: int) -> bool:
    """Whether the name at `place` is a further member of a list of names."""
    return bool(re.search(r"[A-Z][\w.]*,? (?:and|or|with) $|[A-Z]\w*, $", text[:place]))
