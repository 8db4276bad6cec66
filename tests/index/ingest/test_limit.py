"""A document that takes for ever is given up, in the main thread and in others."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import SourceError
from index.ingest import sources
from index.ingest.limit import time_limit
from index.types import Rejected


def loop() -> None:
    while True:
        try:
            sum(range(1000))
        except Exception:  # as parsers do
            continue


def backtrack() -> None:
    re.match(r"(a+)+$", "a" * 40 + "b")


def given_up(work: Callable[[], None]) -> float:
    start = time.monotonic()
    with pytest.raises(SourceError, match=r"takes longer than 0\.2 seconds"), time_limit(0.2):
        work()
    return time.monotonic() - start


@pytest.mark.parametrize("work", [loop, backtrack])
def test_endless_work_is_given_up(work: Callable[[], None]) -> None:
    timer = signal.getitimer(signal.ITIMER_REAL)
    assert given_up(work) < 5
    assert (signal.getitimer(signal.ITIMER_REAL)[0] > 0) == (timer[0] > 0)


def test_in_another_thread() -> None:
    took: list[float] = []
    thread = threading.Thread(target=lambda: took.append(given_up(loop)))
    thread.start()
    thread.join(10)
    assert took and took[0] < 5


def test_work_that_is_done_in_time_is_left_alone() -> None:
    def many() -> None:
        for _ in range(50):
            with time_limit(0.05):
                pass
        time.sleep(0.1)
        done.append(True)

    done: list[bool] = []
    many()
    thread = threading.Thread(target=many)
    thread.start()
    thread.join(10)
    assert done == [True, True]


def test_a_file_is_given_up_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sources._READERS, ".html", lambda data: loop())
    monkeypatch.setattr(sources, "time_limit", lambda: time_limit(0.2))
    (tmp_path / "a.html").write_text("<p>x")
    (tmp_path / "b.txt").write_text("Kestrel bought land.")
    bad, good = sources.read(str(tmp_path))
    assert isinstance(bad, Rejected) and "takes longer than" in bad.reason
    assert not isinstance(good, Rejected) and good.text == "Kestrel bought land."
