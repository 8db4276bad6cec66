"""Answers taken away as Markdown, HTML and JSON."""

from __future__ import annotations

import json

import pytest
from fake_engine import HOSTILE, FakeEngine
from lxml.html import fromstring
from markdown_it import MarkdownIt

from rag.show.export import as_json, html, markdown
from rag.types import Answer, Citation, LibraryInfo, Question, Sentence


def answer(question: str) -> Answer:
    return FakeEngine().ask(Question(question=question))


def timeline() -> Answer:
    quote = "Norvale opened its hall on 3 May."
    return Answer(
        question="timeline of Norvale",
        status="answered",
        form="timeline",
        text=f"- **2025-05-03** {quote[:-1]} [1].\n- **2025-06** It *grew* [1].",
        sentences=[Sentence(text=quote, citations=[1], day="2025-05-03")],
        citations=[
            Citation(
                id=1, article_id="n", title="A [hall]", publisher=None, published=None,
                url="https://n.example/a>b", quote=quote, start=0, end=len(quote),
            )
        ],
        model="none",
        library=LibraryInfo(path="library", articles=1, snapshot="5f2c"),
    )  # fmt: skip


def test_markdown_has_a_footnote_for_each_quote() -> None:
    assert markdown([answer("what share?"), timeline()]) == (
        "## what share?\n"
        "\n"
        "Meta bought 49% of Scale AI [^1-1][^1-2].\n"
        "\n"
        "[^1-1]: “Meta paid close to 14.8 billion dollars for 49% of Scale AI, its largest bet on "
        "artificial intelligence so far.” Example Wire, 2025-06-13, Dateline sample brief, after "
        "Example Wire: [Meta closes its Scale AI deal](<https://news.example/meta-scale?a=1&b=2>)\n"
        "[^1-2]: “Meta plans to put 15 billion dollars into Scale AI, for which it could receive "
        "49 percent of the shares.” Morning Ledger, 2025-06: [Facebook's owner circles a "
        "data-labelling start-up](<https://ledger.example/circles>)\n"
        "\n"
        "*Dateline with scripted-model.gguf, from 3 articles (snapshot s1)*\n"
        "\n"
        "## timeline of Norvale\n"
        "\n"
        "- **2025-05-03** Norvale opened its hall on 3 May [^2-1].\n"
        "- **2025-06** It \\*grew\\* [^2-1].\n"
        "\n"
        "[^2-1]: “Norvale opened its hall on 3 May.” publisher unknown, undated: "
        "[A \\[hall\\]](<https://n.example/a%3Eb>)\n"
        "\n"
        "*Dateline with none, from 1 article (snapshot 5f2c)*\n"
    )


def test_markdown_tells_who_says_otherwise() -> None:
    text = markdown([answer("what did they pay?")])
    assert "price Meta paid for its Scale AI stake: the figure changed over time\n" in text
    assert "| 14.8 billion USD | the answer | completed | 2025-06-13 | [^1-1] |\n" in text
    assert "| 15 billion USD | update | planned | 2025-06 | [^1-2] |\n" in text


def test_html_is_one_document_whose_marks_lead_to_quotes() -> None:
    tree = fromstring(html([answer("what did they pay?"), timeline()], "Deals", "Read by Ann."))
    assert tree.findtext(".//title") == "Deals"
    assert tree.findtext(".//p[@role='note']") == "Read by Ann."
    assert [h.text for h in tree.iter("h2")] == ["what did they pay?", "timeline of Norvale"]
    for link in tree.xpath("//a[starts-with(@href, '#')]"):
        assert tree.get_element_by_id(link.get("href")[1:]) is not None
    assert [q.text for q in tree.xpath("//li[@id='q2-1']/q")] == [
        "Norvale opened its hall on 3 May."
    ]
    assert [[cell.text_content() for cell in row] for row in tree.xpath("//tbody/tr")] == [
        ["14.8 billion USD", "the answer", "completed", "2025-06-13", "[1]"],
        ["15 billion USD", "update", "planned", "2025-06", "[2]"],
    ]
    assert len(tree.xpath("//article[@id='a2']/ul/li")) == 2
    assert not tree.xpath("//script | //img | //link[not(starts-with(@href, 'data:'))]")


@pytest.mark.parametrize("question", ["hostile", f"hostile {HOSTILE}", "hostile\n# <b>x</b>"])
def test_hostile_text_is_only_text(question: str) -> None:
    said = [answer(question)]
    for tree in (
        fromstring(html(said, question)),
        fromstring(MarkdownIt("commonmark").enable("table").render(markdown(said))),
    ):
        assert not tree.xpath("//img | //script | //b | //*[@onerror]")
        assert not tree.xpath("//a[starts-with(@href, 'javascript')]")
        shown = " ".join(tree.text_content().split())
        assert '<img src=x onerror="window.pwned=1"> ${window.pwned=2}' in shown
        assert "Another sentence" not in shown
    assert "\x1b" not in markdown(said) + html(said, question)


def test_json_is_what_the_command_prints() -> None:
    said = [answer("what share?"), timeline()]
    rows = json.loads(as_json(said))["answers"]
    assert [Answer.model_validate(row) for row in rows] == said
