"""Words of denial, and the answer to a yes/no question that follows from them: `polarity`.

    question, sentence -> a word of denial near a word of the question? -> yes, no or None

A small model says Yes to almost anything, so these words are read before the model is asked.
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
_ASIDE = re.compile(  # "Didn't it ...?", "..., isn't it?", "no more than"
    r"^\W*\w+n['’]t\b|,\s*\w+n['’]t \w+\W*$|\b(?:no|not) \w+ than", re.IGNORECASE
)
_NEGATIVE = re.compile(r"\b(?:not|never|no)\b|n['’]t\b", re.IGNORECASE)
_REACH = 7  # words on either side of a denial that it may deny; not measured


def polarity(question: str, sentence: str, asked: Sequence[str] | None = None) -> bool | None:
    """The answer that `sentence` gives: True for yes, False for no, None where it denies nothing.

    `asked` are the stems of what the question asks about; by default all its meaning words.

    A denial counts when it stands near one of these words. A word with the meaning of one of them
    is no denial: "dismissed", when the question asks who was fired. A denial in the sentence means
    no, or yes where the question itself is negative ("Was it not accepted?").

    >>> polarity("Did Sutskever accept Meta's offer?", "Sutskever rejected Meta's offer.")
    False
    """
    meant = frozenset(asked or content(question))
    if not _denials(sentence, meant):
        return None
    return negative(question)


def negative(question: str) -> bool:
    """Whether a question is put in the negative, so that a denial answers it with yes.

    >>> negative("Was it not accepted?"), negative("Wasn't it accepted?")
    (True, False)
    """
    return bool(_NEGATIVE.search(_ASIDE.sub(" ", question)))


def _denials(text: str, asked: frozenset[str]) -> bool:
    """Whether a word of denial that is not asked about stands near a word that is."""
    for denial in DENIAL.finditer(text):
        if any(covers(stem(word), asked) for word in words(denial[0])):
            continue
        before = words(text[: denial.start()])[-_REACH:]
        after = words(text[denial.end() :])[:_REACH]
        if any(covers(stem(word), asked) for word in (*before, *after)):
            return True
    return False
