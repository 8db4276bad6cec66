"""Who does what to whom, however a sentence puts it."""

from __future__ import annotations

import pytest

from rag.language.clause import clause_at, clauses, role_at

# The verb's stem, its subject and its object, by the names of the sentence.
SENTENCES = [
    ("Orrery bought Kestrel.", "buy", "Orrery", "Kestrel"),
    ("Kestrel was bought by Orrery.", "buy", "Orrery", "Kestrel"),
    ("Orrery, which bought Kestrel, has grown.", "buy", "Orrery", "Kestrel"),
    ("Kestrel, bought by Orrery last year, has grown.", "buy", "Orrery", "Kestrel"),
    ("Orrery plans to sue Kestrel.", "sue", "Orrery", "Kestrel"),
    ("Last week Orrery hired Ilse Brandt and trained her.", "train", "Orrery", None),
    ("The union said that Kestrel had been sued by Orrery.", "sue", "Orrery", "Kestrel"),
    ("Founded in 2018, Kestrel now makes lenses.", "found", None, "Kestrel"),
    ("The choir that Ilse Brandt leads sang in Lund.", "lead", "Ilse Brandt", None),
    ("The lab is run by Ilse Brandt, a chemist.", "run", "Ilse Brandt", None),
    ("Orrery did not train Ilse Brandt.", "train", "Orrery", "Ilse Brandt"),
    ("Kestrel is said to have fined Orrery.", "fine", "Kestrel", "Orrery"),
]


@pytest.mark.parametrize(("text", "verb", "subject", "thing"), SENTENCES)
def test_who_does_what_to_whom(
    text: str, verb: str, subject: str | None, thing: str | None
) -> None:
    found = next(clause for clause in clauses(text) if verb in clause.words)
    by_role = {part.role: part.word for part in found.names}
    assert (by_role.get(("subject",)), by_role.get(("object",))) == (subject, thing)


def test_what_happens_is_named_by_the_verb_and_what_it_is_done_to() -> None:
    (called_off,) = clauses("The merger of Orrery and Kestrel was called off on Friday.")
    assert called_off.words == {"call", "call-off", "merger"}
    (shed,) = clauses("Orrery shed 400 jobs.")
    assert shed.words == {"shed"}  # things counted are a value


def test_a_value_belongs_to_the_clause_of_its_own_verb() -> None:
    text = "Orrery, which had sought $2 billion, raised $3 billion."
    found = [clause_at(text, text.index(value)) for value in ("$2", "$3")]
    assert [clause and clause.verb.text for clause in found] == ["sought", "raised"]
    assert role_at(text, text.index("$3")) == ("object",)
    assert clause_at("Forty per cent.", 0) is None
