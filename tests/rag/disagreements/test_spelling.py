"""Two spellings of one name, and two names that only look alike."""

from __future__ import annotations

import pytest

from rag.disagreements.spelling import spelled_otherwise

ONE_NAME = """
Alexandr Wang / Alexander Wang
Rania Al-Rashidi / Rania al-Rachidi
Yusuf Al-Rashidi / Youssef al-Rachidi
Qazcompute / Kazkompute
Sofia Kowalczyk / Sophia Kowalczyk
Filip Ort / Philip Ort
Aleksei Petrov / Alexey Petrov
Kristina Holm / Christina Holm
Tatiana Belova / Tatyana Belova
Wladimir Kraus / Vladimir Kraus
Zuzana Novak / Susana Novak
Yelena Orlova / Elena Orlova
Stephen Hale / Steven Hale
DeepQuill / Deep Quill
"""
TWO_NAMES = """
Jensen Huang / Jensen Wang
Series A / Series B
Tom Stein / Tim Stein
Anna Berg / Hanna Berg
Xiao Wen / Xiao Wei
Groq / Grok
Norvik / Nordic
Sarah Lee / Sara Lin
Peter Holt / Pieter Bolt
Marcus Webb / Mark Webber
Tesla / Tessera
Maria Silva / Mario Costa
"""


@pytest.mark.parametrize(
    ("pair", "one"),
    [
        *((pair, True) for pair in ONE_NAME.strip().splitlines()),
        *((pair, False) for pair in TWO_NAMES.strip().splitlines()),
    ],
)
def test_whether_two_spellings_are_of_one_name(pair: str, one: bool) -> None:
    assert spelled_otherwise(*pair.split(" / ")) is one
