"""Which kind of difference two accounts have, and whether they are of one quantity at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reading import understood

from index.encoder import load_encoder
from index.types import Article
from rag.disagreements.account import Account
from rag.disagreements.kinds import classed, days_between, set_apart
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure, find_figures
from rag.question.intent import Intent
from rag.question.lasting import by_vector


def asked(question: str, *, encoded: bool = False) -> Intent:
    intent = understood(question)
    if not encoded:
        return intent
    vector = by_vector(intent.text, intent.names, load_encoder().encode)
    return replace(intent, lasting=vector)


def account(marked: str, published: str | None = None, name: str = "a") -> Account:
    """An article of one sentence; its value, a figure or else two words, stands after the mark ~."""
    at = marked.index("~")
    text = marked.replace("~", "")
    e = EvidenceSentence(Article(name, text, published=published), 0, len(text), text, "")
    figure = next((f for f in find_figures(text) if f.start <= at < f.end), None)
    if figure is None:
        words = " ".join(text[at:].split()[:2]).strip(",.")
        figure = Figure("version", words, at, at + len(words), words.casefold(), None)
    return Account(e, figure)


# kind, question, and of two articles day and sentence; no data set holds them
CASES = [
    ("update", "How many pupils does the village school in Orta have?", "2024-02-01", "The village school in Orta has ~48 pupils.", "2025-02-03", "The village school in Orta has ~31 pupils."),
    ("update", "What is the football club Vars worth?", "2023-05-01", "Vars is worth ~300 million euros.", "2024-09-01", "The club was valued at ~420 million euros."),
    ("update", "How many subscribers does the podcast network have?", "2024-01-10", "The podcast network counts ~1.2 million subscribers.", "2024-08-10", "More than ~2 million people subscribe to the podcast network."),
    ("update", "What does a ride on the funicular cost?", "2024-03-01", "A ride on the funicular costs ~4 euros.", "2025-03-01", "Passengers pay ~5 euros for a ride on the funicular."),
    ("update", "At what price does the share of Torvik trade?", "2025-01-02", "The share of Torvik trades at ~88 crowns.", "2025-02-20", "Torvik closed at ~101 crowns."),
    ("update", "How many people work at the shipyard in Rauma?", "2023-06-01", "The shipyard in Rauma employs ~900 people.", "2024-06-01", "~1,250 people work at the shipyard in Rauma."),
    ("update", "Who is the director of the zoo in Basel?", "2023-06-01", "The director of the zoo in Basel, ~Olivia Frey, welcomed the calf.", "2025-06-01", "~Jan Huber is the director of the zoo in Basel."),
    ("update", "When will the new library open?", "2024-01-15", "The new library will open in ~May 2025.", "2024-11-15", "The new library is to open in ~October 2025."),
    ("update", "How much will the tunnel cost?", "2022-01-15", "The tunnel will cost ~2 billion francs.", "2024-01-15", "The tunnel will cost ~2.6 billion francs."),
    ("update", "How many lynx live in the forest?", "2022-01-15", "~23 lynx live in the forest.", "2024-01-15", "Rangers count ~41 lynx in the forest."),
    ("update", "How much does Corvel pay its drivers an hour?", "2024-01-15", "Corvel pays its drivers ~14 dollars an hour.", "2024-10-15", "Drivers at Corvel earn ~16 dollars an hour."),
    ("update", "How many times has the app been downloaded?", "2024-01-15", "The app has been downloaded ~3 million times.", "2024-10-15", "The app has been downloaded ~11 million times."),
    ("update", "What does the start-up Lumo charge per seat?", "2024-01-15", "Lumo charges ~$30 per seat.", "2024-10-15", "Lumo charges ~$45 per seat."),
    ("conflict", "How much did the city pay for the old brewery?", "2024-01-15", "The city paid ~4 million euros for the old brewery.", "2024-09-15", "The city bought the old brewery for ~6 million euros."),
    ("conflict", "How many people died in the ferry accident of 1994?", "2023-01-15", "~37 people died in the ferry accident.", "2024-09-15", "The ferry accident claimed ~52 lives."),
    ("conflict", "When was the bank founded?", "2023-01-15", "The bank was founded in ~1872.", "2024-09-15", "Founded in ~1876, the bank has survived two wars."),
    ("conflict", "How much did Harrow Labs raise in its Series A?", "2023-01-15", "Harrow Labs raised ~$12 million in its Series A.", "2023-09-15", "The Series A of Harrow Labs brought in ~$17 million."),
    ("conflict", "How large was the fine that the watchdog imposed on Telbit?", "2023-01-15", "The watchdog fined Telbit ~30 million euros.", "2023-06-15", "Telbit was hit with a fine of ~45 million euros."),
    ("conflict", "How many workers did the mill lay off?", "2023-01-15", "The mill laid off ~140 workers.", "2023-04-15", "~210 workers lost their jobs at the mill."),
    ("conflict", "Who won the architecture prize in 2019?", "2023-01-15", "~Mira Sol won the architecture prize in 2019.", "2023-04-15", "The 2019 architecture prize went to ~Ivo Brandt."),
    ("conflict", "How long did the blackout in Porto last?", "2023-01-15", "The blackout in Porto lasted ~five hours.", "2023-04-15", "Porto was dark for ~nine hours."),
    ("conflict", "What did the jury award the farmer?", "2023-01-15", "The jury awarded the farmer ~$2 million.", "2023-04-15", "Jurors gave the farmer ~$3.5 million."),
    ("conflict", "How much did the painting sell for?", "2023-01-15", "The painting sold for ~$7 million.", "2023-05-15", "A collector gave ~$9 million for the painting."),
    ("conflict", "How many parameters does the model Ferro have?", "2023-01-15", "Ferro has ~7 billion parameters.", "2023-05-15", "The model Ferro comprises ~13 billion parameters."),
    ("conflict", "How much is Novatel paying for Gridline?", "2023-01-15", "Novatel is paying ~$800 million for Gridline.", "2023-05-15", "Novatel pays ~$1.1 billion for Gridline."),
    ("conflict", "How many votes did the bill get?", "2023-01-15", "The bill got ~312 votes.", "2023-03-15", "~298 members voted for the bill."),
    ("conflict", "How much did it cost to train the model Halo?", "2023-01-15", "Training Halo cost ~$5 million.", "2023-05-15", "Halo was trained for ~$60 million."),
    ("update", "How many people were hurt in the fire?", "2025-03-01", "~Twelve people were hurt in the fire.", "2025-03-02", "Correction: ~eight people were hurt in the fire, not twelve."),
    ("update", "How much did the museum pay for the vase?", "2025-03-01", "The museum paid ~$3 million for the vase.", "2025-03-04", "The museum has corrected the price that it paid for the vase: it was ~$2.1 million."),
    ("update", "How many jobs did the bank cut?", "2025-03-01", "The bank cut ~400 jobs.", "2025-03-04", "The bank cut ~340 jobs, not 400 as first reported."),
    ("update", "What did the storm cost?", "2025-03-01", "The storm cost insurers ~$900 million.", "2025-03-09", "The cost of the storm was revised to ~$1.3 billion."),
    ("update", "How many people died in the quake?", "2025-03-01", "~310 people died in the quake.", "2025-03-03", "The death toll of the quake has climbed to ~402."),
    ("update", "How much profit did Arvo make last year?", "2025-03-01", "Arvo made a profit of ~$50 million last year.", "2025-05-01", "Arvo restated its profit for last year as ~$41 million."),
    ("update", "How high is the fine against Bexley?", "2023-03-01", "The fine against Bexley is ~480 million euros.", "2025-05-01", "Judges cut the fine against Bexley from 480 million to ~310 million euros."),
    ("update", "How many signatures does the petition carry?", "2025-03-01", "The petition was signed by ~20,000 people.", "2025-03-05", "By Friday the number had risen to ~45,000."),
    ("update", "How much did the club pay for Ito?", "2025-03-01", "The club paid ~30 million euros for Ito.", "2025-03-05", "The club paid ~26 million euros for Ito rather than 30 million, its books show."),
    ("update", "When did the ship sink?", "2025-03-01", "The ship sank on ~4 March 1911.", "2025-03-05", "The ship sank on ~6 March 1911, the archive said in a correction."),
    ("update", "How many seats will the arena have?", "2025-03-01", "The arena will have ~18,000 seats.", "2025-03-05", "Planners have reduced the arena to ~15,000 seats."),
    ("conflict", "How many members does the union have?", "2025-03-01", "The union has ~40,000 members.", "2025-03-02", "The union has ~52,000 members."),
    ("update", "How much is the club paying for Ito?", "2025-03-01", "The club wants to buy Ito for ~20 million euros.", "2025-03-08", "The club has bought Ito for ~26 million euros."),
    ("conflict", "Who bought the castle?", "2025-03-01", "~Anna Roth bought the castle.", "2025-05-01", "The castle was bought by ~Emil Stahl."),
    ("update", "What share of Brennt does Olsen Invest own?", "2024-01-15", "Olsen Invest owns ~9% of Brennt.", "2024-10-15", "Olsen Invest holds ~14% of Brennt."),
    ("update", "At what price do the shares of Quill trade?", "2024-01-15", "Shares of Quill trade at ~$40.", "2024-10-15", "Quill's shares closed at ~$55."),
    ("update", "What is Lattix valued at?", "2024-01-15", "Lattix was valued at ~$4 billion.", "2024-10-15", "Investors value Lattix at ~$9 billion."),
    ("update", "How many users does Hark have?", "2024-01-15", "Hark had ~30 million users.", "2024-10-15", "Hark has ~75 million users."),
    ("update", "What is Dorn's annual revenue?", "2024-01-15", "Dorn's annual revenue is ~$200 million.", "2024-10-15", "Dorn has annual revenue of ~$340 million."),
    ("update", "How many satellites does Orbus operate?", "2024-01-15", "Orbus operates ~60 satellites.", "2024-10-15", "Orbus runs ~112 satellites."),
    ("update", "Who leads the research team of Nimbra?", "2024-01-15", "~Ada Krol leads the research team of Nimbra.", "2024-10-15", "The research team of Nimbra is led by ~Piet Vos."),
    ("update", "How much has Helia raised in total?", "2024-01-15", "Helia has raised ~$90 million in total.", "2024-10-15", "In total Helia has raised ~$240 million."),
    ("conflict", "How many parameters does Osprey-3 have?", "2024-01-15", "Osprey-3 has ~30 billion parameters.", "2024-04-15", "Osprey-3 consists of ~34 billion parameters."),
    ("conflict", "How much is Bask paying for Tern?", "2024-01-15", "Bask is paying ~$2.1 billion for Tern.", "2024-04-15", "Bask pays ~$2.6 billion for Tern."),
    ("conflict", "How much did Kolb invest in Mirra?", "2024-01-15", "Kolb invested ~$50 million in Mirra.", "2024-04-15", "Kolb put ~$80 million into Mirra."),
    ("conflict", "How many books does the settlement with the authors cover?", "2024-01-15", "The settlement covers ~90,000 books.", "2024-04-15", "~120,000 books fall under the settlement."),
    ("conflict", "How many tokens was Halden-2 trained on?", "2024-01-15", "Halden-2 was trained on ~3 trillion tokens.", "2024-04-15", "Halden-2 saw ~5 trillion tokens in training."),
    ("conflict", "What share of Tolk did Brenner buy?", "2024-01-15", "Brenner bought ~40 percent of Tolk.", "2024-04-15", "Brenner has acquired ~51 percent of Tolk."),
    ("conflict", "When did Saskia Blom leave Orbus?", "2024-01-15", "Saskia Blom left Orbus on ~3 January.", "2024-04-15", "Saskia Blom left Orbus on ~11 January."),
    ("conflict", "How many people did Veld lay off in 2023?", "2024-01-15", "Veld laid off ~300 people in 2023.", "2024-04-15", "In 2023 Veld cut ~450 jobs."),
    ("conflict", "How much did the data leak cost Tandem?", "2024-01-15", "The data leak cost Tandem ~$12 million.", "2024-04-15", "The leak cost Tandem ~$20 million."),
    ("conflict", "Who founded Nimbra?", "2024-01-15", "Nimbra was founded by ~Ada Krol.", "2024-06-15", "~Piet Vos founded Nimbra."),
    ("update", "How many branches does Kredbank have in Riga?", "2023-01-15", "Kredbank has ~22 branches in Riga.", "2024-09-15", "In Riga Kredbank is down to ~13 branches."),
    ("update", "What is the deposit for a reusable cup?", "2023-01-15", "The deposit for a reusable cup is ~1 euro.", "2024-09-15", "For a reusable cup customers leave a deposit of ~2 euros."),
    ("update", "How many weekly flights does Skara Air offer to Malta?", "2023-01-15", "Skara Air offers ~three weekly flights to Malta.", "2024-09-15", "Skara Air flies to Malta ~seven times a week."),
    ("update", "When does the trial of Marek Dolan begin?", "2023-01-15", "The trial of Marek Dolan begins on ~4 March.", "2023-02-20", "The trial of Marek Dolan will not begin before ~9 June."),
    ("conflict", "How much is the agreement between Tavo and the port worth?", "2023-01-15", "The agreement between Tavo and the port is worth ~$40 million.", "2023-05-15", "Tavo's agreement with the port has a value of ~$55 million."),
    ("conflict", "How much did Lindqvist bid at the auction of the stamp?", "2023-01-15", "Lindqvist bid ~$1.1 million.", "2023-05-15", "At the auction Lindqvist bid ~$1.4 million for the stamp."),
    ("conflict", "How many people attended the funeral of the singer?", "2023-01-15", "~9,000 people attended the funeral.", "2023-03-15", "Some ~14,000 mourners came to the funeral of the singer."),
    ("conflict", "How tall is the Kalla tower?", "2023-01-15", "The Kalla tower is ~210 metres tall.", "2023-05-15", "The Kalla tower rises to ~224 metres."),
    ("conflict", "Who directed the film Dust?", "2023-01-15", "The film Dust was directed by ~Ane Berg.", "2023-05-15", "~Tor Vik directed Dust."),
    ("conflict", "On what day did the strike at Rill end?", "2023-01-15", "The strike at Rill ended on ~3 January.", "2023-02-15", "The strike at Rill was over on ~6 January."),
]  # fmt: skip


@pytest.mark.model  # the real encoder
@pytest.mark.parametrize(("kind", "question", "early", "first", "late", "second"), CASES)
def test_what_changes_with_time_is_an_update_and_what_happened_once_a_conflict(
    kind: str, question: str, early: str, first: str, late: str, second: str
) -> None:
    intent = asked(question, encoded=True)
    one, other = account(first, early), account(second, late, "b")
    assert classed(intent, one, other)[0] == kind
    assert classed(intent, other, one)[0] == kind


PRICE = "How much did Meta pay for its stake?"


@pytest.mark.parametrize(
    ("one", "other", "kind", "reason"),
    [
        ("Meta has paid ~$14.8 billion.", "Meta paid about ~$15 billion.", "rounding",
         "$15 billion is $14.8 billion in round numbers"),
        ("Meta has paid ~$14.8 billion.", "Meta plans to pay ~$15 billion.", "rounding",
         "$15 billion is $14.8 billion in round numbers; planned in one, completed in the other"),
        ("Meta has paid ~$14.8 billion.", "Meta plans to pay ~$10 billion.", "update",
         "planned in one, completed in the other"),
        ("Meta has paid ~$14.8 billion.", "Meta has paid ~$10 billion.", "conflict",
         "it happened once, and the values exclude each other"),
        ("It was founded by ~Alexandr Wang.", "It was founded by ~Alexander Wang.", "spelling",
         "Alexandr Wang and Alexander Wang are two spellings of one name"),
    ],
)  # fmt: skip
def test_differences_are_classed_with_their_rule(
    one: str, other: str, kind: str, reason: str
) -> None:
    assert classed(asked(PRICE), account(one), account(other)) == (kind, reason)


@pytest.mark.model  # the real encoder
def test_where_a_date_is_unknown_words_of_change_tell_what_is_newer() -> None:
    intent = asked("What does Trellis charge?", encoded=True)
    first = account("Trellis charges ~$20 a month.", "2025-02-03")
    assert classed(intent, first, account("Trellis now charges ~$29 a month."))[0] == "update"
    assert classed(intent, first, account("Trellis charges ~$29 a month."))[0] == "conflict"
    dated = account("Trellis now charges ~$29 a month.", "2025-02-04")
    assert classed(intent, first, dated)[0] == "conflict"


@pytest.mark.model  # the real encoder
def test_a_forecast_may_be_revised_and_a_past_year_may_not() -> None:
    intent = asked("How much revenue does Lindqvist report for 2026?", encoded=True)
    told = "Lindqvist reports revenue of ~${} billion for 2026."
    first = account(told.format("3.2"), "2026-02-05")
    assert classed(intent, first, account(told.format("3.9"), "2026-07-23"))[0] == "update"
    late = account(told.format("3.2"), "2027-02-05")
    assert classed(intent, late, account(told.format("3.9"), "2027-07-23"))[0] == "conflict"


def test_days_are_counted_as_exactly_as_both_dates_are_known() -> None:
    assert days_between("2025-01-31T23:00:00Z", "2025-02-01") == 1
    assert days_between("2024", "2025-01-05") == 5
    assert days_between("", "2025-01-05") == 0


def test_words_that_set_two_quantities_apart() -> None:
    assert set_apart("worth $10 billion pre-money", "worth $12 billion post-money")
    assert set_apart("Falkner owns 26% of Zenit", "Zenit has a market share of 41%")
    assert set_apart("an operating loss of $730 million", "sales reached $1.1 billion")
    assert not set_apart("a loss of $5 billion", "it lost $5.1 billion on revenue of $3.7 billion")
    assert not set_apart("job losses of 3,900", "4,100 jobs go as sales fell")
    assert not set_apart(
        "revenue of $1.1 billion", "a loss of $0.2 billion on sales of $1.2 billion"
    )
