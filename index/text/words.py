"""Which words of a question carry meaning, and which only frame it.

The two lists were written by hand; not measured apart from the whole search.
"""

from __future__ import annotations

import re

STOPWORDS = frozenset(
    "a about after all also am an and any are as at be been before being between both but by can"
    " could did do does doing for from had has have having he her him his how i if in into is it"
    " its itself just many may me might more most much my no nor not now of off on once one only"
    " or other our out over own please s same say says said she should so some such t tell than"
    " that the their them then there these they this those through to too under until up us was"
    " we were what when where whether which while who whom whose why will with would you your"
    " according article articles report reported reports".split()
)
# Words about the coverage, not about the event that is covered.
FRAME = frozenset(
    "agree agrees agreement attribute attributed change changed claim claims claimed compare"
    " compared comparison consistency consistent contradict contrast contrasting cover covered"
    " coverage covers describe described describes detail details detailed different differ"
    " discuss discussed discusses discussing focus focuses focused highlight highlighted highlights"
    " imply implies inconsistency inconsistent indicate indicates indicated individual information"
    " latest mention mentioned mentions narrative newest news newspaper noted notes outlet outlets"
    " person piece pieces portray portrayal portrayed post published publication publisher recent"
    " recently reporting review site source sources stated states stating stories story suggest"
    " suggested suggesting suggests view views website wrote written writes".split()
)

_WORD = re.compile(r"\w+(?:[.'’]\w+)*")


def terms(query: str) -> list[str]:
    """The query's words in lower case without stopwords (with them if none is left), each once."""
    words = [re.sub(r"['’]s$", "", w.lower()) for w in _WORD.findall(query)]
    kept = [w for w in words if w not in STOPWORDS]
    return list(dict.fromkeys(kept or words))


def topical(query: str) -> list[str]:
    """The `terms` that do not merely frame the question; all of them if none is left.

    >>> topical("Which sources suggested that the merger failed?")
    ['merger', 'failed']
    """
    words = terms(query)
    return [w for w in words if w not in FRAME] or words


def topical_only(text: str) -> list[str]:
    """The topical words of a text; empty where it has none."""
    return [w for w in terms(text) if w not in STOPWORDS and w not in FRAME]
