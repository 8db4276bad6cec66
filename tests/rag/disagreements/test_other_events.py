"""Other accounts without a figure: an event told otherwise, an office that another one holds."""

from __future__ import annotations

import pytest
from reading import understood

from index.types import Article
from rag.disagreements import other_events, other_names
from rag.disagreements.other_events import differing
from rag.evidence.sentence import EvidenceSentence
from rag.strategies.single import told


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("Orrery plans to buy Kestrel.", "Orrery has bought Kestrel.", True),
        ("The merger was agreed and will be completed in May.", "The merger was called off.", True),
        ("The judge approved the deal.", "The judge rejected the deal.", True),
        ("Zoph was fired in January.", "Zoph denied that he was fired.", True),
        ("Orrery bought Kestrel in May.", "Orrery acquired Kestrel on 3 May.", False),
        ("Orrery bought Kestrel.", "Orrery hired a chief executive.", False),
        ("Orrery did not buy Kestrel.", "Orrery never bought Kestrel.", False),
        ("Tamsel agreed to acquire Vela.", "Tamsel completed its acquisition of Vela.", True),
        ("The mill will close its canteen.", "The mill has closed its canteen.", True),
        ("No fine was imposed.", "The watchdog imposed a fine.", True),
        ("Lund intends to build a campus in Ystad.", "Lund has abandoned the campus.", True),
        ("Vela never made an offer.", "Vela made a formal offer in June.", True),
        ("The strike was called off.", "The strike will begin on Monday.", True),
        (
            "Orrery and Vela agreed to merge.",
            "The merger of Orrery and Vela is off.",
            False,
        ),  # no verb
        ("Orrery and Vela agreed to merge.", "The merger of Orrery and Vela was scrapped.", True),
        ("Ilse Brandt is in talks to join Vela.", "Ilse Brandt has joined Vela.", True),
        ("Orrery gets no stake in Vela.", "Orrery pays $2 billion for a licence.", False),
        ("Orrery plans to invest in Vela.", "Tamsel has invested in Vela.", False),
        ("Orrery's plan to back Vela is on hold.", "Tamsel has backed Vela.", False),
        ("The fine on Vela was annulled.", "Vela is worth $17 million.", False),
        ("Orrery has hired Ilse Brandt.", "Orrery will take no stake in Vela.", False),
        (
            "The listing is expected to value Vela at $9 billion.",
            "The round valued Vela at $2 billion.",
            False,
        ),
        ("If there is a trial, it will be in May.", "No trial has been set.", False),
        ("Orrery closed a seed round.", "Orrery wants to raise money at $5 billion.", False),
    ],
)
def test_whether_two_sentences_tell_one_event_otherwise(one: str, other: str, told: bool) -> None:
    assert (differing(one, other) is not None) is told
    assert (differing(other, one) is not None) is told


def test_the_other_account_is_shown_by_its_verb() -> None:
    def sentence(name: str, text: str, cosine: float = 0.8) -> EvidenceSentence:
        return EvidenceSentence(Article(name, text), 0, len(text), text, "", cosine, coverage=0.9)

    pool = [
        sentence("late", "Orrery has bought Kestrel after five months of review."),
        sentence("early", "Orrery plans to buy Kestrel, the two said on Tuesday."),
        sentence("far", "Orrery plans to sell its camera unit.", cosine=0.2),
    ]
    intent = understood("What became of Orrery's plan to buy Kestrel?", [], ["Orrery", "Kestrel"])
    found = other_events.accounts(intent, pool, pool[0])
    assert [(a.evidence.article.id, a.figure.text) for a in found] == [
        ("late", "has bought Kestrel after five months"),
        ("early", "plans to buy Kestrel"),
    ]
    assert other_events.accounts(intent, pool[:1], pool[0]) == []
    said = told(intent, pool, "").said
    assert said[1].verdict.text == 'Another account says "plans to buy Kestrel" (undated).'
    assert [e.article.id for e in said[1].cited] == ["early"]


LEAD = "Tomas Ekwueme became chief executive of Varnoth Robotics on Monday."


