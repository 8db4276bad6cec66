"""Names that the news uses for one and the same: renamed companies, initials, spellings.

Common knowledge of the field, not of any article; each group's first form is the usual one.
"""

from __future__ import annotations

import re
from functools import lru_cache

GROUPS: tuple[tuple[str, ...], ...] = (
    ("Meta", "Facebook", "Meta Platforms", "Thefacebook"),
    ("X", "Twitter"),
    ("Google", "Alphabet"),
    ("Scale AI", "Scale", "ScaleAI"),
    ("Character.AI", "Character AI"),
    ("Windsurf", "Codeium"),
    ("xAI", "x.AI", "x AI"),
    ("OpenAI", "Open AI"),
    ("DeepSeek", "Deep Seek"),
    ("Safe Superintelligence", "SSI"),
    ("Thinking Machines", "Thinking Machines Lab", "TML"),
    ("Advanced Machine Intelligence", "AMI Labs", "AMI"),
    ("Amazon", "AWS", "Amazon Web Services"),
    ("Alexandr Wang", "Alexander Wang", "Alex Wang"),
    ("Mark Zuckerberg", "Marek Zuckerberg", "Zuckerberg", "Zuck"),
    ("Sam Altman", "Samuel Altman", "Altman"),
    ("Elon Musk", "Musk"),
    ("Mustafa Suleyman", "Mustafa Sulyyman"),
    ("Financial Times", "FT"),
    ("Wall Street Journal", "WSJ", "The Wall Street Journal"),
    ("New York Times", "NYT", "NY Times", "The New York Times"),
    ("Associated Press", "AP"),
    ("European Union", "EU", "E.U."),
    ("United States", "US", "U.S.", "USA", "America"),
    ("United Kingdom", "UK", "U.K.", "Britain", "Great Britain"),
    ("Competition and Markets Authority", "CMA"),
    ("Securities and Exchange Commission", "SEC"),
    ("Federal Trade Commission", "FTC"),
    ("ARR", "annual recurring revenue"),
    ("IPO", "initial public offering", "stock market listing"),
)


@lru_cache(maxsize=1)
def _by_form() -> dict[str, tuple[str, ...]]:
    return {form.casefold(): group for group in GROUPS for form in group}


def variants(name: str) -> tuple[str, ...]:
    """Other forms of `name`, without the one given.

    >>> variants("Facebook")
    ('Meta', 'Meta Platforms', 'Thefacebook')
    """
    group = _by_form().get(name.casefold(), ())
    return tuple(form for form in group if form.casefold() != name.casefold())


def mentioned(text: str) -> list[str]:
    """The forms of any group that stand in `text` as whole words, whatever their case.

    Two-letter forms count only in capitals, so that "us" is no country.
    """
    found = []
    for form in sorted(_by_form(), key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE):
            if len(form) > 3 or match[0].isupper():
                found.append(match[0])
                break
    return found
