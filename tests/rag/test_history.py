"""What a citation tells of its article: corrections, notices, a page that is gone, and copies."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from index.encoder import load_encoder
from index.library import Library
from index.library.tables import history
from index.search import Searcher
from index.types import Article
from page.cards import evidence
from page.exchange import Exchange
from rag.answer import answer_of, case_of
from rag.dateline import Dateline
from rag.show.terminal import plain, print_rich
from rag.strategies.case import Reply
from rag.types import Answer, Question

ASKED = Question(question="How much did Ordal raise in June?")
FIRST = Article(
    "ordal",
    "Ordal, a maker of tidal turbines, raised 40 million dollars in June. Mira Holt founded Ordal."
    " The round was led by a fund from Bergen that had backed two of its rivals before.",
    "Ordal raises money for turbines", "https://wire.example/ordal", "North Wire", "2026-03-01",
)  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library.open(tmp_path / "news", create=True)
    other = Article("bay", "Brevik opened a depot in Malmo. Its robots sort parcels.", "Brevik")
    for article in (FIRST, other):
        made.add(article, load_encoder())
    return made


def ask(library: Library, asked: Question = ASKED) -> Answer:
    engine = Dateline(library, Searcher(library, load_encoder()), None, "none")
    return engine.ask(asked)


def screen(answer: Answer) -> str:
    from rich.console import Console

    out = io.StringIO()
    print_rich(answer, Console(file=out, width=200))
    return out.getvalue()


def told(answer: Answer, line: str) -> None:
    """The line is told beside the citation in the terminal, in a pipe and on the page."""
    card = evidence([Exchange(1, answer.question, answer.citations, answer=answer)])
    assert line in plain(answer)
    assert line in screen(answer)
    assert line.replace('"', "&quot;") in card


def test_an_unchanged_article_has_nothing_to_tell(library: Library) -> None:
    (citation,) = ask(library).citations
    assert (citation.corrected, citation.notices, citation.gone, citation.also_in) == (
        None, [], None, [])  # fmt: skip


def test_a_corrected_quote_says_when_and_what_stood_there(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "today", lambda: "2026-03-04")
    now = FIRST.text.replace("40 million", "43 million")
    library.add(replace(FIRST, text=now), load_encoder())
    answer = ask(library)
    (citation,) = answer.citations
    assert "43 million" in citation.quote and answer.short == "43 million dollars"
    assert citation.corrected is not None
    assert (citation.corrected.day, citation.corrected.added) == ("2026-03-04", False)
    assert citation.corrected.before == FIRST.text.partition(" Mira Holt")[0]
    told(answer, f'corrected on 2026-03-04, before: "{citation.corrected.before}"')
    founder = ask(library, Question(question="Who founded Ordal?"))
    assert [c.corrected for c in founder.citations] == [None] and founder.short == "Mira Holt"


def test_a_retracted_article_and_a_page_that_is_gone_are_told(library: Library) -> None:
    library.add(replace(FIRST, title=f"RETRACTED: {FIRST.title}"), load_encoder())
    with library.transaction() as run:
        history.mark(run, "ordal", gone=True)
    answer = ask(library)
    (citation,) = answer.citations
    assert [(n.kind, n.quote) for n in citation.notices] == [
        ("retraction", "RETRACTED: Ordal raises money for turbines")
    ]
    told(answer, 'says that it is retracted: "RETRACTED: Ordal raises money for turbines"')
    told(answer, f"its page is gone, seen on {citation.gone}")


def test_a_kept_answer_tells_what_became_of_its_article_since(
    library: Library, tmp_path: Path
) -> None:
    from rag.serving.cache import Answers

    searcher = Searcher(library, load_encoder())
    engine = Dateline(library, searcher, None, "none", Answers(tmp_path / "kept.sqlite"))
    assert engine.ask(ASKED).citations[0].gone is None
    with library.transaction() as run:
        history.mark(run, "ordal", gone=True)
    assert engine.ask(ASKED).citations[0].gone is not None


def test_copies_are_one_account_and_a_differing_one_is_another(library: Library) -> None:
    copies = [
        Article(f"copy{n}", f"OSLO (North Wire). {FIRST.text}", f"Ordal raises money, {n}",
                f"https://paper{n}.example/ordal", f"Paper {n}", f"2026-03-0{n}")
        for n in (2, 3)
    ]  # fmt: skip
    odd = replace(
        FIRST, id="odd", url=None, publisher="South Wire",
        text=FIRST.text.replace("40 million", "45 million"),
    )  # fmt: skip
    for article in (*copies, odd):
        library.add(article, load_encoder())
    answer = ask(library)
    assert answer.status == "disputed"
    (disagreement,) = answer.disagreements
    assert sorted(row.value for row in disagreement.rows) == [
        "40 million dollars", "45 million dollars"]  # fmt: skip
    by_value = {"40" if "40 million" in c.quote else "45": c for c in answer.citations}
    assert len(answer.citations) == 2
    others = {"ordal", "copy2", "copy3"} - {by_value["40"].article_id}
    assert {copy.article_id for copy in by_value["40"].also_in} == others
    assert by_value["45"].also_in == []
    told(answer, "also in ")
    early = ask(library, ASKED.model_copy(update={"as_of": "2026-03-02"}))
    assert not {"copy3"} & {copy.article_id for c in early.citations for copy in c.also_in}


def test_copies_of_what_is_nearest_are_told_where_nothing_answers(library: Library) -> None:
    engine = Dateline(library, Searcher(library, load_encoder()), None, "none")
    library.add(replace(FIRST, id="copy", publisher="Paper"), load_encoder())
    case = case_of(ASKED, engine.finder)
    answer = answer_of(case, Reply())
    assert answer.status == "unanswerable"
    assert [copy.article_id for copy in answer.citations[0].also_in] in (["copy"], ["ordal"])
