"""The kind of answer that a question asks for, however it is put; with the real encoder.

Ten questions of each way to ask. The classifier may take one of them for another kind.
"""

from __future__ import annotations

import pytest
from reading import encode

from rag.question.kind import asks, kind_of

INDIRECT = [
    ("Can you explain why Mistral dropped its open licence?", "open"),
    ("Do we know who drew up the Helsing contract?", "person"),
    ("I'd like to find out when the Colossus turbines were switched off.", "date"),
    ("Could somebody tell me how much Sierra charges per resolved case?", "money"),
    ("Is it known where Tesla trains its Optimus robots?", "place"),
    ("Any chance you can say how many jobs Klarna cut?", "count"),
    ("Do you remember whether Apple settled the Siri suit?", "yesno"),
    ("I wonder what percentage of Reddit's income comes from licensing.", "percent"),
    ("Would you know which firm insures Waymo's fleet?", "org"),
    ("Has anyone worked out how long the Blackwell delay lasted?", "duration"),
]
KEYWORDS = [
    ("deepmind headcount zurich", "count"),
    ("ceo perplexity", "person"),
    ("cohere valuation 2025", "money"),
    ("helion fusion plant location", "place"),
    ("gpt-5 release date", "date"),
    ("sutskever age", "age"),
    ("microsoft stake openai percent", "percent"),
    ("reasons altman ouster", "open"),
    ("supplier of tesla's dojo chips", "org"),
    ("length of anthropic copyright trial", "duration"),
]
MISTYPED = [
    ("Hwo many chips did Huawie ship last year?", "count"),
    ("wich company bougth Windsurf?", "org"),
    ("Whne did Grok 4 lauch?", "date"),
    ("how mcuh did Salesforce pay for Informatica?", "money"),
    ("Whos is the new haed of Siri?", "person"),
    ("Did Nvdia stpo selling H20 chips?", "yesno"),
    ("waht percent of Groq does Nvidia onw?", "percent"),
    ("Wehre is Meta bulding Hyperion?", "place"),
    ("How lnog did the Cloudflare outage lsat?", "duration"),
    ("Hwo old was Alexandr Wang wehn he joined Meta?", "age"),
]
SHARES = [
    ("What slice of Anthropic belongs to Amazon?", "percent"),
    ("How much of xAI does Musk still hold?", "percent"),
    ("What proportion of Copilot users pay?", "percent"),
    ("By what percentage did Arm's licensing grow?", "percent"),
    ("How big is SoftBank's holding in OpenAI?", "percent"),
    ("What fraction of the code at Google is machine-written?", "percent"),
    ("How large a cut does Apple take from ChatGPT subscriptions?", "percent"),
    ("What part of its workforce did Unity let go?", "percent"),
    ("How far did Nvidia's gross margin slip, in percent?", "percent"),
    ("Out of all AI searches, what portion goes through Perplexity?", "percent"),
]
MONEY_OR_COUNT = [
    ("How much does ChatGPT Pro cost a month?", "money"),
    ("How many euros did Aleph Alpha raise?", "money"),
    ("How much energy does a Gemini prompt use?", "count"),
    ("How many lawsuits does Midjourney face?", "count"),
    ("How much did the training run of DeepSeek V3 set them back?", "money"),
    ("What was the number of cars in Zoox's first fleet?", "count"),
    ("How much water do Google's data centres drink?", "count"),
    ("What did Figma fetch at its listing?", "money"),
    ("How many billions has Oracle borrowed for Stargate?", "money"),
    ("How much memory does the MI355X carry?", "count"),
]
AFTER_A_CLAUSE = [
    ("After the leak, did Anthropic change its model's name?", "yesno"),
    ("According to Reuters, has Builder.ai filed for bankruptcy?", "yesno"),
    ("With the court's ruling in hand, can Getty appeal?", "yesno"),
    ("In the deal with Disney, does OpenAI get the voices too?", "yesno"),
    ("Given the chip ban, are Chinese labs still buying Nvidia cards?", "yesno"),
    ("When Murati left, was a successor named?", "yesno"),
    ("If the merger fails, must Synopsys pay a fee?", "yesno"),
    ("Despite the boycott, were the sales of Tesla up?", "yesno"),
    ("Two years after the pause letter, has anyone paused?", "yesno"),
    ("As for Claude on phones, is it free?", "yesno"),
]
STATEMENTS = [
    ("Musk sold his OpenAI shares?", "yesno"),
    ("The EU has delayed the AI Act?", "yesno"),
    ("So Inflection still exists?", "yesno"),
    ("Gemini is free for students?", "yesno"),
    ("Bezos invested in Physical Intelligence?", "yesno"),
    ("The Humane pin is dead?", "yesno"),
    ("They never paid the authors?", "yesno"),
    ("Nvidia will build its chips in Arizona?", "yesno"),
    ("Apple rejected Google's offer?", "yesno"),
    ("No one was hurt in the Waymo crash?", "yesno"),
]
TWO_SENTENCES = [
    ("Adobe wanted to buy Figma in 2022. Why was the deal called off?", "open"),
    ("Stability AI changed its boss in 2024. Who took over?", "person"),
    ("Meta built a lab for superintelligence. How many people did it hire?", "count"),
    ("The Rabbit R1 was sold at CES. What was its price?", "money"),
    ("Nvidia's rival Cerebras filed to go public. Did it list in 2024?", "yesno"),
    ("Elon Musk moved xAI's supercomputer. Where does it stand?", "place"),
    ("Waymo recalled its cars after a crash. When was that?", "date"),
    ("Amazon put billions in Anthropic. What share does it own now?", "percent"),
    ("A judge halted the trial. For how long?", "duration"),
    ("The drone maker Anduril got a contract. From which agency?", "org"),
]


@pytest.mark.parametrize(
    "questions",
    [
        pytest.param(INDIRECT, id="indirect"),
        pytest.param(KEYWORDS, id="keywords"),
        pytest.param(MISTYPED, id="mistyped"),
        pytest.param(SHARES, id="shares"),
        pytest.param(MONEY_OR_COUNT, id="money or count"),
        pytest.param(AFTER_A_CLAUSE, id="yes/no after a clause"),
        pytest.param(STATEMENTS, id="statements"),
        pytest.param(TWO_SENTENCES, id="two sentences"),
    ],
)
def test_nine_of_ten_kinds_are_read_right(questions: list[tuple[str, str]]) -> None:
    found = [(question, kind_of(question, encode)) for question, _ in questions]
    wrong = [pair for pair in found if pair not in questions]
    assert len(questions) == 10 and len(wrong) <= 1, wrong


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (
            [
                "What about Google?", "How about Anthropic then?", "And Perplexity?",
                "and for Nvidia?", "what about last year?", "And the year before?",
                "same for Oracle?", "And in Europe?", "But what about Mistral?", "OK and Amazon?",
            ],
            False,
        ),
        (
            [
                "Who paid?", "And why?", "for how much?", "Did it close?", "since when?",
                "Where to?", "How long?", "And who lost?", "is it true?", "at what price?",
            ],
            True,
        ),
    ],
)  # fmt: skip
def test_nine_of_ten_follow_ups_ask_by_themselves_or_not(
    questions: list[str], expected: bool
) -> None:
    wrong = [question for question in questions if asks(question, encode) is not expected]
    assert len(questions) == 10 and len(wrong) <= 1, wrong
