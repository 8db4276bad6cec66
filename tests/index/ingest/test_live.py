"""A live blog keeps each post under its time; times of comments and teasers make none."""

from __future__ import annotations

import pytest

from index.ingest.pages import webpage

POSTS = (
    "Kestrel Compute will build a second hall at Varde, the Danish company said. It costs 2 billion.",
    "Neighbours had asked for a wall of trees along the road, which the council made a condition.",
    "The mayor says that the first hall draws 240 megawatts, more than the town of Esbjerg.",
    "Henrik Solberg, the chief of building, says that work on it will begin at once.",
)
INTRO = "Follow what the council decides today about the hall, with our reporter in the room."
STAMP = "<time datetime='2025-06-10T09:{n}0:00+02:00'>9:{n}0</time>"


def page(before: str, post: str, after: str) -> bytes:
    posts = "".join(post.format(n=n, text=text) for n, text in enumerate(POSTS))
    return (
        "<html><head><title>Varde live</title></head><body><nav><a href=/>Home</a></nav>"
        f"<h1>Varde live</h1><p>{INTRO}</p>{before}{posts}{after}</body></html>"
    ).encode()


SHAPES = {
    "boxes": ("<div>", f"<div class=post>{STAMP}<p>{{text}}</p></div>", "</div>"),
    "a list": ("<ol>", f"<li>{STAMP}<p>{{text}}</p></li>", "</ol>"),
    "sections": ("<main>", f"<section><div>{STAMP}</div><div><p>{{text}}</p></div></section>", "</main>"),
    "articles": ("<div>", f"<article>{STAMP}<p>{{text}}</p><a href=#>Share</a></article>", "</div>"),
    "definitions": ("<dl>", f"<dt>{STAMP}</dt><dd><p>{{text}}</p></dd>", "</dl>"),
    "headings": ("<div>", f"<h3>{STAMP}</h3><!-- x --><p>{{text}}</p>", "</div><aside>More</aside>"),
    "deep": ("<div><div>", f"<div><div><p>{STAMP}</p></div><div>{{text}}</div></div>", "</div></div>"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_posts_stand_under_their_times(name: str) -> None:
    first, *rest = webpage(page(*SHAPES[name])).text.split("\n\n\f\f")
    expected = [f"2025-06-10 07:{n}0 UTC\n\n{text}" for n, text in enumerate(POSTS)]
    assert [*([] if first == INTRO else [first]), *rest] == expected


def test_a_timeline_of_days() -> None:
    stamp = "<div><time datetime='2025-06-1{n}'>1{n} June</time><p>{text}</p></div>"
    text = webpage(page("<div>", stamp, "</div>")).text
    assert f"\f\f2025-06-12\n\n{POSTS[2]}" in text


ARTICLE = "".join(f"<p>{text} {text.replace('hall', 'plant')}</p>" for text in POSTS)
OTHERS = [
    "<section class='comments'>{}</section>",
    "<div class='related'>{}</div>",
    "<aside>{}</aside>",
]


@pytest.mark.parametrize("around", OTHERS)
def test_comments_and_teasers_are_no_posts(around: str) -> None:
    others = "".join(
        f"<div class='comment'><b>Reader {n}</b> <time datetime='2025-06-11T0{n}:00:00Z'>{n}</time>"
        f"<p>I do not believe a word of number {n}, and neither does a friend of mine, he says.</p>"
        "</div>"
        for n in range(6)
    )
    whole = (
        f"<html><head><title>Varde</title></head><body><article><h1>Varde</h1>{ARTICLE}</article>"
    )
    text = webpage((whole + around.format(others) + "</body></html>").encode()).text
    assert "UTC" not in text and "I do not believe" not in text
    assert text.startswith(POSTS[0])
