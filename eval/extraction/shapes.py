"""Pages as sites build them, made in code: each with the text and the date that should come out.

the stories' sentences -> markup of one shape, with what stands around an article -> Shape
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass

from eval.extraction.stories import ONDINE, TESSERA, TITLES, VARDE

DAY = "2025-06-10"
_NAV = (
    "<nav><ul><li><a href='/'>Home</a></li><li><a href='/ai'>Artificial intelligence</a></li>"
    "<li><a href='/chips'>Chips and halls</a></li></ul></nav>"
)
_FOOTER = (
    "<footer><p>© 2019-2025 Radio Jutland. All rights reserved.</p><p><a href='/terms'>Terms</a>"
    " <a href='/privacy'>Privacy</a></p></footer>"
)
_RELATED = (
    "<aside><h3>Related stories</h3><ul><li><a href='/1'>Brightmoor moves its head office to Tampere"
    "</a></li><li><a href='/2'>Palisade Cloud cuts the price of an hour by 15 percent</a></li></ul>"
    "</aside>"
)
_SIGNUP = (
    "<div class='box'><h3>Get our daily newsletter</h3><p>Enter your email address to subscribe and"
    " receive the top stories in your inbox. You can unsubscribe at any time.</p><form><input"
    " type='email'><button>Sign up</button></form></div>"
)
_CONSENT = (
    "<div id='cmp'><p>We and our partners store and access information on your device, such as"
    " cookies, to personalise ads and content. You can change your choices at any time.</p>"
    "<button>Accept all</button><button>Reject all</button></div>"
)
_META = "<meta property='article:published_time' content='2025-06-10T09:30:00+02:00'>"


@dataclass(frozen=True, slots=True)
class Shape:
    """A page, and its right text (paragraphs) and day; None where no day can be known."""

    name: str
    page: bytes
    text: tuple[str, ...]
    published: str | None
    content_type: str = "text/html; charset=utf-8"


def shapes() -> list[Shape]:
    """All shapes, in order."""
    return [*_bodies(), *_around(), *_dates(), *_structures(), *_bytes()]


def _shape(
    name: str,
    body: str,
    text: Sequence[str] = VARDE,
    day: str | None = DAY,
    head: str = _META,
    title: str = TITLES[VARDE],
) -> Shape:
    page = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{html.escape(title)} |"
        f" Radio Jutland</title><meta property='og:title' content='{html.escape(title)}'>"
        f"<meta property='og:site_name' content='Radio Jutland'>{head}</head><body>{body}</body></html>"
    )
    return Shape(name, page.encode(), tuple(text), day)


def _p(story: Sequence[str], before: str = "<p>", after: str = "</p>") -> str:
    return "".join(f"{before}{html.escape(part)}{after}" for part in story)


def _h1(story: tuple[str, ...] = VARDE) -> str:
    return f"<h1>{html.escape(TITLES[story])}</h1>"


def _bodies() -> list[Shape]:
    """Where the article stands."""
    text = _p(VARDE)
    return [
        _shape("article", f"{_NAV}<article>{_h1()}{text}</article>{_FOOTER}"),
        _shape("main", f"{_NAV}<main>{_h1()}{text}</main>{_FOOTER}"),
        _shape("divs by class", f"{_NAV}<div class='story-body'>{_h1()}{text}</div>{_FOOTER}"),
        _shape("divs without names", f"{_NAV}<div><div>{_h1()}<div>{text}</div></div></div>{_FOOTER}"),
        _shape("paragraphs are divs",
               f"{_NAV}<article>{_h1()}{_p(VARDE, '<div class=para>', '</div>')}</article>{_FOOTER}"),
        _shape("an aside that holds the article", f"{_NAV}<aside class='c'>{_h1()}{text}</aside>{_FOOTER}"),
        _shape("a layout table", f"<table><tr><td>{_NAV}</td><td>{_h1()}{text}</td></tr></table>{_FOOTER}"),
        _shape("sections", f"<main>{_h1()}<section>{_p(VARDE[:2])}</section><section>{_p(VARDE[2:])}"
               f"</section></main>{_FOOTER}"),
        _shape("microdata", f"<div itemscope itemtype='https://schema.org/NewsArticle'>{_h1()}"
               f"<div itemprop='articleBody'>{text}</div></div>{_FOOTER}"),
        _shape("a blog post", f"{_NAV}<div id='content'><div class='post hentry'>{_h1()}<div"
               f" class='entry-content'>{text}</div><div class='tags'><a href='/t'>Varde</a></div></div>"
               f"</div>{_FOOTER}"),
        _shape("lines with breaks", f"<article>{_h1()}<p>{'<br><br>'.join(map(html.escape, VARDE))}</p>"
               f"</article>{_FOOTER}"),
        _shape("links and emphasis in the text",
               f"<article>{_h1()}{text.replace('Kestrel Compute', '<a href=/k><b>Kestrel</b> Compute</a>')}"
               f"</article>{_FOOTER}"),
    ]  # fmt: skip


def _around() -> list[Shape]:
    """What stands around it."""
    article = f"{_h1()}{_p(VARDE)}"
    half = f"{_h1()}{_p(VARDE[:2])}", _p(VARDE[2:])
    return [
        _shape("related stories beside it", f"{_NAV}<article>{article}</article>{_RELATED}{_FOOTER}"),
        _shape("related stories in it", f"<article>{half[0]}{_RELATED}{half[1]}</article>{_FOOTER}"),
        _shape("a sign-up box below", f"<article>{article}{_SIGNUP}</article>{_FOOTER}"),
        _shape("a sign-up box in it", f"<article>{half[0]}{_SIGNUP}{half[1]}</article>{_FOOTER}"),
        _shape("a consent dialogue above", f"{_CONSENT}<article>{article}</article>{_FOOTER}"),
        _shape("a dialogue by role", f"<article>{article}</article><div role='dialog'><p>This site uses"
               f" cookies. By continuing you agree to our policy.</p></div>{_FOOTER}"),
        _shape("hidden text", f"<article>{half[0]}<p hidden>The price was 9 billion.</p><p"
               f" style='display:none'>Or it was 10 billion.</p>{half[1]}</article>{_FOOTER}"),
        _shape("comments of readers", f"<article>{article}</article><section id='comments'"
               f" class='comments'><h2>Comments</h2><div class='comment'><p>I do not believe a word of"
               f" it, said the neighbour of a friend of mine.</p></div></section>{_FOOTER}"),
        _shape("buttons to share", f"<article>{_h1()}<div class='share'><a href='#'>Share on Facebook</a>"
               f" <a href='#'>Share on X</a></div>{_p(VARDE)}</article>{_FOOTER}"),
        _shape("pictures with captions", f"<article>{half[0]}<figure><img src='/v.jpg'></figure>{half[1]}"
               f"</article>{_FOOTER}"),
        _shape("scripts and styles", f"<style>p {{}}</style><article>{half[0]}<script>var price ="
               f" '9 billion';</script>{half[1]}</article><script>run()</script>{_FOOTER}"),
    ]  # fmt: skip


def _dates() -> list[Shape]:
    """How the day is told, rightly, vaguely or not at all."""
    body = f"{_NAV}<article>{_h1()}{_p(VARDE)}</article>{_FOOTER}"

    def linked(**fields: object) -> str:
        data = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
        return f"<script type='application/ld+json'>{json.dumps(data)}</script>"

    def under(line: str) -> str:
        return body.replace("</h1>", f"</h1>{line}")

    heads: dict[str, tuple[str, str | None]] = {
        "a date in JSON-LD": (linked(datePublished="2025-06-10T07:30:00Z"), DAY),
        "a later change": (
            linked(datePublished="2025-06-10", dateModified="2025-06-14"), DAY),
        "Dublin Core": ("<meta name='dc.date.issued' content='2025-06-10'>", DAY),
        "a date in words": ("<meta name='date' content='10 June 2025'>", DAY),
        "a month alone": ("<meta name='date' content='2025-06'>", None),
        "a year alone": ("<meta name='date' content='2025'>", None),
        "a date of two readings": ("<meta name='date' content='03/04/2025'>", None),
        "the first day of computers": (linked(datePublished="1970-01-01T00:00:00Z"), None),
        "no date": ("", None),
        "a graph of data": (
            linked(**{"@graph": [{"@type": "WebSite", "name": "Radio Jutland"},
                                 {"@type": "NewsArticle", "datePublished": "2025-06-10"}]}), DAY),
        "late in the evening": (linked(datePublished="2025-06-10T23:30:00-05:00"), DAY),
        "a change alone, in JSON-LD": (linked(dateModified="2025-06-14"), None),
        "a change alone": (
            "<meta property='article:modified_time' content='2025-06-14T08:00:00Z'>", None),
    }  # fmt: skip
    lines: dict[str, tuple[str, str | None]] = {
        "an element of time": ("<time datetime='2025-06-10T09:30:00+02:00'>10 June</time>", DAY),
        "a line in words": ("<p class='date'>Published 10 June 2025</p>", DAY),
        "changed, then published": (
            "<p class='b'>Updated: <time datetime='2025-06-14'>14 June</time> Published: <time"
            " datetime='2025-06-10'>10 June</time></p>",
            DAY,
        ),
        "a change alone, as a line": (
            "<p class='b'>Last revised on <time datetime='2025-06-14'>14 June</time></p>",
            None,
        ),
        "a line in German": ("<p class='date'>Veröffentlicht am 10. Juni 2025</p>", DAY),
        "an American line": ("<div class='byline'>By Ana Ruiz | June 10, 2025</div>", DAY),
        "days of other stories": (
            "<time datetime='2025-06-10'>10 June</time></article><aside><a href='/1'>Chips</a> <time"
            " datetime='2025-05-02'>2 May</time> <a href='/2'>Halls</a> <time datetime='2025-06-14'>"
            "14 June</time></aside><article>",
            DAY,
        ),
        "a relative line": ("<span class='date'>2 hours ago</span>", None),
    }
    return [
        *(_shape(name, body, day=day, head=head) for name, (head, day) in heads.items()),
        *(_shape(name, under(line), day=day, head="") for name, (line, day) in lines.items()),
    ]


def _structures() -> list[Shape]:
    """Digests, tables, lists, live blogs."""
    stories = (TESSERA, ONDINE, VARDE)
    sections = [part for story in stories for part in (TITLES[story], *story)]
    times = ("09:30", "09:50", "10:05")
    return [
        _shape("a digest with headings", "<main><h1>The morning letter</h1>" + "".join(
            f"<h2>{html.escape(TITLES[story])}</h2>{_p(story)}" for story in stories) + f"</main>{_FOOTER}",
            sections, title="The morning letter"),
        _shape("a digest with bullets", "<main><h1>The morning letter</h1><p>Good morning from Esbjerg,"
               " where it rains on the new halls.</p><ul>" + "".join(
                   f"<li>{html.escape(' '.join(story[:2]))}</li>" for story in stories)
               + f"</ul></main>{_FOOTER}",
               ["Good morning from Esbjerg, where it rains on the new halls.",
                *(" ".join(story[:2]) for story in stories)], title="The morning letter"),
        _shape("a live blog", "<main><h1>The morning live</h1>" + "".join(
            f"<div class='post'><time datetime='2025-06-10T{time}:00Z'>{time}</time>{_p(story)}</div>"
            for time, story in zip(times, stories, strict=True)) + f"</main>{_FOOTER}",
            [part for time, story in zip(times, stories, strict=True)
             for part in (f"2025-06-10 {time} UTC", *story)], title="The morning live"),
        _shape("a table of data", f"<article>{_h1()}{_p(VARDE)}<table><thead><tr><th>Hall</th>"
               "<th>Opened</th><th>Megawatts</th></tr></thead><tbody><tr><td>First</td><td>2024</td>"
               "<td>240</td></tr><tr><td>Second</td><td>–</td><td>180</td></tr></tbody></table>"
               f"</article>{_FOOTER}",
               [*VARDE, "Hall: First | Opened: 2024 | Megawatts: 240", "Hall: Second | Megawatts: 180"]),
        _shape("lists in cells, heads over two columns", f"<article>{_h1()}{_p(VARDE)}<table><tr>"
               "<th rowspan='2'>Model</th><th colspan='2'>Speed</th></tr><tr><th>words</th><th>price</th>"
               "</tr><tr><td><b>Loom 3</b></td><td>117</td><td><ul><li>$1.10</li><li>€1.00</li></ul></td>"
               f"</tr></table></article>{_FOOTER}",
               [*VARDE, "Model: Loom 3 | Speed, words: 117 | Speed, price: $1.10, €1.00"]),
        _shape("an ordered list", f"<article>{_h1()}{_p(VARDE)}<h2>What readers think of the halls</h2><ol>"
               "<li>Build them, say 71 percent.</li><li>Elsewhere, say 19 percent.</li></ol></article>"
               + _FOOTER, [*VARDE, "What readers think of the halls", "Build them, say 71 percent.",
                           "Elsewhere, say 19 percent."]),
        _shape("subheadings", f"<article>{_h1()}{_p(VARDE[:2])}<h2>The neighbours</h2>{_p(VARDE[2:])}"
               f"</article>{_FOOTER}", [*VARDE[:2], "The neighbours", *VARDE[2:]]),
        _shape("a quotation set apart", f"<article>{_h1()}{_p(VARDE[:2])}<blockquote><p>We had asked for"
               " trees, and we got them, the mayor said.</p></blockquote>" + _p(VARDE[2:])
               + f"</article>{_FOOTER}",
               [*VARDE[:2], "We had asked for trees, and we got them, the mayor said.", *VARDE[2:]]),
    ]  # fmt: skip


def _bytes() -> list[Shape]:
    """How the page comes as bytes, and characters that are not seen."""
    price = "The price – “2.1 billion kroner” – is Brøndby’s, the café owner Inès said."
    text = (*VARDE, price)
    body = f"<article>{_h1()}{_p(text)}</article>{_FOOTER}"

    def coded(name: str, encoding: str, declared: str, header: str, mark: bytes = b"") -> Shape:
        page = _shape(name, body, text).page.decode().replace("charset='utf-8'", declared)
        return Shape(name, mark + page.encode(encoding), text, DAY, header)

    soft = body.replace("building", "buil\xadding").replace("Kestrel", "Kes\u200btrel")
    return [
        coded("Windows-1252, declared", "cp1252", "charset='windows-1252'", "text/html"),
        coded("Windows-1252, declared as Latin-1", "cp1252", "charset='iso-8859-1'", "text/html"),
        coded("Windows-1252, declared as UTF-8", "cp1252", "charset='utf-8'", "text/html"),
        coded("Windows-1252, not declared", "cp1252", "name='x'", "text/html"),
        coded("UTF-16 with its mark", "utf-16-le", "name='x'", "text/html", b"\xff\xfe"),
        coded("UTF-8, the header alone", "utf-8", "name='x'", "text/html; charset=utf-8"),
        _shape("soft hyphens and spaces without width", soft, text),
        _shape("ligatures and entities", body.replace("first", "\ufb01rst").replace("–", "&ndash;"), text),
        _shape("tags that are never closed",
               f"<article>{_h1()}{_p(text, after='')}{_FOOTER}", text),
    ]  # fmt: skip
