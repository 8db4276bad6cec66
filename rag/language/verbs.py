"""Verbs of news prose, from a table of their forms: base, form, synonyms and opposites.

    word -> `verb` -> its base and form
    verb with a particle -> `plain` -> the plain verb; two verbs -> `synonyms`, `opposed`

Negations, modals and the words that give the state of an event are here too. There is no tagger:
whether a word such as "offer" is a noun in its sentence is decided in `language/claims.py`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Form = Literal["base", "s", "ing", "past"]

_REGULAR = (
    "abandon absorb accept accuse acquire acquit reward slump finalise finalize add admit agree allege allow amount annul announce apply"
    " appeal appoint approve argue arrive ask assume back ban believe belong block book cancel"
    " charge claim clear close collapse collect commit compare complete concern confirm confuse"
    " consider contest contradict contribute control count court cover criticise decide decline"
    " delay deliver demand deny depart describe design detail develop disclose dismiss dispute"
    " divide double drop earn employ end enter envisage estimate exceed exchange expand expect"
    " expire face fail file fine finish fire follow force form found fund gain give grant halt"
    " hand happen help hire hope impose include increase intend introduce invest involve issue join"
    " judge jump land last launch license limit list lower lure merge miss move name need negotiate"
    " obtain offer open order oust own pass permit pirate place plan pledge plunge poach point"
    " postpone predict prepare present preside price produce prohibit promise propose prove publish"
    " purchase push quit raise reach receive recommend record recruit reduce refuse regard regulate"
    " reinstate reject release rely remain remove replace report represent request require resign"
    " resume restore restructure return reveal reverse revoke rule scrap schedule secure settle"
    " share shed show sign slip solve sound stall start state stop submit succeed sue supply support"
    " suspect suspend talk target tell terminate test threaten total train transfer trigger try"
    " turn unveil uphold use value veto violate vote want warn weigh wind wipe withdraw work wrap"
    " challenge change create declare delete deploy discuss divest drive earmark extend hit invite"
    " learn limit lose mark mock obey oblige oppose outbid overtake picked pick profit promote"
    " qualify sack serve ship split surpass top track treat underline urge vest visit acquit"
    " convict indict undo vow undertake forbid bar prevent doubt question sound authorise authorize ease lift scale trim slash surge soar tumble climb rise grow shrink"
    " overturn upheld seek allocate depend base locate house rename call date save save learn"
    " pressed press outline integrate combine owe lease rent licence handle fold absorb stay"
).split()
PARTICLES = frozenset("up down off out over on back in away".split())
# Outcomes that undo each other: a verb of one column contradicts a verb of the other.
OPPOSED = (
    (
        "complete close finish settle sign approve accept clear uphold grant allow permit confirm"
        " admit win succeed launch introduce keep restore reinstate resume agree enter expand take"
        " hold",
        "cancel terminate abandon scrap drop collapse fail reject refuse decline deny dispute"
        " contradict contest veto block ban prohibit annul revoke withdraw overturn lose suspend"
        " postpone delay stall end stop shut halt give-up turn-down call-off break-down"
        " strike-down be-off throw-out vote-down shut-down",
    ),
    (
        "hire recruit employ appoint reinstate join return keep",
        "fire dismiss sack oust remove shed cut leave depart quit resign lay-off let-go",
    ),
    ("buy acquire purchase", "sell divest"),
    (
        "rise gain grow increase climb soar jump surge expand",
        "fall drop plunge decline sink shrink tumble slump lose lower reduce slip wipe",
    ),
    ("acquit clear reward", "fine convict charge accuse"),
    ("take-over take-on keep", "give-up"),
)
_SYNONYMS = tuple(
    frozenset(group.split())
    for group in (
        "promise commit pledge vow undertake",
        "permit allow approve let authorise authorize clear accept",
        "ban prohibit block forbid bar stop prevent",
        "order oblige require demand force tell ask",
        "claim allege accuse call say state charge",
        "annul strike scrap overturn cancel revoke void reverse undo",
        "abandon drop scrap withdraw",
        "cancel terminate end drop abandon",
        "appoint name make become choose",
        "release launch introduce present unveil show announce start",
        "reveal disclose publish name",
        "reject decline refuse deny",
        "dispute contradict contest deny doubt question",
        "delay postpone",
        "rule decide find hold lose",
        "join go move",
        "leave depart quit exit",
        "replace succeed take follow",
        "lead head run chair",
        "use employ train",
        "back support fund",
        "build create develop form found start",
        "raise collect obtain bring complete",
        "supply deliver provide give put invest contribute pay",
        "spend cost pay take",
        "shut close end stop",
    )
)
_IRREGULAR = {
    "be": "be is are was were been being am",
    "become": "become becomes becoming became",
    "begin": "begin begins beginning began begun",
    "break": "break breaks breaking broke broken",
    "bring": "bring brings bringing brought",
    "build": "build builds building built",
    "buy": "buy buys buying bought",
    "catch": "catch catches catching caught",
    "choose": "choose chooses choosing chose chosen",
    "come": "come comes coming came",
    "cost": "cost costs costing",
    "cut": "cut cuts cutting",
    "do": "do does did doing done",
    "draw": "draw draws drawing drew drawn",
    "fall": "fall falls falling fell fallen",
    "find": "find finds finding found",
    "get": "get gets getting got gotten",
    "give": "give gives giving gave given",
    "go": "go goes going went gone",
    "grow": "grow grows growing grew grown",
    "have": "have has had having",
    "hear": "hear hears hearing heard",
    "hold": "hold holds holding held",
    "keep": "keep keeps keeping kept",
    "know": "know knows knowing knew known",
    "lay": "lay lays laying laid",
    "lead": "lead leads leading led",
    "leave": "leave leaves leaving left",
    "let": "let lets letting",
    "lose": "lose loses losing lost",
    "make": "make makes making made",
    "mean": "mean means meaning meant",
    "meet": "meet meets meeting met",
    "overtake": "overtake overtakes overtaking overtook overtaken",
    "pay": "pay pays paying paid",
    "put": "put puts putting",
    "quit": "quit quits quitting",
    "rise": "rise rises rising rose risen",
    "run": "run runs running ran",
    "say": "say says saying said",
    "see": "see sees seeing saw seen",
    "seek": "seek seeks seeking sought",
    "sell": "sell sells selling sold",
    "send": "send sends sending sent",
    "set": "set sets setting",
    "shrink": "shrink shrinks shrinking shrank shrunk",
    "shut": "shut shuts shutting",
    "sink": "sink sinks sinking sank sunk",
    "speak": "speak speaks speaking spoke spoken",
    "spend": "spend spends spending spent",
    "stand": "stand stands standing stood",
    "strike": "strike strikes striking struck",
    "take": "take takes taking took taken",
    "tell": "tell tells telling told",
    "think": "think thinks thinking thought",
    "throw": "throw throws throwing threw thrown",
    "understand": "understand understands understood",
    "uphold": "uphold upholds upholding upheld",
    "wind": "wind winds winding wound",
    "win": "win wins winning won",
    "withdraw": "withdraw withdraws withdrawing withdrew withdrawn",
    "write": "write writes writing wrote written",
}
_UNCHANGED = frozenset("cost cut let put quit set shut hit split beat become come run".split())
# Verbs that can be said of almost anything and name no relation; evidence need not have them.
LIGHT = frozenset(
    "be have do say report state tell write make give get take put come go include mention call"
    " describe name note accord become see show stand concern involve regard mean let need use"
    " find know think learn follow add set speak date count total amount announce publish reveal"
    " reach happen remain keep base locate receive provide".split()
)
BE = frozenset("be is are was were been being am 's".split())
HAVE = frozenset("have has had having".split())
NEGATIONS = frozenset("not no never neither nor without cannot none nobody nothing hardly".split())
MODALS = frozenset("could may might can would should".split())
PLANNING = frozenset(
    "plan plans planned planning intend intends intended want wants wanted aim aims aimed aiming"
    " seek seeks sought seeking hope hopes hoped consider considers considering considered weigh"
    " weighs weighing talks negotiating negotiates negotiated propose proposes proposed prepare"
    " prepares preparing prepared expect expects expected due looking try tries trying tried"
    " target targets attempt attempted bid ready about supposed scheduled likely mulls mulling"
    " offer offers offered close".split()
)
AGREEING = frozenset(
    "agree agrees agreed deal pact agreement promised pledged commits committed".split()
)
WILL = frozenset("will shall 'll".split())
DENYING = frozenset(
    "deny denies denied denying dispute disputes disputed contradict contradicts contradicted"
    " reject rejects rejected refuse refuses refused refusing decline declines declined fail fails"
    " failed contest contests contested".split()
)
ALLEGING = frozenset(
    "accused accuse accuses alleged alleges allege allegedly claimed claims claim".split()
)


# Verbs with a particle that say the same as a plain verb.
_PLAIN = {
    "take-on": "hire", "take-over": "acquire", "give-up": "abandon", "turn-down": "reject",
    "lay-off": "dismiss", "let-go": "dismiss", "call-off": "cancel", "strike-down": "annul",
    "vote-down": "reject", "throw-out": "dismiss", "wrap-up": "complete", "set-up": "found",
    "buy-out": "buy", "bring-in": "raise", "take-in": "raise", "shut-down": "shut",
    "put-in": "invest", "pay-out": "pay", "wind-down": "end",
}  # fmt: skip
# Nouns of actions and their verbs: "Meta's investment" says that Meta invests.
NOUNS = {
    "investment": "invest", "investments": "invest", "acquisition": "acquire", "takeover": "acquire",
    "purchase": "buy", "offer": "offer", "bid": "offer", "hiring": "hire", "hirings": "hire",
    "lawsuit": "sue", "suit": "sue", "payment": "pay", "payments": "pay", "licence": "license",
}  # fmt: skip


def plain(phrase: str) -> str:
    """The plain verb of a verb with a particle: "take-on" is "hire", "buy-up" is "buy"."""
    return _PLAIN.get(phrase, phrase.partition("-")[0])


def opposed(one: str, other: str) -> bool:
    """Whether two verbs, by their bases ("close", "give-up"), are outcomes that undo each other."""
    return any(
        (one in yes and other in no) or (one in no and other in yes) for yes, no in _opposed()
    )


def synonyms(base: str) -> frozenset[str]:
    """The bases of the verbs that may say the same as `base`, and `base` itself."""
    return frozenset({base}).union(*(group for group in _SYNONYMS if base in group))


@lru_cache(maxsize=1)
def _opposed() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    return tuple((frozenset(yes.split()), frozenset(no.split())) for yes, no in OPPOSED)


@lru_cache(maxsize=1)
def _forms() -> dict[str, tuple[str, Form]]:
    """Word -> its base and form, for every form of every verb of the tables."""
    table: dict[str, tuple[str, Form]] = {}
    for base in _REGULAR:
        if base in _IRREGULAR:
            continue
        short = base[:-1] if base.endswith("e") else base
        doubled = base + base[-1] if len(base) < 7 and base[-1] in "bdgmnprtlc" else base
        past = base[:-1] + "ied" if base.endswith("y") and base[-2] not in "aeiou" else short + "ed"
        third = base[:-1] + "ies" if past.endswith("ied") else base + "s"
        if base.endswith(("s", "sh", "ch", "x", "z", "o")):
            third = base + "es"
        table.update({base: (base, "base"), third: (base, "s"), past: (base, "past")})
        table[short + "ing"] = (base, "ing")
        table.setdefault(doubled + "ing", (base, "ing"))
        table.setdefault(doubled + "ed", (base, "past"))
    for base, words in _IRREGULAR.items():
        first, *rest = words.split()
        table[first] = (base, "past" if base in _UNCHANGED and base != "become" else "base")
        for word in rest:
            ending: Form = "ing" if word.endswith("ing") else "s" if word.endswith("s") else "past"
            table[word] = (base, ending)
    table.update({"is": ("be", "s"), "are": ("be", "base"), "was": ("be", "past")})
    table["laid"] = ("lay", "past")
    table["found"] = ("find", "past")
    table["founded"] = ("found", "past")
    return table


def verb(word: str) -> tuple[str, Form] | None:
    """The base and form of a lower-case word that is in the tables of verbs, else None.

    >>> verb("acquired"), verb("bought")
    (('acquire', 'past'), ('buy', 'past'))
    """
    return _forms().get(word)
