"""What no article answers: greetings and thanks, what the library holds, advice, other languages.

    form of the question -> counts from the library, or one line of our own -> a notice

A notice has no sentences and no citations: nothing in it comes from an article.
"""

from __future__ import annotations

import re

from index.library import Library
from index.types import Article
from rag.question.form import ABOUT_ANSWER, Form
from rag.question.intent import Intent
from rag.show.wording import source

MOST_NAMED = 6  # publishers named by their number of articles
_THANKS = re.compile(r"\b(?:thanks?|thank you|thx|cheers|great|perfect|nice|helpful)\b", re.I)
_ABILITY = re.compile(r"\b(?:what|how)\b.{0,20}\b(?:you|u|this|it)\b|\bhelp (?:me|with)\b", re.I)
_BYE = re.compile(r"\b(?:bye|goodbye|good night|see you|ciao)\b", re.I)


def notice(form: Form, intent: Intent, library: Library) -> str:
    """The one plain line, or few, that such a question gets."""
    if form == "library":
        return _about(intent, library)
    if form == "opinion":
        return (
            "I only report what articles say, and give no advice, opinions or forecasts. Ask what "
            "has been reported, and I will show the words and their source."
        )
    if form in ABOUT_ANSWER:
        return "There is no answer yet to show more of. Ask me about the news in this library."
    if form == "foreign":
        return "I read questions and articles in English. Please ask in English."
    text = intent.text
    if _BYE.search(text):
        return "Goodbye."
    if _THANKS.search(text) and not _ABILITY.search(text):
        return "You're welcome. Ask on whenever you like."
    if _ABILITY.search(text):
        return _ability(library)
    return (
        "Hello. I am Dateline, a program and no person: I answer questions about the news in this "
        "library, and cite the sentence behind every answer."
    )


def _ability(library: Library) -> str:
    """What can be asked, in one or two lines."""
    first, last, _ = library.date_range()
    held = f"{library.count():,} articles" + (
        f" from {first[:10]} to {last[:10]}" if first and last else ""
    )
    return (
        f"I answer questions about the news in this library ({held}), and cite the sentence behind "
        "every statement: facts and figures, summaries, timelines, lists, comparisons, what is new. "
        "Where the library does not hold the answer, I say so."
    )


def _about(intent: Intent, library: Library) -> str:
    """Counts of what the library holds: of a subject that is named, else of all."""
    subjects = [name for name in intent.names if len(name) > 1]
    if subjects:
        return " ".join(_held(name, library) for name in subjects)
    first, last, undated = library.date_range()
    parts = [f"The library holds {library.count():,} articles"]
    if first and last:
        parts.append(f" published from {first[:10]} to {last[:10]}")
    by = library.by_publisher()
    if by:
        named = ", ".join(f"{publisher} ({count})" for publisher, count in by[:MOST_NAMED])
        more = f" and {len(by) - MOST_NAMED} more" if len(by) > MOST_NAMED else ""
        sources = "source" if len(by) == 1 else "sources"
        parts.append(f", from {len(by)} {sources}: {named}{more}")
    parts.append(f". {undated} have no date" if undated else "")
    newest = library.newest()
    return "".join(parts) + "." + (_titled(newest) if newest else "")


def _held(name: str, library: Library) -> str:
    """How many articles mention a name, and the newest of these."""
    found = library.mentioning(name)
    if not found:
        return f"No article in the library mentions {name}."
    newest = max(found, key=lambda article: article.published or "")
    count = len(found)
    told = f"{count} article mentions" if count == 1 else f"{count} articles mention"
    return f"{told} {name}.{_titled(newest)}"


def _titled(newest: Article) -> str:
    """One more sentence that names the newest article, where it has a title."""
    return f" The newest: {source(newest)}." if newest.title else ""
