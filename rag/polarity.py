"""Yes or no: whether a sentence tells that what was asked about is so or is not so.

A small model says Yes to almost anything, so the words of denial decide first: a question and a
sentence that both deny, or neither, agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.lexicon import content, covers, groups, stem, words

_DENIALS = (
    r"not|n't|never|no|nor|neither|without|none|nothing|nobody|fail(?:s|ed)?|refus\w+|reject\w*"
    r"|den(?:y|ies|ied)|declin\w+|drop(?:s|ped)|abandon\w*|revok\w+|rescind\w*|annul\w*|scrap\w*"
    r"|cancel\w*|terminat\w+|collaps\w+|block\w*|prohibit\w*|dead|veto\w*|lost|loses|dispute[sd]?"
    r"|contradict\w*|overturn\w*|struck down|voted (?:it |the \w+ )?down|fell through|instead of"
    r"|stalled|suspended|dismissed|untrue|false|undisclosed|secret|ended|end of|shut down|stop\w*"
)
_DENIAL = re.compile(rf"(?<!\w)(?:{_DENIALS})(?!\w)|n['’]t\b", re.IGNORECASE)


_REACH = 7  # words between a denial and what it denies


def verdict(question: str, sentence: str, asked: Sequence[str] | None = None) -> bool | None:
    """True for yes, False for no, None where words of denial decide nothing.

    `asked` are the stems of what the question asks about (all its meaning words by default).

    A denial counts when it stands near a word of the question; a word that says what the question
    asks about ("dismissed", asked who was fired) is no denial.

    >>> verdict("Did Sutskever accept Meta's offer?", "Sutskever rejected Meta's offer.")
    False
    """
    told = _denies(sentence, list(asked or content(question)))
    return _denies(question, []) if told else None


def _denies(text: str, asked: list[str]) -> bool:
    meant = frozenset(asked)
    for denial in _DENIAL.finditer(text):
        own = [stem(word) for word in words(denial[0])]
        if any(word in meant or covers(word, meant) for word in own if groups(word)):
            if not groups(own[-1]) & {"cancel", "deny"}:
                continue
            if own[-1] in meant:
                continue
        if not asked:
            return True
        before = words(text[: denial.start()])[-_REACH:]
        after = words(text[denial.end() :])[:_REACH]
        if any(covers(stem(word), meant) for word in (*before, *after)):
            return True
    return False
