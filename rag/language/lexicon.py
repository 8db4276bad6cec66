"""Words and their stems, and groups of words that name the same relation in company news.

    text -> `words` -> `stem` -> `content` (the stems that carry meaning) -> `covers`, by `groups`

With the groups, a question with "bought" finds a sentence with "acquired". A word may be in several
groups. No group joins opposites such as "bought" and "sold".
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import snowballstemmer

from index.text.words import STOPWORDS

_stemmer = snowballstemmer.stemmer("english")
_stemming = threading.Lock()  # a stemmer keeps the word it works on in itself

_GROUPS = {
    "acquire": "buy buys bought buying purchase purchased acquire acquired acquisition takeover took"
    " taken take merge merger swallow swallowed snapped gobbled secured get gets got gain pay paid"
    " pays spend spent invest invested investment",
    "pay": "pay paid pays payment spend spent spending cost costs price priced prices amount sum"
    " invest invested investment investing put puts cheque check worth fee money dollars for bill",
    "value": "value valued values valuation valuations worth priced pricing premoney postmoney"
    " pre-money post-money mark counted",
    "raise": "raise raised raises raising round rounds funding fund funds brought bring collect"
    " collected obtain obtained closed close financing series secured secure investors investment"
    " capital tranche money",
    "sell": "sell sold sells selling sale sales divest divested",
    "remove": "fire fired firing dismiss dismissed dismissal oust ousted ouster sack sacked removed"
    " remove laid layoff layoffs lay cut cuts cutting jobs redundancies axed axe shed pushed",
    "hire": "hire hired hires hiring recruit recruited recruiting poach poached poaching lure lured"
    " join joined joins joining move moved moving courted",
    "found": "found founded founder founders cofounder cofounded co-founder co-founded start started"
    " create created set launched launch built establish established",
    "lead": "lead leads led leader leadership head heads headed chief ceo boss executive run runs"
    " running director chair chairs chairman chairwoman steer",
    "sue": "sue sued sues suing lawsuit lawsuits suit complaint case litigation claim claims filed"
    " court legal accuse accused",
    "fine": "fine fined fines penalty penalties fining",
    "share": "share shares stake stakes percent percentage portion fraction slice own owned owns"
    " ownership hold holds held holding part",
    "staff": "employees employee staff staffers workers worker people person persons workforce team jobs job"
    " engineers researchers personnel headcount",
    "announce": "announce announced announces announcement unveil unveiled present presented declare"
    " declared said says launch launched introduce introduced reveal revealed show showed shown release"
    " released debut published",
    "plan": "plan plans planned planning intend intended intends meant aim aims aimed seek seeking"
    " want wants wanted weigh weighing consider considering talks negotiating",
    "cancel": "cancel cancelled canceled drop dropped dead collapse collapsed terminated terminate end"
    " ended abandon abandoned scrap scrapped annul annulled struck reversed reverse off fell through"
    " failed fail block blocked prohibited prohibit halted rejected reject closed shut"
    " shutdown veto vetoed revoked revoke rescinded stopped",
    "complete": "complete completed completes finish finished finalised finalized closed close done"
    " sealed through happen happened still",
    "revenue": "revenue revenues sales turnover income run-rate arr recurring earning earnings",
    "users": "users user customers customer consumers subscribers people audience",
    "interim": "interim temporary temporarily acting provisional",
    "sign": "signed signatures signature signers signer sign letter petition",
    "court": "court judge jury tribunal ruling ruled verdict decided decision decide won win lost lose",
    "deny": "deny denied denies reject rejected dispute disputed disputes dishonest refuse refused"
    " refuses decline declined turned",
    "invest": "invest invested investor investors investment backer backers back backed put stake"
    " contribution contribute instalment pledged pledge funding",
    "offer": "offer offered offers bid bids bidding proposed proposal",
    "return": "return returned returns back reinstated reinstate",
    "replace": "replace replaced replacing successor succeed succeeded became become instead named"
    " name appointed appoint",
    "leave": "leave left leaves leaving depart departed departure quit quits exit exits resign"
    " resigned gone went",
    "contract": "contract contracts agreement deal deals order commitment committed signed licence"
    " license licensing arrangement pact",
    "approve": "approve approved approval cleared clear accepted allow allowed permit permitted"
    " greenlit passed",
    "begin": "begin began begun start started starts launch launched open opened debut debuted"
    " released",
    "company": "company companies firm firms startup start-up start-ups startups business maker",
    "loss": "loss lost lose losses wiped wipe fell fall drop dropped plunge plunged slump shed sank",
    "data": "data dataset datasets labelling labeling training",
    "chip": "chip chips gpu gpus processor processors accelerator accelerators",
    "most": "max maximum highest largest biggest top ceiling cap upper",
    "least": "min minimum lowest smallest floor lower",
    "home": "based base headquartered headquarters seat home located location moved",
    "law": "law laws act bill bills rule rules order orders regulation legislation",
}


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English Snowball stem of a lower-case word."""
    with _stemming:
        return str(_stemmer.stemWord(word))


@lru_cache(maxsize=1)
def _groups_by_stem() -> dict[str, frozenset[str]]:
    """Stem -> the names of its groups."""
    table: dict[str, set[str]] = {}
    for group, words in _GROUPS.items():
        for word in words.split():
            table.setdefault(stem(word.replace("-", "")), set()).add(group)
    return {key: frozenset(groups) for key, groups in table.items()}


def groups(word_stem: str) -> frozenset[str]:
    """The names of the groups that a stem is in; empty for most words."""
    return _groups_by_stem().get(word_stem, frozenset())


def words(text: str) -> list[str]:
    """The words of a text in lower case, without possessives and hyphens ("cofounder")."""
    return [
        re.sub(r"['’]s?$", "", word).replace("-", "").lower()
        for word in re.findall(r"\w+(?:[-'’.]\w+)*", text)
    ]


def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(stem(word) for word in words(text))


def content(text: str) -> list[str]:
    """The stems of the words that carry meaning (no stopwords, no single letters), each once."""
    kept = [stem(w) for w in words(text) if w not in STOPWORDS and len(w) > 1]
    return list(dict.fromkeys(kept))


def covers(word_stem: str, text_stems: frozenset[str]) -> float:
    """1 where `text_stems` have the stem, .9 where they have another of its groups, else 0.

    .9 is not measured: it only puts the word itself before another word of its group.
    """
    if word_stem in text_stems:
        return 1.0
    mine = groups(word_stem)
    if mine and any(mine & groups(other) for other in text_stems):
        return 0.9
    return 0.0
