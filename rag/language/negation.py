"""Yes or no: whether a sentence tells that what was asked about is so or is not so.

A small model says Yes to almost anything, so the words of denial decide first: a question and a
sentence that both deny, or neither, agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.language.lexicon import content, covers, stem, words

_DENIALS = (
    r"not|n't|never|no|nor|neither|without|none|nothing|nobody|fail(?:s|ed)?|refus\w+|reject\w*"
    r"|den(?:y|ies|ied)|declin\w+|drop(?:s|ped)|abandon\w*|revok\w+|rescind\w*|annul\w*|scrap\w*"
    r"|cancel\w*|terminat\w+|collaps\w+|block\w*|prohibit\w*|dead|veto\w*|lost|loses|dispute[sd]?"
    r"|contradict\w*|overturn\w*|struck down|voted (?:it |the \w+ )?down|fell through|instead of"
    r"|stalled|suspended|dismissed|untrue|false|undisclosed|secret|ended|end of|shut down|stop\w*"
    r"|missing|absent|excluding|except|no longer|non-\w+"
    r"|turn(?:s|ed)? (?:\w+ ){0,3}down|opposite|too late"
)
DENIAL = re.compile(rf"(?<!\w)(?:{_DENIALS})(?!\w)|n['’]t\b", re.IGNORECASE)


_REACH = 7  # words between a denial and what it denies


def polarity(question: str, sentence: str, asked: Sequence[str] | None = None) -> bool | None:
    """True for yes, False for no, None where words of denial decide nothing.

    `asked` are the stems of what the question asks about (all its meaning words by default).

    A denial counts when it stands near a word of the question; a word that says what the question
    asks about ("dismissed", asked who was fired) is no denial.

    >>> polarity("Did Sutskever accept Meta's offer?", "Sutskever rejected Meta's offer.")
    False
    """
    meant = frozenset(asked or content(question))
    if not _denials(sentence, meant):
        return None
    return bool(re.search(r"(?i)\b(?:not|never|no)\b|n['’]t\b", question))


def _denials(text: str, asked: frozenset[str]) -> bool:
    """Whether a word of denial, itself not asked about, stands near a word that is."""
    for denial in DENIAL.finditer(text):
        own = [stem(word) for word in words(denial[0])]
        if any(covers(word, asked) for word in own):
            continue
        before = words(text[: denial.start()])[-_REACH:]
        after = words(text[denial.end() :])[:_REACH]
        if any(covers(stem(word), asked) for word in (*before, *after)):
            return True
    return False
