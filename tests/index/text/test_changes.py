"""What an earlier text said where the present one says something else."""

from __future__ import annotations

import pytest

from index.text.changes import changes

FIRST = "Ordal raised $40 million in June. Its founder is Mira Holt. It employs 90 people in Oslo."


def told(before: str, now: str) -> list[tuple[str, str | None, bool]]:
    return [(now[c.start : c.end], c.before, c.added) for c in changes(before, now)]


@pytest.mark.parametrize(
    ("old", "new", "now"),
    [
        ("$40 million", "$45 million", "Ordal raised $45 million in June."),
        ("$40 million", "€40 million", "Ordal raised €40 million in June."),
        ("$40 million", "$4.0 million", "Ordal raised $4.0 million in June."),
        ("raised", "did not raise", "Ordal did not raise $40 million in June."),
        ("June", "July", "Ordal raised $40 million in July."),
        ("Ordal", "Norvik", "Norvik raised $40 million in June."),
    ],
)
def test_a_sentence_that_changed_is_told_with_what_it_was(old: str, new: str, now: str) -> None:
    (found,) = told(FIRST, FIRST.replace(old, new, 1))
    assert found == (now, "Ordal raised $40 million in June.", False)


def test_a_sentence_that_came_later_replaced_nothing() -> None:
    late = "The regulator opened an inquiry."
    assert told(FIRST, f"{FIRST} {late}") == [(late, None, True)]


@pytest.mark.parametrize(
    "now",
    [
        FIRST,
        FIRST.replace(". ", ".\n\n"),
        FIRST.replace("Its founder is Mira Holt.", "Its founder is Mira Holt!"),
        "Its founder is Mira Holt. Ordal raised $40 million in June. It employs 90 people in Oslo.",
        "Ordal raised $40 million in June. It employs 90 people in Oslo.",
    ],
)
def test_other_marks_order_or_less_is_no_change(now: str) -> None:
    assert told(FIRST, now) == []


def test_what_has_nothing_in_common_is_not_given_as_its_earlier_form() -> None:
    now = FIRST.replace("Its founder is Mira Holt.", "The board met on Friday in Bergen.")
    assert told(FIRST, now) == [("The board met on Friday in Bergen.", None, False)]
