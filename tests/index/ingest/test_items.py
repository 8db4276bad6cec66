"""Digests are cut at their items: a passage or a sentence's context never holds two stories."""

from __future__ import annotations

import pytest

from index.ingest.formats import markdown, plain
from index.ingest.layout.blocks import blocks
from index.ingest.layout.items import paragraphs
from index.text.items import heading, item
from index.text.passages import passages
from index.types import Article


def cut(markup: str, title: str | None = None) -> list[str]:
    first, *rest = paragraphs(blocks(markup), title)
    return [first.lstrip("\f"), *rest]


SHAPES = [
    # a heading for each story
    ("<p>Hi.</p><h2>Tessera raises</h2><p>It got $95m.</p><h2>Ondine hires</h2><p>Oyelaran came.</p>",
     ["Hi.", "\f\fTessera raises", "It got $95m.", "\f\fOndine hires", "Oyelaran came."]),
    # kinds, with stories as bullets
    ("<h2>Funding</h2><ul><li>Tessera raised $95m.</li><li>Ondine raised $40m.</li></ul><h2>People</h2>"
     "<ul><li>Zhao leads Lyon.</li><li>Holm left.</li></ul>",
     ["Funding", "\fTessera raised $95m.", "\fOndine raised $40m.", "\f\fPeople",
      "\fZhao leads Lyon.", "\fHolm left."]),
    # bold lines for headings, as newsletters have
    ("<div><b>Tessera raises</b></div><div>It got $95m.</div><div><strong>Ondine hires</strong></div>"
     "<div>Oyelaran <b>came</b>.</div>",
     ["Tessera raises", "It got $95m.", "\f\fOndine hires", "Oyelaran came."]),
    # rules between the stories
    ("<p>Tessera got $95m.</p><hr><p>Ondine got $40m.</p><p>It is in Lyon.</p><hr><p>Bye.</p>",
     ["Tessera got $95m.", "\f\fOndine got $40m.", "It is in Lyon.", "\f\fBye."]),
    # a rule and a heading are one beginning, as are two headings
    ("<p>Hi.</p><hr><h2>Funding</h2><h3>Tessera</h3><p>It got $95m.</p><hr><h2>People</h2><p>Zhao.</p>",
     ["Hi.", "\f\fFunding", "Tessera", "It got $95m.", "\f\fPeople", "Zhao."]),
    # long bullets stand for themselves however they are announced
    ("<p>This week:</p><ul><li>Tessera raised $95m from Marrow Bay Capital, which has a seat on its board"
     " now.</li><li>Ondine raised $40m in seed money, which its chief will spend on data in Lyon.</li>"
     "</ul><p>Until Friday.</p>",
     ["This week:", "\fTessera raised $95m from Marrow Bay Capital, which has a seat on its board now.",
      "\fOndine raised $40m in seed money, which its chief will spend on data in Lyon.",
      "\fUntil Friday."]),
    # short ones that a sentence announces are its end
    ("<p>Varde will have:</p><ul><li>48,000 chips</li><li>180 megawatts</li></ul><p>It opens in May.</p>",
     ["Varde will have:", "- 48,000 chips", "- 180 megawatts", "It opens in May."]),
    # a bullet of several paragraphs
    ("<ol><li><p>Tessera raised $95m.</p><p>It has 310 people.</p></li><li><p>Ondine hired.</p></li></ol>",
     ["Tessera raised $95m.", "It has 310 people.", "\fOndine hired."]),
    # a list in a list belongs to its item
    ("<ul><li>Tessera grew<ul><li>310 people</li><li>2 sites</li></ul></li><li>Ondine hired.</li></ul>",
     ["Tessera grew", "310 people", "2 sites", "\fOndine hired."]),
    # cards
    ("<ul><li><h3>Tessera raises</h3><p>It got $95m.</p></li><li><h3>Ondine hires</h3><p>Zhao.</p></li></ul>",
     ["Tessera raises", "It got $95m.", "\fOndine hires", "Zhao."]),
    # paragraphs that begin in bold, with what follows; labels and a single one make no items
    ("<p>Hi.</p><p><b>Tessera raises.</b> It got $95m.</p><p>It is in Oslo.</p><p>👉 <b>Ondine</b> hired.</p>",
     ["Hi.", "\fTessera raises. It got $95m.", "It is in Oslo.", "\f👉 Ondine hired."]),
    ("<p>It got $95m.</p><p><b>Why it matters:</b> It is new.</p><p><b>Yes, but:</b> It is small.</p>",
     ["It got $95m.", "Why it matters: It is new.", "Yes, but: It is small."]),
    ("<p><b>VARDE</b> — It rained.</p><p>The hall <b>grows</b>.</p>", ["VARDE — It rained.", "The hall grows."]),
    # one heading, or the title, makes no digest
    ("<h1>Varde grows</h1><p>It costs 2bn.</p><h2>Background</h2><p>It rained.</p>",
     ["Varde grows", "It costs 2bn.", "Background", "It rained."]),
    ("<p><b>Varde</b> grows.</p><p>It costs <b>2bn</b>.</p><p><b>It opens in May.</b></p><p>Yes.</p>",
     ["Varde grows.", "It costs 2bn.", "It opens in May.", "Yes."]),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "expected"), SHAPES)
def test_where_items_begin(markup: str, expected: list[str]) -> None:
    assert cut(markup, "Varde grows") == expected


