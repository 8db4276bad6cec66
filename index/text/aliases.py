"""Several names of one thing: renamed companies, initials, spellings, descriptions.

    variants               other forms of a name          "Facebook" -> "Meta"
    kin                    what stands for a country      "Chinese" -> "Beijing"
    named_by_description   a description to the company   "the ChatGPT maker" -> "OpenAI"

Tables written by hand from common knowledge, not from the articles. The first form of a group is
the usual one.
"""

from __future__ import annotations

import re
from functools import lru_cache

GROUPS: tuple[tuple[str, ...], ...] = (
    ("Meta", "Facebook", "Meta Platforms", "Thefacebook"),
    ("Microsoft", "MSFT", "Redmond"),
    ("Nvidia", "NVDA"),
    ("Apple", "AAPL", "Cupertino"),
    ("X", "Twitter"),
    ("Google", "Alphabet", "GOOGL"),
    ("Scale AI", "Scale", "ScaleAI"),
    ("Character.AI", "Character AI"),
    ("Windsurf", "Codeium"),
    ("CoreWeave", "CRWV"),
    ("Core Scientific", "CORZ"),
    ("xAI", "x.AI", "x AI"),
    ("OpenAI", "Open AI"),
    ("DeepSeek", "Deep Seek"),
    ("Safe Superintelligence", "SSI"),
    ("Thinking Machines", "Thinking Machines Lab", "TML"),
    ("Advanced Machine Intelligence", "AMI Labs", "AMI"),
    ("Amazon", "AWS", "Amazon Web Services", "AMZN"),
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
    ("Jensen Huang", "Huang"),
    ("Satya Nadella", "Nadella"),
    ("Dario Amodei", "Amodei"),
    ("Ilya Sutskever", "Sutskever", "Ilya"),
    ("Mira Murati", "Murati"),
    ("Andreessen Horowitz", "a16z"),
    ("ARR", "annual recurring revenue"),
    ("IPO", "initial public offering", "stock market listing"),
)

# News lets a country, its people and the seat of its government stand for each other. They are no
# variants: an answer may not replace one with another.
NATIONS: tuple[tuple[str, ...], ...] = (
    ("United States", "US", "U.S.", "USA", "America", "American", "Americans", "Washington"),
    ("China", "Chinese", "Beijing"),
    ("European Union", "EU", "E.U.", "Europe", "European", "Brussels"),
    ("United Kingdom", "UK", "U.K.", "Britain", "Great Britain", "British"),
    ("France", "French", "Paris"),
    ("Germany", "German", "Berlin"),
    ("Italy", "Italian", "Rome"),
    ("Ireland", "Irish", "Dublin"),
    ("Netherlands", "Dutch"),
    ("Japan", "Japanese", "Tokyo"),
    ("India", "Indian"),
    ("Canada", "Canadian"),
    ("Singapore", "Singaporean"),
    ("South Korea", "Korea", "Korean", "Seoul"),
    ("Saudi Arabia", "Saudi"),
    ("California", "Californian", "Sacramento"),
)

# Products and heads by which the news describes a company: "the ChatGPT maker".
_MADE_BY = {
    "OpenAI": "ChatGPT GPT-4 GPT-5 GPT-4o GPT Sora Codex",
    "Anthropic": "Claude",
    "Google": "Gemini Bard",
    "Meta": "Llama Facebook Instagram WhatsApp",
    "xAI": "Grok",
    "Microsoft": "Copilot Bing Azure Windows",
    "DeepSeek": "R1",
    "Apple": "Siri iPhone",
    "Amazon": "Alexa",
    "Nvidia": "H100 H20 Blackwell CUDA",
    "Stability AI": "Stable-Diffusion",
}
_HEADED_BY = {
    "OpenAI": "Sam-Altman Altman",
    "Anthropic": "Dario-Amodei Amodei Dario",
    "Meta": "Mark-Zuckerberg Zuckerberg Zuck",
    "Microsoft": "Satya-Nadella Nadella",
    "Nvidia": "Jensen-Huang Huang",
    "Safe Superintelligence": "Ilya-Sutskever Sutskever Ilya",
    "Thinking Machines": "Mira-Murati Murati",
    "Advanced Machine Intelligence": "Yann-LeCun LeCun",
    "xAI": "Elon-Musk's-AI Musk's-AI Elon's-AI",
}
# Phrases that the news uses instead of the name; none that fits several companies.
_CALLED = {
    "Google": "[Tt]he search (?:giant|titan)",
    "Meta": "[Tt]he social(?:[- ]media|[- ]network(?:ing)?)? (?:giant|titan)",
    "IBM": "(?:[Tt]he )?Big Blue",
    "Amazon": "[Tt]he (?:e-commerce|online retail) giant",
    "Microsoft": "[Tt]he software giant",
    "Nvidia": "[Tt]he (?:GPU|graphics[- ]chip) (?:giant|titan|maker)",
    "SpaceX": "(?:[Tt]he|(?:Elon )?Musk['’]s) rocket (?:firm|company|maker|builder)",
    "ChatGPT": "(?:OpenAI|Altman)['’]s (?:chat)?bot",
    "Apple": "[Tt]he Cupertino (?:company|giant)",
}
_COMPANY = r"company|firm|start-?up|lab|group|outfit|giant"
_HEAD = r"boss|chief|CEO"
_FOR_THE_FIRM = ("OpenAI", "Anthropic", "xAI")  # firms whose product stands for the whole firm
_MAKER = rf"maker|developer|creator|owner|parent(?: company)?|{_COMPANY}"