@pytest.mark.parametrize(
    ("other", "holder"),
    [
        ("Varnoth Robotics hires, its CEO Ilse Brandvold said.", "Ilse Brandvold"),
        ("Ilse Brandvold, chief executive of Varnoth Robotics, hires.", "Ilse Brandvold"),
        ("Varnoth Robotics named Ilse Brandvold as its chief executive.", "Ilse Brandvold"),
        ("Ilse Brandvold, former chief executive of Varnoth Robotics, left.", None),
        ("Ilse Brandvold, chief financial officer of Varnoth Robotics, left.", None),
        ("Tomas Ekwueme, chief executive of Varnoth Robotics, hires.", None),
        ("Varnoth Robotics and its CEO Ekwueme won.", None),
        ("Nordsee CEO Ilse Brandvold said Varnoth Robotics would grow.", None),
        ("Ilse Brandvold, chief executive of Nordsee, praised Varnoth Robotics.", None),
        ("Ilse Brandvold stepped down as chief executive of Varnoth Robotics.", None),
        ("Former Varnoth Robotics chief executive Ilse Brandvold spoke.", None),
        ("Varnoth Robotics chief executive Ilse Brandvold spoke.", "Ilse Brandvold"),
        ("Varnoth Robotics's new CEO Ilse Brandvold spoke.", "Ilse Brandvold"),
    ],
)
def test_who_else_is_said_to_hold_an_office(other: str, holder: str | None) -> None:
    pool = [
        EvidenceSentence(Article(name, text), 0, len(text), text, "", 0.8, coverage=0.9)
        for name, text in (("lead", LEAD), ("other", other))
    ]
    names = ["Varnoth Robotics"]
    intent = understood("Who is chief executive of Varnoth Robotics?", [], names)
    found = other_names.accounts(intent, pool, pool[0], "Tomas Ekwueme")
    assert [a.figure.text for a in found[1:]] == ([holder] if holder else [])


# The question, the answer in the first article, what it may be instead, and whether that is told.
NAMES = [
    ("Where will Vela build its plant?", "Vela will build its plant in Lund.", "Ystad", "The plant of Vela will be built in Ystad.", True),
    ("Where will Vela build its plant?", "Vela will build its plant in Lund.", "Ystad", "Vela will build a canteen for its staff in Ystad.", False),
    ("Where will Vela build its plant?", "Vela will build its plant in Lund.", "Ystad", "Tamsel will build its plant in Ystad.", False),
    ("Who founded Vela?", "Vela was founded by Ilse Brandt.", "Tor Ek", "Tor Ek founded Vela in a garage.", True),
    ("Who founded Vela?", "Vela was founded by Ilse Brandt.", "Tor Ek", "Tor Ek has invested in Vela.", False),
    ("Who founded Vela?", "Vela was founded by Ilse Brandt.", "Tor Ek", "Ilse Brandt and Tor Ek founded Vela.", False),
    ("Who bought Vela?", "Orrery bought Vela in May.", "Tamsel", "Vela was bought by Tamsel.", True),
    ("Who bought Vela?", "Orrery bought Vela in May.", "Tamsel", "Tamsel bought lenses from Vela.", False),
    ("Who backs Vela?", "Orrery backs Vela.", "Tamsel", "Tamsel backs Vela.", False),
    ("Who runs the lab of Vela?", "The lab of Vela is run by Ilse Brandt.", "Tor Ek", "Tor Ek, who runs the lab of Vela, is ill.", True),
]  # fmt: skip


@pytest.mark.parametrize(("question", "first", "name", "second", "told"), NAMES)
def test_another_name_in_the_same_place_of_the_same_event(
    question: str, first: str, name: str, second: str, told: bool
) -> None:
    pool = [
        EvidenceSentence(
            Article(key, text, "News"), 0, len(text), text, "", 0.8, names=1.0, coverage=0.9
        )
        for key, text in (("a", first), ("b", second))
    ]
    intent = understood(question, [], ["Vela", "Tamsel", "Orrery"])
    answer = first.removesuffix(".").split(" by ")[-1].split(" in ")[-1]
    answer = "Orrery" if first.startswith("Orrery") else answer
    found = other_names.accounts(intent, pool, pool[0], answer)
    assert [a.figure.text for a in found[1:]] == ([name] if told else [])