TABLES = [
    ("<tr><th>Firm</th><th>Staff</th></tr><tr><td>Norvale</td><td>1,240</td></tr>"
     "<tr><td>Quillon</td><td>–</td></tr>", ["Firm: Norvale | Staff: 1,240", "Firm: Quillon"]),
    ("<thead><tr><td>Firm</td><td>Staff</td></tr></thead><tbody><tr><th>Norvale</th><td>1,240</td></tr>"
     "</tbody>", ["Firm: Norvale | Staff: 1,240"]),
    # a head over two columns
    ("<tr><th rowspan=2>Model</th><th colspan=2>Speed</th></tr><tr><th>words</th><th>price</th></tr>"
     "<tr><td>Aria</td><td>203</td><td>$2.40</td></tr>",
     ["Model: Aria | Speed, words: 203 | Speed, price: $2.40"]),
    # a cell over two rows
    ("<tr><th>Firm</th><th>Site</th><th>MW</th></tr><tr><td rowspan=2>Kestrel</td><td>Varde</td>"
     "<td>240</td></tr><tr><td>Ribe</td><td>90</td></tr>",
     ["Firm: Kestrel | Site: Varde | MW: 240", "Firm: Kestrel | Site: Ribe | MW: 90"]),
    # a list in a cell, bold in a cell, a cell over the whole row
    ("<tr><th>Model</th><th>Languages</th></tr><tr><td colspan=2>Open models</td></tr><tr><td><p><b>Loom"
     "</b></p></td><td><ul><li>German</li><li>Polish</li></ul></td></tr>",
     ["Model: Open models", "Model: Loom | Languages: German, Polish"]),
    # no heads, or heads of rows only
    ("<tr><td>Norvale</td><td>1,240</td></tr><tr><td>Loom</td><td>512</td></tr>",
     ["Norvale | 1,240", "Loom | 512"]),
    ("<tr><th>Staff</th><td>1,240</td></tr><tr><th>Seat</th><td>Oslo</td></tr>",
     ["Staff | 1,240", "Seat | Oslo"]),
    # a column without a name, a row too short, a table of heads alone
    ("<tr><th></th><th>2024</th><th>2025</th></tr><tr><td>Staff</td><td>310</td></tr>",
     ["Staff | 2024: 310"]),
    ("<tr><th>Firm</th><th>Staff</th></tr>", ["Firm | Staff"]),
    # what lays out a letter is no table of data
    ("<tr><td><p>One.</p><p>Two.</p></td><td><p>Three.</p><h2>Four</h2></td></tr>",
     ["One.", "Two.", "Three.", "Four"]),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "expected"), TABLES)
def test_cells_stand_behind_the_names_of_their_columns(markup: str, expected: list[str]) -> None:
    assert [part.lstrip("\f") for part in cut(f"<table>{markup}</table>")] == expected


PLAIN = [
    ("News.\n\n- Tessera raised $95m.\n- Ondine hired.\n\nBye.",
     "News.\n\n\f- Tessera raised $95m.\n\n\f- Ondine hired.\n\n\fBye."),
    ("1. Tessera raised\n   $95m.\n2. Ondine hired.",
     "\f1. Tessera raised\n   $95m.\n\n\f2. Ondine hired."),
    ("Tessera raised.\n\n* * *\n\nOndine hired.\n\n* * *\n\nBye.",
     "Tessera raised.\n\n\f\fOndine hired.\n\n\f\fBye."),
    ("Tessera raises\n--------------\n$95m.\n\nOndine hires\n------------\nZhao.",
     "Tessera raises\n\n$95m.\n\n\f\fOndine hires\n\nZhao."),
    ("=====\nTessera raised.\n=====\nOndine hired.", "Tessera raised.\n\n\f\fOndine hired."),
    ("It has three parts:\n- one\n- two\n\nBye.", "It has three parts:\n\n- one\n\n- two\n\nBye."),
    ("A text\nof two lines.\n\n\nAnd  more – of it.", "A text\nof two lines.\n\n\nAnd  more – of it."),
    ("2025. It was\n– he said – a year.", "2025. It was\n– he said – a year."),
    ("- One bullet alone.\n\nBye.", "- One bullet alone.\n\nBye."),
    ("• Tessera raised.\n\n• Ondine hired.", "\f• Tessera raised.\n\n\f• Ondine hired."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_texts_without_markup(text: str, expected: str) -> None:
    assert plain(text.encode()).text == expected


DIGEST = b"""---
title: Weekly
---
Welcome.

## Tessera raises $95 million

The money is from Marrow Bay.

## Short

- Ondine has 96 people.
- It rained at Varde, where Kestrel builds.
"""


def test_a_passage_holds_one_section_and_context_one_item() -> None:
    text = markdown(DIGEST).text
    found = [part.text for part in passages(Article("x", text))]
    assert found == [
        "Welcome.",
        "Tessera raises $95 million\n\nThe money is from Marrow Bay.",
        "Short\n\n\fOndine has 96 people.\n\n\fIt rained at Varde, where Kestrel builds.",
    ]
    place = text.index("Ondine has")
    assert text[slice(*item(text, place))].strip() == "Ondine has 96 people."
    assert heading(text, place) == "Short"
    assert heading(text, text.index("The money")) == ""
    bare = markdown(b"Hi.\n\n---\n\n- Tessera\n- Ondine\n\n---\n\n- Loom\n- Norvale").text
    assert bare == "Hi.\n\n\f\f\fTessera\n\n\fOndine\n\n\f\f\fLoom\n\n\fNorvale"
    assert [heading(bare, bare.index(name)) for name in ("Ondine", "Loom", "Norvale")] == [""] * 3
    assert markdown(b"- Tessera\n- Ondine").text == "\fTessera\n\n\fOndine"
    assert item("No digest.", 3) == (0, 10)
    assert heading("No digest.", 3) == ""
