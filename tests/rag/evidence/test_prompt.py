"""The prompt loader: exact filling in, one pass, and no silent mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import understood

import prompts
from index.types import Article
from rag.evidence.prompt import chosen, in_their_words, prompt
from rag.evidence.sentence import EvidenceSentence


def test_the_user_prompt_ends_where_the_model_goes_on() -> None:
    filled = prompts.render("answer.user", evidence="[2025-06-12] A.", question="B?")
    assert filled == "[2025-06-12] A.\n\nQuestion: B?"


def test_every_prompt_renders_with_its_own_variables() -> None:
    assert {"answer.system", "answer.user"} <= set(prompts.names())
    for name in prompts.names():
        marks = {variable: f"<{variable}>" for variable in prompts.variables(name)}
        filled = prompts.render(name, **marks)
        assert filled and "{{" not in filled and not filled.endswith("\n")
        assert all(mark in filled for mark in marks.values())


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ValueError, match=r"'answer\.user' misses: question$"):
        prompts.render("answer.user", evidence="A.")


def test_an_extra_variable_is_named() -> None:
    with pytest.raises(ValueError, match=r"'answer\.system' does not take: question$"):
        prompts.render("answer.system", question="B?")


@pytest.mark.parametrize("name", ["nothing", "../README", "answer.user.md", ""])
def test_an_unknown_prompt_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="There is no prompt"):
        prompts.render(name)


@pytest.mark.parametrize("text", ["{{question}}", r"\1 \g<0>", "{{evidence}}", "{{", "100 %s {0}"])
def test_article_text_is_never_read_as_a_template(text: str) -> None:
    filled = prompts.render("answer.user", evidence=text, question="B?")
    assert filled == f"{text}\n\nQuestion: B?"


@given(evidence=st.text(), question=st.text())
def test_any_text_arrives_unchanged(evidence: str, question: str) -> None:
    filled = prompts.render("answer.user", evidence=evidence, question=question)
    assert filled == f"{evidence}\n\nQuestion: {question}"


@pytest.mark.parametrize(
    ("question", "told", "asked"),
    [
        ("What did Facebook pay?", "Meta paid $14.3 billion.", "What did Meta pay?"),
        ("What did Meta pay?", "Meta paid $14.3 billion.", "What did Meta pay?"),
        ("When did Facebook become Meta?", "It became Meta.", "When did Facebook become Meta?"),
        ("What did AWS earn?", "Amazon earned $59 billion.", "What did AWS earn?"),
        ("Who is Altman?", "Sam Altman is chief of OpenAI.", "Who is Altman?"),
        ("What did Facebook pay?", "The firm paid $14.3 billion.", "What did Facebook pay?"),
    ],
)
def test_a_name_is_asked_about_in_the_form_that_the_evidence_has(
    question: str, told: str, asked: str
) -> None:
    e = EvidenceSentence(Article("a", told), 0, len(told), told, "")
    assert in_their_words(understood(question), [e]) == asked


@pytest.mark.parametrize(
    ("question", "across", "heading"),
    [
        ("What share of Scale AI did Meta buy?", False, "(The Wire)"),
        ("What share of Scale AI did Meta buy?", True, "(The Wire, 2025-06-12)"),
        ("What share did Meta buy in June 2025?", False, "(The Wire, 2025-06-12)"),
        ("When did Meta buy into Scale AI?", False, "(The Wire, 2025-06-12)"),
        ("How long has Meta held it?", False, "(The Wire, 2025-06-12)"),
        ("What is Meta's latest share of Scale AI?", False, "(The Wire, 2025-06-12)"),
        ("What became of Meta's stake?", False, "(The Wire, 2025-06-12)"),
    ],
)
def test_dates_are_told_where_the_answer_may_hang_on_them(
    question: str, across: bool, heading: str
) -> None:
    told = "Meta bought 49%."
    article = Article("a", told, publisher="The Wire", published="2025-06-12")
    e = EvidenceSentence(article, 0, len(told), told, "")
    _, user = prompt(understood(question), [e], across=across)
    assert user == f"{heading} {told}\n\nQuestion: {question}"


@pytest.mark.parametrize(
    ("publisher", "heading"), [("The Wire", "(The Wire)"), (None, "(undated)")]
)
def test_a_sentence_always_has_a_heading(publisher: str | None, heading: str) -> None:
    e = EvidenceSentence(Article("a", "Oslo.", publisher=publisher), 0, 5, "Oslo.", "")
    assert prompt(understood("Where is it?"), [e])[1].startswith(f"{heading} Oslo.")


FERRY = (
    "The council shut the ferry line at Harrow on Monday. Nobody had expected it so soon. An "
    "inspector had found cracks in two of its three hulls. A new boat costs nine million euros."
    "\n\fThe library at Wix opens later."
)


def evidence(sentence: str, chance: float = 0.9) -> EvidenceSentence:
    start = FERRY.index(sentence)
    article = Article("ferry", FERRY, publisher="Harbor Post")
    return EvidenceSentence(article, start, start + len(sentence), sentence, "", chance=chance)


def test_where_a_reason_is_asked_what_follows_the_event_is_read_too() -> None:
    best = evidence("The council shut the ferry line at Harrow on Monday.")
    reason = evidence("An inspector had found cracks in two of its three hulls.", 0.01)
    other = evidence("The library at Wix opens later.", 0.01)
    assert [e.text for e in chosen([best, reason, other])] == [best.text]
    told, rest = chosen([best, reason, other], explains=True)
    assert told.text == FERRY.partition("\n")[0]  # up to the next item of a digest
    assert rest.text == other.text
