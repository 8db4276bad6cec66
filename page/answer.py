"""An answer as HTML: a shape for each form, every sentence with its citations and what bears out
its figures, and what was left out or put in the sources' words.

Everything that comes from an article, a model or a user goes through `html.escape`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby

from page.exchange import Exchange
from rag.show.wording import day, marked, short_heads
from rag.types import Answer, Check, Citation, Sentence

_LONG = 24  # characters above which a short answer is set smaller; not measured
_VERDICTS = {"unanswerable": "Not in the library", "disputed": "Sources differ"}
_PROVED = ("percent", "money", "count", "date")  # the checks whose words open what bears them out


def answer_html(item: Exchange, answer: Answer) -> str:
    """The whole answer of one exchange."""
    parts = []
    if verdict := _VERDICTS.get(answer.status):
        parts.append(f'<p class="verdict">{verdict}</p>')
    if short_heads(answer):
        long = " long" if len(answer.short or "") > _LONG else ""
        parts.append(f'<p class="short{long}" dir="auto">{escape(answer.short or "")}</p>')
    parts.append(_body(item, answer))
    if answer.as_of:
        parts.append(f'<p class="note">As of {escape(answer.as_of)}.</p>')
    parts += [_replaced(answer), _dropped(answer)]
    return f'<div class="answer {answer.status} {answer.form}">{"".join(parts)}</div>'


def link(number: int, citation: Citation) -> str:
    """The citation's number, which opens its card."""
    source = f"{citation.publisher or 'publisher unknown'}, {day(citation.published)}"
    return (
        f'<a class="citation" href="#evidence-{number}-{citation.id}" title="{escape(source)}"'
        f' aria-label="Citation {citation.id}: {escape(source)}">[{citation.id}]</a>'
    )


def _body(item: Exchange, answer: Answer) -> str:
    said = [(s, _said(item, answer, at)) for at, s in enumerate(answer.sentences)]
    if not said:
        lines = filter(str.strip, answer.text.splitlines())
        return "".join(f'<p class="text" dir="auto">{_cited(item, line)}</p>' for line in lines)
    if answer.form in ("timeline", "news"):
        return _grouped(said, lambda s: s.day or "", "ol", _day)
    if answer.form == "comparison" and any(s.side for s, _ in said):
        return f'<div class="sides">{_grouped(said, lambda s: s.side or "", "ul", escape)}</div>'
    if answer.form == "list":
        return _list("ul", [html for _, html in said])
    return f'<p class="text" dir="auto">{" ".join(html for _, html in said)}</p>'


def _grouped(
    said: Sequence[tuple[Sentence, str]],
    key: Callable[[Sentence], str],
    tag: str,
    head: Callable[[str], str],
) -> str:
    """A list under a heading for each run of sentences of one day or side."""
    parts = []
    for name, group in groupby(said, lambda pair: key(pair[0])):
        rows = _list(tag, [html for _, html in group])
        parts.append(f'<section class="run"><h3 dir="auto">{head(name)}</h3>{rows}</section>')
    return "".join(parts)


def _day(text: str) -> str:
    return f'<time datetime="{escape(text)}">{escape(text)}</time>' if text else "No date told"


def _list(tag: str, rows: Sequence[str]) -> str:
    items = "".join(f'<li class="text" dir="auto">{row}</li>' for row in rows)
    return f"<{tag}>{items}</{tag}>"


def _said(item: Exchange, answer: Answer, at: int) -> str:
    """Sentence number `at` with its citations; its figures show on hover and focus what bears them
    out."""
    sentence = answer.sentences[at]
    kind = "said repaired" if sentence.repaired else "said"
    text = _cited(item, marked(sentence.text, sentence.citations), sentence.checks, f"s{at}")
    return f'<span class="{kind}">{text}</span>'


def _cited(item: Exchange, text: str, checks: Sequence[Check] = (), place: str = "") -> str:
    """Escaped text in which each `[n]` that has a card links to it, and each checked figure."""
    cards = {str(citation.id): citation for citation in item.citations}
    out = []
    for index, piece in enumerate(re.split(r"\[(\d+)\]", text)):
        if index % 2 == 0:
            out.append("".join(_figures(item, piece, checks, f"{place}-{index}")))
        elif piece in cards:
            out.append(link(item.number, cards[piece]))
        else:
            out.append(escape(f"[{piece}]"))
    return "".join(out)


def _figures(item: Exchange, text: str, checks: Sequence[Check], place: str) -> Iterator[str]:
    cards = {citation.id: citation for citation in item.citations}
    proofs = {
        check.value: found
        for check in checks
        if check.kind in _PROVED and (found := [cards[n] for n in check.found_in if n in cards])
    }
    if not proofs:
        yield escape(text)
        return
    longest_first = sorted(map(re.escape, proofs), key=len, reverse=True)
    for at, piece in enumerate(re.split(rf"(?<!\w)({'|'.join(longest_first)})(?!\w)", text)):
        if at % 2 == 0:
            yield escape(piece)
        else:
            yield _figure(item.number, piece, proofs[piece], f"proof-{item.number}-{place}-{at}")


def _figure(number: int, text: str, found: Sequence[Citation], name: str) -> str:
    """A figure that opens the card that bears it out; all that do are told beside it."""
    sources = "".join(
        f"<span>[{c.id}] {escape(c.publisher or 'publisher unknown')}, {day(c.published)}: "
        f"“{escape(c.quote)}”</span>"
        for c in found
    )
    return (
        f'<span class="proved"><a class="figure" href="#evidence-{number}-{found[0].id}"'
        f' aria-describedby="{name}">{escape(text)}</a>'
        f'<span class="proof" role="tooltip" id="{name}">{sources}</span></span>'
    )


def _replaced(answer: Answer) -> str:
    """What is said of sentences that stand in a source's words instead of the draft's."""
    count, total = sum(s.repaired for s in answer.sentences), len(answer.sentences)
    if not count:
        return ""
    if count == total:
        note = "In the sources' own words." if total > 1 else "In the source's own words."
    else:
        verb = "was" if count == 1 else "were"
        note = f"{count} of {total} sentences {verb} corrected to the source's own words."
    return f'<p class="note replaced">{note}</p>'


def _dropped(answer: Answer) -> str:
    if not answer.dropped:
        return ""
    many = len(answer.dropped)
    rows = "".join(
        f'<li dir="auto"><s>{escape(drop.text)}</s> <span>{escape(drop.reason)}</span></li>'
        for drop in answer.dropped
    )
    label = f"{many} sentence{'s' * (many > 1)} of the draft failed the checks"
    return f'<details class="dropped"><summary>{label}</summary><ul>{rows}</ul></details>'