@lru_cache(maxsize=1)
def _descriptions() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for table, nouns in ((_MADE_BY, _MAKER), (_HEADED_BY, _COMPANY)):
        for company, called in table.items():
            forms = "|".join(re.escape(c).replace(r"\-", "[ -]") for c in called.split())
            whose = rf"(?:the )?(?:{forms})(?:['’]s)?[ -](?:AI )?(?:{nouns})"
            of = rf"(?:the )?(?:{nouns}) (?:behind|of|that makes) (?:{forms})"
            found.append((re.compile(rf"(?<!\w)(?:{whose}|{of})(?!\w)", re.I), company))
            if table is _MADE_BY and company in _FOR_THE_FIRM:  # "the ChatGPT boss" is OpenAI's
                head = rf"(?<!['’]s )(?<!\w)(?:the )?(?:{forms})(?:['’]s)?[ -]({_HEAD})(?!\w)"
                found.append((re.compile(head, re.I), rf"{company}'s \1"))
    for company, called in _CALLED.items():
        found.append((re.compile(rf"(?<!, )(?<!\w)(?:{called})(?!\w)(?! [A-Z])"), company))
    return tuple(found)


def named_by_description(text: str) -> str:
    """The text with each description of a company by product or head replaced by its name.

    >>> named_by_description("How much did Zuckerberg's company pay the ChatGPT maker?")
    'How much did Meta pay OpenAI?'
    """
    parts = re.split(r"([\"“][^\"”]*[\"”])", text)  # a quoted title is not changed
    return "".join(part if n % 2 else _named(part) for n, part in enumerate(parts))


def _named(text: str) -> str:
    for pattern, company in _descriptions():
        if pattern.search(text):
            text = pattern.sub(company, text)
            name = re.escape(company.partition("'")[0])
            text = re.sub(rf"\b{name},? ({name})\b", r"\1", text)  # "X, maker of Y"
    return text


@lru_cache(maxsize=1)
def _by_form() -> dict[str, tuple[str, ...]]:
    return {form.casefold(): group for group in GROUPS for form in group}


@lru_cache(maxsize=4096)
def variants(name: str) -> tuple[str, ...]:
    """The other forms of `name`, whatever its case; empty where no group has it.

    >>> variants("Facebook")
    ('Meta', 'Meta Platforms', 'Thefacebook')
    """
    group = _by_form().get(name.casefold(), ())
    return tuple(form for form in group if form.casefold() != name.casefold())


def usual(name: str) -> bool:
    """Whether `name` is the usual form of a group."""
    return any(name == group[0] for group in GROUPS)


@lru_cache(maxsize=4096)
def kin(name: str) -> tuple[str, ...]:
    """Other words of the country that `name` is of: "Beijing" for "Chinese"; empty for others."""
    low = name.casefold()
    return tuple(
        form
        for nation in NATIONS
        if low in (f.casefold() for f in nation)
        for form in nation
        if form.casefold() != low
    )


def mentioned(text: str) -> list[str]:
    """The forms of GROUPS that stand in `text` as whole words, as written there, longest first.

    Forms of up to three letters count only in capitals, so that "us" is no country.
    """
    found = []
    for form, pattern in _patterns():
        for match in pattern.finditer(text):
            if len(form) > 3 or match[0].isupper():
                found.append(match[0])
                break
    return found


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every form, the longest first, with the pattern that finds it as whole words."""
    return tuple(
        (form, re.compile(rf"(?<!\w){re.escape(form)}(?!\w)", re.IGNORECASE))
        for form in sorted(_by_form(), key=len, reverse=True)
    )
