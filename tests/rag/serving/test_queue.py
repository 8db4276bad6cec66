"""The line of questions: clients take turns, and who asks most gives way where it is full."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from index.errors import Busy
from rag.serving.queue import Turns


def asked(turns: Turns, clients: Sequence[str]) -> tuple[list[str], list[str]]:
    """Whose turns came in which order, and who was told that the line is full, when `clients` ask
    one after the other while somebody else has the turn."""
    came, full = list[str](), list[str]()

    def work(client: str) -> None:
        try:
            with turns.turn(client=client):
                came.append(client)
        except Busy:
            full.append(client)

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    with turns.turn(client="first"):
        for number, thread in enumerate(threads, 1):
            thread.start()
            end = time.monotonic() + 20
            while turns.waiting - 1 + len(full) < number and time.monotonic() < end:
                time.sleep(0.001)
    for thread in threads:
        thread.join(20)
    return came, full


def test_clients_take_turns() -> None:
    came, full = asked(Turns(), "AAAAB")
    assert "".join(came) == "ABAAA" and not full
    assert "".join(asked(Turns(), "AABBC")[0]) == "ABCAB"


def test_one_client_cannot_fill_the_line() -> None:
    came, full = asked(Turns(backlog=4), "AAAABC")
    assert full == ["A", "A"]  # its newest gave way
    assert "".join(came) == "ABCA"


def test_a_full_line_of_equals_refuses_who_comes_last() -> None:
    came, full = asked(Turns(backlog=3), "ABCD")
    assert (came, full) == (["A", "B", "C"], ["D"])
