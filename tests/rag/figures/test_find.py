"""Figures in news prose: found at the right characters, with the right kind, value and unit."""

from __future__ import annotations

import pytest

from rag.figures import Figure, find_figures

# A sentence, then each figure in it: kind | text | value | unit, with "a..b" for a range.
FOUND = """
Meta put in $14.3 billion. = money|$14.3 billion|14.3e9|USD
a $14.3bn cheque = money|$14.3bn|14.3e9|USD
$14.3B for the lab = money|$14.3B|14.3e9|USD
a grant of US$2m from the state = money|US$2m|2e6|USD
it paid over USD 600 million for talent = money|USD 600 million|600e6|USD
an investment worth $ 15 billion today = money|$ 15 billion|15e9|USD
nearly 14.8 billion dollars to acquire = money|14.8 billion dollars|14.8e9|USD
Meta is spending 15 billion to recruit = count|15 billion|15e9|None
By injecting 15 billion into an outside firm = count|15 billion|15e9|None
its 15 billion investment = count|15 billion|15e9|None
€890 million in equity = money|€890 million|890e6|EUR
raised 890 million euros = money|890 million euros|890e6|EUR
£2.5m for the startup = money|£2.5m|2.5e6|GBP
2.5 million pounds sterling = money|2.5 million pounds sterling|2.5e6|GBP
CNY 14 billion in bonds = money|CNY 14 billion|14e9|CNY
14 billion yuan in bonds = money|14 billion yuan|14e9|CNY
RMB100m of subsidies = money|RMB100m|100e6|CNY
300 million yen a month = money|300 million yen|300e6|JPY
EUR600m from the fund = money|EUR600m|600e6|EUR
600 million USD in cash = money|600 million USD|600e6|USD
$15 billion USD in all = money|$15 billion USD|15e9|USD
a 500-million-dollar round = money|500-million-dollar|500e6|USD
its 15-billion-dollar bet = money|15-billion-dollar|15e9|USD
a $500-million round = money|$500-million|500e6|USD
a 40 billion dollar round = money|40 billion dollar|40e9|USD
about 3,000 dollars for each book = money|3,000 dollars|3000|USD
$3,000 per work = money|$3,000|3000|USD
it costs 50 cents per million tokens = money|50 cents|0.5|USD
half a trillion dollars in value = money|half a trillion dollars|0.5e12|USD
two and a half billion dollars = money|two and a half billion dollars|2.5e9|USD
a billion dollars was wiped out = money|a billion dollars|1e9|USD
three million US dollars = money|three million US dollars|3e6|USD
three million U.S. dollars = money|three million U.S. dollars|3e6|USD
C$200 million from Ottawa = money|C$200 million|200e6|CAD
HK$4.5bn of shares = money|HK$4.5bn|4.5e9|HKD
$US80 million in debt = money|$US80 million|80e6|USD
₹500 crore of grants = money|₹500|500|INR
$1.25T for the merged company = money|$1.25T|1.25e12|USD
14,800 million dollars = money|14,800 million dollars|14.8e9|USD
27 to 29 billion dollars = money|27 to 29 billion dollars|27e9..29e9|USD
a price of $20-50 billion = money|$20-50 billion|20e9..50e9|USD
$20 billion to $50 billion = money|$20 billion to $50 billion|20e9..50e9|USD
$20 to $50 billion = money|$20 to $50 billion|20e9..50e9|USD
between 27 and 29 billion dollars = money|27 and 29 billion dollars|27e9..29e9|USD
22 billion to 22.5 billion dollars = money|22 billion to 22.5 billion dollars|22e9..22.5e9|USD
$500 to $1 million = money|$500 to $1 million|500..1e6|USD
27 to 29 billion = count|27 to 29 billion|27e9..29e9|None
worth 20-50 billion = count|20-50 billion|20e9..50e9|None
rose from 27 to 29 billion dollars = money|27|27e9|USD; money|29 billion dollars|29e9|USD
1.10 or 1.50 dollars for each = money|1.10|1.1|USD; money|1.50 dollars|1.5|USD
it gave $5 million to 20 startups = money|$5 million|5e6|USD; count|20 startups|20|startup
$2 billion and €3 billion = money|$2 billion|2e9|USD; money|€3 billion|3e9|EUR
$ 24 $ 40 40 % off = money|$ 24|24|USD; money|$ 40|40|USD; percent|40 %|40|%
49% of Scale AI = percent|49%|49|%
49 % of Scale AI = percent|49 %|49|%
for 49 percent of it = percent|49 percent|49|%
for 49 per cent of it = percent|49 per cent|49|%
for 49 pct of it = percent|49 pct|49|%
a 49-percent stake = percent|49-percent|49|%
up 0.5 percentage points = percent|0.5 percentage points|0.5|pp
a 2-percentage-point rise = percent|2-percentage-point|2|pp
cut by 25 basis points = percent|25 basis points|0.25|pp
fifty percent of staff = percent|fifty percent|50|%
twenty-seven per cent = percent|twenty-seven per cent|27|%
between 27% and 29% = percent|27% and 29%|27..29|%
27-29% of users = percent|27-29%|27..29|%
27 to 29 percent = percent|27 to 29 percent|27..29|%
from 27 to 29 percent = percent|27|27|%; percent|29 percent|29|%
it owns one third of the firm = percent|one third|33.333333|%
nearly one-third of the firm = percent|one-third|33.333333|%
two thirds of the board = percent|two thirds|66.666667|%
two-thirds voted for it = percent|two-thirds|66.666667|%
nearly half a million recordings = count|half a million recordings|0.5e6|recording
a quarter of a million users = count|a quarter of a million users|0.25e6|user
0.34 watt-hours a query = count|0.34 watt-hours|0.34|watt-hour
half of the staff left = percent|half|50|%
more than half its staff left = percent|half|50|%
a quarter of revenue = percent|a quarter|25|%
about a quarter went = percent|a quarter|25|%
three-quarters of the chips = percent|three-quarters|75|%
a fifth of them = percent|a fifth|20|%
less than .5 percent = percent|.5 percent|0.5|%
about fifty handpicked profiles = count|fifty handpicked profiles|50|profile
twenty-one firms signed = count|twenty-one firms|21|firm
six of them left = count|six|6|None
over two million developers = count|two million developers|2e6|developer
a dozen researchers = count|a dozen researchers|12|researcher
two dozen engineers = count|two dozen engineers|24|engineer
half a dozen labs = count|half a dozen labs|6|lab
three hundred and five pages = count|three hundred and five pages|305|page
two thousand five hundred chips = count|two thousand five hundred chips|2500|chip
hundreds of people and billions of dollars =
several hundred million users =
482,460 books = count|482,460 books|482460|book
some 1.5 million works = count|1.5 million works|1.5e6|work
203,451,498 to 207 votes = count|203,451,498|203451498|None; count|207 votes|207|vote
1,400 and rising = count|1,400|1400|None
14,800 million = count|14,800 million|14.8e9|None
a ratio of 0.1433 = count|0.1433|0.1433|None
0.1235 CoreWeave shares each = count|0.1235 CoreWeave shares|0.1235|share
nine-figure bonuses = count|nine-figure|9|figure
200 employees = count|200 employees|200|employee
14 people familiar with it = count|14 people|14|person
from 97 investors = count|97 investors|97|investor
500 contractors were let go = count|500 contractors|500|contractor
over 350 enterprise customers = count|350 enterprise customers|350|customer
200 full-time workers = count|200 full-time workers|200|worker
a 200-person team = count|200-person|200|person
700-plus staff = count|700-plus staff|700|staff
about 770 OpenAI employees = count|770 OpenAI employees|770|employee
600 jobs in its division = count|600 jobs|600|job
Meta cut 600 jobs = count|600 jobs|600|job
Meta Cuts 600 Jobs = count|600 Jobs|600|job
Around 500 contractors left = count|500 contractors|500|contractor
Nvidia 500 employees = count|500 employees|500|employee
100 million weekly users = count|100 million weekly users|100e6|user
20 million ChatGPT chats = count|20 million ChatGPT chats|20e6|chat
4.5 gigawatts of capacity = count|4.5 gigawatts|4.5|gigawatt
16GB of memory = count|16GB|16|gigabyte
10GW of power = count|10GW|10|gigawatt
training of 10^26 petaflops = count|10^26 petaflops|1e26|petaflop
five times the price = count|five times|5|time
a 10x speed-up = count|10x|10|time
a 70B model = count|70B|70e9|parameter
a 7-billion-parameter model = count|7-billion-parameter|7e9|parameter
500 to 600 employees = count|500 to 600 employees|500..600|employee
10-15 engineers = count|10-15 engineers|10..15|engineer
it lost 29-16 = count|29|29|None; count|16|16|None
12 million pictures = count|12 million pictures|12e6|picture
about 2000 people came = count|2000 people|2000|person
one of the firms =
no one knew, and one thing is clear =
183 billion four months earlier = count|183 billion|183e9|None; duration|four months|4|month
12 June 2025 = date|12 June 2025|2025-06-12|None
June 12, 2025 = date|June 12, 2025|2025-06-12|None
on June 12 they met = date|June 12|--06-12|None
on 12 June they met = date|12 June|--06-12|None
on Jun. 12 they met = date|Jun. 12|--06-12|None
Sept. 3, 2024 = date|Sept. 3, 2024|2024-09-03|None
June 12th, 2025 = date|June 12th, 2025|2025-06-12|None
the 12th of June 2025 = date|12th of June 2025|2025-06-12|None
2025-06-12 09:34 = date|2025-06-12|2025-06-12|None; version|09:34|09:34|None
2025-06-12T09:34:00Z, said = date|2025-06-12|2025-06-12|None
12.06.2025 = date|12.06.2025|2025-06-12|None
25/06/2025 = date|25/06/2025|2025-06-25|None
06/25/2025 = date|06/25/2025|2025-06-25|None
2025-06 = date|2025-06|2025-06|None
in June 2025 = date|June 2025|2025-06|None
June, 2025 = date|June, 2025|2025-06|None
in 2025, a deal = date|2025|2025|None
2024 was a record = date|2024|2024|None
since October 2024 = date|October 2024|2024-10|None
since last October, = date|October|--10|None
you may 12 times = count|12 times|12|time
in May it said it may = date|May|--05|None
on May 5 = date|May 5|--05-05|None
Q3 2025 = date|Q3 2025|2025-Q3|None
Q3 of 2025 = date|Q3 of 2025|2025-Q3|None
2025 Q3 = date|2025 Q3|2025-Q3|None
third quarter of 2025 = date|third quarter of 2025|2025-Q3|None
third-quarter revenue = date|third-quarter|--Q3|None
the first half of 2025 = date|first half of 2025|2025-H1|None
H2 2025 = date|H2 2025|2025-H2|None
mid-2025 = date|mid-2025|2025|None
early May 2025 = date|early May 2025|2025-05|None
late 2024 = date|late 2024|2024|None
the end of March 2026 = date|end of March 2026|2026-03|None
in spring 2023 = date|spring 2023|2023|None
in the 1990s = date|1990s|1990s|None
12-14 June 2025 = date|12-14 June 2025|2025-06-12..14|None
June 12 to 14, 2025 = date|June 12 to 14, 2025|2025-06-12..14|None
the 2012-13 season = date|2012-13|2012..2013|None
from 2019 to 2021 = date|2019|2019|None; date|2021|2021|None
between 2023 and 2027 = date|2023|2023|None; date|2027|2027|None
OpenAI 2024 results = date|2024|2024|None
30 February = count|30|30|None
May 15 billion flow = count|15 billion|15e9|None
a 28-year-old founder = age|28-year-old|28|year
28 years old = age|28 years old|28|year
co-founder – 28 -year -old Wang = age|28 -year -old|28|year
aged 28, he = age|28|28|year
Wang, now 28. = age|28|28|year
now 28 employees = count|28 employees|28|employee
Alexandr Wang, 28, said = age|28|28|year
at 28 years of age = age|28 years of age|28|year
users aged 18 to 24 = age|18 to 24|18..24|year
a six-year-old company = age|six-year-old|6|year
three weeks later = duration|three weeks|3|week
a six-month campaign = duration|six-month|6|month
within 90 days = duration|90 days|90|day
for two years = duration|two years|2|year
two more years = duration|two more years|2|year
3 to 5 years = duration|3 to 5 years|3..5|year
six or nine months = duration|six|6|month; duration|nine months|9|month
half a year later = duration|half a year|0.5|year
two decades ago = duration|two decades|20|year
24 hours = duration|24 hours|24|hour
up to one minute = duration|one minute|1|minute
the third time = ordinal|third|3|None
in 2nd place = ordinal|2nd|2|None
its first model = ordinal|first|1|None
it first denied this =
third-party code =
No. 5 in the list = ordinal|No. 5|5|None
the 21st century = ordinal|21st|21|None
to beat GPT-4. = version|GPT-4|gpt-4|None
GPT-4.5 and GPT-4o = version|GPT-4.5|gpt-4.5|None; version|GPT-4o|gpt-4o|None
GPT-4's price = version|GPT-4|gpt-4|None
a GPT-4-level system = version|GPT-4|gpt-4|None
GPT-4 Turbo = version|GPT-4 Turbo|gpt-4-turbo|None
Llama 4 , recently launched = version|Llama 4|llama-4|None
what is llama 4? = version|llama 4|llama-4|None
Llama 4 models = version|Llama 4|llama-4|None
Gemini 2.5 Pro = version|Gemini 2.5 Pro|gemini-2.5-pro|None
Claude 3.5 Sonnet = version|Claude 3.5 Sonnet|claude-3.5-sonnet|None
Claude Opus 4.1 is out = version|Claude Opus 4.1|claude-opus-4.1|None
H20 and H200 chips = version|H20|h20|None; version|H200|h200|None
OpenAI's o3 and o4-mini = version|o3|o3|None; version|o4-mini|o4-mini|None
DeepSeek-R1 = version|DeepSeek-R1|deepseek-r1|None
Qwen2.5-Coder-1.5B = version|Qwen2.5-Coder-1.5B|qwen2.5-coder-1.5b|None
bill SB 53 and SB 1047 = version|SB 53|sb-53|None; version|SB 1047|sb-1047|None
its Series B and the Series F round = version|Series B|series-b|None; version|Series F|series-f|None
executive order 14179 = version|order 14179|order-14179|None
an A100, from K2 Global = version|A100|a100|None; version|K2 Global|k2-global|None
Windows 11 and iPhone 15 = version|Windows 11|windows-11|None; version|iPhone 15|iphone-15|None
most of the Fortune 500 companies = version|Fortune 500|fortune-500|None
the S&P 500 fell = version|S&P 500|s&p-500|None
DALL-E 3 = version|DALL-E 3|dall-e-3|None
open 24/7 = version|24/7|24/7|None
Llama 3.1 405B = version|Llama 3.1 405B|llama-3.1-405b|None
gpt-oss-120b = version|gpt-oss-120b|gpt-oss-120b|None
Nvidia 3,000 GPUs = count|3,000 GPUs|3000|gpu
in the early 2020s = date|early 2020s|2020s|None
one in five workers = percent|one in five|20|%
1/4 of staff = percent|1/4|25|%
100-odd engineers = count|100|100|None
a 10-fold rise = count|10-fold|10|time
two-and-a-half years = duration|two-and-a-half years|2.5|year
one-and-a-half billion = count|one-and-a-half billion|1.5e9|None
a hundred and fifty people = count|a hundred and fifty people|150|person
its 1,000th customer = ordinal|1,000th|1000|None
""".strip().splitlines()


