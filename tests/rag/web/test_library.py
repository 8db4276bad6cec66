"""Files sent to a running server, who may send them, and answers that a link names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fake_engine import FakeEngine, serving
from lxml.html import fromstring
from starlette.types import Scope

from index.encoder import WordEncoder
from index.library import Library
from index.search import Searcher
from index.types import Article
from rag.api import application
from rag.dateline import Dateline
from rag.types import Answer, Question
from rag.web.access import Access, access
from rag.web.guard import MAX_FILE
from rag.web.library import Holdings
from rag.web.users import users_of

HALL = b"# A hall\n\nKestrel Compute builds a second hall, which costs 2.1 billion kroner.\n"
FILES = "/api/library/files"


@pytest.fixture
def engine(tmp_path: Path, words: WordEncoder, own_folders: Path) -> Iterator[Dateline]:
    folder = tmp_path / "mine"
    with Library.open(folder, create=True) as library:
        library.add(Article("a1", "Norvale buys Tessel for 2.1 billion dollars.", "Deal"), words)
    library = Library.open(folder)
    yield Dateline(library, Searcher(library, words), None, "none")
    library.close()


@contextmanager
def served(engine: Any, allowed: Access | None = None) -> Iterator[tuple[httpx.Client, Holdings]]:
    app = application(engine, allowed)
    holdings = app.state.holdings
    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client, holdings
        holdings.jobs.wait(20)


def titles(library: Library) -> list[str | None]:
    return [article.title for article in library.articles()]


def test_a_file_becomes_articles_that_are_found(engine: Dateline) -> None:
    with served(engine) as (client, holdings):
        for _ in range(2):
            reply = client.post(FILES, params={"name": "../hall.md"}, content=HALL)
            assert (reply.status_code, reply.content) == (202, b"")
        holdings.jobs.wait(20)
        second, first = holdings.jobs.recent()
        assert (first.source, first.articles) == ("hall.md", {"added": 1})
        assert second.articles == {"unchanged": 1}
        other = HALL.replace(b"second", b"third")
        client.post(FILES, params={"name": "hall.md"}, content=other)
        holdings.jobs.wait(20)
        assert titles(engine.library) == ["Deal", "A hall", "A hall"]  # two files of one name
        hits = engine.evidence(Question(question="What does the third hall cost?"))
        assert "third hall" in hits[0].passage.text


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("hall.exe", HALL, 400),
        ("hall", HALL, 400),
        ("", HALL, 400),
        (".md", HALL, 400),
        ("a/..", HALL, 400),
        ("hall.md", b"x" * (MAX_FILE + 1), 413),
    ],
)
def test_what_is_no_file_of_articles_is_refused(
    engine: Dateline, name: str, content: bytes, status: int
) -> None:
    with served(engine) as (client, holdings):
        reply = client.post(FILES, params={"name": name}, content=content)
        assert reply.status_code == status and reply.json()["error"]
        assert holdings.jobs.recent() == []
        assert client.post(FILES, content=HALL).status_code == 422


def test_a_file_may_be_larger_than_other_requests(engine: Dateline, tmp_path: Path) -> None:
    rows = b'{"text": "One."}\n' * 200_000
    with served(engine) as (client, holdings):
        reply = client.post(FILES, params={"name": "rows.jsonl"}, content=rows[:3_400_000])
        assert reply.status_code == 202
        holdings.jobs.wait(60)
        assert holdings.jobs.recent()[0].articles["added"] == 1


def test_a_sender_of_too_much_is_cut_off(engine: Dateline) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(MAX_FILE // 1_000_000 + 2):
            yield b"x" * 1_000_000

    with served(engine) as (client, holdings):
        try:
            reply = client.post(FILES, params={"name": "a.txt"}, content=pieces())
            assert reply.status_code == 408
        except httpx.TransportError:
            pass  # the server may hang up on a sender that goes on
        assert holdings.jobs.recent() == []


LOCAL, OTHER = ("127.0.0.1", 5), ("192.168.1.9", 5)
USERS = users_of(["ann:secret"], lambda line: None)


def scope(client: tuple[str, int], **state: Any) -> Scope:
    return {"type": "http", "client": client, "state": state}


@pytest.mark.parametrize(
    ("allowed", "request_", "may"),
    [
        (access("127.0.0.1"), scope(LOCAL), True),
        (access("127.0.0.1"), scope(("::1", 5)), True),
        (access("0.0.0.0", insecure=True), scope(LOCAL), True),
        (access("0.0.0.0", insecure=True), scope(OTHER), False),
        (access("127.0.0.1", root_path="/dateline"), scope(LOCAL), False),
        (access("127.0.0.1", root_path="https://news.example"), scope(LOCAL), False),
        (access("127.0.0.1", proxies=["127.0.0.1"]), scope(LOCAL), False),
        (access("127.0.0.1"), scope(LOCAL, forwarded=True), False),
        (access("0.0.0.0", USERS), scope(OTHER, user="ann"), True),
        (access("0.0.0.0", USERS, root_path="/dateline"), scope(LOCAL, user="ann"), True),
        (access("0.0.0.0", USERS), scope(LOCAL), False),
        (access("127.0.0.1", read_only=True), scope(LOCAL), False),
        (access("0.0.0.0", USERS, read_only=True), scope(OTHER, user="ann"), False),
        (access("127.0.0.1"), {"type": "http", "client": None}, False),
    ],
)
def test_who_may_change_the_library(allowed: Access, request_: Scope, may: bool) -> None:
    assert allowed.may_change(request_) is may


def test_strangers_cannot_send_files(engine: Dateline) -> None:
    params = {"name": "hall.md"}
    with served(engine) as (client, holdings):
        for headers in ({"x-forwarded-for": "127.0.0.1"}, {"forwarded": "for=127.0.0.1"}):
            reply = client.post(FILES, params=params, content=HALL, headers=headers)
            assert reply.status_code == 403
        reply = client.post(
            FILES, params=params, content=HALL, headers={"origin": "https://e.example"}
        )
        assert reply.status_code == 403 and holdings.jobs.recent() == []
    with served(engine, access("127.0.0.1", USERS)) as (client, holdings):
        assert client.post(FILES, params=params, content=HALL).status_code == 401
        reply = client.post(FILES, params=params, content=HALL, auth=("ann", "secret"))
        assert reply.status_code == 202
        holdings.jobs.wait(20)
    assert titles(engine.library) == ["Deal", "A hall"]


def test_what_is_added_to_the_samples_begins_the_users_own_library(
    words: WordEncoder, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = own_folders / "bundled-0"
    with Library.open(folder, create=True) as library:
        library.add(Article("a1", "Norvale buys Tessel for 2.1 billion dollars.", "Deal"), words)
    monkeypatch.setattr("rag.web.library.bundled_library", lambda: folder)
    library = Library.open(folder)
    engine = Dateline(library, Searcher(library, words), None, "none")
    with served(engine) as (client, holdings):
        assert holdings.sample
        kept = holdings.kept.keep(Question(question="Who?"), _unknown(engine))
        client.post(FILES, params={"name": "hall.md"}, content=HALL)
        holdings.jobs.wait(20)
        assert not holdings.sample and titles(engine.library) == ["A hall"]
        assert engine.library.path == own_folders / "library"
        hits = engine.evidence(Question(question="What does the second hall cost?"))
        assert [hit.article.title for hit in hits] == ["A hall"]
        assert client.get(f"/answer/{kept}").status_code == 200  # its link goes on
    assert titles(library) == ["Deal"]


def _unknown(engine: Dateline) -> Answer:
    return engine.ask(Question(question="Who?"))


def test_a_link_gives_the_answer_as_it_was_and_says_what_has_changed(tmp_path: Path) -> None:
    engine = FakeEngine()
    library = cast(Any, engine.library)
    library.path = tmp_path
    asked = Question(question="what share?")
    with served(engine) as (client, holdings):
        name = holdings.kept.keep(asked, engine.ask(asked))

        def told() -> tuple[str, str]:
            reply = client.get(f"/answer/{name}")
            assert reply.headers["content-type"] == "text/html; charset=utf-8"
            tree = fromstring(reply.text)
            (note,) = tree.xpath("//p[@role='note']")
            return tree.xpath("string(//article/p)"), note.text.partition(". ")[2]

        text = "Meta bought 49% of Scale AI [1][2]."
        assert told() == (text, "The library holds the same articles today.")
        library.snapshot = "s2"
        assert told() == (
            text,
            "The library has moved on since: it held 3 articles and holds 3 now. All its quotes "
            "still stand in it. This is the answer as it was given.",
        )
        library.article = lambda name: None
        assert "2 of its 2 quotes no longer stand in it." in told()[1]
        for other in ("0" * 32, "x", "..%2f..%2fetc"):
            assert client.get(f"/answer/{other}").status_code == 404


def test_who_follows_a_link_signs_in_first(tmp_path: Path) -> None:
    engine = FakeEngine()
    cast(Any, engine.library).path = tmp_path
    asked = Question(question="what share?")
    with served(engine, access("127.0.0.1", USERS, root_path="/news")) as (client, holdings):
        link = f"/answer/{holdings.kept.keep(asked, engine.ask(asked))}"
        reply = client.get(link)
        assert (reply.status_code, reply.headers["location"]) == (303, f"/news/login?to={link}")
        user = {"username": "ann", "password": "secret"}
        reply = client.post("/login", params={"to": link}, data=user)
        assert reply.headers["location"] == f"/news{link}"
        assert "49%" in client.get(f"/news{link}").text  # where its cookie goes
        for to in ("https://evil.example/", "//evil.example", "/answer/../x", f"{link}/"):
            reply = client.post("/login", params={"to": to}, data=user)
            assert reply.headers["location"] == "/news/"
