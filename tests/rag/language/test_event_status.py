"""How far along an event is, read off the parse: one list of sentences for each rule."""

from __future__ import annotations

import pytest

from rag.language.event_status import status_of, tenses_of

# The mark ~ stands before the value whose event is asked about; without it the sentence's.
MODALS = [
    "The museum will reopen in ~2027 after a renovation.",
    "Rents may rise by ~4 percent next year, the council warned.",
    "The volcano could erupt again within ~weeks.",
    "Ferry services would cost taxpayers ~12 million pounds a year under the proposal.",
    "The vaccine might be approved as early as ~March.",
    "Voters will be asked on ~14 September whether they want the bridge.",
    "The striker may miss ~six matches.",
    "Farmers can apply for up to ~3,000 euros from June.",
    "The airline shall pay ~$40 million if the ruling stands.",
    "The new line should carry ~90,000 passengers a day.",
]
MONTH_OF_MAY = [
    "The strike of May 2023 cost the port ~9 million euros.",
    "On May 4 the court fined the bank ~$3 million.",
    "May 2022 brought floods that killed ~31 people.",
    "Turnout fell in May to ~38 percent.",
    "The school closed on 12 May.",
    "Since May ~40 shops have closed.",
    "The early-May frost destroyed ~a third of the harvest.",
    "He resigned in May after the report.",
    "The May deadline passed without a deal.",
    "By the end of May the dam had lost ~20 percent of its water.",
]
INFINITIVES = [
    "The city intends to plant ~10,000 trees.",
    "Two clubs hope to share the stadium from ~2028.",
    "The union has agreed to suspend the strike until ~Friday.",
    "The family wants to sell the castle for ~6 million euros.",
    "The agency is preparing to launch ~three satellites.",
    "The ministry's decision to close ~14 schools drew protests.",
    "Organisers expect to sell ~80,000 tickets.",
    "The retailer is about to shut ~22 branches.",
    "The couple are due to marry on ~7 June.",
    "The court ordered the landlord to repay ~4,000 francs.",
]
DONE_IN_SPITE_OF_TO = [
    "The rescuers managed to free ~nine miners.",
    "The town spent ~2 million euros to restore the organ.",
    "The museum began to charge ~15 euros in April.",
    "He was forced to sell ~two houses.",
    "The bank is believed to have lost ~$800 million.",
    "The charity used the money to build ~60 wells.",
    "Her brothers came to inherit ~a third of the valley.",
    "The storm is reported to have killed ~17 people.",
    "Volunteers helped to collect ~5,000 signatures.",
    "The club started to sell ~season tickets in May.",
]
CANCELLED = [
    "The festival was cancelled two days before the opening.",
    "The government has scrapped its plan for a tunnel under the bay.",
    "Judges annulled the election of the mayor.",
    "Negotiations over the ~$90 million transfer collapsed on deadline day.",
    "The launch was called off because of strong winds.",
    "The buyer backed out of the ~4 million euro deal.",
    "Parliament voted down the ~budget.",
    "The permit for the mine has been revoked.",
    "The airline abandoned its order for ~30 jets.",
    "The regulator blocked the ~$2 billion merger of the two hospitals.",
]
THINGS_COUNTED = [
    "The railway scrapped ~400 old wagons.",
    "The network blocked ~3 million fake accounts.",
    "The store has withdrawn ~12,000 toys from sale.",
]
DENIED = [
    "The club denies that it paid ~9 million euros to the agent.",
    "The minister rejected the claim that ~200 people had died.",
    "The company has not paid ~any of the fine.",
    "The team never signed the ~contract.",
    "The hospital refused to release the ~report.",
    "There was no loan of any kind.",
    "The bishop disputes the figure of ~40 victims.",
    "Nobody has paid the fine, and the mayor called the report false.",
    "The band declined to play the ~song.",
    "The school did not expel the ~pupil.",
]
PLANS = [
    "The island is considering a ~five-euro tax on visitors.",
    "A proposal for ~1,200 new flats is before the council.",
    "The owners seek ~30 million francs for the vineyard.",
    "The forecast of ~3 percent growth is now in doubt.",
    "The planned ~$50 million stadium has divided the town.",
    "The orchestra is in talks about a ~ten-city tour.",
    "The family rejected nothing and is weighing an offer of ~8 million pounds.",
    "The expected ~40,000 visitors will need buses.",
    "Meteorologists predict ~20 centimetres of snow.",
    "Its target of ~2 million cars a year is out of reach.",
]
ANNOUNCED = [
    "The zoo announced the birth of ~two pandas.",
    "The city unveiled a ~120-metre tower.",
    "The singer has signed a ~five-album contract.",
    "The foundation pledged ~10 million euros for the cathedral.",
    "Prosecutors filed ~34 charges.",
    "The two countries agreed on a price of ~90 dollars a barrel.",
    "The charity disclosed a gift of ~$1 million.",
    "The carmaker presented ~three electric models.",
    "The chancellor declared a holiday.",
    "The clinic revealed ~six cases of measles.",
]
STATES = [
    "The lake is ~40 metres deep.",
    "The parish has ~1,100 members.",
    "A ticket costs ~18 euros.",
    "The duke owns ~a fifth of the island.",
    "The factory employs ~640 people, according to the union.",
    "Its population stood at ~9,400 in 2010.",
    "The choir had ~60 singers before the war.",
    "Membership is ~12 euros a month.",
    "The painting is worth ~$30 million.",
    "The herd remains at ~200 animals.",
]
CLAUSES_APART = [
    ("completed", "The island, which may lose its school, spent ~$2 million on a harbour."),
    ("planned", "The island, which may lose its ~school, spent $2 million on a harbour."),
    ("completed", "The firm cut ~90 jobs and plans to hire 20 people."),
    ("planned", "The firm cut 90 jobs and plans to hire ~20 people."),
    ("completed", "The club, promoted in ~2019, wants to build a stadium."),
    ("completed", "He bought ~three farms although his bank had refused a loan."),
    ("denied", "He bought three farms although his bank had refused a ~loan."),
    ("completed", "The mayor, who denies all charges, received ~40,000 euros."),
    ("completed", "After the council rejected the plan, the owner sold ~the site."),
    ("planned", "The council sold the site and will spend ~$3 million on a park."),
]
HEADLINES = [
    ("planned", "City May Close Ten Libraries"),
    ("planned", "Club Could Sell Striker"),
    ("planned", "Mayor To Resign"),
    ("planned", "Airline Will Cut 200 Jobs"),
    ("reported", "Court Fines Bank"),
]
OF_ONE_STATUS = {
    "planned": [*MODALS, *INFINITIVES, *PLANS],
    "completed": [*MONTH_OF_MAY, *DONE_IN_SPITE_OF_TO, *THINGS_COUNTED],
    "cancelled": CANCELLED,
    "denied": DENIED,
    "announced": ANNOUNCED,
    "reported": STATES,
}


def read(marked: str) -> str:
    at = marked.find("~")
    return status_of(marked.replace("~", ""), None if at < 0 else at)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        *((status, sentence) for status, some in OF_ONE_STATUS.items() for sentence in some),
        *CLAUSES_APART,
        *HEADLINES,
    ],
)
def test_how_far_along_an_event_is(status: str, sentence: str) -> None:
    assert read(sentence) == status


def test_where_a_sentence_has_no_verb_nothing_is_told_of_an_event() -> None:
    assert (status_of("Forty per cent."), tenses_of("Forty per cent.")) == ("reported", set())


@pytest.mark.parametrize(
    ("sentence", "tenses"),
    [
        ("The lake is 40 metres deep.", {"present"}),
        ("The lake was 40 metres deep.", {"past"}),
        ("The town has sold the lake.", {"present", "perfect"}),
        ("The town had sold the lake.", {"past", "perfect"}),
        ("The town will sell the lake.", {"modal"}),
        ("The mayor said the town might sell the lake.", {"modal"}),
        ("Who owned the lake?", {"past"}),
        ("How deep is the lake?", {"present"}),
    ],
)
def test_the_tense_of_a_verb(sentence: str, tenses: set[str]) -> None:
    assert tenses_of(sentence) == tenses
