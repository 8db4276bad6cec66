"""Whether quotes say what a sentence says, with the real model: ten inputs of each kind."""

from __future__ import annotations

from functools import cache

import pytest

from index.types import Article
from rag.checking.borne import judged, not_told
from rag.evidence.sentence import EvidenceSentence
from rag.llm.load import load_writer
from rag.llm.writer import Writer

# Of each kind: quote, sentence, whether it follows.
KINDS: dict[str, list[tuple[str, str, bool]]] = {
    "who did it to whom": [
        ("Meta has bought Scale AI.", "Scale AI has bought Meta.", False),
        ("Meta bought 49% of Scale AI.", "Meta sold 49% of Scale AI.", False),
        ("Orsted sold the wind farm to Equinor in May.", "Equinor bought the wind farm.", True),
        ("Orsted sold the wind farm to Equinor in May.", "Orsted bought the wind farm.", False),
        ("Patel was beaten by Okafor in the final.", "Okafor won the final.", True),
        ("Patel was beaten by Okafor in the final.", "Patel won the final.", False),
        ("The bank lent the airline 300 million euros.", "The airline lent the bank money.", False),
        ("The bank lent the airline 300 million euros.", "The airline borrowed money.", True),
        ("Nvidia supplies chips to CoreWeave.", "CoreWeave gets chips from Nvidia.", True),
        ("Norvale sued Tessel over a patent.", "Tessel took Norvale to court.", False),
        ("Norvale sued Tessel over a patent.", "Tessel was taken to court by Norvale.", True),
    ],
    "planned, done, called off": [
        ("Meta plans to buy 49% of Scale AI.", "Meta has bought 49% of Scale AI.", False),
        ("Norvale will open a plant in Leeds in 2027.", "Norvale is to open a Leeds plant.", True),
        ("Norvale will open a plant in Leeds in 2027.", "Norvale runs a plant in Leeds.", False),
        ("Talks on the merger broke down on Friday.", "The merger went through.", False),
        ("Talks on the merger broke down on Friday.", "The merger talks failed.", True),
        ("The deal closed in March after a year of review.", "The deal was completed.", True),
        ("The deal was not completed by OpenAI.", "OpenAI completed the deal.", False),
        ("Tessel shelved its listing last week.", "Tessel has put off going public.", True),
        ("Tessel may cut a tenth of its staff.", "Tessel has cut a tenth of its staff.", False),
        ("The senate passed the bill on Monday.", "The bill got through the senate.", True),
    ],
    "how many, more or less": [
        ("Most of the 40 labs signed the pledge.", "All of the labs signed the pledge.", False),
        ("All but two of the nine firms have a licence.", "Seven firms have a licence.", True),
        ("At least 300 people were hurt.", "At most 300 people were hurt.", False),
        ("Sales fell to $3 billion from $4 billion.", "Sales were lower than before.", True),
        ("Sales fell to $3 billion from $4 billion.", "Sales rose to $4 billion.", False),
        ("Fewer than half of the users pay.", "A minority of the users pay.", True),
        ("Fewer than half of the users pay.", "More than half of the users pay.", False),
        ("The model is twice as fast as its rival.", "The rival is the slower one.", True),
        ("Quanta is worth more than Tessel.", "Tessel is worth more than Quanta.", False),
        ("None of the three drugs worked.", "No drug of the three helped.", True),
    ],
    "alleged, found, denied": [
        ("Prosecutors accuse Roe of fraud.", "Roe committed fraud.", False),
        ("Prosecutors accuse Roe of fraud.", "Roe is accused of fraud.", True),
        ("Altman denied the charge.", "Altman confirmed the charge.", False),
        ("A jury found Roe guilty of fraud.", "Roe was convicted of fraud.", True),
        ("The firm rejects claims that data leaked.", "The firm admits that data leaked.", False),
        ("The firm rejects claims that data leaked.", "The firm disputes a data leak.", True),
        ("The court threw out the suit against X.", "The suit against X was dismissed.", True),
        ("The court threw out the suit against X.", "The court ruled against X.", False),
        ("Regulators are looking into the merger.", "Regulators blocked the merger.", False),
        ("Regulators are looking into the merger.", "The merger is being examined.", True),
    ],
    "said in other words": [
        ("OpenAI's board removed Sam Altman.", "Sam Altman was fired by OpenAI's board.", True),
        ("China banned Meta's acquisition of Manus.", "China blocked Meta's purchase.", True),
        ("The startup has 25 people on its payroll.", "The startup employs 25 people.", True),
        ("The startup has 25 people on its payroll.", "The startup has 25 customers.", False),
        ("Its shares lost a fifth of their value.", "Its shares dropped by 20%.", True),
        ("Orr stepped down as chief executive.", "Orr is no longer in charge.", True),
        ("Orr stepped down as chief executive.", "Orr became chief executive.", False),
        ("The film cost $140,000 to make.", "It took $140,000 to make the film.", True),
        ("The film cost $140,000 to make.", "The film earned $140,000.", False),
        ("The probe travelled 435 miles.", "The probe covered 435 miles.", True),
    ],
}


def evidence(text: str) -> EvidenceSentence:
    return EvidenceSentence(Article("a", text, "News"), 0, len(text), text, "")


@cache
def writer() -> Writer:
    found = load_writer("auto")
    assert found is not None
    return found


@pytest.mark.model
def test_what_follows_passes_and_what_does_not_is_caught() -> None:
    rows = [row for kind in KINDS.values() for row in kind]
    passed = {row: not_told(writer(), row[1], [evidence(row[0])]) is None for row in rows}
    false = [row for row in rows if passed[row] and not row[2]]
    refused = [row for row in rows if row[2] and not passed[row]]
    assert len(false) <= 4, false  # of 24; 3 measured
    assert len(refused) <= 5, refused  # of 27; 4 measured, which are said as quotes


def test_a_figure_that_no_quote_has_is_refused_without_a_model() -> None:
    verdict = judged(
        None, "Norvale paid 3 billion dollars.", [evidence("Norvale paid $2 billion.")]
    )
    assert verdict.reason == "not in the cited sentences: 3 billion dollars"


def test_words_of_the_quote_are_not_read_again() -> None:
    quote = evidence("On Friday Norvale paid $2 billion for Quanta, a rival.")
    assert not_told(None, "Norvale paid $2 billion for Quanta", [quote]) is None  # type: ignore[arg-type]
