"""Questions and sentences read: kinds of answers, names, follow-ups, negation, money."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import encode, understood

from index.encoder import WordEncoder
from rag.evidence.fit import candidates
from rag.evidence.slot import nearest_to_question
from rag.figures import find_figures
from rag.language.money import role
from rag.language.names import bears, find_names, mentions, same_name
from rag.language.negation import polarity
from rag.question.classifier import grams
from rag.question.followup import standalone
from rag.question.kind import kind_of
from rag.question.validate import MAX_TURNS, checked
from rag.strategies.draft import told_kind
from rag.types import Question, Turn


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what share of Scale AI did Meta buy?", "percent"),
        ("How big a stake does Microsoft have in OpenAI?", "percent"),
        ("how much did Meta pay for its stake in Scale AI?", "money"),
        ("How much of io did OpenAI already own?", "percent"),
        ("What was xAI valued at?", "money"),
        ("How large was the seed round?", "money"),
        ("How many employees did Scale AI dismiss?", "count"),
        ("For how many months must the campaign run?", "duration"),
        ("How old is Alexandr Wang?", "age"),
        ("When did the deal close?", "date"),
        ("In which year was SSI founded?", "date"),
        ("Who was technology chief when it started?", "person"),
        ("Which Groq president went to Nvidia?", "person"),
        ("Where did Getty sue?", "place"),
        ("Which company bought Windsurf?", "org"),
        ("Did Meta buy all of it?", "yesno"),
        ("Did the report on A.J. Orr in Acme v. Norvik tell how it ended, as CNA did?", "yesno"),
        ("After the March story, was there a change in how CNA told of the layoffs?", "yesno"),
        ("Acme bid for Norvik Bros. Did it win?", "yesno"),
        ("Acme sells chips in the U.S. How much did it earn there?", "money"),
        ("After the deal, is it known how much of Scale AI Meta owns?", "percent"),
        ("Has a date been set in the Times v. OpenAI case?", "yesno"),
        ("OpenAI said it would buy io. Did the purchase go through?", "yesno"),
        ("Why did the talks fail?", "open"),
        ("anthropic series f valuation", "money"),
        ("meta scale ai stake", "percent"),
        ("When did ChatGPT reach 900 million weekly users?", "date"),
        ("Which company has 400 million weekly active users?", "org"),
        ("scale ai headcount before the cuts", "count"),
        ("Which designer was behind io?", "person"),
        ("president of Safe Superintelligence?", "person"),
        ("Home country of DeepSeek?", "place"),
        ("Day on which Anthropic closed its round?", "date"),
        ("How wealthy is Alexandr Wang?", "money"),
        ("At what price, if any, did Meta buy Scale?", "money"),
        ("In which city did Beyer, Kolesnikov and Zhai work?", "place"),
        ("Under the 2026 rules, may Nvidia ship the H200 to China?", "yesno"),
        ("H200 imports barred by Chinese customs?", "yesno"),
        ("Kestrel sold to Orrery?", "yesno"),
        ("model trained on stolen books?", "yesno"),
        ("GPT-6 delayed?", "yesno"),
        ("rules for connected toys?", "open"),
        ("Anthropic filed in April 2026, correct?", "yesno"),
        ("two rounds of one size: did they close together?", "yesno"),
        ("Who wrote the essay AI: is it a bubble?", "person"),
        ("Company that bought Scale AI?", "org"),
        ("Reason Altman was fired?", "open"),
        ("How much power will the Abilene campus draw?", "count"),
        ("How much time did training take?", "duration"),
        ("By how much did Acme's revenue grow in 2025?", "percent"),
    ],
)
def test_the_kind_of_answer_asked_for(question: str, kind: str) -> None:
    assert kind_of(question, encode) == kind


def test_with_another_encoder_the_kind_is_open() -> None:
    assert kind_of("Who leads Anthropic?", WordEncoder().encode) == "open"


def test_runs_of_words_and_the_last_clause() -> None:
    assert grams("In 2024, why?") == {
        "^", "in", "2024", "why", "^ in", "in 2024", "2024 ^", "^ why", "why ^", "^ in 2024",
        "in 2024 ^", "2024 ^ why", "^ why ^", "~why", "~ why", "?", "in ?", "2024 ?",
    }  # fmt: skip


def names(text: str) -> list[str]:
    return [name.text for name in find_names(text)]


def test_names_in_prose() -> None:
    assert names("In June Meta hired Alexandr Wang, the founder of Scale AI.") == [
        "Meta", "Alexandr Wang", "Scale AI",
    ]  # fmt: skip
    assert names("According to Reuters, Microsoft's chief spoke at the University of Oslo.") == [
        "Reuters", "Microsoft", "University of Oslo",
    ]  # fmt: skip
    assert names("The deal closed on Monday.") == []


@given(st.text())
def test_names_are_the_text_itself(text: str) -> None:
    for name in find_names(text):
        assert text[name.start : name.end] == name.text


def test_one_name_in_many_spellings() -> None:
    assert same_name("Antropic", "Anthropic") and not same_name("Groq", "Grok")
    assert mentions("Facebook", "Meta paid.") and not mentions("Meta", "Metallurgy is old.")
    assert mentions("Alexander Wang", "Wang moved to Meta.")
    assert mentions("Istanbul", "It opened in İstanbul.")  # whatever a language's capital
    assert mentions("initial public offering", "plans a stock\nmarket listing")
    assert bears("GPT-4", "GPT 4 was shown") and not bears("GPT-4", "GPT-40 was shown")


def test_a_question_is_read_into_its_parts() -> None:
    intent = understood("What did HNGN say Meta paid for 49% of Scale AI?", ["HNGN", "UPI"])
    assert (intent.names, intent.publishers) == (("Meta", "Scale AI"), ("HNGN",))
    assert [f.text for f in intent.figures] == ["49%"]
    lower = understood("what share of scale ai did meta buy", [], {"Scale AI", "Meta"})
    assert {name.lower() for name in lower.names} == {"scale ai", "meta"}


HISTORY = [
    Turn(role="user", content="What share of Scale AI did Meta buy?"),
    Turn(role="assistant", content="Meta bought 49% of Scale AI [1]."),
]


def test_a_long_conversation_that_names_nothing_leaves_the_question_alone() -> None:
    history = [Turn(role="user", content=f"and what of it {n}?") for n in range(MAX_TURNS)]
    checked(Question(question="And who founded it?", history=history))
    assert standalone("And who founded it?", history, encode) == "And who founded it?"


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("And who founded it?", "About Scale AI: And who founded it?"),
        ("Who leads Anthropic?", "Who leads Anthropic?"),
        ("And OpenAI?", "What share of Scale AI did OpenAI buy?"),
        ("What about Google?", "What share of Scale AI did Google buy?"),
        ("how about Amazon", "What share of Scale AI did Amazon buy?"),
        ("And in 2024?", "What share of Scale AI did Meta buy in 2024?"),
        ("before the fire?", "What share of Scale AI did Meta buy before the fire?"),
        ("And last spring?", "What share of Scale AI did Meta buy last spring?"),
        ("And the price?", "About Scale AI and Meta: And the price?"),
        ("and why?", "About Scale AI and Meta: and why?"),
        ("for how much", "About Scale AI and Meta: for how much"),
        ("Was the sum paid at once?", "About Scale AI and Meta: Was the sum paid at once?"),
        ("and its headcount", "About Scale AI: and its headcount"),
    ],
)
def test_a_follow_up_leans_on_the_conversation(question: str, whole: str) -> None:
    assert standalone(question, HISTORY, encode) == whole
    assert standalone(question, [], encode) == question


@pytest.mark.parametrize(
    ("question", "sentence", "yes"),
    [
        ("Did Sutskever accept Meta's offer?", "Sutskever rejected Meta's offer.", False),
        ("Has a trial date been set?", "A trial has not been scheduled.", False),
        (
            "Does Microsoft still have a right of first refusal?",
            "Microsoft no longer has a right of first refusal.",
            False,
        ),
        ("Did Meta buy 49%?", "Meta bought 49% of Scale AI.", None),
        ("Was the bid not accepted?", "The bid was not accepted.", True),
    ],
)
def test_words_of_denial_decide_yes_and_no(question: str, sentence: str, yes: bool | None) -> None:
    assert polarity(question, sentence) is yes


@pytest.mark.parametrize(
    ("sentence", "roles"),
    [
        ("Company: Loom | Valuation: $780m | Raised: $95m", ["valuation", "amount"]),
        ("Valued at $2bn, the firm hired.", ["valuation"]),
        ("Market value: €4bn", ["valuation"]),
        ("It raised $3.5 billion at a valuation of $61.5 billion.", ["amount", "valuation"]),
        ("Revenue was $40 million and reached about $100 million.", ["revenue", "revenue"]),
        ("Meta paid 14.3 billion dollars, which values Scale at 29 billion dollars.",
         ["amount", "valuation"]),
    ],
)  # fmt: skip
def test_what_a_sum_of_money_is(sentence: str, roles: list[str]) -> None:
    assert [role(f, sentence) for f in find_figures(sentence)] == roles


@pytest.mark.parametrize(
    ("question", "text", "figure"),
    [
        ("What was OpenAI's revenue in 2024?",
         "OpenAI's revenue was $3.7 billion in 2024, $13 billion in 2025.", "$3.7 billion"),
        ("What was OpenAI's revenue in 2024?",
         "It rose from $3.7 billion in 2024 to $13 billion in 2025.", "$3.7 billion"),
        ("What was OpenAI's revenue in 2025?",
         "In 2024 revenue was $3.7 billion, 2025 saw $13 billion.", "$13 billion"),
        ("What was Acme's run-rate revenue by August 2025?",
         "Acme's run-rate revenue was about $1 billion in January and had passed $5 billion by "
         "August 2025.", "$5 billion"),
        ("What is the highest fine?",
         "The lowest fines are 7.5 million euros, and the highest are 35 million euros.",
         "35 million euros"),
    ],
)  # fmt: skip
def test_of_several_figures_the_one_asked_for_is_taken(
    question: str, text: str, figure: str
) -> None:
    intent = understood(question, [])
    found = nearest_to_question(intent, text, candidates(intent, text))
    assert found is not None and found.text == figure


@pytest.mark.parametrize(
    ("question", "draft", "kind"),
    [
        ("What part of the takings is the price?", "The price is 25% of the takings.", "percent"),
        ("What did Meta buy for it?", "Meta bought a stake for $2 billion.", "money"),
        ("How much did Meta pay?", "Meta paid $2 billion for 49%.", "money"),
        ("How much did Meta pay?", "Meta paid in June 2025.", "money"),
        ("What share was it?", "Each share became 0.14 shares.", "count"),
        ("What became of the deal?", "The deal of $2 billion was cancelled.", "open"),
        ("When did it close?", "It closed for $2 billion.", "date"),
        ("How old is Alexandr Wang?", "28", "age"),
    ],
)
def test_what_is_asked_for_is_read_off_a_draft_where_the_words_leave_it_open(
    question: str, draft: str, kind: str
) -> None:
    assert told_kind(understood(question), draft).kind == kind
