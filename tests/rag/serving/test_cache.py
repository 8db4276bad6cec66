"""Answers kept between runs, the line before the model, and what is made in the background."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from index.errors import Busy, Cancelled
from rag.serving import cache
from rag.serving.background import Later
from rag.serving.cache import Answers, key_of
from rag.serving.queue import Turns
from rag.types import Answer, LibraryInfo, Question, Turn


def answer(text: str) -> Answer:
    library = LibraryInfo(path="news", articles=1, snapshot="s")
    return Answer(question="?", status="answered", text=text, model="m", library=library)


def test_what_was_kept_is_found_by_another_process_s_object(tmp_path: Path) -> None:
    Answers(tmp_path / "a.sqlite").put("key", answer("49% [1]."))
    assert Answers(tmp_path / "a.sqlite").get("key") == answer("49% [1].")
    assert Answers(tmp_path / "a.sqlite").get("another") is None


def test_the_last_used_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST", 2)
    kept = Answers(tmp_path / "a.sqlite")
    for key in ("one", "two"):
        kept.put(key, answer(key))
        time.sleep(0.01)
    assert kept.get("one") is not None
    time.sleep(0.01)
    kept.put("three", answer("three"))
    assert [key for key in ("one", "two", "three") if kept.get(key)] == ["one", "three"]


def test_a_damaged_file_costs_nothing_but_what_it_held(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    file.write_bytes(b"no database at all" * 100)
    kept = Answers(file)
    assert kept.get("key") is None
    kept.put("key", answer("again"))
    assert kept.get("key") == answer("again")


def test_damage_in_the_middle_does_not_last(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    kept = Answers(file)
    for number in range(40):
        kept.put(f"key {number}", answer("long " * 2000))
    data = bytearray(file.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    file.write_bytes(data)
    for _ in range(2):  # the damage may be met, then the file begins anew
        kept.put("key", answer("again"))
    assert kept.get("key") == answer("again")


def test_a_place_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = Answers(tmp_path / "file" / "a.sqlite")
    kept.put("key", answer("lost"))
    assert kept.get("key") is None


def test_an_answer_of_another_form_is_not_found(tmp_path: Path) -> None:
    import sqlite3

    file = tmp_path / "a.sqlite"
    Answers(file).put("key", answer("old"))
    with sqlite3.connect(file) as db:
        db.execute("UPDATE answers SET answer = '{\"text\": 1}'")
    assert Answers(file).get("key") is None


def test_a_key_is_of_everything_that_an_answer_rests_on() -> None:
    asked = Question(question="Who leads xAI?")
    turned = asked.model_copy(update={"history": [Turn(role="user", content="xAI")]})
    keys = [
        key_of(asked, "2026-01-01", "s1", "m"),
        key_of(asked.model_copy(update={"as_of": "2025"}), "2026-01-01", "s1", "m"),
        key_of(turned, "2026-01-01", "s1", "m"),
        key_of(asked, "2026-01-02", "s1", "m"),
        key_of(asked, "2026-01-01", "s2", "m"),
        key_of(asked, "2026-01-01", "s1", "other"),
    ]
    assert len(set(keys)) == len(keys)
    same = asked.model_copy(update={"id": 7})
    assert key_of(same, "2026-01-01", "s1", "m") == keys[0]


def test_the_model_waits_for_a_line_to_empty_but_not_for_ever() -> None:
    turns = Turns()
    turns.quiet(60)  # nobody is there
    with turns.turn():
        began = time.monotonic()
        turns.quiet(0.05)
        with pytest.raises(Cancelled):
            turns.quiet(60, lambda: True)
    assert 0.05 <= time.monotonic() - began < 5


def test_turns_come_in_the_order_of_arrival() -> None:
    turns, order = Turns(), list[int]()
    threads = []

    def work(number: int) -> None:
        with turns.turn():
            order.append(number)

    with turns.turn():
        for number in range(5):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            while turns.waiting < number + 2:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_a_full_line_says_so_and_one_who_left_does_not_hold_it_up() -> None:
    turns = Turns(backlog=1)
    failures = list[BaseException]()
    left = threading.Event()

    def wait() -> None:
        try:
            with turns.turn(left.is_set):
                raise AssertionError("it was withdrawn")
        except Cancelled as error:
            failures.append(error)

    with turns.turn():
        thread = threading.Thread(target=wait)
        thread.start()
        while turns.waiting < 2:
            time.sleep(0.001)
        with pytest.raises(Busy, match="1 questions are waiting"), turns.turn():
            pass
        left.set()
        thread.join()
    assert len(failures) == 1
    with turns.turn():
        pass


def test_what_is_made_later_is_made_once_and_its_failure_is_raised_where_it_is_needed() -> None:
    made = list[int]()
    later = Later(lambda: made.append(1) or "thing")
    assert made == []
    assert (later.get(), later.get(), made) == ("thing", "thing", [1])
    assert Later.ready(3).get() == 3
    with pytest.raises(ZeroDivisionError):
        Later(lambda: 1 / 0).get()
