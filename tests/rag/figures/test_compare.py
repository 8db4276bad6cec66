"""Two figures compared as quantities: the same, close, in order; their bare values."""

from __future__ import annotations

import pytest

from rag.figures import Figure, close, find_figures, normalize, order, same

# Claim, sign, source: = the source bears it out, ~ only close, # neither.
PAIRS = """
$14.8 billion = 14.8 billion dollars
$14.8bn = 14,800 million dollars
US$2m = two million dollars
$15 billion = nearly $15 billion
$15 billion = over 15 billion dollars
15 billion = $15 billion
$15 billion = 15 billion
$600 thousand = 600 thousand
$482,460 # 482,460
$15 # 15
$15 billion # 15 billion parameters
$15 billion # €15 billion
890 million euros = €890m
14 billion yuan = RMB 14bn
$10,001 million = $10 billion
$14.3 billion ~ $14 billion
$14.8 billion ~ $15 billion
14.8 billion ~ 15 billion dollars
$14.8 billion # $14.3 billion
$14.8 billion # $14.8 million
$600 million # $620 million
about $600 million ~ $620 million
over $600 million ~ $620 million
nearly $600 million ~ $590 million
nearly $600 million # $680 million
$650 million ~ roughly $650.4 million
27 to 29 billion dollars = $27-29 billion
27 to 29 billion dollars ~ $27-30 billion
27 to 29 billion dollars # $37-39 billion
$28 billion ~ 27 to 29 billion dollars
$27 billion ~ 27 to 29 billion dollars
$20 billion # 27 to 29 billion dollars
49% = 49 percent
49 per cent = 49 pct
49% # 51%
49% # 49
49% # 49 percentage points
70.6 billion parameters ~ 70 billion parameters
71 percent ~ 71.9 percent
$99 million ~ $99.7 million
$14 billion # $14.9 billion
€250 million ~ €251 million
€250 million # €257 million
€253 million # €251 million
27 percent # 26 percent
33 years old # 34 years old
49% ~ 49.3%
49.3% ~ 49%
one third of it = two sixths of it
33% = one third of it
33.1% ~ one third of it
9.8% ~ a tenth of it
13% # a tenth of it
nearly one third of it ~ 35%
half of it = 50%
a quarter of it # 40%
two thirds of it ~ 66%
28 years old = a 28-year-old
28 years old = aged 28
28 years old = 28
28 years old # 28 years
28 years old # 28 billion
28 years old # 29 years old
49 years old # 49%
200 employees = 200 staff
200 employees = 200 workers
200 employees = 200
200 people = 200 employees
200 jobs = 200 positions
fifty people = fifty handpicked profiles
200 employees # 200 books
200 employees # 201 employees
200 employees # 200 million employees
500 contractors # 500 customers
350 customers = over 350 enterprise customers
482,460 books = 482,460 works
482,460 books ~ roughly 482,000 works
7 million books = seven million books
1,400 = 1400 staff
about 600 people ~ 620 people
600 people # 620 people
1.5 million users ~ about 2 million users
12 June 2025 = 2025-06-12
June 12, 2025 = 12 June 2025
June 2025 = 12 June 2025
in 2025 = 12 June 2025
in 2025 = Q3 2025
Q3 2025 = 12 August 2025
Q2 2025 # 12 August 2025
June 12 = 12 June 2025
12 June = 12 June
in June = 12 June 2025
12 June 2025 ~ June 2025
June 2025 ~ in 2025
12 June 2025 # 13 June 2025
12 June 2025 # 12 June 2024
June 2025 # July 2025
in 2024 # in 2025
early May 2025 = 5 May 2025
early May 2025 # 25 May 2025
May 2025 = early May 2025
spring 2023 = April 2023
spring 2023 # October 2023
mid-2025 = June 2025
in the 1990s = in 1995
13 June 2025 ~ 12-14 June 2025
two years = 24 months
two weeks = 14 days
six months # six weeks
three months ~ 90 days
three months ~ 89 days
three months # 45 days
two years # 18 months
1.2 gigawatts = 1,200 megawatts
1.2 gigawatts ~ 1,180 megawatts
1.2 gigawatts # 1,320 megawatts
900 terawatt hours = 900 TWh
900 terawatt hours # 900 hours
1 terabyte = 1,000 gigabytes
500 watts # 500 jobs
half a million users ~ 491,230 users
half a million users # 700,000 users
a 1.2-GW campus = 1,200 MW
100 megawatts # 100 megawatt-hours
a six-month plan = six months
half a year = six months
third place = 3rd place
third place # 2nd place
three people # third place
GPT-4 = GPT 4
GPT-4 = GPT4
Llama 4 = llama-4
Claude Opus 4 = Opus 4
DeepSeek-V3 = V3
GPT-4 # GPT-4.5
GPT-4 # GPT-4o
H20 # H200
GPT-4 # 4 people
Series B # Series F
Executive Order 14179 = EO 14179
Executive Order 14179 = numbered 14179
""".strip().splitlines()


def one(text: str) -> Figure:
    (figure,) = find_figures(text)
    return figure


@pytest.mark.parametrize("row", PAIRS)
def test_same_close_or_neither(row: str) -> None:
    sign = next(sign for sign in "=~#" if f" {sign} " in row)
    claim, source = (one(text) for text in row.split(f" {sign} "))
    assert same(claim, source) == (sign == "=")
    assert close(claim, source) == (sign != "#")


def test_normalize_gives_the_bare_value() -> None:
    assert normalize(one("$14.3bn")) == 14.3e9
    assert normalize(one("12 June 2025")) == "2025-06-12"


def test_the_first_of_two_percentages_bears_out_no_other_one() -> None:
    first, second = find_figures("Its share rose from 27.5 to 29 percent.")
    assert same(one("27.5%"), first) and same(one("29%"), second)
    assert not same(one("27%"), first) and not same(one("28%"), first)


def test_days_and_months_are_set_in_order_only_where_they_lie_apart() -> None:
    assert order(one("three months"), one("90 days")) is None
    assert order(one("three months"), one("100 days")) == -1
