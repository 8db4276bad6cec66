"""The status of the event in a sentence: `status_of`, for the public field `event_status`.

    sentence -> the first of the rules that it matches -> "planned", "announced", "completed", ...

The status belongs to the whole sentence. The state of each verb is read in `language/claims.py`.
"""

from __future__ import annotations

import re

from rag.types import EventStatus

# In order of precedence: a status that undoes the others comes first.
_RULES: tuple[tuple[EventStatus, str], ...] = (
    (
        "cancelled",
        r"cancel\w*|called off|terminated|scrapped|annulled|struck (?:it )?down|abandon\w*|collaps\w+"
        r"|fell through|dropped|revoked|rescinded|vetoed|blocked|prohibited|(?:was|is|reported) dead"
        r"|voted (?:it |the \w+ )?down|never closed|never took effect|shut down|reversed|halted|bann(?:ed|s)|barred|undone|unwound|quashed|thrown out|withdr(?:ew|awn)",
    ),
    (
        "denied",
        r"den(?:y|ies|ied)|reject\w*|disput\w+|dishonest|refus\w+|declin\w+ to|not true|satire"
        r"|no such",
    ),
    (
        "planned",
        r"plan(?:s|ned|ning)?|would|intend\w*|mean(?:s|t) to|wants? to|aim\w*|seek\w*|in talks|talks"
        r"|weigh\w+|consider\w*|prepar\w+|about to|set to|could|can buy|may|expects? to|hop\w+ to"
        r"|agreed to (?:buy|acquire|take)|on the table|finali[sz]ing|proposes?|offer\w*",
    ),
    (
        "completed",
        r"has (?:\w+ )?(?:bought|paid|spent|acquired|sold|raised|closed|completed)|have (?:\w+ )?(?:"
        r"bought|paid|spent|acquired|sold|raised)|bought|paid|spent|acquired|closed|completed?"
        r"|finished|raised|sold|took over|taken over|swallowed|brought in|hired|dismissed|laid off"
        r"|cut|owns?|owned|went",
    ),
    (
        "announced",
        r"announc\w+|unveil\w*|declared?|presented|revealed|said on|pledged|introduced|made public"
        r"|named|signed|filed|agreed",
    ),
)

# "May" as the month, which is no plan. With a capital it is the verb only in a headline: there the
# next word has a capital too ("OpenAI May Buy Windsurf"), and no preposition or article precedes.
_MAY = re.compile(
    r"((?i:\b(?:in|of|on|by|since|until|till|from|to|the|a|last|this|next|early|mid|late|between"
    r"|before|after|through|during|and|or)[\s-]+))May\b|\bMay\b(?!\s+[A-Z])"
)


def status_of(text: str) -> EventStatus:
    """The status of the event in a sentence; "reported" where no rule matches.

    >>> status_of("Meta plans to buy 49% of Scale AI."), status_of("Meta has spent 14.8 billion.")
    ('planned', 'completed')
    """
    text = _MAY.sub(r"\1", text)
    for status, pattern in _RULES:
        if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE):
            return status
    return "reported"