def number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def flat(figure: Figure) -> tuple[object, ...]:
    value = round(figure.value, 6) if isinstance(figure.value, float) else figure.value
    return figure.kind, figure.text, value, figure.unit, figure.upper


def wanted(row: str) -> tuple[object, ...]:
    kind, text, value, unit = row.split("|")
    low, _, high = value.partition("..")
    first = low if kind in ("date", "version") else round(float(low), 6)
    return kind, text, first, None if unit == "None" else unit, float(high) if high else None


@pytest.mark.parametrize("row", FOUND)
def test_finds_each_figure_of_a_sentence(row: str) -> None:
    sentence, _, expected = row.rpartition(" =")
    rows = [part.strip() for part in expected.split(";") if part.strip()]
    assert [flat(figure) for figure in find_figures(sentence)] == [wanted(part) for part in rows]


HEDGES = """
nearly $3 billion = under
almost 17% = under
close to 14.8 billion dollars = under
just under 600 jobs = under
less than 6 million dollars = under
more than $1.5 billion = over
over 350 enterprise customers = over
at least 10 gigawatts = over
north of $100 million = over
a little over 300 million dollars = over
over USD 600 million = over
700-plus people = over
700+ people = over
about fifty profiles = about
around $2 billion = about
roughly 650 million dollars = about
some 30 books = about
approximately 100 million dollars = about
an estimated 14% = about
~$5bn = about
fifty or so people = about
near 32 billion dollars = about
up to $80 billion = upto
as much as 5 billion dollars = upto
as many as 500 jobs = upto
exactly 500 jobs = None
100-odd engineers = about
around June 2025 = about
""".strip().splitlines()


@pytest.mark.parametrize("row", HEDGES)
def test_a_hedge_is_kept_apart_from_the_figure(row: str) -> None:
    sentence, _, expected = row.rpartition(" = ")
    (figure,) = find_figures(sentence)
    assert str(figure.approx) == expected
    assert not figure.text.startswith(("nearly", "about", "over", "some", "up", "~", "around"))
